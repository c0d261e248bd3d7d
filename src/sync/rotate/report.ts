import { isGatewayError } from "../../contract/errors.ts";
import type { UsingProvider } from "../../contract/gateway.ts";
import type { RunJournal } from "../apply/run-journal.ts";
import type { RotationEvent } from "../journal/event.ts";
import { areComparable } from "../journal/fingerprint.ts";
import type { Holding } from "../journal/rotation.ts";
import { JournalState } from "../journal/state.ts";
import { desiredFingerprint, objectOf } from "../plan/object.ts";
import {
  allSecrets,
  placeOf,
  type RotatedRow,
  type RotationCall,
  type RotationInput,
  type RotationResult,
  type Target,
  type VerifyTarget,
} from "./rotation.ts";
import type { Remarks, RotationRun } from "./rotation-run.ts";

interface Ended {
  readonly targets: readonly Target[];
  readonly notes: RunJournal;
  readonly failure?: string;
  /** Absent: the journal could not be written, so nothing was sent. */
  readonly run?: RotationRun;
  readonly rotation?: RotationEvent;
}

/** Says how a rotation ended, in the journal and for people. */
export async function report(input: RotationInput, call: RotationCall, ended: Ended): Promise<RotationResult> {
  const { notes, run, rotation, failure, targets } = ended;
  const untouched = targets.map((target) => ({ target, holding: { key: "old" } satisfies Holding }));
  const held = run?.holdings ?? untouched;
  const rows: RotatedRow[] = [];
  for (const { target, holding } of held) {
    rows.push(rowOf(target, holding, run?.remarksOn(target) ?? {}, await reach(target, input, call)));
  }
  const isProven = held.every(({ target }) => run?.remarksOn(target).proof?.problem === undefined);
  const status = statusOf(rows, isProven);
  const isAborted = call.signal?.aborted === true;
  let isEnded = false;
  if (rotation !== undefined && !isAborted) {
    const holds = rows.map((row) => row.holds);
    isEnded = (await notes.append({ type: "rotated", rotation: rotation.seq, status, holds })) !== undefined;
    const count = (wanted: RotatedRow["holds"]) => holds.filter((each) => each === wanted).length;
    const counts = { done: count("new"), failed: count("old"), blocked: 0, unknown: count("unknown") };
    await notes.append({ type: "end", ...counts, cancelled: call.stopping?.aborted === true });
  }
  const { problem } = notes;
  const elsewhere = status === "all-new" ? oldKeyElsewhere(input, targets) : undefined;
  return {
    version: 1,
    run: input.journal.run,
    status,
    rows,
    ...(failure === undefined ? {} : { failure }),
    ...(elsewhere === undefined ? {} : { oldKeyElsewhere: elsewhere }),
    cancelled: call.stopping?.aborted === true || isAborted,
    resumable: rotation !== undefined && (!isEnded || status === "needs-operator"),
    ...(problem === undefined ? {} : { journalError: problem }),
  };
}

function statusOf(rows: readonly RotatedRow[], isProven: boolean): RotationResult["status"] {
  if (!isProven) return "needs-operator";
  if (rows.every(({ holds }) => holds === "new")) return "all-new";
  return rows.every(({ holds }) => holds === "old") ? "all-old" : "needs-operator";
}

function rowOf(
  { binding }: Target,
  { key, left }: Holding,
  { proof, row }: Remarks,
  affects: readonly UsingProvider[] | undefined,
): RotatedRow {
  const { provider, gateway, providerId: id, entry } = binding;
  const reason = proof?.problem ?? row?.reason;
  const lastUsedAt = proof?.state?.lastUsedAt;
  // Both are times of the gateway's own clock.
  const { updatedAt } = left ?? {};
  const isTold = lastUsedAt !== undefined && updatedAt !== undefined;
  const inUse = isTold ? { inUse: Date.parse(lastUsedAt ?? "") > Date.parse(updatedAt) } : {};
  return {
    provider,
    gateway,
    adapter: entry.adapter,
    id,
    holds: key,
    evidence: proof?.evidence ?? [],
    ...inUse,
    ...(affects === undefined ? {} : { affects }),
    notes: row?.notes ?? [],
    ...(reason === undefined ? {} : { reason }),
    ...(row?.error === undefined ? {} : { error: row.error }),
  };
}

/** The providers that a shared credential reaches; what cannot be read now is no reason to fail. */
async function reach(
  { gateway, binding }: Target,
  input: RotationInput,
  { signal }: RotationCall,
): Promise<readonly UsingProvider[] | undefined> {
  if (gateway.usedBy === undefined || signal?.aborted === true) return undefined;
  const call = { secrets: allSecrets(input), ...(signal === undefined ? {} : { signal }) };
  return gateway.usedBy(binding.providerId, call).catch((error: unknown) => {
    if (!isGatewayError(error)) throw error;
    return undefined;
  });
}

/** Objects outside of the rotation that were last given the old key, where the journal can know. */
function oldKeyElsewhere(input: RotationInput, targets: readonly Target[]): VerifyTarget[] | undefined {
  const { from, fingerprints, checked, journal } = input;
  if (from === undefined || fingerprints.keyId === undefined) return undefined;
  const known = new JournalState(journal.events);
  const rotated = new Set(targets.map(({ binding }) => binding));
  const old = Object.assign(() => from.secret, { all: [from.secret] });
  return checked.bindings
    .filter((binding) => !rotated.has(binding))
    .filter((binding) => {
      const written = known.record(objectOf(binding))?.fields.credential?.fingerprint;
      const withOld = desiredFingerprint(binding, "credential", fingerprints, old);
      return areComparable(written, withOld) && written === withOld;
    })
    .map(placeOf);
}
