import { constants, fstatSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, JournalError } from "./journal-error.ts";

/** Where a journal really is, its links followed; makes its folder if needed. */
export async function placeOf(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  const firstMade = await mkdir(folder, { recursive: true });
  if (firstMade !== undefined) await syncFolders(folder, dirname(firstMade));
  try {
    return await realpath(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return join(await realpath(folder), basename(file));
  }
}

/** The bytes of a file, or undefined where there is none. Never waits for a pipe. */
export async function readWhole(file: string): Promise<Uint8Array | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    await requireRegular(handle, file);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A file that only grows, in steps that are on the disk before they count. */
export class JournalFile {
  readonly #file: string;
  readonly #realPath: string;
  readonly #handle: FileHandle;
  #size: number;

  private constructor(file: string, realPath: string, handle: FileHandle, size: number) {
    this.#file = file;
    this.#realPath = realPath;
    this.#handle = handle;
    this.#size = size;
  }

  /**
   * Opens a file and reads it; makes it, for its owner only, where there is none.
   * @param file as the user names it
   * @param realPath where it really is, see {@link placeOf}
   */
  static async open(
    file: string,
    realPath: string,
  ): Promise<{ readonly target: JournalFile; readonly content: Uint8Array }> {
    // The links were followed before: one that stands here now leads to where no lock was taken.
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(realPath, flags, 0o600);
    try {
      await requireRegular(handle, file);
      const content = await handle.readFile();
      // Without this a new file may be gone after a power failure, with all that was written to it.
      if (content.length === 0) await syncFolder(dirname(realPath));
      return { target: new JournalFile(file, realPath, handle, content.length), content };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Cuts the file to so many bytes. */
  async cut(size: number): Promise<void> {
    await this.#handle.truncate(size);
    await this.#handle.sync();
    this.#size = size;
  }

  /** Adds a text at the end. After a failure a part of it may stand there. */
  async append(text: string): Promise<void> {
    this.#requireUntouched();
    const bytes = Buffer.from(text);
    const { bytesWritten } = await this.#handle.write(bytes);
    if (bytesWritten !== bytes.length) throw this.#error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
    await this.#handle.datasync();
    this.#size += bytes.length;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  // What is written to a file that was moved away or replaced would be on the disk, and found by nobody. Looked at in place: to
  // hand it to another thread takes many times as long as the look.
  #requireUntouched(): void {
    const ours = fstatSync(this.#handle.fd);
    const there = statSync(this.#realPath, { throwIfNoEntry: false });
    if (there === undefined || there.ino !== ours.ino || there.dev !== ours.dev || ours.size !== this.#size) {
      throw this.#error("was moved, replaced or written by something else while this run used it");
    }
  }

  #error(message: string): JournalError {
    return new JournalError({ kind: "unwritable", file: this.#file, message });
  }
}

async function requireRegular(handle: FileHandle, file: string): Promise<void> {
  if ((await handle.stat()).isFile()) return;
  throw new JournalError({ kind: "unreadable", file, message: "is not a regular file" });
}

/** Puts the names in a folder, and in those above it up to another one, on the disk. */
async function syncFolders(lowest: string, highest: string): Promise<void> {
  for (let folder = lowest; ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === highest || folder === dirname(folder)) return;
  }
}

// Some systems open no folder, and keep names without being asked.
const NOT_FOR_FOLDERS = ["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP"];

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NOT_FOR_FOLDERS.includes(codeOf(error) ?? "")) throw error;
  }
}
