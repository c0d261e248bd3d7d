import { byGateway } from "../../sync/by-gateway.ts";
import { printable } from "./shown.ts";

/**
 * Bytes of a document at most. GitHub refuses a comment with "Body is too long (maximum is 65536 characters)"; a note on
 * GitLab may have 1,000,000 characters (docs.gitlab.com/administration/instance_limits). Whether a host counts bytes,
 * characters or halves of surrogate pairs, a text has no more of them than bytes of UTF-8, so bytes are counted here. The rest
 * is left for what CI writes above and below.
 */
const LONGEST_DOCUMENT = 60_000;

const MOST_LEADING = 10;
const MOST_GATEWAYS = 20;
const MOST_OPEN_LINES = 20;

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

const LONGEST_SENTENCE = 1200;

/** A sentence: as it is where nothing in it could be markup, a link or a mention, else in type of fixed width. */
export function sentence(text: string): string {
  return /^(?:[a-z0-9 ,;'()-]|: |\.(?= |$))*$/i.test(text) ? text : code(text, LONGEST_SENTENCE);
}

/** The lines of a table that are about one binding: never shown in part. */
export interface MarkdownRow {
  /** The gateway's name, by which a long section is folded. */
  readonly gateway: string;
  readonly lines: readonly (readonly string[])[];
}

/** A table under a heading of its own. */
export interface MarkdownSection {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly MarkdownRow[];
  /** Closed until somebody opens it, however short it is. */
  readonly isFolded?: boolean;
}

/** How many bindings each gateway has of what: only what is there gets a column. */
export interface MarkdownCounts {
  readonly words: readonly string[];
  readonly gateways: readonly { readonly gateway: string; readonly counts: readonly number[] }[];
}

/** What a document is made of, in the order in which it is read. Sections get what room the rest leaves, the first ones first. */
export interface MarkdownParts {
  /** Tells this kind of document from others, so that CI finds the comment that it wrote before. */
  readonly marker: "plan" | "drift" | "apply" | "rotate";
  readonly heading: string;
  /** Paragraphs before everything; of many, the first are shown. */
  readonly leading: readonly string[];
  readonly counts?: MarkdownCounts;
  readonly sections: readonly MarkdownSection[];
  readonly trailing: readonly string[];
}

/** Puts a document together. What there is no room for is counted, and it is said where it is. */
export function markdownOf({ marker, heading, leading, counts, sections, trailing }: MarkdownParts): string {
  const before = [
    `<!-- gatefold ${marker} -->\n### ${heading}`,
    ...leading.slice(0, MOST_LEADING),
    ...more(leading.length - MOST_LEADING),
    ...countsTable(counts),
  ];
  let room = LONGEST_DOCUMENT - bytesOf([...before, ...trailing, leftOut(Number.MAX_SAFE_INTEGER, marker)]);
  // A section that gets no row still says how many it has.
  const filled = sections.filter(({ rows }) => rows.length > 0).map(withoutEmptyColumns);
  for (const section of filled) room -= bytesOf([titleOf(section), ...unshown(section.rows.length)]);
  const shown = filled.map((section) => {
    const { paragraphs, left } = isOpen(section) ? openTable(section, room) : foldedTables(section, room);
    room -= bytesOf(paragraphs);
    return { left, paragraphs: [titleOf(section), ...paragraphs] };
  });
  const left = shown.reduce((sum, each) => sum + each.left, 0);
  const notice = left === 0 ? [] : [leftOut(left, marker)];
  const paragraphs = [...before, ...shown.flatMap((each) => each.paragraphs), ...notice, ...trailing];
  return `${paragraphs.join("\n\n")}\n`;
}

function leftOut(count: number, marker: MarkdownParts["marker"]): string {
  const page = marker === "rotate" ? "" : " or, for a browser, `--out FILE.html`";
  const place = `The whole is in what the same run writes with \`--out FILE.json\`${page}.`;
  return `**${plural(count, "binding")} not shown**: a comment has no room for more. ${place}`;
}

function isOpen({ rows, isFolded = false }: MarkdownSection): boolean {
  return !isFolded && linesOf(rows) <= MOST_OPEN_LINES;
}

const titleOf = ({ title, rows }: MarkdownSection) => `#### ${title} (${rows.length})`;

function withoutEmptyColumns(section: MarkdownSection): MarkdownSection {
  const { head, rows } = section;
  const isUsed = head.map((_name, column) => rows.some(({ lines }) => lines.some((cells) => cells[column] !== "")));
  const used = (cells: readonly string[]) => cells.filter((_cell, column) => isUsed[column]);
  return {
    ...section,
    head: used(head),
    rows: rows.map(({ gateway, lines }) => ({ gateway, lines: lines.map(used) })),
  };
}

interface Fitted {
  readonly paragraphs: readonly string[];
  /** Rows that there was no room for. */
  readonly left: number;
}

/** A table with the rows that fit, and the count of the others. */
function openTable({ head, rows }: Pick<MarkdownSection, "head" | "rows">, room: number): Fitted {
  const top = topOf(head);
  const texts = rows.map(({ lines }) => lines.map(line).join("\n"));
  const count = countThatFits(texts, room - bytesOf([top]));
  const table = count === 0 ? [] : [[top, ...texts.slice(0, count)].join("\n")];
  const left = rows.length - count;
  return { paragraphs: [...table, ...unshown(left)], left };
}

/** A table of its own for each gateway, closed until somebody opens it. */
function foldedTables({ head, rows }: MarkdownSection, room: number): Fitted {
  const paragraphs: string[] = [];
  let free = room;
  let cut = 0;
  let missing = 0;
  for (const [gateway, own] of byGateway(rows)) {
    const opening = `<details><summary>${code(gateway)}: ${plural(own.length, "binding")}</summary>`;
    const frame = bytesOf([opening, ...unshown(own.length), "</details>"]);
    const { paragraphs: table, left } = openTable({ head, rows: own }, free - frame);
    if (left === own.length) {
      missing += left;
      continue;
    }
    const block = [opening, ...table, "</details>"];
    paragraphs.push(...block);
    free -= bytesOf(block);
    cut += left;
  }
  return { paragraphs: [...paragraphs, ...unshown(missing)], left: cut + missing };
}

function countsTable({ words, gateways }: MarkdownCounts = { words: [], gateways: [] }): string[] {
  // For one gateway the heading says it all.
  if (gateways.length < 2) return [];
  const columns = words.flatMap((word, index) =>
    gateways.some(({ counts }) => (counts[index] ?? 0) > 0) ? [{ word, index }] : [],
  );
  const head = line(["Gateway", ...columns.map(({ word }) => word)]);
  const rule = line(["---", ...columns.map(() => "---:")]);
  const rows = gateways
    .slice(0, MOST_GATEWAYS)
    .map(({ gateway, counts }) => line([code(gateway), ...columns.map(({ index }) => String(counts[index] ?? 0))]));
  const others = gateways.length - MOST_GATEWAYS;
  return [[head, rule, ...rows].join("\n"), ...(others > 0 ? [`and ${plural(others, "more gateway")}`] : [])];
}

function countThatFits(texts: readonly string[], room: number): number {
  let used = 0;
  const first = texts.findIndex((each) => {
    used += Buffer.byteLength(each) + 1;
    return used > room;
  });
  return first === -1 ? texts.length : first;
}

/** The bytes of paragraphs, with the blank lines after them. */
function bytesOf(paragraphs: readonly string[]): number {
  return paragraphs.reduce((sum, each) => sum + Buffer.byteLength(each) + 2, 0);
}

const linesOf = (rows: readonly MarkdownRow[]) => rows.reduce((sum, { lines }) => sum + lines.length, 0);

const more = (count: number) => (count > 0 ? [`and ${count} more`] : []);

const unshown = (count: number) => (count > 0 ? [`not shown: ${count}`] : []);

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

const topOf = (head: readonly string[]) => [line(head), line(head.map(() => "---"))].join("\n");

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
