const BLOCK = 64 * 1024;

/** Tells lines and columns, each from 1. Lines end with a line feed; a text may have many millions, or a single one. */
export class TextLines {
  readonly #text: string;
  // Of each block: the line that it begins in, and the offset where that begins.
  readonly #blocks: { readonly line: number; readonly start: number }[] = [];

  constructor(text: string) {
    this.#text = text;
    let [line, start] = [1, 0];
    let end = text.indexOf("\n");
    for (let from = 0; from <= text.length; from += BLOCK) {
      for (; end >= 0 && end < from; end = text.indexOf("\n", end + 1)) [line, start] = [line + 1, end + 1];
      this.#blocks.push({ line, start });
    }
  }

  /** Where an offset stands. */
  at(offset: number): { readonly line: number; readonly column: number } {
    const block = Math.floor(offset / BLOCK);
    const from = block * BLOCK;
    let { line, start } = this.#blocks[block] ?? { line: 1, start: 0 };
    const before = this.#text.slice(from, offset);
    for (let end = before.indexOf("\n"); end >= 0; end = before.indexOf("\n", end + 1)) {
      line += 1;
      start = from + end + 1;
    }
    return { line, column: offset - start + 1 };
  }
}
