import { type FileHandle, open } from "node:fs/promises";

/** What was put on the disk, as far as it was waited for. */
export interface DiskUse {
  /** The bytes of each group: what was written between two waits for the disk. */
  readonly groups: readonly number[];
  /** Milliseconds that were spent waiting for the disk. */
  readonly waitedMs: number;
}

/** Counts what this process writes and waits for while it works. */
export async function countDisk(file: string, work: () => Promise<unknown>): Promise<DiskUse> {
  const probe = await open(file, "a");
  const prototype: Pick<FileHandle, "datasync" | "write"> = Object.getPrototypeOf(probe);
  await probe.close();
  const { datasync, write } = prototype;
  const groups: number[] = [];
  let bytes = 0;
  let waitedMs = 0;
  prototype.datasync = async function () {
    groups.push(bytes);
    bytes = 0;
    const begin = performance.now();
    await datasync.call(this);
    waitedMs += performance.now() - begin;
  };
  prototype.write = new Proxy(write, {
    apply(target, handle, parameters) {
      const [content]: unknown[] = parameters;
      if (content instanceof Uint8Array) bytes += content.length;
      return Reflect.apply(target, handle, parameters);
    },
  });
  try {
    await work();
  } finally {
    Object.assign(prototype, { datasync, write });
  }
  return { groups, waitedMs };
}

/** Milliseconds for nothing but putting groups of so many bytes on the disk, one after the other. */
export async function appendAll(file: string, groups: readonly number[]): Promise<number> {
  const handle = await open(file, "a");
  const content = Buffer.alloc(Math.max(...groups), "x");
  const begin = performance.now();
  for (const bytes of groups) {
    await handle.write(content.subarray(0, bytes));
    await handle.datasync();
  }
  const took = performance.now() - begin;
  await handle.close();
  return took;
}
