import type { Capabilities } from "../../contract/capabilities.ts";
import type { ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence, FieldFingerprints } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { FieldRecord, JournalState, ObjectRecord } from "../journal/state.ts";
import { comparable } from "./compare.ts";
import { desiredFingerprints, isSecretField, objectOf } from "./object.ts";
import type { PlanRow } from "./plan.ts";
import { type FieldComparison, judgeField, type Verdict } from "./verdict.ts";

/** What is known besides what a gateway shows. */
export interface RowKnowledge {
  readonly journal: JournalState | undefined;
  readonly fingerprints: Fingerprints;
  readonly secretOf: ResolvedSecrets | undefined;
}

/** Which verdicts are written besides what certainly differs. */
export interface RowOptions {
  /** Everything of which nothing is known. A binding can ask for the same where nothing was ever written. */
  readonly writeUnverified: boolean;
  /** What may have been changed elsewhere. */
  readonly strict: boolean;
}

type Judged = Pick<PlanRow, "status" | "fields" | "writes" | "writesKey" | "fingerprints" | "seen" | "reason">;

// The worst first.
const SEVERITY: readonly Verdict[] = ["changed", "drift", "suspected", "unverifiable", "unreadable", "in-sync"];

/** Judges one binding by what its gateway reports and by what the journal knows. */
export function judgeRow(
  binding: CheckedBinding,
  state: ProviderState<ProviderId>,
  capabilities: Capabilities,
  knowledge: RowKnowledge,
  options: RowOptions,
): Judged {
  const desired = binding.fields;
  const wanted = updateFields.filter((field) => Object.hasOwn(desired, field));
  const fingerprints = desiredFingerprints(binding, wanted, knowledge);
  const fields = wanted.map((field) => judgeOne(binding, field, state, fingerprints, knowledge));
  const seen = evidenceOf(state);
  const record = knowledge.journal?.record(objectOf(binding));
  const obstacle = obstacleOf(wanted, state, fingerprints, record);
  if (obstacle !== undefined) {
    return { status: "blocked", fields, writes: [], writesKey: false, fingerprints: {}, seen, reason: obstacle };
  }
  const chosen = fields
    .filter((comparison) => isWritten(comparison, record?.fields[comparison.field], binding, options))
    .map(({ field }) => field);
  const writes = widened(new Set(chosen), wanted, desired.connectionId, capabilities);
  const status = SEVERITY.find((verdict) => fields.some((field) => field.verdict === verdict)) ?? "in-sync";
  const reason = reasonOf(binding, fields, knowledge);
  return {
    status,
    fields,
    writes,
    writesKey: writes.some((field) => isSecretField(binding, field)),
    fingerprints: Object.fromEntries(
      Object.entries(fingerprints).filter(([field]) => writes.some((each) => each === field)),
    ),
    seen,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What of a state tells later whether the object moved. */
export function evidenceOf({ credential, updatedAt, slug }: ProviderState<unknown>): Evidence {
  return {
    ...(credential.hint === undefined ? {} : { hint: credential.hint }),
    ...(updatedAt === undefined || updatedAt === null ? {} : { updatedAt }),
    ...(slug === undefined ? {} : { slug }),
  };
}

function judgeOne(
  binding: CheckedBinding,
  field: Field,
  state: ProviderState<ProviderId>,
  ofDesired: FieldFingerprints,
  { journal, fingerprints }: RowKnowledge,
): FieldComparison {
  const object = objectOf(binding);
  return judgeField(field, binding.fields[field], state, {
    fingerprint: ofDesired[field],
    fingerprintOf: (shown) => fingerprints.of(object, field, comparable(field, shown)),
    record: journal?.record(object)?.fields[field],
    isSecret: isSecretField(binding, field),
  });
}

function isWritten(
  { verdict }: FieldComparison,
  record: FieldRecord | undefined,
  binding: CheckedBinding,
  options: RowOptions,
): boolean {
  if (verdict === "in-sync") return false;
  if (verdict === "changed" || verdict === "drift" || options.writeUnverified) return true;
  if (verdict === "suspected") return options.strict;
  // A standing order is for what was never written: what was last written by us is not written again in every run.
  return binding.writeUnverified && record === undefined;
}

/** Why nothing is written, though something differs. */
function obstacleOf(
  wanted: readonly Field[],
  state: ProviderState<ProviderId>,
  desired: FieldFingerprints,
  record: ObjectRecord | undefined,
): string | undefined {
  if (record?.isRotating) return "a rotation of its key was interrupted: finish it with gatefold rotate --resume";
  const usesConnection = state.credential.kind === "connection";
  if (usesConnection && wanted.includes("credential") && !wanted.includes("connectionId")) {
    return (
      `uses the shared connection ${state.connectionId}: to detach it, add connectionId: null; ` +
      "to keep it, omit the credential and manage the connection"
    );
  }
  const isRetired = wanted.some((field) => {
    const fingerprint = desired[field];
    if (fingerprint === undefined || record?.fields[field]?.fingerprint === fingerprint) return false;
    return record?.retired?.includes(fingerprint) === true;
  });
  return isRetired
    ? "the key that the config gives was rotated away: put the new one where the config's reference leads to"
    : undefined;
}

function reasonOf(
  binding: CheckedBinding,
  fields: readonly FieldComparison[],
  { journal }: RowKnowledge,
): string | undefined {
  if ((journal?.record(objectOf(binding))?.open.length ?? 0) > 0) {
    return "the outcome of an earlier write is not known; the next apply settles it by reading back";
  }
  const attaches = fields.some(({ field, verdict, after }) => {
    return field === "connectionId" && verdict === "changed" && after !== null;
  });
  return attaches ? "attaching gives up the provider's own key for good: no gateway gives a key back" : undefined;
}

/** The fields with all that is written along, because it would be reset or refused otherwise: that comes from the desired state. */
export function widened(
  chosen: ReadonlySet<Field>,
  wanted: readonly Field[],
  connectionId: unknown,
  { fields }: Capabilities,
): Field[] {
  const writes = new Set(chosen);
  for (const field of writes) {
    const { writtenWith = [], requires = [] } = fields[field];
    const along = [...writtenWith, ...requires.map((requirement) => requirement.field)];
    // Detaching needs a key of its own; attaching may put the connection's base URL in place of the provider's.
    if (field === "connectionId") along.push(connectionId === null ? "credential" : "baseUrl");
    for (const other of along.filter((name) => wanted.includes(name))) writes.add(other);
  }
  return updateFields.filter((field) => writes.has(field));
}
