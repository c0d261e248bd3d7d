import type { JournalEvent } from "../../sync/index.ts";

type Of<Type extends JournalEvent["type"]> = Extract<JournalEvent, { type: Type }>;

/** A line of a journal that begins or ends an object, or makes one the config's own. */
export type Lifecycle = Of<"creation" | "removal" | "owned">;

/** What a journal says became of a creation or a removal; the last one counts. */
export type LifecycleAnswer = Of<"made" | "not-made" | "removed">;

export function isLifecycle(event: JournalEvent): event is Lifecycle {
  return event.type === "creation" || event.type === "removal" || event.type === "owned";
}

/** The place of the creation or removal that an event answers; undefined for any other event. */
export function lifecycleAnswered(event: JournalEvent): number | undefined {
  if (event.type === "made" || event.type === "not-made") return event.creation;
  return event.type === "removed" ? event.removal : undefined;
}

/** What became of creations and removals, by their place. */
export function lifecycleAnswers(events: readonly JournalEvent[]): ReadonlyMap<number, LifecycleAnswer> {
  const answers = new Map<number, LifecycleAnswer>();
  for (const event of events) {
    if (event.type === "made" || event.type === "not-made") answers.set(event.creation, event);
    if (event.type === "removed") answers.set(event.removal, event);
  }
  return answers;
}

/** Gateway, provider, id, what was done, and what became of it. */
export function lifecycleCells(event: Lifecycle, answer: LifecycleAnswer | undefined): string[] {
  if (event.type === "owned") {
    return [
      event.object.gateway,
      event.provider,
      String(event.object.id),
      "the object",
      "adopted: managed by the config",
    ];
  }
  const fate = answer === undefined ? "never answered" : fateOf(answer);
  if (event.type === "removal") {
    return [event.object.gateway, event.provider, String(event.object.id), "the object", `removal: ${fate}`];
  }
  const id = answer?.type === "made" ? String(answer.object.id) : "new";
  return [event.account.gateway, event.provider, id, event.fields.join(", "), `creation: ${fate}`];
}

function fateOf(answer: LifecycleAnswer): string {
  if (answer.type === "made") return "done";
  const { status, error } = answer;
  const cause = error === undefined ? "" : ` (${error.name}${error.status === undefined ? "" : ` ${error.status}`})`;
  return `${status}${cause}`;
}
