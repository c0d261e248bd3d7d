const UNUSUAL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const EACH_UNUSUAL = new RegExp(UNUSUAL, "gu");
const LONGEST = 120;

/** Whether a text has what a reader would not see, or what could end a line, move the cursor or reorder text. */
export const isUnusual = (text: string) => UNUSUAL.test(text);

/** A text on one line, without anything that is not plainly visible. */
export const visible = (text: string) => text.replace(EACH_UNUSUAL, "\u{fffd}");

/** A gateway's own text as a part of a comment: visible, and short. */
export function commentText(text: string): string {
  const letters = [...visible(text)];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : letters.join("");
}

/** YAML in which every text with something unusual is in double quotes: there it can be escaped. */
export function escapeUnusual(yaml: string): string {
  return yaml.replace(EACH_UNUSUAL, (letter) =>
    letter === "\n" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
