import type { Field } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import { secretsOf, withSecrets } from "../config/desired.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { ObjectKey } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import { comparable } from "./compare.ts";

/** The object that a binding is about, as the journal names it. */
export function objectOf({ gateway, adapter, entry, providerId }: CheckedBinding): ObjectKey {
  const { baseUrl } = entry.settings;
  const address = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href : null;
  return { gateway, adapter: adapter.name, baseUrl: address, id: providerId };
}

/** Whether a desired field holds a secret, or is a credential. */
export function isSecretField(binding: CheckedBinding, field: Field): boolean {
  return field === "credential" || secretsOf(binding).uses.some((use) => use.field === field);
}

/** The fingerprint of a binding's desired value, where there can be one. */
export function desiredFingerprint(
  binding: CheckedBinding,
  field: Field,
  fingerprints: Fingerprints,
  secretOf: ResolvedSecrets | undefined,
): string | undefined {
  const holdsReference = secretsOf(binding).uses.some((use) => use.field === field);
  if (!holdsReference) return fingerprints.of(objectOf(binding), field, comparable(field, binding.fields[field]));
  if (fingerprints.keyId === undefined || secretOf === undefined) return undefined;
  return fingerprints.of(objectOf(binding), field, withSecrets(binding, [field], secretOf)[field]);
}

/** The milliseconds that one attempt of a gateway's request may take. */
export function requestTimeoutOf({ entry }: CheckedBinding): number {
  const { timeoutMs } = entry.settings;
  return typeof timeoutMs === "number" ? timeoutMs : 30_000;
}
