import { type Issue, isGatewayError, UnsafePlanError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, type ProviderUpdate, updateFields } from "../../contract/update.ts";
import { type CheckedBinding, issuesIn } from "../config/check.ts";
import { ConfigError, type ConfigErrorKind } from "../config/config-error.ts";
import { type SecretUse, secretsOf, withSecrets } from "../config/desired.ts";
import { referenceText } from "../config/reference.ts";
import { areComparable, isSameSecret } from "../journal/fingerprint.ts";
import { lastRotation } from "../journal/rotation.ts";
import { JournalState } from "../journal/state.ts";
import { compareField } from "../plan/compare.ts";
import { describeExceeded, exceededLimits, parseAllowances } from "../plan/limits.ts";
import { desiredFingerprint, objectOf } from "../plan/object.ts";
import { type Reading, readBindings, readersOf } from "../plan/read.ts";
import { widened } from "../plan/row.ts";
import { ask } from "./ask.ts";
import { allSecrets, type RotationInput, type Target, type WhichKey, withKey } from "./rotation.ts";
import { isSame, placesOf, type RotationSelection, usesConnection } from "./select.ts";

/** The secrets besides the key that the writes of a rotation carry along. */
export function secretsBesideKey(
  { bindings, reference }: RotationSelection,
  connections: RotationInput["connections"],
): readonly SecretUse[] {
  return bindings.flatMap((binding) => {
    const writes = writesOf(binding, { reference }, gatewayOf(binding, connections));
    return secretsOf(binding).uses.filter((use) => writes.includes(use.field) && !isSame(use.reference, reference));
  });
}

/**
 * Looks at everything that can be looked at before the first write of a rotation.
 * @throws ConfigError with everything that speaks against it, UnsafePlanError for what goes beyond a limit
 */
export async function stage(input: RotationInput, call: Call): Promise<readonly Target[]> {
  requireTwoKeys(input);
  const known = new JournalState(input.journal.events);
  const problems = new Problems(input);
  requireNoneUnderWay(input, known, problems);
  problems.refuse();
  const targets = await readTargets(input, known, problems, call);
  for (const target of targets) judge(target, input, known, problems);
  problems.refuse();
  requireWithinLimits(input, targets);
  await requireOldKeyGood(input, targets, problems, call);
  problems.refuse();
  return targets;
}

/** What speaks against a rotation, all of it reported at once. */
class Problems {
  readonly #input: RotationInput;
  readonly #problems: { kind: ConfigErrorKind; problem: ConfigError["problems"][number] }[] = [];

  constructor(input: RotationInput) {
    this.#input = input;
  }

  add(binding: CheckedBinding, message: string, kind: ConfigErrorKind = "invalid"): void {
    const { sources } = this.#input.checked.config;
    this.#problems.push({ kind, problem: sources.problem(binding.path, message) });
  }

  /** @throws ConfigError if there is any */
  refuse(): void {
    if (this.#problems.length === 0) return;
    const isAboutCredentials = this.#problems.every(({ kind }) => kind === "credentials");
    throw new ConfigError(
      isAboutCredentials ? "credentials" : "invalid",
      this.#problems.map(({ problem }) => problem),
    );
  }
}

/** @throws ConfigError where nothing could be put back, or nothing would change */
export function requireTwoKeys({ checked, to, from, onFailure }: RotationInput): void {
  const refuse = (message: string) => {
    throw new ConfigError("invalid", [checked.config.sources.problem([], message)]);
  };
  if (from === undefined && onFailure === "restore") {
    refuse("without the old key nothing could be put back: give it with --from, or say --on-failure keep");
  }
  if (from !== undefined && isSameSecret(from.secret, to.secret)) {
    refuse(
      `${referenceText(to.reference)} and ${referenceText(from.reference)} give the same key: there is nothing to rotate`,
    );
  }
}

function requireNoneUnderWay({ journal, selection }: RotationInput, known: JournalState, problems: Problems): void {
  const [first] = selection.bindings;
  const earlier = lastRotation(journal.events);
  if (earlier !== undefined && earlier.status === undefined && first !== undefined) {
    problems.add(first, "an earlier rotation was interrupted: finish it first, with gatefold rotate --resume");
  }
  for (const binding of selection.bindings) {
    if ((known.record(objectOf(binding))?.open.length ?? 0) === 0) continue;
    problems.add(binding, "the outcome of an earlier write is not known: run apply first, it settles that");
  }
}

async function readTargets(
  input: RotationInput,
  known: JournalState,
  problems: Problems,
  call: Call,
): Promise<readonly Target[]> {
  const { bindings } = input.selection;
  const readings = await readBindings(bindings, readersOf(input.connections), known, {
    ...call,
    secrets: allSecrets(input),
  });
  return bindings.flatMap((binding) => {
    const state = stateOf(readings.get(binding), binding, problems);
    return state === undefined ? [] : [targetOf(binding, state, input)];
  });
}

function stateOf(
  reading: Reading | undefined,
  binding: CheckedBinding,
  problems: Problems,
): ProviderState<ProviderId> | undefined {
  if (reading === undefined) throw new Error("a target was not read");
  if ("state" in reading) return reading.state;
  const { error } = reading;
  const isRefused = error.name === "AuthenticationError" || error.name === "PermissionDeniedError";
  problems.add(binding, `cannot be read: ${error.name}: ${error.message}`, isRefused ? "credentials" : "invalid");
  return undefined;
}

/** A binding as a target; `state` is how it was found. */
export function targetOf(
  binding: CheckedBinding,
  before: ProviderState<ProviderId>,
  { selection, connections }: Pick<RotationInput, "selection" | "connections">,
): Target {
  const gateway = gatewayOf(binding, connections);
  const keyFields = keyFieldsOf(binding, selection);
  return { binding, gateway, keyFields, writes: writesOf(binding, selection, gateway), before };
}

function keyFieldsOf(binding: CheckedBinding, { reference }: Pick<RotationSelection, "reference">): Field[] {
  const places = placesOf(binding, reference);
  return updateFields.filter((field) => places.some((use) => use.field === field));
}

function writesOf(
  binding: CheckedBinding,
  selection: Pick<RotationSelection, "reference">,
  { capabilities }: Gateway<ProviderId>,
): readonly Field[] {
  const wanted = updateFields.filter((field) => Object.hasOwn(binding.fields, field));
  const chosen = new Set(keyFieldsOf(binding, selection));
  return widened(chosen, wanted, binding.fields.connectionId, capabilities);
}

function gatewayOf({ gateway }: CheckedBinding, connections: RotationInput["connections"]): Gateway<ProviderId> {
  const opened = connections.get(gateway);
  if (opened === undefined) throw new Error(`the gateway ${gateway} was not opened`);
  return opened;
}

function judge(target: Target, input: RotationInput, known: JournalState, problems: Problems): void {
  const { binding, before, writes, keyFields } = target;
  const { connectionId } = before;
  if (before.credential.kind === "connection" && keyFields.includes("credential")) {
    problems.add(binding, usesConnection(input.checked.bindings, connectionId ?? "it names"));
    return;
  }
  for (const field of writes) {
    if (compareField(field, binding.fields[field], before).kind !== "different") continue;
    problems.add(binding, `${field} is written with the key, and differs from the config: run apply first`);
  }
  if (before.health?.status === "unhealthy" && input.onFailure === "restore") {
    const detail = before.health.detail === undefined ? "" : ` (${before.health.detail})`;
    problems.add(
      binding,
      `is unhealthy before the rotation${detail}: its health could not tell whether a key is good; repair it, or say --on-failure keep`,
    );
  }
  for (const which of keysOf(input)) {
    const issues = issuesWith(target, input, which);
    const reference = which === "new" ? input.to.reference : input.from?.reference;
    for (const { message } of issues) {
      const text = reference === undefined ? "the key" : referenceText(reference);
      problems.add(binding, `${text} cannot be a key here: ${message}`, "credentials");
    }
  }
  judgeOldKey(target, input, known, problems);
}

const keysOf = ({ from }: RotationInput): readonly WhichKey[] => (from === undefined ? ["new"] : ["new", "old"]);

/** What the gateway's own check says of an update with this key; nothing is sent. */
function issuesWith({ gateway, binding, writes }: Target, input: RotationInput, which: WhichKey): readonly Issue[] {
  try {
    const update = withSecrets(binding, writes, withKey(input, which)) as ProviderUpdate;
    gateway.explain(binding.providerId, update);
    return [];
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return issuesIn(error);
  }
}

/** What the journal says of the key that is there speaks louder than what somebody believes. */
function judgeOldKey(
  { binding, keyFields }: Target,
  input: RotationInput,
  known: JournalState,
  problems: Problems,
): void {
  const { from } = input;
  if (from === undefined) return;
  const record = known.record(objectOf(binding));
  for (const field of keyFields) {
    const written = record?.fields[field]?.fingerprint;
    const given = fingerprintWith(binding, field, input, "old");
    if (!areComparable(written, given) || written === given) continue;
    const isNew = written === fingerprintWith(binding, field, input, "new");
    const what = isNew ? "holds the new key already" : "was last given another key than this one";
    problems.add(binding, `${referenceText(from.reference)} is not the old key: the object ${what}`, "credentials");
  }
}

/** The fingerprint of a field with one of the keys, where there can be one. */
export function fingerprintWith(
  binding: CheckedBinding,
  field: Field,
  input: RotationInput,
  which: WhichKey,
): string | undefined {
  if (which === "old" && input.from === undefined) return undefined;
  return desiredFingerprint(binding, field, input.fingerprints, withKey(input, which));
}

function requireWithinLimits({ checked, allow = [] }: RotationInput, targets: readonly Target[]): void {
  const rows = targets.map(({ binding: { gateway }, writes }) => ({ gateway, writes, writesKey: true }));
  const exceeded = exceededLimits(checked, rows, parseAllowances(allow, checked.bindings));
  if (exceeded.length > 0) throw new UnsafePlanError(exceeded.map(describeExceeded).join("\n"));
}

/** A check that refuses the key that is in use would refuse the new one for the same reason. */
async function requireOldKeyGood(
  { verify, from }: RotationInput,
  targets: readonly Target[],
  problems: Problems,
  call: Call,
): Promise<void> {
  if (verify === undefined || from === undefined) return;
  for (const { binding } of targets) {
    const objection = await ask(verify, binding, from.secret, call);
    if (objection === undefined) continue;
    const message = `the verify check of the old key, ${referenceText(from.reference)}, ${objection}: the key is wrong or expired, or the check is`;
    problems.add(binding, message, "credentials");
  }
}
