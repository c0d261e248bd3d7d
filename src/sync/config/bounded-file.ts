import { open } from "node:fs/promises";

/**
 * The text of a file, a pipe or a device, or undefined where it has more than so many bytes: no more than that is read.
 * @throws the file system's own error
 */
export async function readBounded(path: string, mostBytes: number): Promise<string | undefined> {
  const handle = await open(path);
  try {
    const parts: Buffer[] = [];
    let size = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(PART_BYTES), position: null });
      if (bytesRead === 0) return Buffer.concat(parts).toString("utf8");
      size += bytesRead;
      if (size > mostBytes) return undefined;
      parts.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

const PART_BYTES = 256 * 1024;
