import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { openJournal, readJournal } from "../../../src/sync/journal/journal.ts";
import { verifyJournal } from "../../../src/sync/journal/verify.ts";
import { root } from "../../support/built.ts";
import { useTemporaryDirectory } from "../../support/sync.ts";
import { journalErrorOf, run, runtimeOf } from "./support.ts";

const directory = useTemporaryDirectory();
const journalPath = () => join(directory.path, "journal.jsonl");
const lockNames = () => readdirSync(directory.path).filter((name) => name.includes(".lock-"));

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const here = () => runtimeOf({ pid: process.pid, hostName: hostname(), isAlive });

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly said: string[];
  /** Resolves when it has said that. */
  heard(text: string): Promise<void>;
}

const children: Child[] = [];
afterEach(async () => {
  for (const { process } of children.splice(0)) {
    if (process.exitCode === null && process.signalCode === null) {
      process.kill("SIGKILL");
      await once(process, "exit");
    }
  }
});

function start(what: "hold" | "once"): Child {
  const program = join(__dirname, "holder.ts");
  const child = spawn(process.execPath, ["-r", "esbuild-register", program, journalPath(), what], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const said: string[] = [];
  const listeners = new Set<() => void>();
  let ended = false;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  createInterface(child.stdout)
    .on("line", (line) => {
      said.push(line);
      tell();
    })
    .on("close", () => {
      ended = true;
      tell();
    });
  const heard = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (said.includes(text)) resolve();
        else if (ended) reject(new Error(`it ended without ${text}: ${said.join(", ")}`));
      };
      listeners.add(look);
      look();
    });
  const started = { process: child, said, heard };
  children.push(started);
  return started;
}

const go = ({ process }: Child) => process.stdin.write("go\n");

it("a living process keeps the journal, a killed one does not, and what it wrote stays", async () => {
  const child = start("hold");
  await child.heard("ready");
  go(child);
  await child.heard("held");
  const error = await journalErrorOf(openJournal(journalPath(), here(), { command: "apply" }));
  expect(error).toMatchObject({
    kind: "locked",
    message: expect.stringContaining(`child, who runs apply as process ${child.process.pid} on ${hostname()}, since `),
  });
  child.process.kill("SIGKILL");
  await once(child.process, "exit");
  expect(lockNames()).toEqual([expect.stringContaining(`lock-${child.process.pid}-`)]);
  const journal = await openJournal(journalPath(), here(), { command: "apply" });
  expect(lockNames()).toEqual([expect.stringContaining(`lock-${process.pid}-`)]);
  expect(journal.events).toMatchObject([{ type: "run", pid: child.process.pid }]);
  await journal.append(run());
  await journal.close();
  expect(await verifyJournal(journalPath())).toMatchObject({ lines: 2 });
});

it("of many processes that start over a dead lock, one at a time has the journal, and each gets it", async () => {
  const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(gone, "exit");
  const dead = { pid: gone.pid, host: hostname(), actor: "a", command: "apply", since: "2026-11-22T10:00:00.000Z" };
  writeFileSync(`${journalPath()}.lock-${gone.pid}-00000000000a`, JSON.stringify(dead));

  const many = Array.from({ length: 6 }, () => start("once"));
  await Promise.all(many.map((child) => child.heard("ready")));
  for (const child of many) go(child);
  await Promise.all(many.map((child) => child.heard("done")));

  const events = await readJournal(journalPath());
  expect(events?.map(({ type }) => type)).toEqual(many.flatMap(() => ["run", "end"]));
  const pids = events?.flatMap((event) => (event.type === "run" ? [event.pid] : []));
  expect(new Set(pids)).toEqual(new Set(many.map(({ process }) => process.pid)));
  expect(readdirSync(directory.path)).toEqual(["journal.jsonl"]);
});
