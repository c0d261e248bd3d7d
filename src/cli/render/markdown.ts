import { type ApplyResult, describeExceeded, type FieldComparison, type Plan, type PlanRow } from "../../sync/index.ts";
import { adviceFor } from "./advice.ts";
import { code, markdownOf } from "./markdown-text.ts";
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
    heading: `gatefold plan: ${countsOf(plan)}; ${consequenceOf(plan)}`,
    leading: plan.exceeded.map((each) => `**Refused**: ${remark(describeExceeded(each))}`),
    table: {
      head: ["Provider", "Gateway", "Field", "Before", "After", "Verdict"],
      groups: notableRows(plan).map((row) => rowsOf(row, "plan")),
    },
    trailing: adviceFor(plan, "plan"),
  });
}

/** A plan as Markdown that says what differs, without what an apply would do about it. */
export function driftMarkdown(plan: Plan): string {
  return markdownOf({
    heading: `gatefold drift: ${countsOf(plan)}`,
    leading: [],
    table: {
      head: ["Provider", "Gateway", "Field", "Reported", "Expected", "Verdict"],
      groups: notableRows(plan).map((row) => rowsOf(row, "drift")),
    },
    trailing: adviceFor(plan, "drift"),
  });
}

/** The result of an apply as Markdown. */
export function applyMarkdown(result: ApplyResult): string {
  const { settled, settledCreations = [], rows, cancelled, journalError } = result;
  return markdownOf({
    heading: `gatefold apply: ${countsOfApply(result)}`,
    leading: [
      ...(cancelled ? ["**Cancelled** before everything was done"] : []),
      ...(journalError === undefined ? [] : [`**Journal**: ${remark(journalError)}`]),
      ...settledCreations.map((each) => `Settled by the list: ${remark(describeSettledCreation(each))}`),
      ...settled.map((each) => `Settled by reading: ${remark(describeSettlement(each))}`),
    ],
    table: {
      head: ["Provider", "Gateway", "Outcome", "Fields", "Remarks"],
      groups: rows.map((row) => [
        [...aboutOf(row), row.status, thingsOf(row).join(", "), remarksOf(row).map(remark).join("<br>")],
      ]),
    },
    trailing: [],
  });
}

const remark = (text: string) => code(text, LONGEST_REMARK);

function rowsOf(row: PlanRow, purpose: Purpose): string[][] {
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
  return [
    ...shown.map((field) => [...aboutOf(row), ...fieldCells(row, field, purpose)]),
    ...remarks.map((text) => [...aboutOf(row), "", "", "", `${status}: ${remark(text)}`]),
  ];
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

function aboutOf({ provider, gateway, adapter, id }: Pick<PlanRow, "provider" | "gateway" | "adapter" | "id">) {
  return [code(provider), code(`${gateway} (${adapter} ${shownId(id)})`)];
}
