import { cutToWidth, displayWidth } from "../render/columns.ts";

// The codes of ECMA-48 for a place on the screen.
const UP = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A`);
const ERASE_TO_END_OF_LINE = "\u001b[K";
const ERASE_BELOW = "\u001b[J";

/**
 * A few lines at the bottom of a terminal that are drawn over again. The cursor stands below them and is never hidden: a
 * process that is killed could not bring it back.
 */
export class Region {
  readonly #write: (text: string) => void;
  #lines: readonly string[] = [];

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Draws lines in the place of the last ones, each cut to the terminal's width. */
  draw(lines: readonly string[], columns: number): void {
    // A line that fills the last column leaves the cursor at a place on which terminals do not agree.
    const cut = lines.map((line) => cutToWidth(line, columns - 1));
    if (cut.length === this.#lines.length && cut.every((line, index) => line === this.#lines[index])) return;
    if (cut.length === 0) {
      this.erase(columns);
      return;
    }
    const drawn = cut.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join("");
    this.#write(`${this.#toTop(columns)}${drawn}${ERASE_BELOW}`);
    this.#lines = cut;
  }

  /** Takes the lines away: the cursor is where it was before the first of them. */
  erase(columns: number): void {
    if (this.#lines.length === 0) return;
    this.#write(`${this.#toTop(columns)}${ERASE_BELOW}`);
    this.#lines = [];
  }

  // On a terminal that became narrower a line takes several.
  #toTop(columns: number): string {
    const rows = this.#lines.map((line) => Math.max(1, Math.ceil(displayWidth(line) / columns)));
    return UP(rows.reduce((sum, count) => sum + count, 0));
  }
}
