import { type AppliedRow, type ApplyResult, JournalState, type Plan, type PlanRow } from "../../../sync/index.ts";
import { countsOfApply, describeSettledCreation, describeSettlement, remarksOf, thingsOf } from "../result-text.ts";
import { shownId } from "../words.ts";
import type { Page, PageRow } from "./page-model.ts";
import { aboutOf, axesOf, Background, fieldsOf, type PageContext } from "./plan-page.ts";
import { outcomeStatus, planStatus } from "./statuses.ts";

/** The result of an apply as a page: what became of each row of the plan, and what that row was. */
export function applyPage(result: ApplyResult, plan: Plan, context: PageContext): Page {
  const { settled, settledCreations = [], cancelled, journalError } = result;
  const background = new Background(context);
  const journal = new JournalState(context.events);
  const outcomes = new Map(result.rows.map((row) => [placeOf(row), row]));
  return {
    title: `gatefold ${context.command}`,
    at: new Date(context.now).toISOString(),
    about: [...aboutOf(plan, context), `run ${result.run}`],
    headline: countsOfApply(result),
    alerts: [
      ...(cancelled ? ["Cancelled before everything was done"] : []),
      ...(journalError === undefined ? [] : [`Journal: ${journalError}`]),
    ],
    notes: [
      ...settledCreations.map((each) => `Settled by the list: ${describeSettledCreation(each)}`),
      ...settled.map((each) => `Settled by reading: ${describeSettlement(each)}`),
    ],
    listTitle: "Outcome",
    ...axesOf(plan.rows, context.checked),
    rows: plan.rows.map((row) => appliedRow(row, outcomes.get(placeOf(row)), background, journal)),
  };
}

// A provider may have an object that goes and one that comes at the same gateway.
const placeOf = (row: AppliedRow | PlanRow) =>
  JSON.stringify([row.provider, row.gateway, "change" in row ? row.change === "remove" : isRemoval(row)]);

const isRemoval = (row: AppliedRow | PlanRow) => row.status === "remove";

function appliedRow(
  planned: PlanRow,
  outcome: AppliedRow | undefined,
  background: Background,
  journal: JournalState,
): PageRow {
  const { provider, gateway, adapter } = planned;
  const id = outcome?.id ?? planned.id;
  const hasNewKey = outcome?.status === "done" && planned.writes.includes("credential");
  // What the plan said of the key is over once it is written.
  const fields = hasNewKey
    ? planned.fields.map((each) =>
        each.field === "credential" ? { ...each, verdict: "in-sync" as const, evidence: [] } : each,
      )
    : planned.fields;
  const object = background.objectOf({ gateway, id });
  const written = hasNewKey && object !== undefined ? journal.record(object)?.fields.credential?.hint : undefined;
  const hint = hasNewKey ? written : planned.seen.hint;
  const age = background.ageOf({ gateway, id, fields });
  const deed = background.deedOf({ gateway, id });
  return {
    provider,
    gateway,
    adapter,
    id: shownId(id),
    status: outcome === undefined ? planStatus(planned.status) : outcomeStatus(outcome.status),
    isRefused: outcome?.status === "blocked" || outcome?.status === "failed",
    ...(hint === undefined ? {} : { hint }),
    ...(age === undefined ? {} : { shortAge: age.short, age: age.sentence }),
    ...(deed === undefined ? {} : { deed }),
    fields: fieldsOf(planned, "drift"),
    remarks: outcome === undefined ? [] : [...thingsTold(outcome), ...remarksOf(outcome)],
    isListed: outcome !== undefined,
  };
}

/** What was written, made or removed, where that is known. */
function thingsTold(outcome: AppliedRow): string[] {
  const things = thingsOf(outcome);
  return things.length === 0 ? [] : [`${outcome.status}: ${things.join(", ")}`];
}
