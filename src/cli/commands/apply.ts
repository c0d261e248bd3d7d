import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { WantedSecret } from "../../sync/connect.ts";
import { worstExit } from "../../sync/exit-code.ts";
import {
  applyExit,
  applyPlan,
  type CheckedConfig,
  ConfigError,
  confirmPlan,
  EXIT,
  fileProblem,
  type InScope,
  type Journal,
  JournalError,
  JournalState,
  makePlan,
  openJournal,
  type PlanDocument,
  type Planned,
  partOfPlan,
  type ResolvedSecrets,
  readersOf,
  readPlanFile,
  referenceKey,
  resolveSecrets,
  type SecretReference,
  secretsOf,
  secretsToCompare,
  secretsToWrite,
  settlesAt,
  settleTimes,
  tellWaits,
  withKnownObjects,
  writeIds,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { failureCode, printedError, printNote, type Report, textsOf } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { applyHtml } from "../render/html/index.ts";
import { errorPlaces } from "../render/places.ts";
import { printable } from "../render/shown.ts";
import { applyMarkdown, renderApply } from "../render.ts";
import { openChecked, progressOf, type Session } from "../session.ts";
import { type PlanOptions, reportPlan, requireNoTags } from "./plan.ts";

/** Options of `apply`. */
export interface ApplyOptions extends PlanOptions {
  /** Why it is done, for the journal. */
  readonly reason?: string;
  /** Writes the ids of what was made into the config's files. */
  readonly writeIds?: boolean;
}

/** Plans and carries the plan out, or carries out a plan that was saved. */
export async function apply(host: Host, planFile: string | undefined, options: ApplyOptions): Promise<Report> {
  const saved = planFile === undefined ? undefined : await readSaved(host, planFile, options);
  return applyChecked(host, await readConfig(host, options), options, saved);
}

/** The same for a config that is read already. Every secret that is written is resolved before the first write. */
export async function applyChecked(
  host: Host,
  checked: CheckedConfig,
  options: ApplyOptions,
  saved?: PlanDocument,
): Promise<Report> {
  requireNoTags(options);
  const session = await openChecked(host, checked, saved === undefined ? options : { ...options, ...flagsOf(saved) });
  const journal = await openJournal(session.journalFile, host.runtime, { command: "apply" });
  const report = await applyLocked(host, session, journal, options, saved).catch(async (error: unknown) => {
    await journal.close();
    throw error;
  });
  try {
    await journal.close();
    return report;
  } catch (error) {
    // What was done is told in any case.
    if (!(error instanceof JournalError)) throw error;
    host.stderr(printedError(host, error));
    return { ...report, exit: worstExit([report.exit, EXIT.error]) };
  }
}

async function applyLocked(
  host: Host,
  session: Session,
  journal: Journal,
  options: ApplyOptions,
  saved: PlanDocument | undefined,
): Promise<Report> {
  const { checked, connections, fingerprints } = session;
  const { signal, force, runtime } = host;
  const startedAt = runtime.now();
  const { writeUnverified = false, strict = false, prune = false } = saved ?? options;
  const known = new JournalState(journal.events);
  const { bindings, unmade, removals } = partOf(session, known, saved);
  const isFingerprinted = fingerprints.keyId !== undefined;
  const written = secretsToWrite(bindings, { writeUnverified, isFingerprinted, journal: known });
  const wanted = [...written, ...secretsToCompare(unmade, true)];
  const expected = await resolveSecrets(checked, wanted, host.environment);
  const underWay = { bindings: [...bindings, ...removals], unmade, journal: known, startedAt };
  await waitForEarlierRequests(host, settleTimes(underWay));
  const fresh = await makePlan(
    {
      checked,
      bindings,
      unmade,
      removals,
      readers: readersOf(connections),
      journal: known,
      fingerprints,
      secretOf: expected,
      isOver: (open) => settlesAt(open, startedAt) <= runtime.now(),
    },
    {
      writeUnverified,
      strict,
      prune,
      scope: session.scope,
      allow: allowances(options, saved),
      signal,
      ...progressOf(host),
    },
  );
  const planned = saved === undefined ? fresh : confirmPlan(saved, fresh);
  const places = errorPlaces(checked);
  if (planned.plan.exceeded.length > 0) {
    return reportPlan(host, planned.plan, places, { checked, events: journal.events, now: runtime.now() });
  }
  const secretOf = await withUnexpected(host, session, fresh, { wanted, secretOf: expected });
  const { reason } = options;
  const result = await applyPlan(
    {
      planned,
      bindings,
      connections,
      secretOf,
      fingerprints,
      journal,
      runtime,
      ...(reason === undefined ? {} : { reason }),
    },
    { stopping: signal, signal: force, ...progressOf(host) },
  );
  if (options.writeIds === true) await writeNewIds(host, session, journal);
  return {
    data: result,
    ...textsOf(host, (style, view) => renderApply(result, style, { ...view, places })),
    markdown: applyMarkdown(result),
    page: () => {
      const context = { command: "apply", checked, events: journal.events, now: runtime.now() };
      return applyHtml(result, planned.plan, context);
    },
    exit: applyExit(result),
  };
}

/** What this apply is about: what is in scope, or what a saved plan names of it; with the ids that the journal knows. */
function partOf(session: Session, known: JournalState, saved: PlanDocument | undefined): InScope {
  const { checked, bindings, removals } = session;
  const resolved = withKnownObjects(session.unmade, checked, known);
  const part = { bindings: [...bindings, ...resolved.known], unmade: resolved.unmade, removals };
  return saved === undefined ? part : partOfPlan(saved, part);
}

// What was done is done: where an id cannot be written, the journal still has it.
async function writeNewIds(host: Host, { checked, unmade }: Session, { events }: Journal): Promise<void> {
  const { known } = withKnownObjects(unmade, checked, new JournalState(events));
  const ids = known.map(({ path, providerId }) => ({ path, id: providerId }));
  for (const { file, ids: own, problem } of await writeIds(checked.config, ids)) {
    const place = `ids in ${printable(file)}`;
    if (problem === undefined) printNote(host, `${place}: ${own.length} written`);
    else host.stderr(`${place}: not written: ${printable(`the file ${problem}`)}\n`);
  }
}

interface Resolved {
  readonly wanted: readonly WantedSecret[];
  readonly secretOf: ResolvedSecrets;
}

// What a gateway shows may call for a key that nothing called for before, such as one of another scheme.
async function withUnexpected(
  { environment }: Host,
  { checked }: Session,
  { plan: { rows }, bindings, unmade }: Planned,
  { wanted, secretOf }: Resolved,
): Promise<ResolvedSecrets> {
  const known = new Set(wanted.map(({ reference }) => referenceKey(reference)));
  const isKnown = (reference: SecretReference) => known.has(referenceKey(reference));
  const written = new Map(rows.map(({ provider, gateway, writes }) => [`${provider} ${gateway}`, writes]));
  const missing = [...bindings, ...unmade].flatMap((binding) => {
    const writes = written.get(`${binding.provider} ${binding.gateway}`) ?? [];
    return secretsOf(binding).uses.filter(({ field, reference }) => writes.includes(field) && !isKnown(reference));
  });
  if (missing.length === 0) return secretOf;
  const further = await resolveSecrets(checked, missing, environment);
  const either = (reference: SecretReference) => (isKnown(reference) ? secretOf(reference) : further(reference));
  return Object.assign(either, { all: [...(secretOf.all ?? []), ...(further.all ?? [])] });
}

async function readSaved(host: Host, file: string, options: ApplyOptions): Promise<PlanDocument> {
  const refuse = (message: string) => new ConfigError("invalid", [fileProblem(file, message)]);
  const own = ["gateway", "provider", "tag", "writeUnverified", "strict", "prune"] as const;
  if (own.some((flag) => options[flag] !== undefined)) {
    throw refuse("a saved plan says itself what is in scope and what is written: make it again with other flags");
  }
  const text = await readFile(resolve(host.workingDirectory, file), "utf8").catch((error: unknown) => {
    throw refuse(`cannot be read (${failureCode(error)})`);
  });
  return readPlanFile(file, text);
}

function flagsOf({ scope, prune }: PlanDocument) {
  return { gateway: scope.gateways, provider: scope.providers, tag: scope.tags, prune: prune === true };
}

// What is allowed now counts before what was allowed when the plan was made.
function allowances({ allow = [] }: ApplyOptions, saved: PlanDocument | undefined): readonly string[] {
  const targets = allow.map(targetOf);
  return [...allow, ...(saved?.allow ?? []).filter((each) => !targets.includes(targetOf(each)))];
}

const targetOf = (allowance: string) => allowance.split("=", 1)[0];

// A request of a run that was killed may still take effect: what is read before that would be believed too early.
async function waitForEarlierRequests(
  { runtime, signal, onProgress }: Host,
  ends: ReadonlyMap<string, number>,
): Promise<void> {
  const now = runtime.now();
  tellWaits(onProgress, ends, now);
  const milliseconds = Math.max(0, ...ends.values()) - now;
  if (milliseconds > 0) await runtime.sleep(milliseconds, signal);
}
