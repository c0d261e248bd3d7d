import type { ProviderId } from "../../contract/gateway.ts";
import type { Field } from "../../contract/update.ts";
import type { BoundBinding, CheckedBinding, CheckedGateway, UnmadeBinding } from "../config/check.ts";
import type { GatewayEntry } from "../config/config.ts";
import { secretsOf, withSecrets } from "../config/desired.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { AccountKey, FieldFingerprints, ObjectKey } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import { comparable } from "./compare.ts";

// A gateway has thousands of bindings, and each is looked up by it.
const accounts = new WeakMap<GatewayEntry, AccountKey>();

/** The account that a gateway is, as the journal names it. */
export function accountKeyOf({ adapter, entry }: CheckedGateway): AccountKey {
  const known = accounts.get(entry);
  if (known?.adapter === adapter.name) return known;
  const { baseUrl } = entry.settings;
  const address = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href : null;
  const account = { gateway: entry.name, adapter: adapter.name, baseUrl: address };
  accounts.set(entry, account);
  return account;
}

/** The object that a binding is about, as the journal names it. */
export function objectOf(binding: CheckedBinding): ObjectKey {
  return objectAt(binding, binding.providerId);
}

/** What stands for an object that is not made yet, so that its values can be recognised: no vendor has such an id. */
export function unmadeObjectOf(binding: UnmadeBinding): ObjectKey {
  return objectAt(binding, `(not made) ${binding.provider}`);
}

function objectAt(binding: CheckedGateway, id: ProviderId): ObjectKey {
  const { gateway, adapter, baseUrl } = accountKeyOf(binding);
  return { gateway, adapter, baseUrl, id };
}

/** Whether a desired field holds a secret, or is a credential. */
export function isSecretField(binding: BoundBinding, field: Field): boolean {
  return field === "credential" || holdsReference(binding, field);
}

// Nowhere else does a reference stand for a secret.
function holdsReference(binding: BoundBinding, field: Field): boolean {
  if (field !== "credential" && field !== "native") return false;
  return secretsOf(binding).uses.some((use) => use.field === field);
}

/** The fingerprint of a binding's desired value, where there can be one. */
export function desiredFingerprint(
  binding: CheckedBinding | UnmadeBinding,
  field: Field,
  fingerprints: Fingerprints,
  secretOf: ResolvedSecrets | undefined,
): string | undefined {
  const object = "providerId" in binding ? objectOf(binding) : unmadeObjectOf(binding);
  if (!holdsReference(binding, field)) return fingerprints.of(object, field, comparable(field, binding.fields[field]));
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
