import type { Field } from "../../contract/update.ts";
import type { BoundBinding, CheckedBinding, CheckedGateway, UnmadeBinding } from "../config/check.ts";
import { secretsOf, withSecrets } from "../config/desired.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { AccountKey, FieldFingerprints, ObjectKey } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import { comparable } from "./compare.ts";

/** The account that a gateway is, as the journal names it. */
export function accountKeyOf({ adapter, entry }: CheckedGateway): AccountKey {
  const { baseUrl } = entry.settings;
  const address = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href : null;
  return { gateway: entry.name, adapter: adapter.name, baseUrl: address };
}

/** The object that a binding is about, as the journal names it. */
export function objectOf(binding: CheckedBinding): ObjectKey {
  return { ...accountKeyOf(binding), id: binding.providerId };
}

/** What stands for an object that is not made yet, so that its values can be recognised: no vendor has such an id. */
export function unmadeObjectOf(binding: UnmadeBinding): ObjectKey {
  return { ...accountKeyOf(binding), id: `(not made) ${binding.provider}` };
}

/** Whether a desired field holds a secret, or is a credential. */
export function isSecretField(binding: BoundBinding, field: Field): boolean {
  return field === "credential" || secretsOf(binding).uses.some((use) => use.field === field);
}

/** The fingerprint of a binding's desired value, where there can be one. */
export function desiredFingerprint(
  binding: CheckedBinding | UnmadeBinding,
  field: Field,
  fingerprints: Fingerprints,
  secretOf: ResolvedSecrets | undefined,
): string | undefined {
  const object = "providerId" in binding ? objectOf(binding) : unmadeObjectOf(binding);
  const holdsReference = secretsOf(binding).uses.some((use) => use.field === field);
  if (!holdsReference) return fingerprints.of(object, field, comparable(field, binding.fields[field]));
  if (fingerprints.keyId === undefined || secretOf === undefined) return undefined;
  return fingerprints.of(object, field, withSecrets(binding, [field], secretOf)[field]);
}

/** The fingerprints of a binding's desired values, of those that have one. */
export function desiredFingerprints(
  binding: CheckedBinding | UnmadeBinding,
  fields: readonly Field[],
  { fingerprints, secretOf }: { readonly fingerprints: Fingerprints; readonly secretOf: ResolvedSecrets | undefined },
): FieldFingerprints {
  const entries = fields.map((field) => [field, desiredFingerprint(binding, field, fingerprints, secretOf)] as const);
  return Object.fromEntries(entries.filter(([, fingerprint]) => fingerprint !== undefined));
}

/** The milliseconds that one attempt of a gateway's request may take. */
export function requestTimeoutOf({ entry }: CheckedGateway): number {
  const { timeoutMs } = entry.settings;
  return typeof timeoutMs === "number" ? timeoutMs : 30_000;
}
