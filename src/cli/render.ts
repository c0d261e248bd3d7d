import type { AppliedRow, ApplyResult, FieldComparison, Plan, PlanRow } from "../sync/index.ts";
import { table } from "./output.ts";

const SIGNS = { change: "~", unverifiable: "?", "in-sync": "=", blocked: "!", failed: "x" } as const;

/** A plan for people: one block for each binding that is not plainly in sync, and a summary. */
export function renderPlan(plan: Plan): string {
  const blocks = plan.rows.filter(({ status }) => status !== "in-sync").map((row) => renderRow(row));
  const count = (status: PlanRow["status"]) => plan.rows.filter((row) => row.status === status).length;
  const writing = plan.rows.filter(({ writes }) => writes.length > 0).length;
  const summary = [
    `${plan.rows.length} bindings: ${count("in-sync")} in sync, ${count("change")} to change`,
    `${count("unverifiable")} unverifiable, ${count("blocked")} blocked, ${count("failed")} failed`,
  ].join(", ");
  const next = writing > 0 ? `; apply writes ${writing}` : "; nothing to write";
  return [...blocks, `${summary}${next}.`, ...adviceFor(plan)].join("\n");
}

/** The result of an apply for people. */
export function renderApply(result: ApplyResult): string {
  const lines = result.rows.map((row) => renderApplied(row));
  const count = (status: AppliedRow["status"]) => result.rows.filter((row) => row.status === status).length;
  const total = `${count("done")} done, ${count("failed")} failed, ${count("blocked")} blocked, ${count("unknown")} unknown.`;
  return [...lines, total].join("\n");
}

function renderRow(row: PlanRow): string {
  const title = `${SIGNS[row.status]} ${row.provider} @ ${row.gateway} (${row.adapter} ${row.id}): ${row.status}`;
  const fields = row.fields.filter(({ verdict }) => verdict !== "in-sync");
  const details = fields.length === 0 ? [] : [indent(table(fields.map((field) => fieldCells(row, field))))];
  const along = row.writes.filter((name) =>
    row.fields.some(({ field, verdict }) => field === name && verdict === "in-sync"),
  );
  return [
    title,
    ...details,
    ...(along.length > 0 ? [`    with it, unchanged: ${along.join(", ")}`] : []),
    ...(row.reason === undefined ? [] : [`    ${row.reason}`]),
    ...(row.error === undefined ? [] : [`    ${row.error.name}: ${row.error.message}`]),
  ].join("\n");
}

function fieldCells(row: PlanRow, { field, verdict, before, after }: FieldComparison): string[] {
  const reported = before === undefined ? "not shown" : show(before);
  const action = row.writes.includes(field) ? "will be written" : "left as it is";
  const note = verdict === "unverifiable" ? `unverifiable, ${action}` : action;
  return [`${SIGNS[verdict]} ${field}`, `${reported} -> ${show(after)}`, `(${note})`];
}

function adviceFor({ rows, writeUnverified }: Plan): string[] {
  const unverified = rows.some(({ fields }) => fields.some(({ verdict }) => verdict === "unverifiable"));
  if (!unverified || writeUnverified) return [];
  return [
    "Without a journal nothing tells whether a field that a gateway does not show is current; write those with --write-unverified.",
  ];
}

function renderApplied(row: AppliedRow): string {
  const fields = row.writes.length > 0 ? `: ${row.writes.join(", ")}` : "";
  return [
    `${row.status.padEnd(7)} ${row.provider} @ ${row.gateway} (${row.adapter} ${row.id})${fields}`,
    ...(row.reason === undefined ? [] : [`        ${row.reason}`]),
    ...(row.error === undefined ? [] : [`        ${row.error.name}: ${row.error.message}`]),
    ...row.notes.map(({ message }) => `        note: ${message}`),
  ].join("\n");
}

const indent = (text: string) => text.replace(/^/gm, "    ");

const LONGEST = 80;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const printable = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "�");
  return printable.length > LONGEST ? `${printable.slice(0, LONGEST)}…` : printable;
}
