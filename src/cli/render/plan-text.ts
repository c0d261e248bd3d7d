import { describeExceeded, type FieldComparison, type Plan, type PlanRow } from "../../sync/index.ts";
import { plainStyle, type Style, type StyleKind } from "../style.ts";
import { adviceFor } from "./advice.ts";
import { columns } from "./columns.ts";
import { printable, shownMessage, shownPair, shownValue } from "./shown.ts";
import {
  consequenceOf,
  countsOf,
  describeField,
  describeReach,
  isUnmade,
  notableFields,
  notableRows,
  type Purpose,
  shownId,
} from "./words.ts";

// `+` is made, `-` is removed, `~` differs, `?` cannot be told, `=` holds, `!` and `x` stand in the way.
const LOOKS: Readonly<Record<PlanRow["status"], readonly [sign: string, kind: StyleKind]>> = {
  "in-sync": ["=", "muted"],
  changed: ["~", "warning"],
  drift: ["~", "warning"],
  suspected: ["?", "warning"],
  unverifiable: ["?", "warning"],
  unreadable: ["?", "muted"],
  create: ["+", "added"],
  remove: ["-", "removed"],
  blocked: ["!", "error"],
  failed: ["x", "error"],
};

/** A plan for people: one block for each binding that is not plainly in sync, what stands in the way, a summary, advice. */
export function renderPlan(plan: Plan, style: Style = plainStyle): string {
  const refusals = plan.exceeded.map((each) => `${style("error", "refused")}: ${shownMessage(describeExceeded(each))}`);
  const summary = `${countsOf(plan)}; ${consequenceOf(plan)}.`;
  return [...blocksOf(plan, "plan", style), ...refusals, style("strong", summary), ...adviceFor(plan, "plan")].join(
    "\n",
  );
}

/** A plan as a look at what differs, without what an apply would do about it. */
export function renderDrift(plan: Plan, style: Style = plainStyle): string {
  const summary = style("strong", `${countsOf(plan)}.`);
  return [...blocksOf(plan, "drift", style), summary, ...adviceFor(plan, "drift")].join("\n");
}

function blocksOf(plan: Plan, purpose: Purpose, style: Style): string[] {
  return notableRows(plan).map((row) => blockOf(row, purpose, style).join("\n"));
}

function blockOf(row: PlanRow, purpose: Purpose, style: Style): string[] {
  const { provider, gateway, adapter, id, status, reason, error } = row;
  const [sign, kind] = LOOKS[status];
  const name = style("strong", printable(`${provider} @ ${gateway}`));
  const details = [
    ...columns([
      ...creationCells(row, style),
      ...notableFields(row).map((field) => fieldCells(row, field, purpose, style)),
    ]),
    ...alongLine(row),
    ...reachLine(row),
    ...(reason === undefined ? [] : [shownMessage(reason)]),
    ...(error === undefined ? [] : [style("error", shownMessage(`${error.name}: ${error.message}`))]),
  ];
  const title = `${style(kind, sign)} ${name} (${printable(`${adapter} ${shownId(id)}`)}): ${style(kind, status)}`;
  return [title, ...details.map((line) => `    ${line}`)];
}

function fieldCells(row: PlanRow, field: FieldComparison, purpose: Purpose, style: Style): string[] {
  if (isUnmade(row)) return [`${style("added", "+")} ${field.field}`, shownValue(field.after)];
  const [sign, kind] = LOOKS[field.verdict];
  const note = style("muted", `(${describeField(row, field, purpose)})`);
  return [`${style(kind, sign)} ${field.field}`, valuesOf(field, purpose, style), note];
}

function valuesOf({ verdict, before, after }: FieldComparison, purpose: Purpose, style: Style): string {
  if (verdict === "in-sync") return shownValue(after);
  const [reported, desired] = before === undefined ? [undefined, shownValue(after)] : shownPair(before, after);
  const isCertain = verdict === "changed" || verdict === "drift";
  const coloured = (kind: StyleKind, text: string) => (isCertain ? style(kind, text) : text);
  const left = reported === undefined ? style("muted", "not shown") : coloured("removed", reported);
  return `${left}${purpose === "plan" ? " -> " : ", expected "}${coloured("added", desired)}`;
}

function creationCells({ creation: { slug, upstream } = {} }: PlanRow, style: Style): string[][] {
  const cells = (name: string, value: string) => [`${style("added", "+")} ${name}`, shownValue(value)];
  return [
    ...(slug === undefined ? [] : [cells("slug", slug)]),
    ...(upstream === undefined ? [] : [cells("upstream", upstream)]),
  ];
}

function reachLine({ affects }: PlanRow): string[] {
  return affects === undefined ? [] : [shownMessage(describeReach(affects))];
}

// A gateway would reset these, or refuse the rest without them.
function alongLine(row: PlanRow): string[] {
  const listed = notableFields(row).map(({ field }) => field);
  const along = isUnmade(row) ? [] : row.writes.filter((field) => !listed.includes(field));
  return along.length === 0 ? [] : [`with it, unchanged: ${along.join(", ")}`];
}
