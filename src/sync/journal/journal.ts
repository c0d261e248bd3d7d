import { randomUUID } from "node:crypto";
import type { Runtime } from "../runtime.ts";
import { type ChainHead, type CheckedChain, checkChain, encodeLine } from "./chain.ts";
import type { Happening, JournalEvent } from "./event.ts";
import { asJournalError, JournalError } from "./journal-error.ts";
import { JournalFile, placeOf, readWhole } from "./journal-file.ts";
import { LineWriter } from "./line-writer.ts";
import { type JournalLock, lockJournal } from "./lock.ts";

/** An open journal: this run is the only one that writes it. */
export interface Journal {
  readonly file: string;
  /** Names this run in every line of it. */
  readonly run: string;
  /** Every event so far, own ones included. */
  readonly events: readonly JournalEvent[];
  /**
   * Resolves when the line is on the disk. After one line could not be written, none is any more.
   * @throws JournalError; TypeError when the happening is not one that a journal takes
   */
  append(happening: Happening): Promise<JournalEvent>;
  /** Waits for what is being written, and gives the lock back. @throws JournalError */
  close(): Promise<void>;
}

/**
 * Opens a journal for a run: makes it if needed, locks it, checks all of it, and takes out a last line that a crash tore.
 * @throws JournalError when it is in use, damaged, or cannot be read or written
 */
export async function openJournal(
  file: string,
  runtime: Runtime,
  about: { readonly command: string },
): Promise<Journal> {
  let realPath: string;
  try {
    realPath = await placeOf(file);
  } catch (error) {
    throw asJournalError(error, "unwritable", file, "its folder cannot be made or reached");
  }
  const lock = await lockJournal(file, realPath, runtime, about.command);
  try {
    return await openLocked(file, realPath, runtime, lock);
  } catch (error) {
    await lock.release();
    throw asJournalError(error, "unwritable", file, "cannot be opened");
  }
}

/**
 * The events of a journal, without its lock and without repairing it; undefined where there is none. A torn last line is
 * left out: another run may be writing it.
 * @throws JournalError when it is damaged or cannot be read
 */
export async function readJournal(file: string): Promise<readonly JournalEvent[] | undefined> {
  const checked = await checkJournal(file);
  if (checked !== undefined) requireSound(file, checked);
  return checked?.events;
}

/** What a journal holds, or undefined where there is none. @throws JournalError when it cannot be read */
export async function checkJournal(file: string): Promise<CheckedChain | undefined> {
  try {
    const content = await readWhole(file);
    return content === undefined ? undefined : checkChain(content);
  } catch (error) {
    throw asJournalError(error, "unreadable", file, "cannot be read");
  }
}

function requireSound(file: string, { problem }: CheckedChain): void {
  if (problem === undefined) return;
  const advice =
    "Restore the file from a copy, or move it away: then the evidence in it is lost, and keys count as unverifiable.";
  throw new JournalError({ kind: "damaged", file, line: problem.line, message: `${problem.message}. ${advice}` });
}

async function openLocked(file: string, realPath: string, runtime: Runtime, lock: JournalLock): Promise<Journal> {
  const { target, content } = await JournalFile.open(file, realPath);
  try {
    const checked = checkChain(content);
    requireSound(file, checked);
    if (checked.tornBytes > 0) await target.cut(checked.soundBytes);
    if (checked.lacksLineBreak) await target.append("\n");
    const journal = new OpenJournal(file, runtime, lock, target, checked);
    if (checked.tornBytes > 0) await journal.append({ type: "repaired", droppedBytes: checked.tornBytes });
    return journal;
  } catch (error) {
    await target.close();
    throw error;
  }
}

class OpenJournal implements Journal {
  readonly file: string;
  readonly run = randomUUID().replaceAll("-", "").slice(0, 12);
  readonly #runtime: Runtime;
  readonly #lock: JournalLock;
  readonly #target: JournalFile;
  readonly #events: JournalEvent[];
  readonly #writer: LineWriter;
  #head: ChainHead;
  #closing: Promise<void> | undefined;

  constructor(file: string, runtime: Runtime, lock: JournalLock, target: JournalFile, checked: CheckedChain) {
    this.file = file;
    this.#runtime = runtime;
    this.#lock = lock;
    this.#target = target;
    this.#events = [...checked.events];
    this.#head = checked.head;
    this.#writer = new LineWriter((text) => this.#write(text));
  }

  get events(): readonly JournalEvent[] {
    return this.#events;
  }

  async append(happening: Happening): Promise<JournalEvent> {
    if (this.#closing !== undefined) throw this.#error("is closed, nothing can be written to it");
    // Before anything is waited for: the chain has the order of the calls.
    const { text, event, head } = encodeLine(this.#head, happening, this.#runtime.now(), this.run);
    this.#head = head;
    await this.#writer.add(text);
    this.#events.push(event);
    return event;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writer.idle();
    try {
      await this.#target.close();
    } finally {
      await this.#lock.release();
    }
  }

  async #write(text: string): Promise<void> {
    try {
      if (!this.#lock.isHeld()) throw this.#error("the lock of this run was taken away, nothing more is written");
      await this.#target.append(text);
    } catch (error) {
      throw asJournalError(error, "unwritable", this.file, "the journal cannot be written, nothing more may be sent");
    }
  }

  #error(message: string): JournalError {
    return new JournalError({ kind: "unwritable", file: this.file, message });
  }
}
