import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

/** What the sync takes from the process it runs in: passed in, so that nothing here reads a clock or a process by itself. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; resolves to false at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
  /** The number of this process, by which a later run tells whether it lives. */
  readonly pid: number;
  /** Of this machine: a process of another one cannot be looked for. */
  readonly hostName: string;
  /** Who runs this: for the journal and for whoever finds it locked. */
  readonly actor: string;
  /** Whether a process of this machine is alive. */
  isAlive(pid: number): boolean;
}

/** What is needed of Node's `process`. */
export interface ProcessView {
  /** The number of the process. */
  readonly pid: number;
  /** As `process.kill`: with signal 0 it only asks whether the process is there. */
  kill(pid: number, signal: 0): unknown;
}

/** The runtime of this very process: `runtimeOf(process, "rotation-worker")`. `actor` is who the journal says did it. */
export function runtimeOf(own: ProcessView, actor: string): Runtime {
  return {
    now: () => Date.now(),
    sleep,
    pid: own.pid,
    hostName: hostname(),
    actor,
    isAlive(pid) {
      try {
        own.kill(pid, 0);
        return true;
      } catch (error) {
        // A process of somebody else is alive, too.
        return typeof error === "object" && error !== null && "code" in error && error.code === "EPERM";
      }
    },
  };
}

async function sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}
