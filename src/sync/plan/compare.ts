import { canonicalJson } from "../../contract/json.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import { parseReference } from "../config/reference.ts";

/** What a look at one field tells. `unverifiable`: the gateway does not show it, so nothing is known. */
export type Verdict = "in-sync" | "change" | "unverifiable";

/** One field of a binding, as desired and as reported. */
export interface FieldComparison {
  readonly field: Field;
  readonly verdict: Verdict;
  /** As reported; absent when the gateway does not show it. */
  readonly before?: unknown;
  /** As desired; a secret shows as the reference to it. */
  readonly after: unknown;
}

/** Compares one desired field with what the gateway reports. */
export function compareField(field: Field, desired: unknown, state: ProviderState<unknown>): FieldComparison {
  const compared = (verdict: Verdict, before?: unknown): FieldComparison => {
    return { field, verdict, ...(before === undefined ? {} : { before }), after: desired };
  };
  if (field === "credential") return compared("unverifiable", describeCredential(state.credential));
  const reported = state[field];
  if (reported === undefined) return compared("unverifiable");
  if (field === "native") return compared(nativeVerdict(desired, reported), onlyKeysOf(desired, reported));
  return compared(equal(field, desired, reported) ? "in-sync" : "change", reported);
}

function describeCredential({ kind, hint }: ProviderState<unknown>["credential"]): string | undefined {
  if (hint !== undefined) return hint;
  return kind === "unknown" ? undefined : kind;
}

function equal(field: Field, desired: unknown, reported: unknown): boolean {
  if (field === "metadata") return asText(desired) === asText(reported);
  if (field === "baseUrl") return canonicalUrl(desired) === canonicalUrl(reported);
  // Ids are compared as the adapters canonicalize them: without regard to case.
  if (field === "connectionId") return String(desired).toLowerCase() === String(reported).toLowerCase();
  return desired === reported;
}

function asText(metadata: unknown): unknown {
  return typeof metadata === "object" && metadata !== null ? canonicalJson(metadata) : metadata;
}

function canonicalUrl(url: unknown): unknown {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).href : url;
}

// A gateway may add keys of its own, so what is asked is whether the desired ones still hold.
function nativeVerdict(desired: unknown, reported: unknown): Verdict {
  const verdicts = Object.entries(asObject(desired)).map(([key, value]): Verdict => {
    const shown = asObject(reported)[key];
    if (shown === undefined || isWithheld(shown) || parseReference(value) !== undefined) return "unverifiable";
    return holds(value, shown) ? "in-sync" : "change";
  });
  if (verdicts.includes("change")) return "change";
  return verdicts.includes("unverifiable") ? "unverifiable" : "in-sync";
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
