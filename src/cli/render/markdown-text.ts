import { printable } from "./shown.ts";

/** Characters of a document at most: a comment on GitHub may have 65,536. */
const LONGEST_DOCUMENT = 60_000;

// What Markdown, its tables, HTML and automatic links are made of.
const MARKUP = /[#$&*:<>@[\\\]^_`|~]|(?<=www)\./giu;

/**
 * A text of strangers for one line of Markdown, in type of fixed width: nothing in it is markup, a link, a mention or a
 * reference. Character references alone would not do: mentions and references are looked for in what is rendered,
 * but not in code.
 */
export function code(text: string, longest = 80): string {
  const characters = [...printable(text)];
  const shown = characters.length > longest ? `${characters.slice(0, longest).join("")}…` : characters.join("");
  return shown === "" ? "" : `<code>${shown.replace(MARKUP, (character) => `&#${character.codePointAt(0)};`)}</code>`;
}

/** A table whose rows belong together in groups, each about one binding. */
export interface GroupedTable {
  readonly head: readonly string[];
  readonly groups: readonly (readonly (readonly string[])[])[];
}

/** What a document is made of. Only `leading` and the table grow without limit. */
export interface MarkdownParts {
  readonly heading: string;
  /** Paragraphs before the table; of many, the first are shown. */
  readonly leading: readonly string[];
  readonly table: GroupedTable;
  readonly trailing: readonly string[];
}

const MOST_LEADING = 20;
const MOST_OPEN_ROWS = 20;

/** Puts a document together; what there is no room for is counted. */
export function markdownOf({ heading, leading, table, trailing }: MarkdownParts): string {
  const before = [`### ${heading}`, ...leading.slice(0, MOST_LEADING), ...more(leading.length - MOST_LEADING)];
  const frame = [...before, ...trailing].join("\n\n");
  const paragraphs = [...before, ...tableParagraphs(table, LONGEST_DOCUMENT - frame.length), ...trailing];
  return `${paragraphs.join("\n\n")}\n`;
}

function tableParagraphs({ head, groups }: GroupedTable, room: number): string[] {
  if (groups.length === 0) return [];
  const top = [line(head), line(head.map(() => "---"))].join("\n");
  const lines = groups.map((group) => group.map(line).join("\n"));
  // Room for the counts and the fold around it.
  const shown = lines.slice(0, countThatFits(lines, room - top.length - 200));
  const rest = more(lines.length - shown.length);
  const whole = [top, ...shown].join("\n");
  const rows = groups.flat().length;
  if (rows <= MOST_OPEN_ROWS) return [whole, ...rest];
  return [`<details><summary>${rows} rows about ${groups.length} bindings</summary>`, whole, ...rest, "</details>"];
}

function countThatFits(lines: readonly string[], room: number): number {
  let used = 0;
  const first = lines.findIndex((each) => {
    used += each.length + 1;
    return used > room;
  });
  return first === -1 ? lines.length : first;
}

const more = (count: number) => (count > 0 ? [`and ${count} more`] : []);

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
