import type { ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import type { Field } from "../../contract/update.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import type { Evidence, Happening, IntentEvent } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { CreationSettlement } from "../journal/ownership.ts";
import {
  type FieldRecord,
  type JournalState,
  mayBeMovedLater,
  type OpenCall,
  type OpenIntent,
} from "../journal/state.ts";
import { comparable } from "./compare.ts";
import { accountKeyOf, objectOf } from "./object.ts";
import type { Reading } from "./read.ts";
import { evidenceOf } from "./row.ts";

/** What a look says about an earlier write whose outcome was not known. */
export interface Settlement {
  readonly provider: string;
  readonly gateway: string;
  readonly id: ProviderId;
  /** What is to be noted in the journal. */
  readonly happening: Extract<Happening, { type: "settled" }>;
}

/** What a look says about an earlier creation whose outcome was not known. */
export interface SettledCreation {
  readonly provider: string;
  readonly gateway: string;
  /** Null: nothing was made. */
  readonly id: ProviderId | null;
  /** What is to be noted in the journal. */
  readonly happening: CreationSettlement;
}

// A run that left an intent without an answer may have waited that long for its account's budget before it sent the request.
const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * When the requests of an open intent are surely over, in milliseconds since 1970. `startedAt` is when the asking run began:
 * whoever wrote the intent was dead by then.
 */
export function settlesAt({ intent, endedAt }: OpenCall, startedAt: number): number {
  const { timeoutMs } = intent;
  if (endedAt !== undefined) return Date.parse(endedAt) + timeoutMs;
  return Math.min(startedAt, Date.parse(intent.at) + LONGEST_WAIT_MS) + timeoutMs;
}

/** What may have been under way when a run began. */
export interface UnderWay {
  /** Those in scope. */
  readonly bindings: readonly CheckedBinding[];
  /** Those in scope without an id. */
  readonly unmade?: readonly UnmadeBinding[];
  /** What was known when the run began. */
  readonly journal: JournalState;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** When everything that was under way is surely over, by gateway; without those where nothing was. */
export function settleTimes({ bindings, unmade = [], journal, startedAt }: UnderWay): ReadonlyMap<string, number> {
  const { ownership } = journal;
  const times = new Map<string, number>();
  const note = ({ gateway }: { readonly gateway: string }, open: OpenCall) =>
    times.set(gateway, Math.max(times.get(gateway) ?? 0, settlesAt(open, startedAt)));
  for (const binding of bindings) {
    for (const open of journal.record(objectOf(binding))?.open ?? []) note(binding, open);
  }
  for (const binding of unmade) {
    const account = accountKeyOf(binding);
    const creations = ownership.openCreations(account, binding.provider);
    for (const { creation, ...end } of creations) note(binding, { intent: creation, ...end });
    // What is made could get the id of what is still being removed.
    for (const { removal, ...end } of ownership.openRemovals(account)) note(binding, { intent: removal, ...end });
  }
  return times;
}

/** Settles what can be settled by what was just read; the journal's fold takes it in. */
export function settleOpenIntents(
  bindings: readonly CheckedBinding[],
  readings: ReadonlyMap<CheckedBinding, Reading>,
  journal: JournalState,
  fingerprints: Fingerprints,
  isOver: (open: OpenCall) => boolean,
): Settlement[] {
  const settlements = bindings.flatMap((binding) => {
    const reading = readings.get(binding);
    const record = journal.record(objectOf(binding));
    if (reading === undefined || "error" in reading || record === undefined) return [];
    return record.open.filter(isOver).map((open): Settlement => {
      const happening = decide(open, reading.state, record.fields, fingerprints);
      return { provider: binding.provider, gateway: binding.gateway, id: binding.providerId, happening };
    });
  });
  for (const { happening } of settlements) journal.settle(happening);
  return settlements;
}

type Decision = "applied" | "not-applied" | "undecided";

function decide(
  open: OpenIntent,
  state: ProviderState<ProviderId>,
  records: Readonly<Partial<Record<Field, FieldRecord>>>,
  fingerprints: Fingerprints,
): Settlement["happening"] {
  const { intent, applied: known } = open;
  const after = evidenceOf(state);
  const shown = new Map(intent.fields.map((field) => [field, decideShown(field, intent, state, fingerprints)]));
  const isLater = mayBeMovedLater(open, after);
  const decisions = intent.fields.map((field): readonly [Field, Decision] => {
    const seen = shown.get(field);
    // What took effect may have been undone since, and of what is not shown nobody can see that.
    if (known.includes(field)) return [field, isLater && seen === undefined ? "undecided" : "applied"];
    // What is shown as it was before was not written, so that whatever else moved was not moved by that request; and where one
    // of several took effect, that moved the time, whatever became of the others.
    const isForeign =
      isLater || known.length > 0 || sentWith(field, intent).some((other) => shown.get(other) === "not-applied");
    const sameHint = hintOfSame(records[field], intent.fingerprints[field]);
    return [field, seen ?? decideUnshown(field, intent.before, after, isForeign, sameHint)];
  });
  const having = (wanted: Decision) => decisions.filter(([, decision]) => decision === wanted).map(([field]) => field);
  return { type: "settled", intent: intent.seq, applied: having("applied"), undecided: having("undecided"), after };
}

/** The fields of the request that a field goes in. */
function sentWith(field: Field, { requests, fields }: IntentEvent): readonly Field[] {
  return requests?.find((request) => request.includes(field)) ?? fields;
}

/** The hint that the gateway showed for this very value before, where that is known. */
function hintOfSame(record: FieldRecord | undefined, fingerprint: string | undefined): string | undefined {
  return fingerprint !== undefined && record?.fingerprint === fingerprint ? record.hint : undefined;
}

/** A field that the gateway shows: it has the value, or it has not. */
function decideShown(
  field: Field,
  { object, fingerprints: written }: IntentEvent,
  state: ProviderState<ProviderId>,
  fingerprints: Fingerprints,
): Decision | undefined {
  // A gateway may add keys to `native`, and never shows a credential.
  if (field === "credential" || field === "native") return undefined;
  const reported = state[field];
  if (reported === undefined || written[field] === undefined) return undefined;
  return fingerprints.of(object, field, comparable(field, reported)) === written[field] ? "applied" : "not-applied";
}

/** A field that is not shown: what the gateway says of the key, else of the time of the last write. */
function decideUnshown(
  field: Field,
  before: Evidence,
  after: Evidence,
  isForeign: boolean,
  sameHint: string | undefined,
): Decision {
  const time = movement(before.updatedAt, after.updatedAt);
  const hint = field === "credential" ? movement(before.hint, after.hint) : "unknown";
  // The same value again would be shown as it was shown then; anything else is another value.
  if (sameHint !== undefined && after.hint !== undefined) return sameHint === after.hint ? "applied" : "not-applied";
  const isOurs = time === "moved" && !isForeign;
  if (hint === "moved") return isOurs ? "applied" : "undecided";
  if (time === "same") return "not-applied";
  return isOurs && hint === "unknown" ? "applied" : "undecided";
}

function movement(before: string | undefined, after: string | undefined): "same" | "moved" | "unknown" {
  if (before === undefined || after === undefined) return "unknown";
  return before === after ? "same" : "moved";
}
