import type { CheckedBinding, CheckedConfig } from "../config/check.ts";
import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import { type SecretUse, secretsOf } from "../config/desired.ts";
import { referenceKey, referenceText, type SecretReference } from "../config/reference.ts";
import { bindingsInScope } from "../config/scope.ts";
import type { RotationEvent } from "../journal/event.ts";
import { keyOf } from "../journal/state.ts";
import { objectOf } from "../plan/object.ts";

/** The key that is rotated, by the reference to it, and every binding that holds it. */
export interface RotationSelection {
  readonly reference: SecretReference;
  /** Every one that refers to the key. */
  readonly bindings: readonly CheckedBinding[];
}

/**
 * Every binding that refers to the key of these providers: one key is rotated wherever it is, or nowhere.
 * @param key the reference that is meant, where the providers have several
 * @throws ConfigError for an unknown name, for providers without a key, and where it is not clear which key is meant
 */
export function selectForRotation(
  checked: CheckedConfig,
  providers: readonly string[],
  key?: SecretReference,
): RotationSelection {
  const named = bindingsInScope(checked, { providers });
  const uses = named.flatMap((binding) => keysOf(binding).map((use) => ({ binding, use })));
  if (uses.length === 0) throw invalid(named.map((binding) => withoutKey(checked, binding)));
  const meant = key === undefined ? uses : uses.filter(({ use }) => isSame(use.reference, key));
  const [first, ...others] = meant;
  if (first === undefined || others.some(({ use }) => !isSame(use.reference, first.use.reference))) {
    const held = uses.map(({ binding: { provider, gateway }, use }) => {
      return `${provider} @ ${gateway} holds ${referenceText(use.reference)}`;
    });
    const message = `${key === undefined ? "several keys are meant" : "that key is none of theirs"}: ${held.join(", ")}; name one with --key`;
    throw invalid([checked.config.sources.problem(["providers"], message)]);
  }
  const { reference } = first.use;
  const bindings = checked.bindings.filter((binding) =>
    keysOf(binding).some((use) => isSame(use.reference, reference)),
  );
  const pairs = bindings.filter(({ fields }) => schemeOf(fields.credential) === "aws_keys");
  if (pairs.length > 0) throw invalid(pairs.map((binding) => inTwoParts(checked, binding)));
  return { reference, bindings };
}

/**
 * The bindings of a rotation that the journal tells of, and the reference that they share for its key.
 * @throws ConfigError where the config does not have them any more, or not with one reference
 */
export function selectionOf(checked: CheckedConfig, { targets }: RotationEvent): RotationSelection {
  const { config } = checked;
  const refuse = (message: string) => invalid([config.sources.problem(["providers"], message)]);
  const byObject = new Map(checked.bindings.map((binding) => [keyOf(objectOf(binding)), binding]));
  const bindings = targets.map(({ object, provider }) => {
    const binding = byObject.get(keyOf(object));
    if (binding !== undefined) return binding;
    const what = `${provider} @ ${object.gateway} (${object.id})`;
    throw refuse(
      `the rotation is about ${what}, which is not in the config any more: put it back to finish the rotation`,
    );
  });
  const candidates = bindings[0] === undefined ? [] : secretsOf(bindings[0]).uses;
  const shared = candidates.find(({ reference, field }) => {
    return bindings.every((binding, index) => {
      const isKey = targets[index]?.fields.includes(field) === true;
      return isKey && placesOf(binding, reference).length > 0;
    });
  });
  if (shared !== undefined) return { bindings, reference: shared.reference };
  throw refuse(
    "the objects of the rotation have no reference to a key in common any more: put it back to finish the rotation",
  );
}

/** The places of a binding that hold this key. */
export function placesOf(binding: CheckedBinding, reference: SecretReference): readonly SecretUse[] {
  return secretsOf(binding).uses.filter((use) => isSame(use.reference, reference));
}

/** Whether two references lead to one place. */
export const isSame = (left: SecretReference, right: SecretReference) => referenceKey(left) === referenceKey(right);

const keysOf = (binding: CheckedBinding) => secretsOf(binding).uses.filter(({ field }) => field === "credential");

function withoutKey({ config, bindings }: CheckedConfig, binding: CheckedBinding): ConfigProblem {
  const { connectionId } = binding.fields;
  const at = (message: string) => config.sources.problem(binding.path, message);
  return typeof connectionId === "string"
    ? at(usesConnection(bindings, connectionId))
    : at("holds no key in this config: there is nothing to rotate");
}

/** What is said of a provider whose key is that of a shared credential. */
export function usesConnection(bindings: readonly CheckedBinding[], connectionId: string): string {
  const shared = bindings.find(({ providerId }) => providerId === connectionId);
  const advice =
    shared === undefined
      ? "describe that connection in the config with a key of its own, and rotate it there"
      : `rotate that instead: gatefold rotate ${shared.provider}`;
  return `uses the shared connection ${connectionId}, whose key reaches every provider bound to it: ${advice}`;
}

function inTwoParts({ config }: CheckedConfig, binding: CheckedBinding): ConfigProblem {
  const message =
    "has an AWS key pair, whose two parts change together: put both into the config and run apply instead of rotate";
  return config.sources.problem([...binding.path, "credential"], message);
}

function schemeOf(credential: unknown): unknown {
  return typeof credential === "object" && credential !== null && "scheme" in credential
    ? credential.scheme
    : undefined;
}

const invalid = (problems: readonly ConfigProblem[]) => new ConfigError("invalid", problems);
