import type { ProviderId } from "../../contract/gateway.ts";
import type { Place } from "./config-error.ts";

// What every version of YAML takes for a text and nothing else.
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_][\w.-]*$/i;

/** An id, and the key that it is put in before. */
export interface PlacedId extends Pick<Place, "line" | "column"> {
  readonly id: ProviderId;
}

/** The text with each id put in before the key that stands at its place: on a line of its own where that key begins one. */
export function insertIds(text: string, ids: readonly PlacedId[]): string {
  const parts: string[] = [];
  let [line, start, written] = [1, 0, 0];
  // In the order of the text, as each line end is looked for once.
  for (const each of ids.toSorted((left, right) => left.line - right.line || left.column - right.column)) {
    for (; line < each.line; line++) start = text.indexOf("\n", start) + 1;
    const offset = start + each.column - 1;
    parts.push(text.slice(written, offset), insertion(text, start, offset, each.id));
    written = offset;
  }
  return parts.concat(text.slice(written)).join("");
}

/** What is put in before the key at an offset, whose line starts at `start`. */
function insertion(text: string, start: number, offset: number, id: ProviderId): string {
  const before = text.slice(start, offset);
  const isQuoted = text[offset] === '"';
  const key = isQuoted ? '"id"' : "id";
  const value = typeof id === "string" && (isQuoted || !PLAIN.test(id)) ? JSON.stringify(id) : String(id);
  const isFirst = /^[ \t]*$/.test(before);
  // A mapping in braces needs the comma on either form of line.
  const comma = isQuoted || isInBraces(text, offset) ? "," : "";
  const separator = isFirst ? `${comma}${lineEndAfter(text, offset)}${before}` : ", ";
  return `${key}: ${value}${separator}`;
}

function lineEndAfter(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  const last = end === -1 ? text.lastIndexOf("\n", offset) : end;
  return last > 0 && text[last - 1] === "\r" ? "\r\n" : "\n";
}

// The key begins a line: what follows its value tells whether braces are around it.
function isInBraces(text: string, offset: number): boolean {
  return /^[^\n#]*[,}]/.test(text.slice(offset)) || /[{,]/.test(text.slice(0, offset).trimEnd().slice(-1));
}
