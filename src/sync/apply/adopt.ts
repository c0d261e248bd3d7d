import type { GatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Happening } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalState } from "../journal/state.ts";
import { compareField } from "../plan/compare.ts";
import { desiredFingerprint, isSecretField, objectOf } from "../plan/object.ts";
import { type Readers, type Reading, readBindings } from "../plan/read.ts";
import { evidenceOf } from "../plan/row.ts";
import type { Runtime } from "../runtime.ts";

/** What became of one binding. `blocked`: what the gateway shows contradicts that it holds this key. */
export interface AdoptedRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: ProviderId;
  readonly status: "adopted" | "blocked" | "failed";
  readonly fields: readonly Field[];
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The outcome of an adoption: a row for each binding with a secret. */
export interface AdoptResult {
  readonly version: 1;
  readonly run: string;
  readonly rows: readonly AdoptedRow[];
}

/** What an adoption works with. It has no method that writes to a gateway. */
export interface AdoptInput {
  readonly bindings: readonly CheckedBinding[];
  readonly readers: Readers;
  readonly journal: Journal;
  /** With a key: without one nothing could be kept. */
  readonly fingerprints: Fingerprints;
  readonly secretOf: ResolvedSecrets;
  readonly runtime: Pick<Runtime, "actor" | "hostName" | "pid">;
  readonly reason?: string;
}

/** Records, without writing to a gateway, that each holds the secrets that the config's references give. */
export async function adoptSecrets(input: AdoptInput, call: Call = {}): Promise<AdoptResult> {
  const { journal, readers } = input;
  const bindings = input.bindings.filter((binding) => secretFields(binding).length > 0);
  const known = new JournalState(journal.events);
  const readings = await readBindings(bindings, readers, known, { ...call, secrets: input.secretOf.all ?? [] });
  const decided = bindings.map((binding) => ({ binding, decision: decide(binding, readings.get(binding), known) }));
  const adopted = decided.flatMap(({ binding, decision }) => ("after" in decision ? [{ binding, ...decision }] : []));
  if (adopted.length > 0) await journal.append(runOf(input));
  for (const { binding, after } of adopted) await journal.append(happeningOf(binding, after, input));
  const rows = decided.map(({ binding, decision }) => rowOf(binding, decision));
  return { version: 1, run: journal.run, rows };
}

type Decision =
  | { readonly after: ReturnType<typeof evidenceOf> }
  | { readonly reason: string }
  | { readonly error: GatewayError };

function decide(binding: CheckedBinding, reading: Reading | undefined, known: JournalState): Decision {
  if (reading === undefined || "error" in reading) return reading ?? { reason: "was not read" };
  const { state } = reading;
  if ((known.record(objectOf(binding))?.open.length ?? 0) > 0) {
    return { reason: "the outcome of an earlier write is not known: run apply first, it settles that" };
  }
  const contradiction = secretFields(binding)
    .map((field) => contradictionOf(field, binding, state))
    .find(Boolean);
  return contradiction === undefined ? { after: evidenceOf(state) } : { reason: contradiction };
}

function contradictionOf(
  field: Field,
  { fields }: CheckedBinding,
  state: ProviderState<ProviderId>,
): string | undefined {
  if (field === "credential" && state.credential.kind === "connection") {
    return `uses the shared connection ${state.connectionId}, so it holds no key of its own`;
  }
  const isDifferent = compareField(field, fields[field], state).kind === "different";
  return isDifferent ? `${field} differs from what the gateway shows: run plan to see how` : undefined;
}

function secretFields(binding: CheckedBinding): readonly Field[] {
  return updateFields.filter((field) => Object.hasOwn(binding.fields, field) && isSecretField(binding, field));
}

function runOf({ runtime: { actor, hostName: host, pid }, reason }: AdoptInput): Happening {
  return { type: "run", command: "adopt", actor, host, pid, ...(reason === undefined ? {} : { reason }) };
}

function happeningOf(
  binding: CheckedBinding,
  after: ReturnType<typeof evidenceOf>,
  { fingerprints, secretOf }: AdoptInput,
): Happening {
  const fields = [...secretFields(binding)];
  const entries = fields.map((field) => [field, desiredFingerprint(binding, field, fingerprints, secretOf)] as const);
  return {
    type: "adopted",
    object: objectOf(binding),
    provider: binding.provider,
    fields,
    fingerprints: Object.fromEntries(entries.filter(([, fingerprint]) => fingerprint !== undefined)),
    after,
  };
}

function rowOf(binding: CheckedBinding, decision: Decision): AdoptedRow {
  const { provider, gateway, entry, providerId: id } = binding;
  const about = { provider, gateway, adapter: entry.adapter, id, fields: secretFields(binding) };
  if ("error" in decision) return { ...about, status: "failed", error: decision.error };
  return "reason" in decision
    ? { ...about, status: "blocked", reason: decision.reason }
    : { ...about, status: "adopted" };
}
