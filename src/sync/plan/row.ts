import type { Capabilities } from "../../contract/capabilities.ts";
import type { ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, givenFields, updateFields } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { FieldRecord, JournalState, ObjectRecord } from "../journal/state.ts";
import { comparable } from "./compare.ts";
import { desiredFingerprint, isSecretField, objectOf } from "./object.ts";
import type { PlanRow } from "./plan.ts";
import { type FieldComparison, type FieldKnowledge, judgeField, type Verdict } from "./verdict.ts";

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
  const record = knowledge.journal?.record(objectOf(binding));
  const known: KnownField[] = [];
  const judgements: FieldComparison[] = [];
  const chosen: Field[] = [];
  for (const field of givenFields(desired)) {
    const each = new KnownField(binding, field, record?.fields[field], knowledge);
    const comparison = judgeField(field, desired[field], state, each);
    known.push(each);
    judgements.push(comparison);
    if (isWritten(comparison, each.record, binding, options)) chosen.push(field);
  }
  // A list that grew has room for more, and every row would keep it.
  const fields = judgements.slice();
  const seen = evidenceOf(state);
  const obstacle = obstacleOf(known, state, record);
  if (obstacle !== undefined) return { ...UNWRITTEN, status: "blocked", fields, seen, reason: obstacle };
  const status = SEVERITY.find((verdict) => fields.some((field) => field.verdict === verdict)) ?? "in-sync";
  const reason = reasonOf(fields, record);
  const { writes, writesKey, fingerprints } = writtenPart(binding, chosen, known, capabilities);
  const judged = { status, fields, writes, writesKey, fingerprints, seen };
  return reason === undefined ? judged : { ...judged, reason };
}

/** What of a state tells later whether the object moved. */
export function evidenceOf({ credential: { hint }, updatedAt, slug }: ProviderState<unknown>): Evidence {
  const evidence: { -readonly [Name in keyof Evidence]: Evidence[Name] } = {};
  if (hint !== undefined) evidence.hint = hint;
  if (updatedAt !== undefined && updatedAt !== null) evidence.updatedAt = updatedAt;
  if (slug !== undefined) evidence.slug = slug;
  return evidence;
}

/** One field of a binding. Most are plainly equal: its fingerprint is made where something asks for it, and once. */
class KnownField implements FieldKnowledge {
  readonly field: Field;
  readonly record: FieldRecord | undefined;
  readonly #binding: CheckedBinding;
  readonly #knowledge: RowKnowledge;
  #made: { readonly fingerprint: string | undefined } | undefined;

  constructor(binding: CheckedBinding, field: Field, record: FieldRecord | undefined, knowledge: RowKnowledge) {
    this.field = field;
    this.record = record;
    this.#binding = binding;
    this.#knowledge = knowledge;
  }

  get fingerprint(): string | undefined {
    const { fingerprints, secretOf } = this.#knowledge;
    this.#made ??= { fingerprint: desiredFingerprint(this.#binding, this.field, fingerprints, secretOf) };
    return this.#made.fingerprint;
  }

  fingerprintOf(shown: unknown): string | undefined {
    return this.#knowledge.fingerprints.of(objectOf(this.#binding), this.field, comparable(this.field, shown));
  }

  get isSecret(): boolean {
    return isSecretField(this.#binding, this.field);
  }
}

type Written = Pick<PlanRow, "writes" | "writesKey" | "fingerprints">;

// Of most rows: one for all of them.
const UNWRITTEN: Written = { writes: [], writesKey: false, fingerprints: {} };

/** What is written, with all that goes along. */
function writtenPart(
  { fields }: CheckedBinding,
  chosen: readonly Field[],
  known: readonly KnownField[],
  capabilities: Capabilities,
): Written {
  if (chosen.length === 0) return UNWRITTEN;
  const wanted = known.map(({ field }) => field);
  const writes = widened(new Set(chosen), wanted, fields.connectionId, capabilities);
  const written = known.filter(({ field }) => writes.includes(field));
  const prints = written.map(({ field, fingerprint }) => [field, fingerprint] as const);
  return {
    writes,
    writesKey: written.some(({ isSecret }) => isSecret),
    fingerprints: Object.fromEntries(prints.filter(([, fingerprint]) => fingerprint !== undefined)),
  };
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
  known: readonly KnownField[],
  state: ProviderState<ProviderId>,
  record: ObjectRecord | undefined,
): string | undefined {
  if (record?.isRotating) return "a rotation of its key was interrupted: finish it with gatefold rotate --resume";
  const usesConnection = state.credential.kind === "connection";
  const isWanted = (name: Field) => known.some(({ field }) => field === name);
  if (usesConnection && isWanted("credential") && !isWanted("connectionId")) {
    return (
      `uses the shared connection ${state.connectionId}: to detach it, add connectionId: null; ` +
      "to keep it, omit the credential and manage the connection"
    );
  }
  const { retired = [] } = record ?? {};
  const isRetired =
    retired.length > 0 &&
    known.some(({ fingerprint, record: written }) => {
      if (fingerprint === undefined || written?.fingerprint === fingerprint) return false;
      return retired.includes(fingerprint);
    });
  return isRetired
    ? "the key that the config gives was rotated away: put the new one where the config's reference leads to"
    : undefined;
}

function reasonOf(fields: readonly FieldComparison[], record: ObjectRecord | undefined): string | undefined {
  if (record !== undefined && record.open.length > 0) {
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
