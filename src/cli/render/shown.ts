import { canonicalJson } from "../../contract/json.ts";

const LONGEST_VALUE = 80;
const LONGEST_MESSAGE = 1200;
/** Characters that are left before the first difference of two long values. */
const LEAD = 20;

/**
 * A text of strangers for one line of a terminal: without what could move the cursor, break the line, or hide or reorder
 * what is there. Each such character shows as `�`, so that a name that only seems to be the same does not.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}

/** A message for one line, with at most 1,200 characters. */
export function shownMessage(text: string): string {
  return cut([...printable(text)], 0, LONGEST_MESSAGE);
}

/** A value for one line, with at most 80 characters. */
export function shownValue(value: unknown): string {
  return cut(charactersOf(value), 0, LONGEST_VALUE);
}

/** Two values for one line. Of long ones the part is shown in which they differ. */
export function shownPair(before: unknown, after: unknown): readonly [before: string, after: string] {
  const pair = [charactersOf(before), charactersOf(after)] as const;
  const [left, right] = pair;
  const difference = left.findIndex((character, index) => character !== right[index]);
  const shared = difference === -1 ? left.length : difference;
  const isLong = Math.max(left.length, right.length) > LONGEST_VALUE;
  const from = isLong && shared > LONGEST_VALUE - LEAD ? shared - LEAD : 0;
  return [cut(left, from, LONGEST_VALUE), cut(right, from, LONGEST_VALUE)];
}

// By whole characters: half of one is not printable.
function cut(characters: readonly string[], from: number, length: number): string {
  const end = from + length;
  return `${from > 0 ? "…" : ""}${characters.slice(from, end).join("")}${end < characters.length ? "…" : ""}`;
}

function charactersOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [...quotedIfNeeded(printable(value))];
  return [...printable(canonicalJson(value) ?? JSON.stringify(value) ?? "nothing")];
}

// A text that could be mistaken for what stands around it is quoted.
function quotedIfNeeded(text: string): string {
  return /^$|^[\s"]|\s$|\s\s| -> |, expected /.test(text) ? JSON.stringify(text) : text;
}
