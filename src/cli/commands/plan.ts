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
import type { Report } from "../output.ts";
import { driftMarkdown, planMarkdown, renderDrift, renderPlan } from "../render.ts";
import { openSession, type Session, type SessionOptions } from "../session.ts";
import { plainStyle, styleFor } from "../style.ts";

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
  return reportPlan(host, await look(host, options));
}

/** Shows where gateways and config differ, and proposes nothing. Reads only. */
export async function drift(host: Host, options: DriftOptions): Promise<Report> {
  const found = withoutProposal(await look(host, options));
  return {
    data: found,
    text: renderDrift(found, plainStyle),
    coloured: renderDrift(found, styleFor(host)),
    markdown: driftMarkdown(found),
    exit: planExit(found),
  };
}

/** A plan as a report. */
export function reportPlan(host: Host, made: Plan): Report {
  return {
    data: made,
    text: renderPlan(made, plainStyle),
    coloured: renderPlan(made, styleFor(host)),
    markdown: planMarkdown(made),
    exit: planExit(made),
  };
}

/**
 * What is gone from the config has no tags.
 * @throws ConfigError
 */
export function requireNoTags({ prune, tag = [] }: Pick<PlanOptions, "prune" | "tag">): void {
  if (prune !== true || tag.length === 0) return;
  const message = "cannot go with --tag: what is gone from the config has no tags; use --gateway or --provider";
  throw new ConfigError("invalid", [fileProblem("--prune", message)]);
}

async function look(host: Host, options: PlanOptions): Promise<Plan> {
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
    { writeUnverified, strict, prune, removable, allow, scope, signal: host.signal },
  );
  await remember(host, session, planned);
  return planned.plan;
}

// What was learned saves requests later; a plan is no worse without it.
async function remember({ runtime, stderr }: Host, { journalFile }: Session, { observed }: Planned): Promise<void> {
  if (observed.length === 0) return;
  try {
    const journal = await openJournal(journalFile, runtime, { command: "plan" });
    try {
      await Promise.all(observed.map((happening) => journal.append(happening)));
    } finally {
      await journal.close();
    }
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    if (error.kind !== "locked") stderr(`note: the journal could not take what was learned: ${error.message}\n`);
  }
}
