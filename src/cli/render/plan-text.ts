import { exceededParts, type FieldComparison, type Plan, type PlanRow } from "../../sync/index.ts";
import { plainStyle, type Style, type StyleKind } from "../style.ts";
import { adviceFor } from "./advice.ts";
import { columns, displayWidth } from "./columns.ts";
import { errorLines } from "./gateway-trouble.ts";
import { printable, shownMessage, shownPair, shownValue } from "./shown.ts";
import { aroundTable, summaryTable } from "./summary-table.ts";
import { troubleLines } from "./trouble.ts";
import type { View } from "./view.ts";
import {
  consequenceOf,
  countsOf,
  describeField,
  describeReach,
  isUnmade,
  notableFields,
  notableRows,
  type Purpose,
  STATUS_WORDS,
  shownId,
} from "./words.ts";

// `+` is made, `-` is removed, `~` differs, `?` cannot be told, `=` holds, `!` and `x` stand in the way.
export const LOOKS: Readonly<Record<PlanRow["status"], readonly [sign: string, kind: StyleKind]>> = {
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

/**
 * A plan for people: a line for each binding of which one thing is to be said, a block for each of which there is more, what
 * stands in the way, how much there is at each gateway, a summary, advice.
 */
export function renderPlan(plan: Plan, style: Style = plainStyle, view: View = {}): string {
  const refusals = plan.exceeded.flatMap((each) => {
    const { what, advice } = exceededParts(each);
    const [first = "", ...others] = troubleLines({ what: shownMessage(what), advice: shownMessage(advice) }, style);
    return [`${style("error", "refused")}: ${first}`, ...others];
  });
  const summary = style("strong", `${countsOf(plan)}; ${consequenceOf(plan)}.`);
  const changes = changesOf(plan, "plan", style, view);
  return withEnd([...changes, ...refusals], plan, "plan", summary, style, view);
}

/** A plan as a look at what differs, without what an apply would do about it. */
export function renderDrift(plan: Plan, style: Style = plainStyle, view: View = {}): string {
  const summary = style("strong", `${countsOf(plan)}.`);
  return withEnd(changesOf(plan, "drift", style, view), plan, "drift", summary, style, view);
}

function withEnd(
  lines: readonly string[],
  plan: Plan,
  purpose: Purpose,
  summary: string,
  style: Style,
  { isBrief }: View,
): string {
  if (isBrief === true) return [...lines, summary].join("\n");
  const statuses = Object.entries(STATUS_WORDS).map(([status, title]) => {
    return { title, counts: (row: PlanRow) => row.status === status };
  });
  const written = { title: "to write", counts: ({ writes }: PlanRow) => writes.length > 0 };
  const kinds = purpose === "plan" ? [...statuses, written] : statuses;
  const table = summaryTable(plan.rows, kinds, style);
  return aroundTable(lines, table, [summary, ...adviceFor(plan, purpose)]).join("\n");
}

function changesOf(plan: Plan, purpose: Purpose, style: Style, view: View): string[] {
  const rows = notableRows(plan);
  const blocks = rows.map((row) => ({ row, fields: fieldLines(row, purpose, style), remarks: remarksOf(row) }));
  const isShort = ({ row, fields, remarks }: (typeof blocks)[number]) =>
    fields.length === 1 && remarks.length === 0 && row.error === undefined;
  const short = blocks.filter(isShort);
  const aligned = columns(short.map(({ row, fields }) => [titleOf(row, style), ...(fields[0]?.cells ?? [])]));
  const lineOf = new Map(short.map(({ row }, index) => [row, aligned[index]]));
  const explained = new Set<string>();
  return blocks.flatMap(({ row, fields, remarks }) => {
    const line = lineOf.get(row);
    if (line !== undefined && displayWidth(line) <= (view.width ?? Number.POSITIVE_INFINITY)) return [line];
    const details = [
      ...columns(fields.map(({ sign, cells: [name = "", ...others] }) => [`${sign} ${name}`, ...others])),
      ...remarks.map((remark) => shownMessage(remark)),
      ...errorLines(row, explained, style, view.places),
    ];
    const [, kind] = LOOKS[row.status];
    return [`${titleOf(row, style)}: ${style(kind, row.status)}`, ...details.map((detail) => `    ${detail}`)];
  });
}

function titleOf({ provider, gateway, adapter, id, status }: PlanRow, style: Style): string {
  const [sign, kind] = LOOKS[status];
  const name = style("strong", printable(`${provider} @ ${gateway}`));
  return `${style(kind, sign)} ${name} (${printable(`${adapter} ${shownId(id)}`)})`;
}

/** What is said of a field: a sign, its name, and the rest. */
interface FieldLine {
  readonly sign: string;
  readonly cells: readonly string[];
}

function fieldLines(row: PlanRow, purpose: Purpose, style: Style): FieldLine[] {
  return [...creationLines(row, style), ...notableFields(row).map((field) => fieldLine(row, field, purpose, style))];
}

function remarksOf(row: PlanRow): string[] {
  return [...alongLine(row), ...reachLine(row), ...(row.reason === undefined ? [] : [row.reason])];
}

function fieldLine(row: PlanRow, field: FieldComparison, purpose: Purpose, style: Style): FieldLine {
  if (isUnmade(row)) return { sign: style("added", "+"), cells: [field.field, shownValue(field.after)] };
  const [sign, kind] = LOOKS[field.verdict];
  const note = style("muted", `(${describeField(row, field, purpose)})`);
  return { sign: style(kind, sign), cells: [field.field, valuesOf(field, purpose, style), note] };
}

function valuesOf({ verdict, before, after }: FieldComparison, purpose: Purpose, style: Style): string {
  if (verdict === "in-sync") return shownValue(after);
  const [reported, desired] = before === undefined ? [undefined, shownValue(after)] : shownPair(before, after);
  const isCertain = verdict === "changed" || verdict === "drift";
  const coloured = (kind: StyleKind, text: string) => (isCertain ? style(kind, text) : text);
  const left = reported === undefined ? style("muted", "not shown") : coloured("removed", reported);
  return `${left}${purpose === "plan" ? " -> " : ", expected "}${coloured("added", desired)}`;
}

function creationLines({ creation: { slug, upstream } = {} }: PlanRow, style: Style): FieldLine[] {
  const line = (name: string, value: string) => ({ sign: style("added", "+"), cells: [name, shownValue(value)] });
  return [
    ...(slug === undefined ? [] : [line("slug", slug)]),
    ...(upstream === undefined ? [] : [line("upstream", upstream)]),
  ];
}

function reachLine({ affects }: PlanRow): string[] {
  return affects === undefined ? [] : [describeReach(affects)];
}

// A gateway would reset these, or refuse the rest without them.
function alongLine(row: PlanRow): string[] {
  const listed = notableFields(row).map(({ field }) => field);
  const along = isUnmade(row) ? [] : row.writes.filter((field) => !listed.includes(field));
  return along.length === 0 ? [] : [`with it, unchanged: ${along.join(", ")}`];
}
