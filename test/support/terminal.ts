import { displayWidth } from "../../src/cli/render/columns.ts";

const ESCAPE = "\u001b";
const PIECES = new RegExp(`${ESCAPE}\\[(\\d+)A|${ESCAPE}\\[K|${ESCAPE}\\[J|\n|[^${ESCAPE}\n]+|.`, "gsu");

/** A terminal that knows what a progress display needs, and refuses every other code. */
export class Terminal {
  /** The screen after each write, but for empty lines at its end. */
  readonly frames: string[] = [];
  /** Everything that was written. */
  written = "";
  #lines: string[] = [""];
  #row = 0;

  constructor(public columns = 80) {}

  readonly write = (text: string): void => {
    this.written += text;
    for (const [piece, up] of text.matchAll(PIECES)) {
      if (up !== undefined) this.#moveUp(Number(up));
      else if (piece === "\u001b[J") this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, "");
      else if (piece === "\n") this.#newLine();
      else if (piece !== "\u001b[K") this.#put(piece);
    }
    this.frames.push(this.screen);
  };

  get screen(): string {
    return this.#lines.join("\n").trimEnd();
  }

  #moveUp(rows: number): void {
    if (rows > this.#row) throw new Error(`the cursor would leave the screen: ${rows} up from line ${this.#row}`);
    this.#row -= rows;
  }

  #newLine(): void {
    this.#row += 1;
    this.#lines[this.#row] ??= "";
  }

  #put(text: string): void {
    if (/\p{Cc}/u.test(text)) throw new Error(`an unknown code: ${JSON.stringify(text)}`);
    if (displayWidth(text) > this.columns) throw new Error(`wider than ${this.columns} columns: ${text}`);
    this.#lines[this.#row] = text;
  }
}
