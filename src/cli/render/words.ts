import type { FieldComparison, Plan, PlanRow } from "../../sync/index.ts";

/** What a plan is shown as: `plan` says what an apply writes, `drift` only what differs. */
export type Purpose = "plan" | "drift";

type RowStatus = PlanRow["status"];

// In the order in which they are counted.
const STATUS_WORDS: Readonly<Record<RowStatus, string>> = {
  "in-sync": "in sync",
  changed: "changed",
  drift: "drift",
  suspected: "suspected",
  unverifiable: "unverifiable",
  unreadable: "unreadable",
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
  const verdict = describeVerdict(field);
  if (purpose === "drift") return verdict;
  if (row.writes.includes(field.field)) return `${verdict}, will be written`;
  return field.verdict === "in-sync" ? verdict : `${verdict}, left as it is`;
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
  const total = plural(rows.length, "binding");
  return counts.length === 0 ? total : `${total}: ${counts.join(", ")}`;
}

/** What an apply does with a plan. */
export function consequenceOf({ rows, exceeded }: Plan): string {
  const writing = rows.filter(({ writes }) => writes.length > 0);
  if (writing.length === 0) return "nothing to write";
  const keys = writing.filter(({ writesKey }) => writesKey).length;
  const what = keys === 0 ? `${writing.length}` : `${writing.length} (${keys} with a key)`;
  return exceeded.length === 0 ? `apply writes ${what}` : `apply would write ${what}, and is refused`;
}

/** `1 binding`, `2 bindings`. */
function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
