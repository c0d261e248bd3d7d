import type { FieldComparison, Plan } from "../../sync/index.ts";
import type { Purpose } from "./words.ts";

/** What a reader of a plan should know of its verdicts, and can do about them; each is one line. */
export function adviceFor(plan: Plan, purpose: Purpose): string[] {
  const { journal, fingerprintKey } = plan;
  const verdicts = new Set(fieldsOf(plan).map(({ verdict }) => verdict));
  const left = new Set(fieldsOf(plan, ({ isWritten }) => !isWritten).map(({ verdict }) => verdict));
  const orWrite = (isLeft: boolean, what: string) =>
    isLeft && purpose === "plan" ? `; --write-unverified writes ${what}` : "";
  const lines: string[] = purpose === "plan" ? removableLine(plan) : [];
  if (verdicts.has("suspected")) lines.push(suspicion(plan));
  if (!journal) {
    return [
      ...lines,
      "No journal: nothing is known of what gateways do not show. An apply keeps one; " +
        `gatefold adopt --key records keys that gateways hold already${orWrite(!plan.writeUnverified, "them")}.`,
    ];
  }
  const isKeyLeft = left.has("unverifiable");
  if (verdicts.has("unverifiable") && fingerprintKey === null) {
    lines.push(
      "unverifiable: without a fingerprintKey the journal cannot tell one key from another; " +
        `set it in the config${orWrite(isKeyLeft, "such keys")}.`,
    );
  } else if (isKeyLeft) {
    lines.push(
      "unverifiable: nothing tells that the gateway holds this key; " +
        `gatefold adopt --key records that it does${orWrite(true, "it")}.`,
    );
  }
  if (left.has("unreadable")) {
    lines.push(`unreadable: the gateway accepts it and does not show it${orWrite(true, "it")}.`);
  }
  return lines;
}

function removableLine({ removable }: Plan): string[] {
  if (removable === undefined) return [];
  return removable === 1
    ? ["1 object that was made or adopted is gone from the config; --prune removes it."]
    : [`${removable} objects that were made or adopted are gone from the config; --prune removes them.`];
}

function fieldsOf(
  { rows }: Plan,
  isMeant: (place: { readonly isWritten: boolean }) => boolean = () => true,
): readonly FieldComparison[] {
  return rows.flatMap(({ fields, writes }) =>
    fields.filter(({ field }) => isMeant({ isWritten: writes.includes(field) })),
  );
}

function suspicion({ strict }: Plan): string {
  const consequence = strict ? "it counts as drift (--strict)" : "--strict treats it as drift";
  return `suspected: only the time of the last change moved, so somebody may have changed it; ${consequence}.`;
}
