import type { ProviderId } from "../../contract/gateway.ts";
import type { Place } from "./config-error.ts";

// What every version of YAML takes for a text and nothing else.
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_][\w.-]*$/i;

/** The text with `id` put in before the key that stands at a place: on a line of its own where that key begins one. */
export function insertId(text: string, { line, column }: Pick<Place, "line" | "column">, id: ProviderId): string {
  const offset = lineStart(text, line) + column - 1;
  const before = text.slice(lineStart(text, line), offset);
  const isQuoted = text[offset] === '"';
  const key = isQuoted ? '"id"' : "id";
  const value = typeof id === "string" && (isQuoted || !PLAIN.test(id)) ? JSON.stringify(id) : String(id);
  const isFirst = /^[ \t]*$/.test(before);
  // A mapping in braces needs the comma on either form of line.
  const comma = isQuoted || isInBraces(text, offset) ? "," : "";
  const separator = isFirst ? `${comma}${lineEndAfter(text, offset)}${before}` : ", ";
  return `${text.slice(0, offset)}${key}: ${value}${separator}${text.slice(offset)}`;
}

function lineStart(text: string, line: number): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) start = text.indexOf("\n", start) + 1;
  return start;
}

function lineEndAfter(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  const last = end === -1 ? text.lastIndexOf("\n", offset) : end;
  return last > 0 && text[last - 1] === "\r" ? "\r\n" : "\n";
}

// The key begins a line: what follows its value tells whether braces are around it.
function isInBraces(text: string, offset: number): boolean {
  return /^[^\n#]*[,}]/.test(text.slice(offset)) || /[{,]\s*$/.test(text.slice(0, offset));
}
