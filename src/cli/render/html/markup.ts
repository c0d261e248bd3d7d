import { printable } from "../shown.ts";

/** A piece of HTML that is safe to stand in a page. Only this file makes one. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** A piece that is ours, word for word: a style sheet or a script. Nothing of a stranger goes here. */
  static ours(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What can be put into a piece of HTML: texts are escaped, pieces are not, and of a list each one in its turn. */
export type Insert = Markup | string | number | undefined | readonly Insert[];

/**
 * A piece of HTML. Every text that is put in shows as text, in content and in quoted attributes alike, and holds no
 * character that hides or reorders what stands around it.
 */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return Markup.ours(strings.reduce((page, each, index) => `${page}${inserted(inserts[index - 1])}${each}`));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function inserted(insert: Insert): string {
  if (insert === undefined) return "";
  if (typeof insert === "string") return printable(insert).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
  if (typeof insert === "number" || insert instanceof Markup) return String(insert);
  return insert.map(inserted).join("");
}
