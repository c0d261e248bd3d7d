import {
  ConfigError,
  countRemovable,
  fileProblem,
  JournalError,
  JournalState,
  makePlan,
  openJournal,
  type Plan,
  type Planned,
  planExit,
  readersOf,
  readJournal,
  removableObjects,
  resolveSecrets,
  secretsToCompare,
  settlesAt,
  withoutProposal,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { printNote, type Report, textsOf } from "../output.ts";
import { type PageContext, planHtml } from "../render/html/index.ts";
import { type ErrorPlaces, errorPlaces } from "../render/places.ts";
import { driftMarkdown, planMarkdown, renderDrift, renderPlan } from "../render.ts";
import { openSession, progressOf, type Session, type SessionOptions } from "../session.ts";

/** Options of `drift`. */
export interface DriftOptions extends SessionOptions {
  readonly strict?: boolean;
}

/** Options of `plan`. */
export interface PlanOptions extends DriftOptions {
  readonly writeUnverified?: boolean;
  readonly allow?: readonly string[];
  /** Also remove what the journal knows and the config describes no more. */
  readonly prune?: boolean;
}

/** Shows what an apply would write. Reads only. */
export async function plan(host: Host, options: PlanOptions): Promise<Report> {
  const { made, places, background } = await look(host, options);
  return reportPlan(host, made, places, background);
}

/** Shows where gateways and config differ, and proposes nothing. Reads only. */
export async function drift(host: Host, options: DriftOptions): Promise<Report> {
  const { made, places, background } = await look(host, options);
  const found = withoutProposal(made);
  return {
    data: found,
    ...textsOf(host, (style, view) => renderDrift(found, style, { ...view, places })),
    markdown: driftMarkdown(found),
    page: () => planHtml(found, "drift", { ...background, command: "drift" }),
    exit: planExit(found),
  };
}

/** A plan, and what it takes to tell of it. */
export interface Looked {
  readonly made: Plan;
  readonly places: ErrorPlaces;
  readonly background: Background;
}

/** What a page tells besides the plan. */
type Background = Omit<PageContext, "command">;

/** A plan as a report; with what a page tells besides, as a page too. */
export function reportPlan(host: Host, made: Plan, places: ErrorPlaces = () => ({}), background?: Background): Report {
  return {
    data: made,
    ...textsOf(host, (style, view) => renderPlan(made, style, { ...view, places })),
    markdown: planMarkdown(made),
    ...(background && { page: () => planHtml(made, "plan", { ...background, command: "plan" }) }),
    exit: planExit(made),
  };
}

/**
 * What is gone from the config has no tags.
 * @throws ConfigError
 */
export function requireNoTags({ prune, tag = [] }: Pick<PlanOptions, "prune" | "tag">): void {
  if (prune !== true || tag.length === 0) return;
  const why = "what is gone from the config has no tags";
  const advice = "use --gateway or --provider";
  throw new ConfigError("invalid", [{ ...fileProblem("--prune", "cannot go with --tag"), why, advice }]);
}

/** Makes a plan. Reads only. */
export async function look(host: Host, options: PlanOptions): Promise<Looked> {
  requireNoTags(options);
  const session = await openSession(host, options);
  const { checked, bindings, unmade, removals, connections, fingerprints, scope } = session;
  const events = await readJournal(session.journalFile);
  const wanted = secretsToCompare([...bindings, ...unmade], fingerprints.keyId !== undefined);
  const secretOf = await resolveSecrets(checked, wanted, host.environment);
  const journal = events === undefined ? undefined : new JournalState(events);
  const now = host.runtime.now();
  const { writeUnverified = false, strict = false, prune = false, allow = [] } = options;
  const removable = journal === undefined ? 0 : countRemovable(removableObjects(checked, journal), scope);
  const planned = await makePlan(
    {
      checked,
      bindings,
      unmade,
      removals,
      readers: readersOf(connections),
      journal,
      fingerprints,
      secretOf,
      isOver: (open) => settlesAt(open, now) <= now,
    },
    { writeUnverified, strict, prune, removable, allow, scope, signal: host.signal, ...progressOf(host) },
  );
  await remember(host, session, planned);
  return { made: planned.plan, places: errorPlaces(checked), background: { checked, events: events ?? [], now } };
}

// What was learned saves requests later; a plan is no worse without it.
async function remember(host: Host, { journalFile }: Session, { observed }: Planned): Promise<void> {
  if (observed.length === 0) return;
  try {
    const journal = await openJournal(journalFile, host.runtime, { command: "plan" });
    try {
      await Promise.all(observed.map((happening) => journal.append(happening)));
    } finally {
      await journal.close();
    }
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    if (error.kind !== "locked") printNote(host, `note: the journal could not take what was learned: ${error.message}`);
  }
}
