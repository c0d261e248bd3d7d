import { CHAIN_START, type CheckedChain, checkChain, encodeLine } from "../../../src/sync/journal/chain.ts";
import type { Happening } from "../../../src/sync/journal/event.ts";
import { JournalError } from "../../../src/sync/journal/journal-error.ts";
import type { Runtime } from "../../../src/sync/runtime.ts";

/** A process that is not there: its clock goes on by a second with each look, nobody else is alive, and it never waits. */
export function runtimeOf(changes: Partial<Runtime> = {}): Runtime {
  let time = Date.UTC(2026, 10, 22, 10);
  return {
    now: () => {
      time += 1000;
      return time;
    },
    sleep: async () => true,
    pid: 4_000_001,
    hostName: "ci-7",
    actor: "alice",
    isAlive: () => false,
    ...changes,
  };
}

export const run = (command = "apply"): Happening => {
  return { type: "run", command, actor: "alice", host: "ci-7", pid: 4_000_001 };
};

export const intent: Happening = {
  type: "intent",
  object: { gateway: "main-prod", adapter: "main", baseUrl: null, id: 101 },
  provider: "openai-prod",
  fields: ["name", "credential"],
  fingerprints: { name: "n1", credential: "c1" },
  before: { hint: "…ÄÖ😀", slug: "openai" },
  timeoutMs: 30_000,
};

export const outcome = (of: number): Happening => {
  return { type: "outcome", intent: of, status: "done", applied: ["name", "credential"], after: { hint: "…é€😀" } };
};

export const observed = (slug: string): Happening => {
  return { type: "observed", object: { gateway: "g", adapter: "a", baseUrl: "https://a.test", id: "x" }, slug };
};

/** The lines of a chain, each with its line break. */
export function linesOf(happenings: readonly Happening[], runId = "0123456789ab"): string[] {
  let head = CHAIN_START;
  return happenings.map((happening, index) => {
    const line = encodeLine(head, happening, Date.UTC(2026, 10, 22, 10, 0, index), runId);
    head = line.head;
    return line.text;
  });
}

export const check = (text: string | Uint8Array): CheckedChain => checkChain(Buffer.from(text));

/** The journal's error that something ends with. */
export async function journalErrorOf(work: Promise<unknown>): Promise<JournalError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof JournalError) return error;
  throw error instanceof Error ? error : new Error("nothing was thrown");
}
