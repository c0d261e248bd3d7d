import type { FieldComparison, Plan, PlanRow } from "../../sync/index.ts";

/** What a plan is shown as: `plan` says what an apply writes, `drift` only what differs. */
export type Purpose = "plan" | "drift";

type RowStatus = PlanRow["status"];

/** The words of each status, in the order in which they are counted. */
export const STATUS_WORDS: Readonly<Record<RowStatus, string>> = {
  "in-sync": "in sync",
  changed: "changed",
  drift: "drift",
  suspected: "suspected",
  unverifiable: "unverifiable",
  unreadable: "unreadable",
  create: "to create",
  remove: "to remove",
  blocked: "blocked",
  failed: "failed",
};

/** A verdict with its evidence, such as `drift(hint)`; that it was read needs no mention. */
export function describeVerdict({ verdict, evidence }: FieldComparison): string {
  const basis = evidence.filter((each) => each !== "read");
  return basis.length === 0 ? verdict : `${verdict}(${basis.join("+")})`;
}

/** A field's verdict, and in a plan what becomes of it. */
export function describeField(row: PlanRow, field: FieldComparison, purpose: Purpose): string {
  if (isUnmade(row)) return row.writes.includes(field.field) ? "will be created" : "";
  const verdict = describeVerdict(field);
  if (purpose === "drift") return verdict;
  if (row.writes.includes(field.field)) return `${verdict}, will be written`;
  return field.verdict === "in-sync" ? verdict : `${verdict}, left as it is`;
}

/** Whether a row is about an object that is not there yet. */
export const isUnmade = ({ id }: Pick<PlanRow, "id">): boolean => id === null;

/** An id as it is shown. */
export const shownId = (id: PlanRow["id"]): string => (id === null ? "new" : String(id));

const MOST_NAMED = 10;

/** The providers that a write of a shared object reaches. */
export function describeReach(affects: NonNullable<PlanRow["affects"]>): string {
  if (affects.length === 0) return "shared, and no provider uses it";
  const named = affects.slice(0, MOST_NAMED).map(({ id, name }) => `${name} (${id})`);
  const others = affects.length - named.length;
  return `reaches ${plural(affects.length, "provider")}: ${named.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

/** The rows that there is something to say of. */
export function notableRows({ rows }: Plan): readonly PlanRow[] {
  return rows.filter(({ status }) => status !== "in-sync");
}

/** The fields that there is something to say of: not in sync, or in sync on evidence that is more than a look. */
export function notableFields({ fields }: PlanRow): readonly FieldComparison[] {
  return fields.filter(({ verdict, evidence }) => verdict !== "in-sync" || evidence.some((each) => each !== "read"));
}

/** How many bindings there are of each status. */
export function countsOf({ rows }: Plan): string {
  const counts = Object.entries(STATUS_WORDS).flatMap(([status, words]) => {
    const count = rows.filter((row) => row.status === status).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const total = plural(rows.filter(({ status }) => status !== "remove").length, "binding");
  return counts.length === 0 ? total : `${total}: ${counts.join(", ")}`;
}

/** What an apply does with a plan. */
export function consequenceOf({ rows, exceeded }: Plan): string {
  const writing = rows.filter(({ writes, status }) => writes.length > 0 && status !== "create");
  const making = rows.filter(({ writes, status }) => writes.length > 0 && status === "create").length;
  const removing = rows.filter(({ status }) => status === "remove").length;
  const keys = writing.filter(({ writesKey }) => writesKey).length;
  const isMeant = exceeded.length === 0;
  const parts = [
    ...(writing.length === 0 ? [] : [`${isMeant ? "writes" : "write"} ${writing.length}${withKeys(keys)}`]),
    ...(making === 0 ? [] : [`${isMeant ? "creates" : "create"} ${making}`]),
    ...(removing === 0 ? [] : [`${isMeant ? "removes" : "remove"} ${removing}`]),
  ];
  if (parts.length === 0) return "nothing to write";
  return isMeant ? `apply ${parts.join(", ")}` : `apply would ${parts.join(", ")}, and is refused`;
}

const withKeys = (keys: number) => (keys === 0 ? "" : ` (${keys} with a key)`);

/** `1 binding`, `2 bindings`. */
function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
