import type { FieldComparison } from "../../../sync/index.ts";
import type { ObjectHistory } from "./history.ts";

const UNITS: readonly (readonly [milliseconds: number, word: string])[] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
];

/** How long ago a time in ISO 8601 was, such as `12 days ago`. A clock that went back since makes it the future. */
export function ago(at: string, now: number): string {
  return Date.parse(at) > now ? "in the future, by this machine's clock" : `${spanOf(at, now)} ago`;
}

const spanOf = (at: string, now: number) => shortSpan(at, now, "less than a minute");

/** `12 days`, `12+ days`; of less than a minute what is said of it. */
function shortSpan(at: string, now: number, least: string, sign = ""): string {
  for (const [milliseconds, word] of UNITS) {
    const count = Math.floor((now - Date.parse(at)) / milliseconds);
    if (count > 0) return `${count}${sign} ${word}${count === 1 && sign === "" ? "" : "s"}`;
  }
  return least;
}

/** What can be said of a key's age: short for a cell, and as a sentence. */
export interface KeyAge {
  readonly short: string;
  readonly sentence: string;
}

const UNKNOWN = "age unknown";

// The members of a credential that hold a key.
const KEYS = ["apiKey", "secretAccessKey", "serviceAccount"] as const;

/** Whether a credential of the config holds a key: a role or a login of the platform's own has no age. */
export function holdsKey(credential: unknown): boolean {
  return typeof credential === "object" && credential !== null && KEYS.some((name) => Object.hasOwn(credential, name));
}

/**
 * The age of a key, never better than the evidence: what somebody else may have replaced since has no age that is known.
 * @param credential what a look said of it
 * @param now milliseconds since 1970
 */
export function keyAge(
  { verdict, evidence }: FieldComparison,
  history: ObjectHistory | undefined,
  now: number,
): KeyAge {
  const undecided = history?.undecided.credential;
  if (undecided !== undefined) {
    const sentence = `Not known: a write was sent ${ago(undecided, now)}, and nothing tells whether it took effect.`;
    return { short: UNKNOWN, sentence };
  }
  const known = history?.fields.credential;
  if (known === undefined) return { short: UNKNOWN, sentence: "Not known: gatefold never wrote or adopted this key." };
  const when = ago(known.at, now);
  const deed = { written: "wrote it last", created: "wrote it last", adopted: "saw it adopted" }[known.kind];
  if (verdict === "drift" || (verdict === "changed" && evidence.includes("hint"))) {
    return { short: UNKNOWN, sentence: `Not known: somebody else replaced it since gatefold ${deed} ${when}.` };
  }
  if (verdict === "suspected") {
    return {
      short: UNKNOWN,
      sentence: `Not known: somebody else may have replaced it since gatefold ${deed} ${when}.`,
    };
  }
  if (verdict === "unverifiable") {
    const sentence = `Not known: gatefold ${deed} ${when}, and nothing tells whether that key is still there.`;
    return { short: UNKNOWN, sentence };
  }
  if (known.kind === "adopted") {
    return {
      short: shortSpan(known.at, now, "just adopted", "+"),
      sentence: `At least as old as its adoption ${when}; when it was written is not known.`,
    };
  }
  return { short: shortSpan(known.at, now, "just written"), sentence: `Written by gatefold ${when}.` };
}
