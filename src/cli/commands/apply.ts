import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { referenceKey, type SecretReference } from "../../sync/config/reference.ts";
import type { WantedSecret } from "../../sync/connect.ts";
import { worstExit } from "../../sync/exit-code.ts";
import {
  allSettleAt,
  applyExit,
  applyPlan,
  bindingsOfPlan,
  type CheckedBinding,
  type CheckedConfig,
  ConfigError,
  confirmPlan,
  EXIT,
  fileProblem,
  type Journal,
  JournalError,
  JournalState,
  makePlan,
  openJournal,
  type Plan,
  type PlanDocument,
  type ResolvedSecrets,
  readersOf,
  readPlanFile,
  resolveSecrets,
  secretsOf,
  secretsToWrite,
  settlesAt,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { errorText, failureCode, type Report } from "../output.ts";
import { applyMarkdown, renderApply } from "../render.ts";
import { openChecked, readConfig, type Session } from "../session.ts";
import { plainStyle, styleFor } from "../style.ts";
import { type PlanOptions, reportPlan } from "./plan.ts";

/** Options of `apply`. */
export interface ApplyOptions extends PlanOptions {
  /** Why it is done, for the journal. */
  readonly reason?: string;
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
    host.stderr(`${errorText(error)}\n`);
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
  const { writeUnverified = false, strict = false } = saved ?? options;
  const bindings = saved === undefined ? session.bindings : bindingsOfPlan(saved, session.bindings);
  const known = new JournalState(journal.events);
  const isFingerprinted = fingerprints.keyId !== undefined;
  const wanted = secretsToWrite(bindings, { writeUnverified, isFingerprinted, journal: known });
  const expected = await resolveSecrets(checked, wanted, host.environment);
  await waitForEarlierRequests(host, allSettleAt(bindings, known, startedAt));
  const fresh = await makePlan(
    {
      checked,
      bindings,
      readers: readersOf(connections),
      journal: known,
      fingerprints,
      secretOf: expected,
      isOver: (open) => settlesAt(open, startedAt) <= runtime.now(),
    },
    { writeUnverified, strict, scope: session.scope, allow: allowances(options, saved), signal },
  );
  const planned = saved === undefined ? fresh : confirmPlan(saved, fresh);
  if (planned.plan.exceeded.length > 0) return reportPlan(host, planned.plan);
  const secretOf = await withUnexpected(host, session, fresh.plan, bindings, { wanted, secretOf: expected });
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
    { stopping: signal, signal: force },
  );
  return {
    data: result,
    text: renderApply(result, plainStyle),
    coloured: renderApply(result, styleFor(host)),
    markdown: applyMarkdown(result),
    exit: applyExit(result),
  };
}

interface Resolved {
  readonly wanted: readonly WantedSecret[];
  readonly secretOf: ResolvedSecrets;
}

// What a gateway shows may call for a key that nothing called for before, such as one of another scheme.
async function withUnexpected(
  { environment }: Host,
  { checked }: Session,
  { rows }: Plan,
  bindings: readonly CheckedBinding[],
  { wanted, secretOf }: Resolved,
): Promise<ResolvedSecrets> {
  const known = new Set(wanted.map(({ reference }) => referenceKey(reference)));
  const isKnown = (reference: SecretReference) => known.has(referenceKey(reference));
  const missing = bindings.flatMap((binding, index) =>
    secretsOf(binding).uses.filter(
      ({ field, reference }) => rows[index]?.writes.includes(field) && !isKnown(reference),
    ),
  );
  if (missing.length === 0) return secretOf;
  const further = await resolveSecrets(checked, missing, environment);
  const either = (reference: SecretReference) => (isKnown(reference) ? secretOf(reference) : further(reference));
  return Object.assign(either, { all: [...(secretOf.all ?? []), ...(further.all ?? [])] });
}

async function readSaved(host: Host, file: string, options: ApplyOptions): Promise<PlanDocument> {
  const refuse = (message: string) => new ConfigError("invalid", [fileProblem(file, message)]);
  const own = ["gateway", "provider", "tag", "writeUnverified", "strict"] as const;
  if (own.some((flag) => options[flag] !== undefined)) {
    throw refuse("a saved plan says itself what is in scope and what is written: make it again with other flags");
  }
  const text = await readFile(resolve(host.workingDirectory, file), "utf8").catch((error: unknown) => {
    throw refuse(`cannot be read (${failureCode(error)})`);
  });
  return readPlanFile(file, text);
}

function flagsOf({ scope }: PlanDocument) {
  return { gateway: scope.gateways, provider: scope.providers, tag: scope.tags };
}

// What is allowed now counts before what was allowed when the plan was made.
function allowances({ allow = [] }: ApplyOptions, saved: PlanDocument | undefined): readonly string[] {
  const targets = allow.map(targetOf);
  return [...allow, ...(saved?.allow ?? []).filter((each) => !targets.includes(targetOf(each)))];
}

const targetOf = (allowance: string) => allowance.split("=", 1)[0];

// A request of a run that was killed may still take effect: what is read before that would be believed too early.
async function waitForEarlierRequests({ runtime, stderr, signal }: Host, until: number | undefined): Promise<void> {
  const milliseconds = (until ?? 0) - runtime.now();
  if (milliseconds <= 0) return;
  stderr(`Waiting ${Math.ceil(milliseconds / 1000)} s: requests of an earlier run may still be under way.\n`);
  await runtime.sleep(milliseconds, signal);
}
