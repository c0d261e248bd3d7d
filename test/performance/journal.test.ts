import crypto from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { type Happening, type Journal, openJournal, readJournal } from "../../src/sync/index.ts";
import { testRuntime, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

const object = (id: number) => ({ gateway: "a", adapter: "b", baseUrl: null, id });

const intentOf = (id: number): Happening => ({
  type: "intent",
  object: object(id),
  provider: `p${id}`,
  fields: ["name"],
  fingerprints: {},
  before: {},
  timeoutMs: 30_000,
});

/** How often the disk is waited for while something is done with a journal. */
async function waitsOf(work: (journal: Journal) => Promise<unknown>): Promise<number> {
  const journal = await openJournal(join(directory.path, "journal.jsonl"), testRuntime(), { command: "apply" });
  const handle = await open(directory.path);
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const waiting = jest.spyOn(prototype, "datasync");
  try {
    await work(journal);
    return waiting.mock.calls.length;
  } finally {
    waiting.mockRestore();
    await journal.close();
  }
}

it.each([1, 8, 64])(
  "a journal waits for the disk twice for each line after the other, however many of %d rows are in flight",
  async (atOnce) => {
    const rounds = 10;
    const row = async (journal: Journal, first: number) => {
      for (let round = 0; round < rounds; round++) {
        const { seq } = await journal.append(intentOf(first + round));
        await journal.append({ type: "outcome", intent: seq, status: "done", applied: ["name"], after: {} });
      }
    };
    const waits = await waitsOf((journal) => {
      return Promise.all(Array.from({ length: atOnce }, (_, index) => row(journal, index * rounds)));
    });
    // The very first line does not wait for others to come.
    expect(waits).toBe(2 * rounds + (atOnce === 1 ? 0 : 1));
  },
);

it("reading a journal parses and hashes each line once", async () => {
  const file = join(directory.path, "journal.jsonl");
  const journal = await openJournal(file, testRuntime(), { command: "apply" });
  const lines = 500;
  await Promise.all(Array.from({ length: lines }, (_, id) => journal.append(intentOf(id))));
  await journal.close();
  const parsing = jest.spyOn(JSON, "parse");
  const hashing = jest.spyOn(crypto, "hash");
  try {
    const events = await readJournal(file);
    const parses = parsing.mock.calls.length;
    expect({ events: events?.length, parses, hashes: hashing.mock.calls.length }).toEqual({
      events: lines,
      parses: lines,
      hashes: lines,
    });
  } finally {
    parsing.mockRestore();
    hashing.mockRestore();
  }
});
