import type { ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { FieldFingerprints } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import { comparable, compareField } from "../plan/compare.ts";
import { objectOf } from "../plan/object.ts";

/** What the gateway took, and shows otherwise: the fingerprints of what it shows. */
export function unechoedOf(
  binding: CheckedBinding,
  writes: readonly Field[],
  state: ProviderState<ProviderId>,
  fingerprints: Fingerprints,
): FieldFingerprints {
  return present(writes, (field) => {
    const { kind, before } = compareField(field, binding.fields[field], state);
    if (kind !== "different" || field === "credential") return undefined;
    return fingerprints.of(objectOf(binding), field, comparable(field, before));
  });
}

function present(fields: readonly Field[], of: (field: Field) => string | undefined): FieldFingerprints {
  const entries = fields.map((field) => [field, of(field)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
