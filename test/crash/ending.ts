import { jsonOf } from "../support/sync.ts";
import type { Scene } from "./scene.ts";

/** How a scene ended: what its gateways hold, what was written on the way, and what was left behind. */
export interface Ending {
  readonly stored: readonly Record<string, unknown>[];
  /** Writes that took effect more than once though a read could tell, and those that never did. */
  readonly repeated: readonly string[];
  readonly missing: readonly string[];
  /** Exit codes of `journal verify` and `plan`. */
  readonly verify: number;
  readonly plan: number;
  /** What the plan says of anything that it would not leave as it is. */
  readonly proposed: readonly unknown[];
  readonly locks: readonly string[];
}

/** What a scene must come to, given what its gateways hold after a run that nothing cut off. */
export function wholeEnding(stored: Ending["stored"]): Ending {
  return { stored, repeated: [], missing: [], verify: 0, plan: 0, proposed: [], locks: [] };
}

/** How a scene ended. */
export async function endingOf(scene: Scene): Promise<Ending> {
  const verified = await scene.run(["journal", "verify"]);
  // With the flag, so that even a field that is merely unknown would be proposed.
  const plan = await scene.run(["plan", "--write-unverified", "--json"]);
  const sent = effectiveWrites(scene);
  const expected = scene.things.flatMap(({ gateway, writes }) => writes.map((write) => `${gateway} ${write}`));
  return {
    stored: scene.stored(),
    repeated: repeatedIn(sent),
    missing: expected.filter((write) => !sent.includes(write)),
    verify: verified.exit,
    plan: plan.exit,
    proposed: rowsOf(plan.stdout).filter(({ status }) => status !== "in-sync"),
    locks: scene.lockNames(),
  };
}

/** Gateway, method and path of every write but those that the gateway refused. */
export function effectiveWrites(scene: Scene): readonly string[] {
  const taken = scene.writes.filter(({ status }) => status === undefined || status < 400);
  return taken.map(({ gateway, method, path }) => `${gateway} ${method} ${path}`);
}

/** Those that stand in a list more than once. */
export function repeatedIn(writes: readonly string[]): readonly string[] {
  return [...new Set(writes.filter((write, index) => writes.indexOf(write) !== index))];
}

/** The rows of a command's JSON. */
export function rowsOf(stdout: string): readonly Record<string, unknown>[] {
  const { rows } = jsonOf(stdout);
  if (!Array.isArray(rows)) throw new Error(`there are no rows in ${stdout}`);
  return rows;
}
