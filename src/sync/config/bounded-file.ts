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
    const found = await handle.stat();
    const isPipe = found.isFIFO();
    const parts: Buffer[] = [];
    let size = 0;
    let waitedMs = 0;
    for (;;) {
      // A file in one part: there is no second copy of it then.
      const expected = size === 0 ? Math.min(found.size, mostBytes) + 1 : 0;
      const part = await readPart(handle, Math.max(PART_BYTES, expected));
      // A pipe looks as if it had ended until somebody begins to write to it.
      if (part === undefined || (part.length === 0 && isPipe && size === 0)) {
        if (waitedMs >= patienceMs) throw Object.assign(new Error("nobody wrote in time"), { code: "ETIMEDOUT" });
        await wait(TURN_MS);
        waitedMs += TURN_MS;
        continue;
      }
      if (part.length === 0) return wholeOf(parts).toString("utf8");
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

function wholeOf(parts: readonly Buffer[]): Buffer {
  const [first, second] = parts;
  return first !== undefined && second === undefined ? first : Buffer.concat(parts);
}

/** What can be read now: empty at the end, undefined where more is to come. */
async function readPart(handle: FileHandle, mostBytes: number): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(mostBytes), position: null });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
