import { constants, type FileHandle, open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/**
 * The text of a file, a pipe or a device, or undefined where it has more than so many bytes: no more than that is read. What
 * is still to be written to a pipe is waited for, 30 s in all unless told otherwise.
 * @throws the file system's own error; one with the code ETIMEDOUT where nobody writes in time
 */
export async function readBounded(path: string, mostBytes: number, patienceMs = 30_000): Promise<string | undefined> {
  // Else opening a pipe that nobody writes to would never end.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = (await handle.stat()).isFIFO();
    const parts: Buffer[] = [];
    let size = 0;
    let waitedMs = 0;
    for (;;) {
      const part = await readPart(handle);
      // A pipe looks as if it had ended until somebody begins to write to it.
      if (part === undefined || (part.length === 0 && isPipe && size === 0)) {
        if (waitedMs >= patienceMs) throw Object.assign(new Error("nobody wrote in time"), { code: "ETIMEDOUT" });
        await wait(TURN_MS);
        waitedMs += TURN_MS;
        continue;
      }
      if (part.length === 0) return Buffer.concat(parts).toString("utf8");
      size += part.length;
      if (size > mostBytes) return undefined;
      parts.push(part);
    }
  } finally {
    await handle.close();
  }
}

const PART_BYTES = 256 * 1024;
const TURN_MS = 20;

/** What can be read now: empty at the end, undefined where more is to come. */
async function readPart(handle: FileHandle): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(PART_BYTES), position: null });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
