import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import { areComparable } from "../journal/fingerprint.ts";
import type { FieldRecord } from "../journal/state.ts";
import { type Comparison, compareField } from "./compare.ts";

/**
 * What a look at one field tells.
 * `changed`: another value is desired than the gateway has. `drift`: somebody else changed it at the gateway.
 * `suspected`: somebody may have. `unverifiable`: a secret of which nothing is known.
 * `unreadable`: a value that the gateway takes and does not show.
 */
export type Verdict = "in-sync" | "changed" | "drift" | "suspected" | "unverifiable" | "unreadable";

/** What a verdict rests on; it is never better than that. */
export type VerdictBasis = "read" | "fingerprint" | "hint" | "updatedAt" | "outcome unknown";

/** One field of a binding, as desired and as reported. */
export interface FieldComparison {
  /** Its name. */
  readonly field: Field;
  readonly verdict: Verdict;
  /** What the verdict rests on. */
  readonly evidence: readonly VerdictBasis[];
  /** As reported; absent when the gateway does not show it. */
  readonly before?: unknown;
  /** As desired; a secret shows as the reference to it. */
  readonly after: unknown;
}

/** What is known of a field besides what the gateway shows. */
export interface FieldKnowledge {
  /** Of the desired value; undefined where it holds a secret and there is no key, or the secret is not resolved. */
  readonly fingerprint: string | undefined;
  /** The fingerprint of a value that the gateway shows. */
  fingerprintOf(shown: unknown): string | undefined;
  readonly record: FieldRecord | undefined;
  /** The desired value holds a secret, or is a credential. */
  readonly isSecret: boolean;
}

/** Judges one field by what the gateway shows, else by the evidence that the journal keeps. */
export function judgeField(
  field: Field,
  desired: unknown,
  state: ProviderState<unknown>,
  known: FieldKnowledge,
): FieldComparison {
  const comparison = compareField(field, desired, state);
  const { verdict, evidence } = judge(comparison, state, known);
  const { before } = comparison;
  return before === undefined
    ? { field, verdict, evidence, after: desired }
    : { field, verdict, evidence, before, after: desired };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: readonly VerdictBasis[];
}

// What is said of most fields: one for all of them.
const EQUAL: Judgement = { verdict: "in-sync", evidence: ["read"] };
const DIFFERENT: Judgement = { verdict: "changed", evidence: ["read"] };
const UNREADABLE: Judgement = { verdict: "unreadable", evidence: [] };
const UNVERIFIABLE: Judgement = { verdict: "unverifiable", evidence: [] };

function judge({ kind, before }: Comparison, state: ProviderState<unknown>, known: FieldKnowledge): Judgement {
  if (kind === "equal") return EQUAL;
  if (kind === "unshown") return judgeByRecord(state, known);
  const { record } = known;
  if (record?.shown === undefined) return DIFFERENT;
  const { fingerprint } = known;
  const isSame = fingerprint !== undefined && record.fingerprint === fingerprint;
  // The gateway took this very value and went on showing that very other one: writing it again changes nothing.
  const isUnechoed = isSame && record.shown === known.fingerprintOf(before);
  return isUnechoed ? { verdict: "unreadable", evidence: ["fingerprint"] } : DIFFERENT;
}

function judgeByRecord({ credential, updatedAt }: ProviderState<unknown>, known: FieldKnowledge): Judgement {
  const { record } = known;
  if (record?.undecided) return { verdict: "changed", evidence: ["outcome unknown"] };
  const nothing = known.isSecret ? UNVERIFIABLE : UNREADABLE;
  if (record === undefined) return nothing;
  const { fingerprint } = known;
  const hint = movement(record.hint, credential.hint);
  const time = movement(record.updatedAt, updatedAt ?? undefined);
  const isKnown = areComparable(record.fingerprint, fingerprint);
  const basis: VerdictBasis[] = isKnown ? ["fingerprint"] : [];
  if (isKnown && record.fingerprint !== fingerprint) {
    return { verdict: "changed", evidence: hint === "moved" ? [...basis, "hint"] : basis };
  }
  if (hint === "moved") return { verdict: "drift", evidence: ["hint"] };
  if (isKnown && hint === "same") return { verdict: "in-sync", evidence: [...basis, "hint"] };
  if (time === "moved" && hint === "unknown") return { verdict: "suspected", evidence: ["updatedAt"] };
  if (isKnown && time === "same") return { verdict: "in-sync", evidence: [...basis, "updatedAt"] };
  return isKnown ? { verdict: nothing.verdict, evidence: basis } : nothing;
}

function movement(recorded: string | undefined, shown: string | undefined): "same" | "moved" | "unknown" {
  if (recorded === undefined || shown === undefined) return "unknown";
  return recorded === shown ? "same" : "moved";
}
