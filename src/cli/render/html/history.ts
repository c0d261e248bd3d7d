import type { Field } from "../../../contract/update.ts";
import type { JournalEvent, ObjectKey } from "../../../sync/index.ts";
import type { IntentEvent } from "../../../sync/journal/event.ts";
import { keyOf } from "../../../sync/journal/state.ts";

type Of<Type extends JournalEvent["type"]> = Extract<JournalEvent, { type: Type }>;

/** Something that a journal says was done to an object. */
export interface HistoryEntry {
  readonly kind: "written" | "created" | "adopted";
  /** When the call was sent, or the object was looked at. */
  readonly at: string;
  /** Those that certainly took effect, or were adopted. */
  readonly fields: readonly Field[];
  readonly run: string;
}

/** What a journal tells of one object's writes. */
export interface ObjectHistory {
  readonly last: HistoryEntry | undefined;
  readonly fields: Readonly<Partial<Record<Field, HistoryEntry>>>;
  /** When a write was sent of which nobody knows whether it took effect, by field. */
  readonly undecided: Readonly<Partial<Record<Field, string>>>;
}

interface Draft {
  last: HistoryEntry | undefined;
  fields: Partial<Record<Field, HistoryEntry>>;
  undecided: Partial<Record<Field, string>>;
}

/** Who wrote what and when: a fold over a journal's events. */
export class History {
  readonly #objects = new Map<string, Draft>();
  readonly #runs = new Map<string, Of<"run">>();
  readonly #intents = new Map<number, IntentEvent>();
  readonly #creations = new Map<number, Of<"creation">>();
  readonly #removals = new Map<number, Of<"removal">>();

  constructor(events: Iterable<JournalEvent>) {
    for (const event of events) this.#add(event);
  }

  /** What is known of an object; undefined where nothing is. */
  of(object: ObjectKey): ObjectHistory | undefined {
    return this.#objects.get(keyOf(object));
  }

  /** How a run began: who, why. */
  run(name: string): Of<"run"> | undefined {
    return this.#runs.get(name);
  }

  #add(event: JournalEvent): void {
    if (event.type === "run") this.#runs.set(event.run, event);
    else if (event.type === "intent") this.#begin(event);
    else if (event.type === "outcome") this.#answer(event.intent, event.applied, event.status === "unknown");
    else if (event.type === "settled") this.#settle(event);
    else if (event.type === "creation") this.#creations.set(event.seq, event);
    else if (event.type === "removal") this.#removals.set(event.seq, event);
    else if (event.type === "made") this.#make(event);
    else if (event.type === "removed") this.#remove(event);
    else if (event.type === "adopted") {
      const { at, run, fields } = event;
      take(this.#draft(event.object), { kind: "adopted", at, run, fields });
    }
  }

  // Until there is an answer, nobody knows what a call did.
  #begin(event: IntentEvent): void {
    this.#intents.set(event.seq, event);
    const { undecided } = this.#draft(event.object);
    for (const field of event.fields) undecided[field] = event.at;
  }

  #answer(seq: number, applied: readonly Field[], isUnknown: boolean): void {
    const intent = this.#intents.get(seq);
    if (intent === undefined) return;
    const draft = this.#draft(intent.object);
    if (!isUnknown) for (const field of intent.fields) delete draft.undecided[field];
    if (applied.length === 0) return;
    take(draft, { kind: "written", at: intent.at, run: intent.run, fields: applied });
  }

  #settle({ intent: seq, applied, undecided }: Of<"settled">): void {
    const intent = this.#intents.get(seq);
    this.#answer(seq, applied, false);
    if (intent === undefined) return;
    for (const field of undecided) this.#draft(intent.object).undecided[field] = intent.at;
  }

  #make({ creation: seq, object, fields }: Of<"made">): void {
    const creation = this.#creations.get(seq);
    if (creation === undefined) return;
    this.#objects.delete(keyOf(object));
    take(this.#draft(object), { kind: "created", at: creation.at, run: creation.run, fields });
  }

  #remove({ removal: seq, status }: Of<"removed">): void {
    const removal = this.#removals.get(seq);
    if (removal !== undefined && status === "done") this.#objects.delete(keyOf(removal.object));
  }

  #draft(object: ObjectKey): Draft {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    const draft: Draft = { last: undefined, fields: {}, undecided: {} };
    this.#objects.set(key, draft);
    return draft;
  }
}

function take(draft: Draft, entry: HistoryEntry): void {
  draft.last = entry;
  for (const field of entry.fields) {
    draft.fields[field] = entry;
    delete draft.undecided[field];
  }
}
