import { canonicalJson } from "../../contract/json.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type {
  Evidence,
  FieldFingerprints,
  Happening,
  IntentEvent,
  JournalEvent,
  ObjectKey,
  RotationEvent,
} from "./event.ts";
import { type CreationSettlement, Ownership } from "./ownership.ts";

/** What is known of one field since our last write of it, or since it was adopted. */
export interface FieldRecord {
  /** Of the value that was written; absent where there was no key for it. */
  readonly fingerprint?: string;
  /** As the gateway showed it right after. */
  readonly hint?: string;
  /** As the gateway showed it right after; moved along by our own later writes of other fields, and by nothing else. */
  readonly updatedAt?: string;
  /** Of what the gateway showed instead of the value that it accepted. */
  readonly shown?: string;
  /** A write of it was sent, and nothing tells whether it took effect. */
  readonly undecided?: true;
}

/** An intent whose outcome is not known, and what certainly took effect of it. */
export interface OpenIntent {
  /** The line that was written before the write. */
  readonly intent: IntentEvent;
  /** The fields that took effect. */
  readonly applied: readonly Field[];
  /** When the call ended without an answer; absent where the run itself ended before. */
  readonly endedAt?: string;
}

/** A call of which nobody knows whether it took effect, as far as its end goes. */
export interface OpenCall {
  /** When it began, and the milliseconds after which it is over. */
  readonly intent: Pick<IntentEvent, "at" | "timeoutMs">;
  /** When the call ended without an answer; absent where the run itself ended before. */
  readonly endedAt?: string;
}

/** What the journal knows of one object. */
export interface ObjectRecord {
  /** As the gateway showed it last. */
  readonly slug?: string;
  /** Those that were ever written or adopted. */
  readonly fields: Readonly<Partial<Record<Field, FieldRecord>>>;
  /** Writes of which nobody knows what became. */
  readonly open: readonly OpenIntent[];
  /** A rotation of its key began and has no end. */
  readonly isRotating?: true;
  /** Fingerprints of the keys that rotations replaced. */
  readonly retired?: readonly string[];
}

interface Draft {
  slug?: string;
  fields: Partial<Record<Field, FieldRecord>>;
  open: OpenIntent[];
  isRotating?: true;
  retired?: string[];
}

/** What a journal says now: a fold over its events. */
export class JournalState {
  readonly #objects = new Map<string, Draft>();
  readonly #intents = new Map<number, IntentEvent>();
  #rotation: RotationEvent | undefined;
  /** Which objects were made, adopted and removed. */
  readonly ownership = new Ownership();
  #hasEvidence = false;

  constructor(events: Iterable<JournalEvent>) {
    for (const event of events) this.add(event);
  }

  /** What is known of an object; undefined where it was never seen. */
  record(object: ObjectKey): ObjectRecord | undefined {
    return this.#objects.get(keyOf(object));
  }

  /** Whether it tells of any write or adoption: without one it says nothing of what gateways do not show. */
  get hasEvidence(): boolean {
    return this.#hasEvidence;
  }

  /** Takes in the next event. */
  add(event: JournalEvent): void {
    if (event.type === "intent" || event.type === "adopted" || event.type === "made") this.#hasEvidence = true;
    const renewed = this.ownership.add(event);
    if (renewed !== undefined) this.#objects.delete(keyOf(renewed));
    if (event.type === "made") this.#takeMade(event);
    if (event.type === "intent") {
      this.#intents.set(event.seq, event);
      this.#draft(event.object).open.push({ intent: event, applied: [] });
    } else if (event.type === "outcome") this.#takeOutcome(event);
    else if (event.type === "settled") this.settle(event);
    else if (event.type === "adopted") {
      const draft = this.#draft(event.object);
      record(draft, event.fields, event.fingerprints, event.after);
    } else if (event.type === "observed") this.#draft(event.object).slug = event.slug;
    else if (event.type === "rotation") this.#beginRotation(event);
    else if (event.type === "rotated") this.#endRotation(event);
  }

  #beginRotation(rotation: RotationEvent): void {
    this.#rotation = rotation;
    for (const { object } of rotation.targets) this.#draft(object).isRotating = true;
  }

  #endRotation({ rotation: seq, status }: Extract<JournalEvent, { type: "rotated" }>): void {
    if (this.#rotation?.seq !== seq) return;
    for (const { object, fingerprints } of this.#rotation.targets) {
      const draft = this.#draft(object);
      delete draft.isRotating;
      if (status !== "all-new") continue;
      const { old: replaced, new: current } = fingerprints;
      const earlier = draft.retired ?? [];
      const retired = replaced === undefined ? earlier : [...earlier, replaced];
      draft.retired = retired.filter((each) => each !== current);
    }
  }

  #takeOutcome(event: Extract<JournalEvent, { type: "outcome" }>): void {
    const { intent: seq, at, status, applied, after, unechoed } = event;
    const intent = this.#intents.get(seq);
    if (intent === undefined) return;
    const draft = this.#draft(intent.object);
    draft.open = draft.open.filter((open) => open.intent.seq !== seq);
    if (status === "unknown") draft.open.push({ intent, applied, endedAt: at });
    if (status === "done") {
      record(draft, applied, intent.fingerprints, after ?? {}, unechoed);
      carryAlong(draft, applied, intent.before, after);
    }
  }

  /** Takes in what a look says about an open intent. */
  settle({ intent: seq, applied, undecided, after }: Extract<Happening, { type: "settled" }>): void {
    const intent = this.#intents.get(seq);
    if (intent === undefined) return;
    const draft = this.#draft(intent.object);
    const open = draft.open.find((each) => each.intent.seq === seq) ?? { intent };
    draft.open = draft.open.filter((each) => each.intent.seq !== seq);
    record(draft, applied, intent.fingerprints, after);
    for (const field of undecided) draft.fields[field] = { undecided: true };
    if (applied.length > 0 && !mayBeMovedLater(open, after)) {
      carryAlong(draft, [...applied, ...undecided], intent.before, after);
    }
  }

  /** Takes in what a look says about an open creation. */
  settleCreation(settlement: CreationSettlement): void {
    const renewed = this.ownership.settle(settlement);
    if (renewed !== undefined) this.#objects.delete(keyOf(renewed));
    if (settlement.type === "made") this.#takeMade(settlement);
  }

  #takeMade({ object, fields, fingerprints, after, unechoed }: Extract<Happening, { type: "made" }>): void {
    record(this.#draft(object), fields, fingerprints, after, unechoed);
  }

  #draft(object: ObjectKey): Draft {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    const draft: Draft = { fields: {}, open: [] };
    this.#objects.set(key, draft);
    return draft;
  }
}

/** Whether somebody may have written the object after the calls of an intent were over: then what is seen tells less of them. */
export function mayBeMovedLater({ intent, endedAt }: OpenCall, { updatedAt }: Evidence): boolean {
  const latest = endedAt === undefined ? Date.parse(intent.at) + intent.timeoutMs : Date.parse(endedAt);
  return updatedAt === undefined || !(Date.parse(updatedAt) <= latest);
}

/** An object's name as a text. */
export function keyOf(object: ObjectKey): string {
  return canonicalJson(object) ?? "";
}

function record(
  draft: Draft,
  fields: readonly Field[],
  fingerprints: FieldFingerprints,
  after: Evidence,
  unechoed: FieldFingerprints = {},
): void {
  const { hint, updatedAt, slug } = after;
  if (slug !== undefined) draft.slug = slug;
  for (const field of fields) {
    const fingerprint = fingerprints[field];
    const shown = unechoed[field];
    // A journal may have a hundred thousand lines: members that are set cost far less than objects that are spread.
    const known: { -readonly [Member in keyof FieldRecord]: FieldRecord[Member] } = {};
    if (fingerprint !== undefined) known.fingerprint = fingerprint;
    if (field === "credential" && hint !== undefined) known.hint = hint;
    if (updatedAt !== undefined) known.updatedAt = updatedAt;
    if (shown !== undefined) known.shown = shown;
    draft.fields[field] = known;
  }
}

// Our own write moves the time of the whole object. Where nobody else had moved it before, the other fields' evidence holds on.
function carryAlong(draft: Draft, written: readonly Field[], before: Evidence, after: Evidence | undefined): void {
  const { updatedAt } = after ?? {};
  if (updatedAt === undefined || before.updatedAt === undefined) return;
  for (const field of updateFields.filter((name) => !written.includes(name))) {
    const known = draft.fields[field];
    if (known?.updatedAt === before.updatedAt) draft.fields[field] = { ...known, updatedAt };
  }
}
