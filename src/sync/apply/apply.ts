import { type GatewayError, UnsafePlanError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { Note } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import { byGateway } from "../by-gateway.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import type { Connections, ResolvedSecrets } from "../connect.ts";
import { Fingerprints } from "../journal/fingerprint.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalState } from "../journal/state.ts";
import { describeExceeded } from "../plan/limits.ts";
import { isActed, type Planned, type PlanRow } from "../plan/plan.ts";
import { type OnProgress, startWork } from "../progress.ts";
import type { Runtime } from "../runtime.ts";
import { GatewayRun } from "./gateway-run.ts";
import { RunJournal } from "./run-journal.ts";

/** What became of one row of a plan. `unknown`: the gateway gave no usable answer; the next apply settles it by reading. */
export interface AppliedRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  /** Null where an object was to be made, and none is known to be there. */
  readonly id: ProviderId | null;
  /** `blocked`: nothing of it was sent, and `reason` says why. */
  readonly status: "done" | "failed" | "blocked" | "unknown";
  /** Absent: an update. */
  readonly change?: "create" | "remove";
  /** The fields of the update, or of what is made. */
  readonly writes: readonly Field[];
  readonly notes: readonly Note[];
  /** Why it was blocked, or what a reader should know. */
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The outcome of an apply: one row for each row of the plan that had something to write, or could not be planned. */
export interface ApplyResult {
  readonly version: 1;
  /** The digest of the plan that was carried out. */
  readonly plan: string;
  /** The name of the run in the journal. */
  readonly run: string;
  /** Earlier writes of unknown outcome that were settled by reading. */
  readonly settled: Planned["settled"];
  /** Earlier creations of unknown outcome that were settled by looking at the list. */
  readonly settledCreations?: Planned["settledCreations"];
  /** In the order of the plan. */
  readonly rows: readonly AppliedRow[];
  /** It was told to end before everything was done. */
  readonly cancelled: boolean;
  /** Why the journal could not be written any more: nothing was sent after that. */
  readonly journalError?: string;
}

/** What an apply works with. */
export interface ApplyInput {
  readonly planned: Planned;
  /** Those that the plan was made from. */
  readonly bindings: readonly CheckedBinding[];
  readonly connections: Connections;
  /** The secrets of every field that the plan writes. */
  readonly secretOf: ResolvedSecrets;
  readonly fingerprints?: Fingerprints;
  /** Every call is written down before it is made, and its outcome after. */
  readonly journal: Journal;
  /** Who runs it, for the journal. */
  readonly runtime: Pick<Runtime, "actor" | "hostName" | "pid">;
  /** Why it is done, for the journal. */
  readonly reason?: string;
}

/** How an apply ends early. */
export interface ApplyCall extends Call {
  /** Aborting it begins nothing new; what is in flight is finished. The other signal ends that at once, too. */
  readonly stopping?: AbortSignal;
  /** Told how many rows have ended. */
  readonly onProgress?: OnProgress;
}

/**
 * Carries out a plan: gateways in parallel, the rows of one gateway up to its `concurrency` at once, one object never twice.
 * One row's failure, or one gateway's, never stops another gateway.
 * @throws UnsafePlanError for a plan beyond its limits, before anything is sent
 */
export async function applyPlan(input: ApplyInput, call: ApplyCall = {}): Promise<ApplyResult> {
  const { planned, bindings, journal, fingerprints = new Fingerprints() } = input;
  const { plan, settled, settledCreations } = planned;
  if (plan.exceeded.length > 0) throw new UnsafePlanError(plan.exceeded.map(describeExceeded).join("\n"));
  const work = plan.rows.filter((row) => row.status === "failed" || row.status === "blocked" || isActed(row));
  const notes = new RunJournal(journal);
  await begin(input, notes);
  const all = [...bindings, ...planned.bindings, ...planned.unmade];
  const bindingOf = new Map(all.map((binding) => [placeOfBinding(binding), binding]));
  const known = new JournalState(journal.events);
  const isEnded = ({ status }: PlanRow) => status === "failed" || status === "blocked";
  const ended = work.filter(isEnded).map(endAsPlanned);
  const acted = work.filter((row) => !isEnded(row));
  const onEnded = startWork(call.onProgress, "write", acted);
  const groups = [...byGateway(acted)].map(async ([name, rows]) => {
    const gateway = input.connections.get(name);
    const entry = all.find((binding) => binding.gateway === name)?.entry;
    if (gateway === undefined || entry === undefined) throw new Error("the plan was made from another config");
    const run = new GatewayRun({ ...input, fingerprints, gateway, known, notes }, call);
    return forEachAtMost(entry.concurrency, rows, async (row) => {
      const applied = await run.apply(row, bindingOf.get(placeOf(row)));
      onEnded(name);
      return applied;
    });
  });
  const applied = [...ended, ...(await Promise.all(groups)).flat()];
  const order = new Map(work.map(({ provider, gateway }, index) => [`${provider} ${gateway}`, index]));
  const rank = ({ provider, gateway }: AppliedRow) => order.get(`${provider} ${gateway}`) ?? 0;
  const rows = applied.sort((left, right) => rank(left) - rank(right));
  const cancelled = call.stopping?.aborted === true || call.signal?.aborted === true;
  await end(rows, cancelled, notes);
  const { problem } = notes;
  const creations = settledCreations.length === 0 ? {} : { settledCreations };
  const result = { version: 1, plan: plan.digest, run: journal.run, settled, ...creations, rows, cancelled } as const;
  return problem === undefined ? result : { ...result, journalError: problem };
}

function endAsPlanned({ provider, gateway, adapter, id, writes, status, error, reason }: PlanRow): AppliedRow {
  const about = { provider, gateway, adapter, id, writes, notes: [] };
  if (status === "failed") return { ...about, status, ...(error ? { error } : {}) };
  return { ...about, status: "blocked", ...(reason ? { reason } : {}) };
}

// A run that has nothing to do leaves no trace.
async function begin({ planned, runtime, reason }: ApplyInput, notes: RunJournal): Promise<void> {
  const { plan, settled, settledCreations, observed } = planned;
  if (!plan.rows.some(isActed) && settled.length + settledCreations.length + observed.length === 0) return;
  const { actor, hostName: host, pid } = runtime;
  await notes.append({
    type: "run",
    command: "apply",
    actor,
    host,
    pid,
    plan: plan.digest,
    ...(reason === undefined ? {} : { reason }),
    ...(plan.allow.length === 0 ? {} : { allow: [...plan.allow] }),
  });
  // First what was made: what was written to it came after.
  for (const { happening } of settledCreations) await notes.append(happening);
  for (const { happening } of settled) await notes.append(happening);
  for (const happening of observed) await notes.append(happening);
}

async function end(rows: readonly AppliedRow[], cancelled: boolean, notes: RunJournal): Promise<void> {
  if (!notes.isUsed) return;
  const count = (status: AppliedRow["status"]) => rows.filter((row) => row.status === status).length;
  const counts = { done: count("done"), failed: count("failed"), blocked: count("blocked"), unknown: count("unknown") };
  await notes.append({ type: "end", ...counts, cancelled });
}

const placeOf = ({ provider, gateway, id }: Pick<PlanRow, "provider" | "gateway" | "id">) =>
  id === null ? `${gateway} new ${provider}` : `${gateway} ${typeof id} ${id}`;

const placeOfBinding = (binding: CheckedBinding | UnmadeBinding) =>
  placeOf({ ...binding, id: "providerId" in binding ? binding.providerId : null });
