import { setImmediate } from "node:timers/promises";

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes lines in the order they come. Those that come while a write is under way go into the next one together: a write
 * waits for the disk, and many can share that.
 */
export class LineWriter {
  readonly #write: (text: string) => Promise<void>;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @param write resolves when the text is on the disk; after its first failure it is not called again */
  constructor(write: (text: string) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the line is on the disk. Rejects with the first failure of any line, and from then on always. */
  add(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      await this.#writeGroup(group);
      for (const { resolve, reject } of group) {
        if (this.#failure === undefined) resolve();
        else reject(this.#failure.error);
      }
      // Whoever waited for this group may have its next line ready at once: it goes with those that are here already.
      await setImmediate();
    }
    this.#running = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await this.#write(group.map(({ text }) => text).join(""));
    } catch (error) {
      this.#failure = { error };
    }
  }
}
