import type { Happening, JournalEvent } from "../journal/event.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalError } from "../journal/journal-error.ts";

/** The journal of one run: when it cannot be written any more, the run ends in order instead of in the middle of a call. */
export class RunJournal {
  readonly #journal: Journal;
  #problem: string | undefined;
  #isUsed = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Why it cannot be written any more. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether this run has written anything. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Resolves when the line is on the disk, or to undefined when it cannot be: then nothing more may be sent. */
  async append(happening: Happening): Promise<JournalEvent | undefined> {
    if (this.#problem !== undefined) return undefined;
    this.#isUsed = true;
    try {
      return await this.#journal.append(happening);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#problem ??= error.message;
      return undefined;
    }
  }
}
