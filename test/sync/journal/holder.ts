// A run in a process of its own. It says "ready", waits for a line on its standard input, and then, by its second argument,
// `hold`s the journal until it is ended, or `once`: waits for its turn, records a run, and ends.
import { once } from "node:events";
import { closeSync, openSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { type Journal, openJournal } from "../../../src/sync/journal/journal.ts";
import { JournalError } from "../../../src/sync/journal/journal-error.ts";
import type { Runtime } from "../../../src/sync/runtime.ts";

const sleep = (milliseconds: number) =>
  new Promise<boolean>((resolve) => setTimeout(() => resolve(true), milliseconds));

const runtime: Runtime = {
  now: Date.now,
  sleep,
  pid: process.pid,
  hostName: hostname(),
  actor: "child",
  isAlive(pid) {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  },
};

const say = (text: string) => process.stdout.write(`${text}\n`);

async function hold(file: string): Promise<void> {
  const journal = await openJournal(file, runtime, { command: "apply" });
  await journal.append({ type: "run", command: "apply", actor: "child", host: runtime.hostName, pid: process.pid });
  say("held");
  setInterval(() => undefined, 60_000);
}

async function turn(file: string): Promise<Journal> {
  for (;;) {
    try {
      return await openJournal(file, runtime, { command: "apply" });
    } catch (error) {
      if (!(error instanceof JournalError) || error.kind !== "locked") throw error;
      say("refused");
      await sleep(10);
    }
  }
}

async function takeTurn(file: string): Promise<void> {
  const journal = await turn(file);
  // Fails where another one holds the journal, too.
  closeSync(openSync(`${file}.holding`, "wx"));
  await journal.append({ type: "run", command: "apply", actor: "child", host: runtime.hostName, pid: process.pid });
  await sleep(5);
  await journal.append({ type: "end", done: 0, failed: 0, blocked: 0, unknown: 0, cancelled: false });
  rmSync(`${file}.holding`);
  await journal.close();
  say("done");
}

async function main(): Promise<void> {
  const [, , file = "", what] = process.argv;
  say("ready");
  await once(process.stdin, "data");
  process.stdin.destroy();
  await (what === "hold" ? hold(file) : takeTurn(file));
}

main().catch((error: unknown) => {
  say(`failed: ${String(error)}`);
  process.exitCode = 1;
});
