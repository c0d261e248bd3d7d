import { stripVTControlCharacters } from "node:util";

// What stands on the character before it, and what takes two places on a terminal.
const COMBINING = /\p{Mn}|\p{Me}/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** The places that a text takes on a terminal; escape codes take none. */
export function displayWidth(text: string): number {
  const shown = stripVTControlCharacters(text).replace(COMBINING, "");
  return [...shown].length + (shown.match(WIDE)?.length ?? 0);
}

/** A text filled up with blanks to so many places. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Lines whose cells stand below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  return rows.map((row) => row.map((cell, column) => fill(cell, widths[column], row.length - 1 === column)).join("  "));
}

const fill = (cell: string, width = 0, isLast = false) => (isLast ? cell : padded(cell, width));
