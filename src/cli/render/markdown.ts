import { type ApplyResult, describeExceeded, type FieldComparison, type Plan, type PlanRow } from "../../sync/index.ts";
import { adviceFor } from "./advice.ts";
import { code, type MarkdownCounts, type MarkdownRow, type MarkdownSection, markdownOf } from "./markdown-text.ts";
import { countsOfApply, describeSettledCreation, describeSettlement, remarksOf, thingsOf } from "./result-text.ts";
import { shownPair, shownValue } from "./shown.ts";
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

const LONGEST_REMARK = 300;
const LONGEST_SHOWN = 100;

/** A plan as Markdown for a comment: what an apply would write, and why. */
export function planMarkdown(plan: Plan): string {
  return markdownOf({
    marker: "plan",
    heading: `gatefold plan: ${countsOf(plan)}; ${consequenceOf(plan)}`,
    leading: plan.exceeded.map((each) => `**Refused**: ${remark(describeExceeded(each))}`),
    counts: countsOfPlan(plan),
    sections: sectionsOf(plan, "plan"),
    trailing: adviceFor(plan, "plan"),
  });
}

/** A plan as Markdown that says what differs, without what an apply would do about it. */
export function driftMarkdown(plan: Plan): string {
  return markdownOf({
    marker: "drift",
    heading: `gatefold drift: ${countsOf(plan)}`,
    leading: [],
    counts: countsOfPlan(plan),
    sections: sectionsOf(plan, "drift"),
    trailing: adviceFor(plan, "drift"),
  });
}

/** The result of an apply as Markdown. */
export function applyMarkdown(result: ApplyResult): string {
  const { settled, settledCreations = [], rows, cancelled, journalError } = result;
  const head = ["Provider", "Gateway", "Outcome", "Fields", "Remarks"];
  const rowOf = (row: ApplyResult["rows"][number]): MarkdownRow => {
    const remarks = remarksOf(row).map(remark).join("<br>");
    return { gateway: row.gateway, lines: [[...aboutOf(row), row.status, thingsOf(row).join(", "), remarks]] };
  };
  const earlier = [
    ...settledCreations.map((each) => ({ gateway: each.gateway, text: describeSettledCreation(each) })),
    ...settled.map((each) => ({ gateway: each.gateway, text: describeSettlement(each) })),
  ];
  return markdownOf({
    marker: "apply",
    heading: `gatefold apply: ${countsOfApply(result)}`,
    leading: [
      ...(cancelled ? ["**Cancelled** before everything was done"] : []),
      ...(journalError === undefined ? [] : [`**Journal**: ${remark(journalError)}`]),
    ],
    counts: gatewayCounts(rows, ["done", "failed", "blocked", "unknown"]),
    sections: [
      { title: "Not done", head, rows: rows.filter(({ status }) => status !== "done").map(rowOf) },
      { title: "Done", head, rows: rows.filter(({ status }) => status === "done").map(rowOf) },
      {
        title: "Settled: writes of earlier runs whose outcome was not known",
        head: ["What a look says now"],
        rows: earlier.map(({ gateway, text }) => ({ gateway, lines: [[remark(text)]] })),
      },
    ],
    trailing: [],
  });
}

/** How many bindings each gateway has of each status, for these statuses. */
export function gatewayCounts(
  rows: readonly { readonly gateway: string; readonly status: string }[],
  statuses: readonly string[],
): MarkdownCounts {
  const counts = new Map<string, number[]>();
  for (const { gateway, status } of rows) {
    const own = counts.get(gateway) ?? statuses.map(() => 0);
    const index = statuses.indexOf(status);
    own[index] = (own[index] ?? 0) + 1;
    counts.set(gateway, own);
  }
  return { words: statuses, gateways: [...counts].map(([gateway, own]) => ({ gateway, counts: own })) };
}

/** A remark of anybody's, cut. */
export const remark = (text: string) => code(text, LONGEST_REMARK);

/** The cells that say what a row is about. */
export function aboutOf({ provider, gateway, adapter, id }: Pick<PlanRow, "provider" | "gateway" | "adapter" | "id">) {
  return [code(provider), code(`${gateway} (${adapter} ${shownId(id)})`)];
}

// In the order in which they matter: what stands in the way, what is to happen, what nothing is known of.
const STATUSES: readonly PlanRow["status"][] = [
  "failed",
  "blocked",
  "create",
  "changed",
  "drift",
  "remove",
  "suspected",
  "unverifiable",
  "unreadable",
  "in-sync",
];

const countsOfPlan = ({ rows }: Plan) => gatewayCounts(rows, STATUSES);

function sectionsOf(plan: Plan, purpose: Purpose): MarkdownSection[] {
  const told = purpose === "plan" ? ["Before", "After"] : ["Reported", "Expected"];
  const head = ["Provider", "Gateway", "Field", ...told, "Verdict"];
  const kinds = new Map<Kind, MarkdownRow[]>([
    ["obstacle", []],
    ["change", []],
    ["unknown", []],
  ]);
  for (const row of notableRows(plan)) {
    kinds.get(kindOf(row))?.push({ gateway: row.gateway, lines: linesOf(row, purpose) });
  }
  const of = (kind: Kind) => kinds.get(kind) ?? [];
  return [
    { title: "Failed or blocked", head, rows: of("obstacle") },
    { title: purpose === "plan" ? "Changes" : "Differences", head, rows: of("change") },
    { title: "Not known", head, rows: of("unknown"), isFolded: true },
  ];
}

type Kind = "obstacle" | "change" | "unknown";

function kindOf({ status, writes }: PlanRow): Kind {
  if (status === "failed" || status === "blocked") return "obstacle";
  const isUnknown = status === "unverifiable" || status === "unreadable";
  return isUnknown && writes.length === 0 ? "unknown" : "change";
}

function linesOf(row: PlanRow, purpose: Purpose): string[][] {
  const { status, reason, error, fields, writes } = row;
  const notable = notableFields(row);
  const shown = fields.filter((each) => notable.includes(each) || writes.includes(each.field));
  const { slug, upstream } = row.creation ?? {};
  const remarks = [
    ...(slug === undefined ? [] : [`slug ${slug}`]),
    ...(upstream === undefined ? [] : [`upstream ${upstream}`]),
    ...(row.affects === undefined ? [] : [describeReach(row.affects)]),
    ...remarksOf({ ...(reason === undefined ? {} : { reason }), ...(error === undefined ? {} : { error }) }),
  ];
  const lines = [
    ...shown.map((field) => [...aboutOf(row), ...fieldCells(row, field, purpose)]),
    ...remarks.map((text) => [...aboutOf(row), "", "", "", `${status}: ${remark(text)}`]),
  ];
  return lines.length > 0 ? lines : [[...aboutOf(row), "", "", "", status]];
}

function fieldCells(row: PlanRow, field: FieldComparison, purpose: Purpose): string[] {
  const { before, after } = field;
  if (isUnmade(row)) {
    return [field.field, "", code(shownValue(after), LONGEST_SHOWN), describeField(row, field, purpose)];
  }
  const shown =
    before === undefined ? ["not shown", code(shownValue(after), LONGEST_SHOWN)] : shownCodes(before, after);
  return [field.field, ...shown, describeField(row, field, purpose)];
}

// Cut already, with room for the signs that say so.
function shownCodes(before: unknown, after: unknown): string[] {
  return shownPair(before, after).map((text) => code(text, LONGEST_SHOWN));
}
