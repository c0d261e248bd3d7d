import { canonicalJson } from "../../contract/json.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import { secretsOf } from "../config/desired.ts";
import { parseReference } from "../config/reference.ts";
import { withoutMarker } from "./marker.ts";

/** How a desired value and a reported one compare. `unshown`: the gateway does not show it, or not all of it. */
export type Comparison =
  | { readonly kind: "equal" | "different"; readonly before: unknown }
  | { readonly kind: "unshown"; readonly before?: unknown };

/** Compares one desired field, its secrets still references, with what the gateway reports. */
export function compareField(field: Field, desired: unknown, state: ProviderState<unknown>): Comparison {
  if (field === "credential") return compareCredential(desired, state.credential);
  const reported = field === "metadata" ? withoutMarker(state.metadata, desired) : state[field];
  if (reported === undefined) return { kind: "unshown" };
  if (field === "native") return { kind: compareNative(desired, reported), before: onlyKeysOf(desired, reported) };
  const isEqual = desired === reported || comparable(field, desired) === comparable(field, reported);
  return { kind: isEqual ? "equal" : "different", before: reported };
}

/** A value in the form in which it is compared: the text that is sent, in its canonical form. */
export function comparable(field: Field, value: unknown): unknown {
  if (field === "metadata") return isObject(value) ? canonicalJson(value) : value;
  if (field === "baseUrl") return typeof value === "string" && URL.canParse(value) ? new URL(value).href : value;
  // Ids are compared as the adapters canonicalize them: without regard to case.
  if (field === "connectionId") return typeof value === "string" ? value.toLowerCase() : value;
  return value;
}

// The key is never shown; how the gateway uses it may be.
function compareCredential(desired: unknown, { kind, scheme, hint }: ProviderState<unknown>["credential"]): Comparison {
  const before = hint ?? (kind === "unknown" ? undefined : kind);
  const wanted = asObject(desired).scheme;
  if (scheme !== undefined && kind !== "connection" && scheme !== wanted) return { kind: "different", before: scheme };
  if (kind === "none" && holdsSecret(desired)) return { kind: "different", before };
  return before === undefined ? { kind: "unshown" } : { kind: "unshown", before };
}

function holdsSecret(credential: unknown): boolean {
  return secretsOf({ fields: { credential }, fieldPaths: {} }).uses.length > 0;
}

// A gateway may add keys of its own, so what is asked is whether the desired ones still hold.
function compareNative(desired: unknown, reported: unknown): Comparison["kind"] {
  const kinds = Object.entries(asObject(desired)).map(([key, value]): Comparison["kind"] => {
    const shown = asObject(reported)[key];
    if (shown === undefined || isWithheld(shown) || parseReference(value) !== undefined) return "unshown";
    return holds(value, shown) ? "equal" : "different";
  });
  if (kinds.includes("different")) return "different";
  return kinds.includes("unshown") ? "unshown" : "equal";
}

function holds(desired: unknown, reported: unknown): boolean {
  if (!isObject(desired) || !isObject(reported)) return canonicalJson(desired) === canonicalJson(reported);
  return Object.entries(desired).every(([key, value]) => Object.hasOwn(reported, key) && holds(value, reported[key]));
}

function onlyKeysOf(desired: unknown, reported: unknown): Record<string, unknown> {
  const wanted = asObject(desired);
  return Object.fromEntries(Object.entries(asObject(reported)).filter(([key]) => Object.hasOwn(wanted, key)));
}

function isWithheld(value: unknown): boolean {
  return isObject(value) && value.withheld === true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
