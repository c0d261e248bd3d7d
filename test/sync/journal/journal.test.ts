import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { forEachAtMost } from "../../../src/sync/concurrency.ts";
import type { Happening } from "../../../src/sync/journal/event.ts";
import { openJournal, readJournal } from "../../../src/sync/journal/journal.ts";
import { verifyJournal } from "../../../src/sync/journal/verify.ts";
import { useTemporaryDirectory } from "../../support/sync.ts";
import { intent, journalErrorOf, linesOf, observed, outcome, run, runtimeOf } from "./support.ts";

const directory = useTemporaryDirectory();
const path = (name = "journal.jsonl") => join(directory.path, name);
const about = { command: "apply" };
const opened = (file = path(), runtime = runtimeOf()) => openJournal(file, runtime, about);
const mode = (file: string) => statSync(file).mode & 0o777;
const RESTORE =
  "Restore the file from a copy, or move it away: then the evidence in it is lost, and keys count as unverifiable.";

/** Opens a journal, appends, closes. */
async function record(happenings: readonly Happening[], file = path()) {
  const journal = await opened(file);
  for (const happening of happenings) await journal.append(happening);
  await journal.close();
  return journal;
}

describe("a journal", () => {
  it("is made with its folders, for its owner only, and is empty", async () => {
    const file = join(directory.path, "a", "b", "journal.jsonl");
    const journal = await opened(file);
    expect(journal.file).toBe(file);
    expect(journal.run).toMatch(/^[0-9a-f]{12}$/);
    expect(journal.events).toEqual([]);
    expect(
      readdirSync(join(directory.path, "a", "b")).map((name) => mode(join(directory.path, "a", "b", name))),
    ).toEqual([0o600, 0o600]);
    await journal.close();
    expect(readdirSync(join(directory.path, "a", "b"))).toEqual(["journal.jsonl"]);
    expect(readFileSync(file, "utf8")).toBe("");
  });

  it("is on the disk by its name, and so are the folders that were made for it", async () => {
    const handle = await open(directory.path);
    await handle.close();
    const methods: FileHandle = Object.getPrototypeOf(handle);
    const sync = methods.sync;
    const synced: number[] = [];
    jest.spyOn(methods, "sync").mockImplementation(async function (this: FileHandle) {
      const { ino } = await this.stat();
      synced.push(ino);
      return sync.call(this);
    });
    const journal = await opened(path("a/b/journal.jsonl"));
    const inodes = ["", "a", "a/b"].map((name) => statSync(path(name)).ino);
    expect(synced).toEqual(expect.arrayContaining(inodes));
    // After the file was made, which the lock's own file comes before.
    expect(synced.at(-1)).toBe(inodes[2]);
    await journal.close();
  });

  it("keeps what is appended, in order, with its time and its run", async () => {
    const journal = await opened();
    const first = await journal.append(run());
    expect(first).toEqual({ ...run(), seq: 1, at: "2026-11-22T10:00:02.000Z", run: journal.run });
    // The line is there before anybody goes on.
    expect(readFileSync(path(), "utf8")).toBe(linesAsWritten(journal.run, [run()]));
    await journal.append(intent);
    await journal.append(outcome(2));
    expect(journal.events).toEqual([
      first,
      { ...intent, seq: 2, ...at(3, journal.run) },
      { ...outcome(2), seq: 3, ...at(4, journal.run) },
    ]);
    await journal.close();
    expect(await readJournal(path())).toEqual(journal.events);
  });

  const at = (second: number, runId: string) => {
    return { at: `2026-11-22T10:00:0${second}.000Z`, run: runId };
  };
  const linesAsWritten = (runId: string, happenings: readonly Happening[]) => {
    const [line = ""] = linesOf(happenings, runId).map((each) => JSON.parse(each));
    const text = readFileSync(path(), "utf8");
    expect(JSON.parse(text)).toEqual({ ...line, at: "2026-11-22T10:00:02.000Z", hash: expect.any(String) });
    return text;
  };

  it("goes on where another run ended", async () => {
    const first = await record([run("plan"), observed("one")]);
    const second = await record([run("apply")]);
    expect(second.run).not.toBe(first.run);
    expect(second.events.map((event) => [event.seq, event.run])).toEqual([
      [1, first.run],
      [2, first.run],
      [3, second.run],
    ]);
    expect(await verifyJournal(path())).toMatchObject({ lines: 3, head: { seq: 3 }, torn: 0 });
  });

  it("keeps the order of hundreds of appends at the same time, in few writes", async () => {
    const journal = await opened();
    const { write, datasync } = await spies();
    const slugs = Array.from({ length: 500 }, (_each, index) => `slug ${index} é`);
    const events = await Promise.all(slugs.map((slug) => journal.append(observed(slug))));
    expect(events.map(({ seq }) => seq)).toEqual(slugs.map((_each, index) => index + 1));
    expect(journal.events).toEqual(events);
    expect(write.mock.calls.length).toBeLessThan(5);
    expect(datasync.mock.calls).toHaveLength(write.mock.calls.length);
    await journal.close();
    const kept = await readJournal(path());
    expect(kept?.map((event) => (event.type === "observed" ? event.slug : ""))).toEqual(slugs);
  });

  it("waits with closing for what is being written, and closes once", async () => {
    const journal = await opened();
    const appended = [journal.append(run()), journal.append(intent), journal.append(outcome(2))];
    await Promise.all([journal.close(), journal.close()]);
    await journal.close();
    await Promise.all(appended);
    expect(await readJournal(path())).toHaveLength(3);
    expect(await journalErrorOf(journal.append(run()))).toMatchObject({
      kind: "unwritable",
      message: `${path()}: is closed, nothing can be written to it`,
    });
  });

  it("does not take what no reader would know, and goes on", async () => {
    const journal = await opened();
    await expect(journal.append({ type: "repaired", droppedBytes: 0.5 })).rejects.toThrow(TypeError);
    await journal.append(run());
    await journal.close();
    expect(await readJournal(path())).toHaveLength(1);
  });

  it("is one journal by whatever path it is reached", async () => {
    mkdirSync(path("real"));
    await record([run()], path("real/journal.jsonl"));
    symlinkSync(path("real/journal.jsonl"), path("link.jsonl"));
    symlinkSync(path("real"), path("folder"));
    const journal = await opened(path("link.jsonl"));
    for (const other of ["real/journal.jsonl", "folder/journal.jsonl"]) {
      expect(await journalErrorOf(opened(path(other)))).toMatchObject({ kind: "locked" });
    }
    await journal.close();
    expect(readdirSync(path("real"))).toEqual(["journal.jsonl"]);
  });
});

/** What the file system is asked for, in this process. */
async function spies() {
  const handle = await open(directory.path);
  await handle.close();
  const methods: FileHandle = Object.getPrototypeOf(handle);
  return { write: jest.spyOn(methods, "write"), datasync: jest.spyOn(methods, "datasync") };
}

afterEach(() => jest.restoreAllMocks());

const systemError = (code: string) => Object.assign(new Error(code), { code });

describe("a write that fails", () => {
  const failures: [string, (all: Awaited<ReturnType<typeof spies>>) => unknown, string][] = [
    [
      "a full disk",
      ({ write }) => write.mockRejectedValueOnce(systemError("ENOSPC")),
      "the journal cannot be written, nothing more may be sent (ENOSPC)",
    ],
    [
      "a disk that breaks",
      ({ datasync }) => datasync.mockRejectedValueOnce(systemError("EIO")),
      "the journal cannot be written, nothing more may be sent (EIO)",
    ],
  ];
  it.each(failures)("for %s is the last one", async (_title, prepare, message) => {
    const journal = await opened();
    await journal.append(run());
    const all = await spies();
    prepare(all);
    const appended = [journal.append(intent), journal.append(observed("waits"))];
    for (const each of appended) {
      expect(await journalErrorOf(each)).toMatchObject({ kind: "unwritable", message: `${path()}: ${message}` });
    }
    expect(await journalErrorOf(journal.append(outcome(2)))).toMatchObject({ message: `${path()}: ${message}` });
    expect(all.write).toHaveBeenCalledTimes(1);
    expect(journal.events).toHaveLength(1);
    await journal.close();
    expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
  });

  it("in the middle of a line leaves what the next run takes out", async () => {
    const journal = await opened();
    await journal.append(run());
    const sound = statSync(path()).size;
    const { write } = await spies();
    write.mockImplementationOnce(async () => {
      appendFileSync(path(), readFileSync(path()).subarray(0, 7));
      return { bytesWritten: 7, buffer: "" };
    });
    expect(await journalErrorOf(journal.append(intent))).toMatchObject({
      kind: "unwritable",
      message: expect.stringMatching(/: only 7 of \d+ bytes were written$/),
    });
    await journal.close();
    expect(await verifyJournal(path())).toMatchObject({ lines: 1, torn: 7 });
    const next = await opened();
    expect(next.events).toMatchObject([{ type: "run" }, { type: "repaired", droppedBytes: 7, run: next.run }]);
    await next.close();
    expect(readFileSync(path()).subarray(0, sound).at(-1)).toBe(0x0a);
  });

  it.each<[string, () => void, string]>([
    [
      "lock is taken away",
      () => rmSync(path(readdirSync(directory.path).find((name) => name.includes(".lock-")) ?? "")),
      "the lock of this run was taken away, nothing more is written",
    ],
    [
      "file is moved away",
      () => renameSync(path(), path("elsewhere")),
      "was moved, replaced or written by something else while this run used it",
    ],
    [
      "file is replaced by a copy",
      () => {
        copyFileSync(path(), path("copy"));
        renameSync(path("copy"), path());
      },
      "was moved, replaced or written by something else while this run used it",
    ],
    [
      "file is written by something else",
      () => appendFileSync(path(), "x"),
      "was moved, replaced or written by something else while this run used it",
    ],
  ])("because the %s is the last one", async (_title, interfere, message) => {
    const journal = await opened();
    await journal.append(run());
    interfere();
    for (const happening of [intent, observed("later")]) {
      const error = await journalErrorOf(journal.append(happening));
      expect(error).toMatchObject({ kind: "unwritable", message: `${path()}: ${message}` });
    }
    await journal.close();
  });
});

describe("a torn last line", () => {
  const lines = linesOf([run(), intent, observed("é😀")]);
  const before = lines.slice(0, 2).join("");
  const last = Buffer.from(lines[2] ?? "");

  it("is taken out wherever it was cut, noted, and nothing before it is lost", async () => {
    const lengths = Array.from({ length: last.length - 1 }, (_each, length) => length);
    await forEachAtMost(16, lengths, async (length) => {
      const file = path(`${length}.jsonl`);
      directory.write(`${length}.jsonl`, before);
      appendFileSync(file, last.subarray(0, length));
      const journal = await opened(file);
      const repaired = length === 0 ? [] : [{ type: "repaired", droppedBytes: length, run: journal.run }];
      expect(journal.events).toMatchObject([{ type: "run" }, { type: "intent" }, ...repaired]);
      await journal.close();
      expect(readFileSync(file, "utf8").startsWith(before)).toBe(true);
      expect(await verifyJournal(file)).toMatchObject({ lines: 2 + repaired.length, torn: 0 });
    });
  });

  it("that lacks only its line break gets it", async () => {
    directory.write("journal.jsonl", lines.join("").trimEnd());
    const journal = await opened();
    expect(journal.events).toMatchObject([{ type: "run" }, { type: "intent" }, { type: "observed" }]);
    expect(readFileSync(path(), "utf8")).toBe(lines.join(""));
    await journal.close();
  });

  it("that is whole, with zeros behind it, is kept without them", async () => {
    directory.write("journal.jsonl", `${lines.join("").trimEnd()}\0\0\0`);
    await record([]);
    const events = await readJournal(path());
    expect(events?.slice(2)).toMatchObject([{ type: "observed" }, { type: "repaired", droppedBytes: 3 }]);
    expect(readFileSync(path(), "utf8").startsWith(lines.join(""))).toBe(true);
  });

  it("may be all that there is", async () => {
    directory.write("journal.jsonl", before.slice(0, 30));
    const journal = await record([run()]);
    expect(journal.events).toMatchObject([{ type: "repaired", seq: 1, droppedBytes: 30 }, { type: "run" }]);
  });

  it("is left where it is, and left out, by who only reads", async () => {
    directory.write("journal.jsonl", before);
    appendFileSync(path(), last.subarray(0, 90));
    const text = readFileSync(path());
    expect(await readJournal(path())).toMatchObject([{ type: "run" }, { type: "intent" }]);
    expect(await verifyJournal(path())).toMatchObject({ lines: 2, head: { seq: 2 }, torn: 90 });
    expect(readFileSync(path())).toEqual(text);
    expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
  });
});

describe("a file that is no sound journal", () => {
  const lines = linesOf([run(), intent, outcome(2)]);
  it.each([
    [
      "was changed",
      lines.join("").replace("openai-prod", "openai-prd"),
      2,
      "was changed: its hash does not match its content",
    ],
    [
      "lacks a line",
      lines.toSpliced(1, 1).join(""),
      2,
      "a line is missing before this one, or was moved: number 3 follows number 1",
    ],
    ["is something else", "version: 1\n", 1, "is not JSON"],
    ["is something else without a line break", "version: 1", 1, "is not JSON"],
  ])("because it %s is refused, and stays as it is", async (_title, text, line, message) => {
    directory.write("journal.jsonl", text);
    const refused = { kind: "damaged", file: path(), line, message: `${path()}:${line}: ${message}. ${RESTORE}` };
    expect(await journalErrorOf(opened())).toMatchObject(refused);
    const error = await journalErrorOf(readJournal(path()));
    expect(error).toMatchObject(refused);
    expect(JSON.parse(JSON.stringify(error))).toEqual({ name: "JournalError", ...refused });
    expect(await verifyJournal(path())).toMatchObject({ lines: line - 1, problem: { line, message } });
    expect(readFileSync(path(), "utf8")).toBe(text);
    expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
  });

  it("because it is a folder is refused", async () => {
    mkdirSync(path());
    expect(await journalErrorOf(opened())).toMatchObject({ message: `${path()}: cannot be opened (EISDIR)` });
    expect(await journalErrorOf(readJournal(path()))).toMatchObject({ message: `${path()}: is not a regular file` });
    expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
  });

  it("because it is a link to nowhere is refused, and nothing is made there", async () => {
    symlinkSync(path("elsewhere"), path());
    expect(await journalErrorOf(opened())).toMatchObject({ message: `${path()}: cannot be opened (ELOOP)` });
    expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
  });

  it("because its folder cannot be made is refused", async () => {
    directory.write("file", "");
    const file = path("file/journal.jsonl");
    expect(await journalErrorOf(opened(file))).toMatchObject({
      kind: "unwritable",
      message: `${file}: its folder cannot be made or reached (EEXIST)`,
    });
    expect(await journalErrorOf(readJournal(file))).toMatchObject({
      kind: "unreadable",
      message: `${file}: cannot be read (ENOTDIR)`,
    });
  });

  it("because it is not there has no events, and is nothing to verify", async () => {
    expect(await readJournal(path())).toBeUndefined();
    expect(await journalErrorOf(verifyJournal(path()))).toMatchObject({
      kind: "unreadable",
      message: `${path()}: there is no journal here`,
    });
    expect(readdirSync(directory.path)).toEqual([]);
  });
});
