import type { Evidence, IntentEvent, JournalEvent, RotationEvent } from "./event.ts";
import { keyOf } from "./state.ts";

/** Which of a rotation's keys an object holds, as far as the journal knows. */
export type HeldKey = "new" | "old" | "unknown";

/** What a rotation left at one of its targets. */
export interface Holding {
  readonly key: HeldKey;
  /** As the gateway showed the object after the last write of the rotation; absent where nothing was written. */
  readonly left?: Evidence;
}

/** A rotation as the journal tells it. */
export interface RotationRecord {
  /** The line by which it began. */
  readonly rotation: RotationEvent;
  /** The old key is being put back. */
  readonly isRestoring: boolean;
  /** Absent: it was interrupted. */
  readonly status?: Extract<JournalEvent, { type: "rotated" }>["status"];
}

/** The last rotation, or undefined where there was none. */
export function lastRotation(events: readonly JournalEvent[]): RotationRecord | undefined {
  const rotation = events.findLast((event) => event.type === "rotation");
  if (rotation === undefined) return undefined;
  const later = events.slice(events.indexOf(rotation) + 1);
  const isRestoring = later.some((event) => event.type === "turned" && event.rotation === rotation.seq);
  const end = later.findLast((event) => event.type === "rotated" && event.rotation === rotation.seq);
  return { rotation, isRestoring, ...(end?.type === "rotated" ? { status: end.status } : {}) };
}

/** The rotation that can be gone on with: it was interrupted, or it needed an operator. Undefined where there is none. */
export function unfinishedRotation(events: readonly JournalEvent[]): RotationRecord | undefined {
  const record = lastRotation(events);
  const isOpen = record?.status === undefined || record.status === "needs-operator";
  return isOpen ? record : undefined;
}

/** What each target of a rotation holds, in their order. Before the first write of a rotation that is the old key. */
export function holdingsOf(events: readonly JournalEvent[], rotation: RotationEvent): Holding[] {
  const places = new Map(rotation.targets.map(({ object }, index) => [keyOf(object), index]));
  const holdings: Holding[] = rotation.targets.map(() => ({ key: "old" }));
  const writes = new Map<number, { readonly index: number; readonly intent: IntentEvent; readonly before: Holding }>();
  for (const event of events) {
    if (event.seq <= rotation.seq) continue;
    if (event.type === "intent" && event.rotation?.of === rotation.seq) {
      const index = places.get(keyOf(event.object));
      const before = index === undefined ? undefined : holdings[index];
      if (index === undefined || before === undefined) continue;
      writes.set(event.seq, { index, intent: event, before });
      holdings[index] = { key: "unknown" };
    } else if (event.type === "outcome" || event.type === "settled") {
      const write = writes.get(event.intent);
      if (write === undefined) continue;
      const { intent, before, index } = write;
      const fields = rotation.targets[index]?.fields ?? [];
      holdings[index] = heldAfter(event, intent, fields, before);
    }
  }
  return holdings;
}

function heldAfter(
  event: Extract<JournalEvent, { type: "outcome" | "settled" }>,
  { rotation }: IntentEvent,
  fields: readonly string[],
  before: Holding,
): Holding {
  const left = event.after === undefined ? {} : { left: event.after };
  const written: Holding = { key: rotation?.key ?? "unknown", ...left };
  if (event.type === "outcome") {
    if (event.status === "done") return written;
    return event.status === "failed" ? before : { key: "unknown" };
  }
  const applied = fields.filter((field) => event.applied.some((each) => each === field));
  if (applied.length === fields.length) return written;
  const isOpen = applied.length > 0 || fields.some((field) => event.undecided.some((each) => each === field));
  return isOpen ? { key: "unknown", ...left } : before;
}
