import {
  type CheckedConfig,
  describeExceeded,
  type ExceededLimit,
  type JournalEvent,
  type ObjectKey,
  type Plan,
  type PlanRow,
} from "../../../sync/index.ts";
import { accountKeyOf } from "../../../sync/plan/object.ts";
import { adviceFor } from "../advice.ts";
import { remarksOf } from "../result-text.ts";
import { consequenceOf, describeField, describeReach, isUnmade, notableRows, type Purpose, shownId } from "../words.ts";
import { ago, holdsKey, type KeyAge, keyAge } from "./age.ts";
import { diffOf } from "./diff.ts";
import { evidenceSentence } from "./evidence.ts";
import { History, type ObjectHistory } from "./history.ts";
import type { Deed, Page, PageField, PageProvider, PageRow } from "./page-model.ts";
import { planStatus } from "./statuses.ts";

/** What a page tells besides the plan. */
export interface PageContext {
  /** The command that it is made by, such as `plan`. */
  readonly command: string;
  readonly checked: CheckedConfig;
  /** What the journal holds; empty where there is none. */
  readonly events: readonly JournalEvent[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a page needs to know of the objects that its rows are about. */
export class Background {
  readonly #history: History;
  readonly #accounts: ReadonlyMap<string, Omit<ObjectKey, "id">>;
  readonly #now: number;

  constructor({ checked, events, now }: PageContext) {
    this.#history = new History(events);
    this.#accounts = new Map(checked.gateways.map((gateway) => [gateway.entry.name, accountKeyOf(gateway)]));
    this.#now = now;
  }

  /** The object of a row, as the journal names it; undefined where it is not made yet. */
  objectOf({ gateway, id }: Pick<PlanRow, "gateway" | "id">): ObjectKey | undefined {
    const account = this.#accounts.get(gateway);
    return account === undefined || id === null ? undefined : { ...account, id };
  }

  /** The age of a row's key; undefined where it has none. */
  ageOf({ fields, ...row }: Pick<PlanRow, "gateway" | "id" | "fields">): KeyAge | undefined {
    const credential = fields.find(({ field }) => field === "credential");
    if (credential === undefined || isUnmade(row) || !holdsKey(credential.after)) return undefined;
    return keyAge(credential, this.#historyOf(row), this.#now);
  }

  /** What was done last to the object of a row. */
  deedOf(row: Pick<PlanRow, "gateway" | "id">): Deed | undefined {
    const last = this.#historyOf(row)?.last;
    if (last === undefined) return undefined;
    const run = this.#history.run(last.run);
    return {
      ...last,
      ago: ago(last.at, this.#now),
      ...(run === undefined ? {} : { by: `${run.actor} at ${run.host}, gatefold ${run.command}` }),
      ...(run?.reason === undefined ? {} : { reason: run.reason }),
    };
  }

  #historyOf(row: Pick<PlanRow, "gateway" | "id">): ObjectHistory | undefined {
    const object = this.objectOf(row);
    return object === undefined ? undefined : this.#history.of(object);
  }
}

/** A plan as a page. */
export function planPage(plan: Plan, purpose: Purpose, context: PageContext): Page {
  const background = new Background(context);
  return {
    title: `gatefold ${context.command}`,
    at: new Date(context.now).toISOString(),
    about: aboutOf(plan, context),
    // A report is not read for what an apply would do.
    headline: context.command === "plan" ? capitalized(consequenceOf(plan)) : differenceOf(plan),
    alerts: plan.exceeded.map((each) => `Refused: ${describeExceeded(each)}`),
    notes: adviceFor(plan, purpose),
    listTitle: purpose === "plan" ? "Changes" : "Differences",
    ...axesOf(plan.rows, context.checked),
    rows: plan.rows.map((row) => pageRow(row, plan.exceeded, purpose, background)),
  };
}

const capitalized = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

function differenceOf(plan: Plan): string {
  const notable = notableRows(plan).length;
  const total = plan.rows.length;
  if (notable === 0) return total === 1 ? "The one binding is in sync" : `All ${total} bindings are in sync`;
  return `${notable} of ${total} bindings not plainly in sync`;
}

/** The file that it was made from, and the part of it. */
export function aboutOf({ scope }: Pick<Plan, "scope">, { checked }: PageContext): string[] {
  const parts = { gateways: scope.gateways, providers: scope.providers, tags: scope.tags };
  return [
    checked.config.sources.place([]).file,
    ...Object.entries(parts).flatMap(([what, names]) =>
      names.length === 0 ? [] : [`only ${what} ${names.join(", ")}`],
    ),
  ];
}

/** The two sides of the matrix, in the order of the config. */
export function axesOf(
  rows: readonly PlanRow[],
  { config: { gateways, bindings } }: CheckedConfig,
): Pick<Page, "providers" | "gateways"> {
  const used = new Set(rows.map(({ gateway }) => gateway));
  const tags = new Map(bindings.map((binding) => [binding.provider, binding.tags]));
  const names = [...new Set(rows.map(({ provider }) => provider))];
  return {
    gateways: gateways.map(({ name }) => name).filter((name) => used.has(name)),
    providers: names.map((name): PageProvider => ({ name, tags: tags.get(name) ?? [] })),
  };
}

function pageRow(row: PlanRow, exceeded: readonly ExceededLimit[], purpose: Purpose, background: Background): PageRow {
  const { provider, gateway, adapter, id, status, writes, reason, error } = row;
  const limits = exceeded.filter((limit) => isBeyond(row, limit));
  const age = background.ageOf(row);
  const deed = background.deedOf(row);
  return {
    provider,
    gateway,
    adapter,
    id: shownId(id),
    status: planStatus(status),
    isRefused: status === "blocked" || status === "failed" || limits.length > 0,
    ...(row.seen.hint === undefined ? {} : { hint: row.seen.hint }),
    ...(age === undefined ? {} : { shortAge: age.short, age: age.sentence }),
    ...(deed === undefined ? {} : { deed }),
    fields: fieldsOf(row, purpose),
    remarks: [
      ...remarksOf({ ...(reason === undefined ? {} : { reason }), ...(error === undefined ? {} : { error }) }),
      ...limits.map((limit) => `refused: ${describeExceeded(limit)}`),
    ],
    isListed: writes.length > 0 || reason !== undefined || !isQuiet.has(status),
  };
}

// What is as desired, or as far as anyone can tell.
const isQuiet: ReadonlySet<PlanRow["status"]> = new Set(["in-sync", "unverifiable", "unreadable"]);

/** The fields of a row, with what is fixed at its creation and what its write reaches. */
export function fieldsOf(row: PlanRow, purpose: Purpose): PageField[] {
  const { creation = {}, affects } = row;
  const fixed = Object.entries(creation).map(([name, text]): PageField => {
    return { name, verdict: "fixed once it is there", lines: [{ sign: "+", text }] };
  });
  const reach: PageField[] =
    affects === undefined ? [] : [{ name: "shared", verdict: describeReach(affects), lines: [] }];
  const compared = row.fields.map((field): PageField => {
    const verdict = describeField(row, field, purpose);
    const lines = diffOf(field, isUnmade(row));
    // That the gateway shows it is what a verdict in sync says by itself.
    const isPlain = isUnmade(row) || (field.verdict === "in-sync" && field.evidence[0] === "read");
    return { name: field.field, verdict, ...(isPlain ? {} : { evidence: evidenceSentence(field) }), lines };
  });
  return [...fixed, ...compared, ...reach];
}

function isBeyond({ gateway, status, writes, writesKey }: PlanRow, limit: ExceededLimit): boolean {
  if (limit.gateway !== null && limit.gateway !== gateway) return false;
  if (limit.kind === "key") return writesKey;
  return limit.kind === "remove" ? status === "remove" : writes.length > 0;
}
