import { stripVTControlCharacters } from "node:util";

// What stands on the character before it, and what takes two places on a terminal.
const COMBINING = /\p{Mn}|\p{Me}/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

const CONTINUED_BY = 4;
const ESCAPE = "\u001b";
// The code that begins or ends a look (see style.ts), or one character.
const PIECES = new RegExp(`${ESCAPE}\\[\\d+m|.`, "gsu");

/** The places that a text takes on a terminal; escape codes take none. */
export function displayWidth(text: string): number {
  const shown = stripVTControlCharacters(text).replace(COMBINING, "");
  return [...shown].length + (shown.match(WIDE)?.length ?? 0);
}

/** A text filled up with blanks to so many places. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** A text cut to so many places, with `…` for what is left out. For texts without escape codes. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let places = 0;
  for (const character of text) {
    places += displayWidth(character);
    if (places > width - 1) break;
    cut += character;
  }
  return width > 0 ? `${cut}…` : "";
}

/** Lines whose cells stand below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  return rows.map((row) => row.map((cell, column) => fill(cell, widths[column], row.length - 1 === column)).join("  "));
}

/**
 * Each line broken at blanks so that none is wider than so many places; what continues a line stands further in than its
 * beginning. A word that fits on no line is broken. Escape codes take no place and are kept.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => (displayWidth(line) <= width ? [line] : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  const own = /^ */.exec(line)?.[0].length ?? 0;
  const indent = " ".repeat(Math.min(own + CONTINUED_BY, Math.floor(width / 2)));
  const lines: string[] = [];
  let current = " ".repeat(Math.min(own, Math.floor(width / 2)));
  let isEmpty = true;
  for (const [, blanks = "", word = ""] of line.slice(own).matchAll(/( *)([^ ]+)/g)) {
    const joined = isEmpty ? current + word : current + blanks + word;
    if (displayWidth(joined) <= width) current = joined;
    else {
      if (!isEmpty) lines.push(current);
      const [last = "", ...full] = brokenWord(isEmpty ? current : indent, word, width).reverse();
      lines.push(...full.reverse());
      current = last;
    }
    isEmpty = false;
  }
  return [...lines, current];
}

/** A word after a beginning of a line, on as many lines as it needs; an escape code is never broken. */
function brokenWord(begin: string, word: string, width: number): string[] {
  const lines: string[] = [];
  let current = begin;
  for (const [piece] of word.matchAll(PIECES)) {
    if (displayWidth(current + piece) > width && displayWidth(current) > 0) {
      lines.push(current);
      current = "";
    }
    current += piece;
  }
  return [...lines, current];
}

const fill = (cell: string, width = 0, isLast = false) => (isLast ? cell : padded(cell, width));
