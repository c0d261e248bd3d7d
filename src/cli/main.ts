#!/usr/bin/env node
import { hostname, userInfo } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { EXIT } from "../sync/exit-code.ts";
import { run } from "./program.ts";

const ending = new AbortController();
const forcing = new AbortController();

// The first request lets what is in flight finish, the second does not, and the third does not even let us write it down.
function end(): void {
  if (forcing.signal.aborted) process.exit(EXIT.cancelled);
  if (ending.signal.aborted) forcing.abort();
  else ending.abort();
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
// A closed pipe (`gatefold plan | head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

function actor(): string {
  try {
    return process.env.GATEFOLD_ACTOR || userInfo().username;
  } catch {
    return "unknown";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  environment: process.env,
  workingDirectory: process.cwd(),
  runtime: { now: () => Date.now(), sleep, pid: process.pid, hostName: hostname(), actor: actor(), isAlive },
  signal: ending.signal,
  force: forcing.signal,
  importModule: (url) => import(url),
  ignoresModes: process.platform === "win32",
});
