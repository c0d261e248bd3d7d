import type { ChainHead, ChainProblem } from "./chain.ts";
import { checkJournal } from "./journal.ts";
import { JournalError } from "./journal-error.ts";

/** What a check of a whole journal found. */
export interface VerifiedJournal {
  /** How many lines are whole and chained; with a problem: those before it. */
  readonly lines: number;
  /** The last of them. Noted somewhere else, it tells later whether lines were cut off at the end. */
  readonly head: ChainHead;
  /** Bytes of a last line that is not complete: a run is writing it, or a crash tore it. */
  readonly torn: number;
  /** The hashes of the lines: each was the head once. */
  readonly hashes: readonly string[];
  readonly problem?: ChainProblem;
}

/**
 * Checks that a journal's lines are as they were written, and that none is missing before another. Lines that were cut
 * off at its end cannot be told from the file alone. Needs no lock, and changes nothing.
 * @throws JournalError when there is none or it cannot be read
 */
export async function verifyJournal(file: string): Promise<VerifiedJournal> {
  const checked = await checkJournal(file);
  if (checked === undefined) throw new JournalError({ kind: "unreadable", file, message: "there is no journal here" });
  const { events, head, tornBytes, hashes, problem } = checked;
  return { lines: events.length, head, torn: tornBytes, hashes, ...(problem === undefined ? {} : { problem }) };
}
