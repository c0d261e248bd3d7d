import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { openJournal } from "../../../src/sync/journal/journal.ts";
import type { Runtime } from "../../../src/sync/runtime.ts";
import { useTemporaryDirectory } from "../../support/sync.ts";
import { journalErrorOf, run, runtimeOf } from "./support.ts";

const directory = useTemporaryDirectory();
const journalPath = () => join(directory.path, "journal.jsonl");
const opened = (changes: Partial<Runtime> = {}, command = "apply") =>
  openJournal(journalPath(), runtimeOf(changes), { command });
const lockNames = () => readdirSync(directory.path).filter((name) => name.includes(".lock-"));

const other = { pid: 77, host: "ci-7", actor: "bob", command: "adopt", since: "2026-11-22T09:00:00.000Z" };
const otherName = (pid = 77, token = "00000000000b") => `journal.jsonl.lock-${pid}-${token}`;
/** What another run left, or holds. */
const leave = (holder: object | string = other, name = otherName()) =>
  directory.write(name, typeof holder === "string" ? holder : JSON.stringify(holder));

const heldBy = (pid: number) => (asked: number) => asked === pid;

describe("a lock", () => {
  it("tells who holds it, and is gone when it is given back", async () => {
    const journal = await opened();
    const [name = ""] = lockNames();
    expect(name).toMatch(/^journal\.jsonl\.lock-4000001-[0-9a-f]{12}$/);
    expect(statSync(join(directory.path, name)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(directory.path, name), "utf8"))).toEqual({
      pid: 4_000_001,
      host: "ci-7",
      actor: "alice",
      command: "apply",
      since: "2026-11-22T10:00:01.000Z",
    });
    await journal.close();
    expect(lockNames()).toEqual([]);
  });

  it("of a run of this process refuses another one, which leaves nothing behind", async () => {
    const journal = await opened();
    const names = lockNames();
    const path = join(directory.path, names[0] ?? "");
    const error = await journalErrorOf(opened({ actor: "bob" }, "adopt"));
    expect(error).toMatchObject({ kind: "locked", file: journalPath() });
    expect(error.message).toBe(
      `${journalPath()}: is in use by alice, who runs apply as process 4000001 on ci-7, ` +
        "since 2026-11-22T10:00:01.000Z",
    );
    expect(error.advice).toBe(`wait until that run has ended, or delete ${path} if it surely has`);
    expect(lockNames()).toEqual(names);
    await journal.append(run());
    await journal.close();
    await (await opened()).close();
  });

  it("of another process that is alive refuses, at once", async () => {
    const path = leave();
    const sleep = jest.fn(async () => true);
    const error = await journalErrorOf(opened({ isAlive: heldBy(77), sleep }));
    expect(error).toMatchObject({
      kind: "locked",
      message: expect.stringContaining(`bob, who runs adopt as process 77`),
    });
    expect(error.advice).toContain(`delete ${path} if`);
    expect(sleep).not.toHaveBeenCalled();
    expect(lockNames()).toEqual([otherName()]);
  });

  it("of a process that is dead is taken over", async () => {
    leave();
    leave(other, otherName(78));
    const journal = await opened();
    expect(lockNames()).toEqual([expect.stringContaining("lock-4000001-")]);
    await journal.close();
  });

  it("of a process of our own id is taken over when it is not of this process", async () => {
    leave({ ...other, pid: 4_000_001 }, otherName(4_000_001));
    const journal = await opened({ isAlive: () => true });
    expect(lockNames()).toHaveLength(1);
    await journal.close();
  });

  it("of another machine refuses, whatever lives here", async () => {
    const path = leave({ ...other, host: "laptop" });
    const error = await journalErrorOf(opened());
    expect(error.message).toBe(
      `${journalPath()}: is in use by bob, who runs adopt as process 77 on laptop, a machine that cannot be asked from ` +
        "here, since 2026-11-22T09:00:00.000Z",
    );
    expect(error.advice).toBe(`wait until that run has ended, or delete ${path} if it surely has`);
    rmSync(path);
    await (await opened()).close();
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["another shape", '{"pid":"77"}'],
    ["null", "null"],
  ])("that holds %s refuses", async (_title, text) => {
    const path = leave(text);
    expect(await journalErrorOf(opened())).toMatchObject({
      kind: "locked",
      message: `${journalPath()}: is locked by ${path}, which cannot be read`,
      advice: "if surely no run uses the journal, delete that file",
    });
    expect(lockNames()).toEqual([otherName()]);
  });

  it("cannot move the cursor by its holder's name", async () => {
    leave({ ...other, actor: "bob\u001b[2J\nroot" });
    const { message } = await journalErrorOf(opened({ isAlive: heldBy(77) }));
    expect(message).toContain("bob\u{fffd}[2J\u{fffd}root, who runs");
  });

  it("has nothing to do with other names beside it", async () => {
    const names = ["journal.jsonl.lock-77", "journal.jsonl.lock-77-xyz", "other.jsonl.lock-77-00000000000b"];
    for (const name of names) leave(other, name);
    const journal = await opened({ isAlive: () => true });
    await journal.close();
    expect(lockNames()).toEqual(names);
  });

  it("that a crash left unfinished counts for nothing, and is cleaned up when its process is dead", async () => {
    leave("", `${otherName(77)}.tmp`);
    leave("", `${otherName(78)}.tmp`);
    leave("", `${otherName(4_000_001)}.tmp`);
    const journal = await opened({ isAlive: heldBy(78) });
    expect(lockNames().filter((name) => name.endsWith(".tmp"))).toEqual([`${otherName(78)}.tmp`]);
    await journal.close();
  });

  it("is placed anew when its unfinished file is cleaned up by somebody else", async () => {
    const handle = await open(directory.path);
    await handle.close();
    const methods: FileHandle = Object.getPrototypeOf(handle);
    const cleanedUp: string[] = [];
    jest.spyOn(methods, "sync").mockImplementationOnce(async () => {
      cleanedUp.push(...lockNames());
      for (const name of cleanedUp) rmSync(join(directory.path, name));
    });
    const sleep = jest.fn(async () => true);
    const journal = await opened({ sleep });
    expect(cleanedUp).toEqual([expect.stringMatching(/\.tmp$/)]);
    expect(sleep).toHaveBeenCalledTimes(1);
    expect(lockNames()).toHaveLength(1);
    await journal.append(run());
    await journal.close();
    expect(lockNames()).toEqual([]);
  });
});

afterEach(() => jest.restoreAllMocks());

describe("runs that start at the same moment", () => {
  /** A clock that is read after the first look for others: a rival places its file then, `times` times. */
  function rival(times: number) {
    let left = times;
    const start = runtimeOf().now();
    return () => {
      if (left > 0) leave();
      left -= 1;
      return start;
    };
  }

  it("step back, wait, and try again", async () => {
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => {
      // Our own file is gone, so that not both wait for each other.
      expect(lockNames()).toEqual([otherName()]);
      waits.push(milliseconds);
      rmSync(join(directory.path, otherName()));
      return true;
    };
    const journal = await opened({ isAlive: heldBy(77), now: rival(3), sleep });
    expect(lockNames()).toEqual([expect.stringContaining("lock-4000001-")]);
    expect(waits).toHaveLength(3);
    for (const wait of waits) expect(wait >= 20 && wait <= 120).toBe(true);
    await journal.close();
  });

  it("are refused when the other one goes on", async () => {
    const sleep = jest.fn(async () => true);
    const error = await journalErrorOf(opened({ isAlive: heldBy(77), now: rival(1), sleep }));
    expect(error.message).toContain("bob, who runs adopt");
    expect(sleep).toHaveBeenCalledTimes(1);
    expect(lockNames()).toEqual([otherName()]);
  });

  it("give up after five more tries", async () => {
    const sleep = jest.fn(async () => {
      rmSync(join(directory.path, otherName()));
      return true;
    });
    const error = await journalErrorOf(opened({ isAlive: heldBy(77), now: rival(99), sleep }));
    expect(error).toMatchObject({ kind: "locked", message: expect.stringContaining("bob, who runs adopt") });
    expect(sleep).toHaveBeenCalledTimes(5);
    expect(lockNames()).toEqual([otherName()]);
  });

  it("never both get it, over the lock of a dead run or none", async () => {
    const sleep = (milliseconds: number) =>
      new Promise<boolean>((resolve) => setTimeout(() => resolve(true), milliseconds / 10));
    for (let round = 0; round < 20; round++) {
      if (round % 2 === 0) leave();
      const runs = await Promise.allSettled(Array.from({ length: 6 }, () => opened({ sleep })));
      const journals = runs.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      expect(journals.length).toBeLessThanOrEqual(1);
      expect(lockNames()).toHaveLength(journals.length);
      for (const each of runs) {
        if (each.status === "rejected") expect(each.reason).toMatchObject({ name: "JournalError", kind: "locked" });
      }
      for (const journal of journals) {
        await journal.append(run());
        await journal.close();
      }
    }
  });
});
