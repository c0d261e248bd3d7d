import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Happening } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { Journal } from "../journal/journal.ts";
import { JournalState } from "../journal/state.ts";
import { compareField } from "../plan/compare.ts";
import { idsOf, Lists } from "../plan/look-alikes.ts";
import { accountKeyOf, desiredFingerprints, isSecretField, objectOf } from "../plan/object.ts";
import { type Readers, type Reading, readBindings } from "../plan/read.ts";
import { evidenceOf } from "../plan/row.ts";
import type { OnProgress } from "../progress.ts";
import type { Runtime } from "../runtime.ts";

/** What became of one binding. `blocked`: what the gateway shows contradicts it, or it is not clear which object is meant. */
export interface AdoptedRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  /** Null where a binding has none, and none was found. */
  readonly id: ProviderId | null;
  /** `failed`: the gateway could not be read, or the journal not written. */
  readonly status: "adopted" | "blocked" | "failed";
  /** Those whose keys are recorded. */
  readonly fields: readonly Field[];
  /** The object itself is recorded as one that the config manages. */
  readonly owned?: true;
  /** Why it was blocked. */
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The outcome of an adoption: a row for each binding in scope, or for each with a secret where it is about keys alone. */
export interface AdoptResult {
  readonly version: 1;
  /** The name of the run in the journal. */
  readonly run: string;
  /** In the order of the config. */
  readonly rows: readonly AdoptedRow[];
}

/** What an adoption works with. It has no method that writes to a gateway. */
export interface AdoptInput {
  /** Those in scope. */
  readonly bindings: readonly CheckedBinding[];
  /** Those without an id: what has their slug or name is theirs from now on. */
  readonly unmade?: readonly UnmadeBinding[];
  readonly readers: Readers;
  readonly journal: Journal;
  /** For keys, with a key of its own: without one nothing could be kept. */
  readonly fingerprints: Fingerprints;
  /** The secrets of every binding in scope. */
  readonly secretOf: ResolvedSecrets;
  /** Who runs it, for the journal. */
  readonly runtime: Pick<Runtime, "actor" | "hostName" | "pid">;
  /** Why it is done, for the journal. */
  readonly reason?: string;
  /** What is recorded. */
  readonly what: AdoptedThings;
  /** Told how many objects are read. */
  readonly onProgress?: OnProgress;
}

/** What an adoption records: that the gateways hold the keys, that the objects are managed by the config, or both. */
export interface AdoptedThings {
  /** That the gateway holds the keys which the config gives. */
  readonly keys: boolean;
  /** That the objects are managed by the config. */
  readonly objects: boolean;
}

/**
 * Records, without writing to a gateway, that each holds the secrets that the config's references give, or that its objects are
 * managed by the config: these can be removed with their entries.
 */
export async function adopt(input: AdoptInput, call: Call = {}): Promise<AdoptResult> {
  const { journal, readers, what } = input;
  const known = new JournalState(journal.events);
  const reading = { ...call, secrets: input.secretOf.all ?? [] };
  const searched = what.objects ? await searchObjects(input.unmade ?? [], readers, known, reading) : NOT_SEARCHED;
  const candidates = [...input.bindings, ...searched.found];
  const bindings = candidates.filter((binding) => what.objects || secretFields(binding).length > 0);
  const readings = await readBindings(bindings, readers, known, reading, input.onProgress);
  const decided = bindings.map((binding) => {
    return { binding, decision: decide(binding, readings.get(binding), known, what) };
  });
  const happenings = decided.flatMap(({ binding, decision }) =>
    "after" in decision ? happeningsOf(binding, decision.after, known, input, what) : [],
  );
  if (happenings.length > 0) await journal.append(runOf(input));
  for (const happening of happenings) await journal.append(happening);
  const rows = decided.map(({ binding, decision }) => rowOf(binding, decision, what));
  return { version: 1, run: journal.run, rows: [...rows, ...searched.rows] };
}

interface Searched {
  readonly found: readonly CheckedBinding[];
  readonly rows: readonly AdoptedRow[];
}

const NOT_SEARCHED: Searched = { found: [], rows: [] };

/** Looks for the object of each binding without an id, by its slug or name. */
async function searchObjects(
  unmade: readonly UnmadeBinding[],
  readers: Readers,
  known: JournalState,
  call: Call,
): Promise<Searched> {
  const lists = new Lists(readers, call);
  const found: CheckedBinding[] = [];
  const rows: AdoptedRow[] = [];
  for (const binding of unmade) {
    const { provider, gateway, entry, creation, fields } = binding;
    const about = { provider, gateway, adapter: entry.adapter, id: null, fields: [] };
    const block = (reason: string) => rows.push({ ...about, status: "blocked", reason });
    const listing = await lists.of(gateway);
    if (isGatewayError(listing)) {
      rows.push({ ...about, status: "failed", error: listing });
      continue;
    }
    const alike = listing.alike({ ...creation, name: fields.name });
    const [first, ...others] = alike;
    if (known.ownership.openCreations(accountKeyOf(binding), provider).length > 0) {
      block("the outcome of an earlier creation is not known: run apply first, it settles that");
    } else if (first === undefined) block("nothing of that name is there: an apply makes it");
    else if (others.length > 0 || first.id === undefined) {
      block(`several objects may be meant, ${idsOf(alike)}: give the id of the right one`);
    } else found.push({ ...binding, providerId: first.id });
  }
  return { found, rows };
}

type Decision =
  | { readonly after: ReturnType<typeof evidenceOf> }
  | { readonly reason: string }
  | { readonly error: GatewayError };

function decide(
  binding: CheckedBinding,
  reading: Reading | undefined,
  known: JournalState,
  { keys }: AdoptedThings,
): Decision {
  if (reading === undefined || "error" in reading) return reading ?? { reason: "was not read" };
  const { state } = reading;
  if ((known.record(objectOf(binding))?.open.length ?? 0) > 0) {
    return { reason: "the outcome of an earlier write is not known: run apply first, it settles that" };
  }
  const contradiction = (keys ? secretFields(binding) : [])
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

function happeningsOf(
  binding: CheckedBinding,
  after: ReturnType<typeof evidenceOf>,
  { ownership }: JournalState,
  { fingerprints, secretOf }: AdoptInput,
  { keys, objects }: AdoptedThings,
): readonly Happening[] {
  const { provider } = binding;
  const object = objectOf(binding);
  const isOurs = ownership.objectOf(accountKeyOf(binding), provider)?.id === object.id;
  const owned: readonly Happening[] = objects && !isOurs ? [{ type: "owned", object, provider, after }] : [];
  const fields = keys ? [...secretFields(binding)] : [];
  if (fields.length === 0) return owned;
  const prints = desiredFingerprints(binding, fields, { fingerprints, secretOf });
  return [...owned, { type: "adopted", object, provider, fields, fingerprints: prints, after }];
}

function rowOf(binding: CheckedBinding, decision: Decision, { keys, objects }: AdoptedThings): AdoptedRow {
  const { provider, gateway, entry, providerId: id } = binding;
  const about = { provider, gateway, adapter: entry.adapter, id, fields: keys ? secretFields(binding) : [] };
  if ("error" in decision) return { ...about, status: "failed", error: decision.error };
  return "reason" in decision
    ? { ...about, status: "blocked", reason: decision.reason }
    : { ...about, status: "adopted", ...(objects && { owned: true }) };
}
