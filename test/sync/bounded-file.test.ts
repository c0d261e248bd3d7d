import { execFileSync } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readBounded } from "../../src/sync/config/bounded-file.ts";
import { useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

function pipe(): string {
  const path = join(directory.path, "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** What a read makes of a pipe whose writer comes once it waits, and writes so. */
async function written(write: (writer: Awaited<ReturnType<typeof open>>) => Promise<unknown>, mostBytes = 100) {
  const path = pipe();
  const reading = readBounded(path, mostBytes);
  // Opening ends when there is a reader, and only then.
  const writer = await open(path, "w");
  await write(writer);
  await writer.close();
  return reading;
}

it("a file is read to its bound, and no further", async () => {
  const path = directory.write("key", "12345");
  expect(await readBounded(path, 5)).toBe("12345");
  expect(await readBounded(path, 4)).toBeUndefined();
  expect(await readBounded(directory.write("empty", ""), 4)).toBe("");
  await expect(readBounded(directory.path, 4)).rejects.toMatchObject({ code: "EISDIR" });
});

it("a device that never ends is read to the bound, and one without anything is empty", async () => {
  expect(await readBounded("/dev/zero", 1_000_000)).toBeUndefined();
  expect(await readBounded("/dev/null", 1)).toBe("");
});

it("a pipe that nobody opens for writing is given up after a while", async () => {
  await expect(readBounded(pipe(), 100, 40)).rejects.toMatchObject({ code: "ETIMEDOUT" });
});

it("a pipe that is open and never written to is given up after a while", async () => {
  const path = pipe();
  const both = await open(path, "r+");
  await expect(readBounded(path, 100, 40)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await both.close();
});

it("a pipe is read to its end, however late and in however many parts it is written", async () => {
  const parts = ["first, ", "second"];
  const text = await written(async (writer) => {
    for (const part of parts) {
      await writer.write(part);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  });
  expect(text).toBe("first, second");
});

it("a pipe with too much in it is read to the bound", async () => {
  expect(await written((writer) => writer.write("x".repeat(200)))).toBeUndefined();
});
