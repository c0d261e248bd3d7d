import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { Runtime } from "../../src/sync/index.ts";
import { requireBuild, root } from "./built.ts";

/** What became of a process. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command in a process of its own. */
export interface CliProcess {
  readonly pid: number;
  /** Resolves when everything that it printed is here. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: boolean;
  /** What it has printed on standard error so far. */
  readonly stderr: string;
  send(signal: NodeJS.Signals): void;
}

/** How a process is started. */
export interface CliOptions {
  readonly directory: string;
  /** All of it: nothing is inherited but PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files that Node loads before the command. */
  readonly preload?: readonly string[];
}

/** Starts the built command; what a test leaves running is ended after it. */
export function useCli(): (argv: readonly string[], options: CliOptions) => CliProcess {
  const running = new Set<CliProcess>();
  beforeAll(requireBuild);
  afterEach(async () => {
    const left = [...running];
    running.clear();
    for (const process of left) if (!process.hasEnded) process.send("SIGKILL");
    await Promise.all(left.map(({ ended }) => ended));
  });
  return (argv, options) => {
    const started = start(argv, options);
    running.add(started);
    return started;
  };
}

function start(argv: readonly string[], { directory, environment = {}, preload = [] }: CliOptions): CliProcess {
  const required = preload.flatMap((file) => ["--require", file]);
  const child = spawn(process.execPath, [...required, join(root, "dist", "cli.mjs"), ...argv], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("the process could not be started");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let hasEnded = false;
  const ended = exitOf(child).then(([exit, signal]): Ended => {
    hasEnded = true;
    return { exit, signal, stdout, stderr };
  });
  return {
    pid,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    get stderr() {
      return stderr;
    },
    send: (signal) => child.kill(signal),
  };
}

async function exitOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<[number | null, NodeJS.Signals | null]> {
  await once(child, "close");
  return [child.exitCode, child.signalCode];
}

// Far longer than anything takes: it only ends a test that would wait forever.
const PATIENCE_MS = 45_000;

/** Waits until another process has made something true. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const started = Date.now();
  while (!holds()) {
    if (Date.now() - started > PATIENCE_MS) throw new Error(`waited in vain for ${what}`);
    await wait(5);
  }
}

/**
 * This process among others of its machine, so much later than it is: by its clock whatever was under way is long over, and
 * it waits for nothing.
 */
export function runtimeLater(milliseconds: number): Partial<Runtime> {
  return { now: () => Date.now() + milliseconds, hostName: hostname(), isAlive };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Runs tasks, at most so many at once. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
