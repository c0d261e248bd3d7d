import { resolve } from "node:path";
import { z } from "zod";
import {
  ConfigError,
  EXIT,
  fileProblem,
  JournalError,
  type JournalEvent,
  readJournal,
  type VerifiedJournal,
  verifyJournal,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { warnOfJournalMode } from "../modes.ts";
import type { Report } from "../output.ts";
import { readWithoutCode } from "../read-config.ts";
import { columns } from "../render/columns.ts";
import {
  isLifecycle,
  type LifecycleAnswer,
  lifecycleAnswered,
  lifecycleAnswers,
  lifecycleCells,
} from "../render/lifecycle.ts";
import { printable } from "../render/shown.ts";

/** Where the journal is: the file given, else what the config says. */
interface JournalPlace {
  readonly journal?: string;
  readonly config: readonly string[];
}

/** Options of `journal verify`. */
export interface JournalVerifyOptions extends JournalPlace {
  /** The hash of a head that was noted before. */
  readonly head?: string;
}

/** Options of `journal show`. */
export interface JournalShowOptions extends JournalPlace {
  readonly gateway?: readonly string[];
  readonly provider?: readonly string[];
  /** A time in ISO 8601, or so many hours or days back: `24h`, `7d`. */
  readonly since?: string;
}

/** Checks that nothing in the journal was changed or taken out. Needs no token, no key and no lock. */
export async function journalVerify(host: Host, options: JournalVerifyOptions): Promise<Report> {
  const noted = options.head?.trim().toLowerCase();
  if (noted !== undefined && !/^[0-9a-f]{64}$/.test(noted)) {
    throw wrongOption("--head", "expected the hash of a head as verify shows it: 64 hexadecimal digits");
  }
  const file = await journalFile(host, options);
  const found = await verifyJournal(file);
  const { lines, head, torn, hashes, problem } = found;
  const place = noted === undefined ? undefined : { hash: noted, line: lineOf(noted, hashes) };
  const chained = problem === undefined;
  return {
    data: { file, lines, chained, head, torn, ...(chained ? {} : { problem }), ...(place ? { noted: place } : {}) },
    text: verifyText(file, found, place),
    exit: chained && place?.line !== null ? EXIT.done : EXIT.error,
  };
}

/** Shows who changed what, when and why, and what became of it. Needs no token, no key and no lock. */
export async function journalShow(host: Host, options: JournalShowOptions): Promise<Report> {
  const since = options.since === undefined ? undefined : parseSince(options.since, host.runtime.now());
  const file = await journalFile(host, options);
  const events = await readJournal(file);
  if (events === undefined) throw new JournalError({ kind: "unreadable", file, message: "there is no journal here" });
  const history = historyOf(events);
  const runs = runsOf(history, { gateways: options.gateway, providers: options.provider, since });
  return { data: { file, runs }, text: showText(runs, history), exit: EXIT.done };
}

async function journalFile(host: Host, { journal, config }: JournalPlace): Promise<string> {
  const file =
    journal === undefined
      ? (await readWithoutCode(host, config)).config.journal
      : resolve(host.workingDirectory, journal);
  await warnOfJournalMode(host, file);
  return file;
}

function wrongOption(option: string, message: string): ConfigError {
  return new ConfigError("invalid", [fileProblem(option, message)]);
}

/** Where in the chain a hash is; 0 is the start, which every journal has. */
function lineOf(hash: string, hashes: readonly string[]): number | null {
  if (/^0+$/.test(hash)) return 0;
  const index = hashes.indexOf(hash);
  return index === -1 ? null : index + 1;
}

function verifyText(
  file: string,
  { lines, head, torn, problem }: VerifiedJournal,
  noted: { readonly hash: string; readonly line: number | null } | undefined,
): string {
  const chained = `${count(lines, "line")}, chained; head ${head.seq} ${head.hash}`;
  const cut =
    "Lines cut off at the end cannot be seen from the file alone: note this head elsewhere, and give it as --head later.";
  const held =
    noted?.line === null
      ? `${file}: the line that --head names is not here: lines were cut off at the end, or this is another journal.`
      : `It still holds line ${noted?.line}, which --head names.`;
  return [
    ...(problem === undefined ? [chained] : [`${file}:${problem.line}: ${problem.message}`, `before it: ${chained}`]),
    ...(torn === 0
      ? []
      : [`The last line is not complete (${count(torn, "byte")}): a run is writing it, or a crash tore it.`]),
    noted === undefined ? cut : held,
  ].join("\n");
}

/** @returns milliseconds since 1970 */
function parseSince(text: string, now: number): number {
  const [, amount, unit] = /^(\d{1,6})([dh])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (unit === "d" ? 24 : 1) * 3_600_000;
  if (isoTime.safeParse(text).success) return Date.parse(text);
  throw wrongOption("--since", "expected a time such as 2026-11-22, 2026-11-22T08:00:00Z, 7d or 24h");
}

const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

interface Filter {
  readonly gateways: readonly string[] | undefined;
  readonly providers: readonly string[] | undefined;
  readonly since: number | undefined;
}

interface Run {
  readonly run: string;
  readonly events: readonly JournalEvent[];
}

type Of<Type extends JournalEvent["type"]> = Extract<JournalEvent, { type: Type }>;
type Change = Of<"intent" | "adopted">;

/** What belongs together in a journal, by the place of the change or by the run. */
interface History {
  readonly runs: ReadonlyMap<string, readonly JournalEvent[]>;
  readonly begins: ReadonlyMap<string, Of<"run">>;
  readonly events: ReadonlyMap<number, JournalEvent>;
  readonly outcomes: ReadonlyMap<number, Of<"outcome">>;
  /** The last look at each. */
  readonly settlements: ReadonlyMap<number, Of<"settled">>;
  /** What became of creations and removals. */
  readonly answers: ReadonlyMap<number, LifecycleAnswer>;
}

function historyOf(all: readonly JournalEvent[]): History {
  const runs = new Map<string, JournalEvent[]>();
  const begins = new Map<string, Of<"run">>();
  const events = new Map<number, JournalEvent>();
  const outcomes = new Map<number, Of<"outcome">>();
  const settlements = new Map<number, Of<"settled">>();
  for (const event of all) {
    events.set(event.seq, event);
    const ofRun = runs.get(event.run);
    if (ofRun === undefined) runs.set(event.run, [event]);
    else ofRun.push(event);
    if (event.type === "run") begins.set(event.run, event);
    if (event.type === "outcome") outcomes.set(event.intent, event);
    if (event.type === "settled") settlements.set(event.intent, event);
  }
  return { runs, begins, events, outcomes, settlements, answers: lifecycleAnswers(all) };
}

/** The events that a filter leaves, by run. Of a run with any, its beginning and end stay too. */
function runsOf(history: History, filter: Filter): readonly Run[] {
  return [...history.runs].flatMap(([run, events]) => {
    const wanted = new Set(events.filter((event) => isWanted(event, history, filter)));
    if (wanted.size === 0) return [];
    return [{ run, events: events.filter((event) => wanted.has(event) || isFrame(event)) }];
  });
}

const isEnd = (event: JournalEvent): event is Of<"end"> => event.type === "end";

const isFrame = ({ type }: JournalEvent) => type === "run" || type === "end";

function isWanted(event: JournalEvent, history: History, { gateways, providers, since }: Filter): boolean {
  // What became of a change belongs to it, and a change is as recent as the last that is known of it.
  const answered = event.type === "outcome" || event.type === "settled" ? event.intent : lifecycleAnswered(event);
  const about = (answered === undefined ? undefined : history.events.get(answered)) ?? event;
  const { outcomes, settlements, answers } = history;
  const parts = [about, outcomes.get(about.seq), settlements.get(about.seq), answers.get(about.seq)];
  const isRecent = since === undefined || parts.some((part) => part !== undefined && Date.parse(part.at) >= since);
  const passes = (names: readonly string[] | undefined, name: string | undefined) =>
    names === undefined || (name !== undefined && names.includes(name));
  const account = "object" in about ? about.object : "account" in about ? about.account : undefined;
  const gateway = account?.gateway;
  const provider = "provider" in about ? about.provider : undefined;
  return isRecent && passes(gateways, gateway) && passes(providers, provider);
}

function showText(runs: readonly Run[], history: History): string {
  const shown = runs.filter(({ events }) => events.some(isWorthALine));
  if (shown.length > 0) return shown.map((run) => runText(run, history)).join("\n\n");
  return history.events.size === 0 ? "The journal is empty." : "Nothing in the journal matches.";
}

// What a plan learned about ids is no change.
const isWorthALine = ({ type }: JournalEvent) => type !== "observed";

function runText({ run, events }: Run, history: History): string {
  const begin = history.begins.get(run);
  const by = begin === undefined ? "" : `${begin.command} by ${begin.actor} on ${begin.host}, `;
  const details = [
    ...(begin?.reason === undefined ? [] : [`reason: ${begin.reason}`]),
    ...(begin?.plan === undefined ? [] : [`plan: ${begin.plan.slice(0, 12)}`]),
    ...(begin?.allow === undefined ? [] : [`allowed: ${begin.allow.join(", ")}`]),
  ];
  const rows = events.flatMap((event) => {
    if (isLifecycle(event)) {
      const cells = lifecycleCells(event, history.answers.get(event.seq));
      return [[event.at, begin?.actor ?? "-", begin?.command ?? "-", ...cells].map(printable)];
    }
    return event.type === "intent" || event.type === "adopted" ? [changeCells(event, history)] : [];
  });
  return [
    printable(`${(begin ?? events[0])?.at}  ${by}run ${run}`),
    ...details.map((detail) => `  ${printable(detail)}`),
    ...otherLines(events).map((line) => `  ${line}`),
    ...(rows.length === 0 ? ["  no change"] : columns(rows).map((row) => `  ${row.trimEnd()}`)),
    ...(begin?.command === "apply" || events.some(isEnd) ? [`  ${endText(events)}`] : []),
  ].join("\n");
}

function otherLines(events: readonly JournalEvent[]): string[] {
  const settled = events.filter(({ type }) => type === "settled").length;
  const repaired = events.flatMap((event) =>
    event.type === "repaired"
      ? [`repaired: a last line torn by a crash was taken out (${count(event.droppedBytes, "byte")})`]
      : [],
  );
  const rotations = events.flatMap(rotationLine);
  return [
    ...repaired,
    ...rotations,
    ...(settled === 0 ? [] : [`settled what became of ${count(settled, "earlier change")}`]),
  ];
}

function rotationLine(event: JournalEvent): string[] {
  if (event.type === "rotation") return [`rotation of the key of ${count(event.targets.length, "object")}`];
  if (event.type === "turned") return [printable(`the old key is put back: ${event.because}`)];
  return event.type === "rotated" ? [`the rotation ended ${event.status}`] : [];
}

function changeCells(change: Change, history: History): string[] {
  const { at, run, object, provider, fields } = change;
  const begin = history.begins.get(run);
  const who = [begin?.actor ?? "-", begin?.command ?? "-"];
  const fate = change.type === "adopted" ? "adopted: the gateway was said to hold it" : fateOf(change, history);
  const key = change.type === "intent" && change.rotation !== undefined ? ` (the ${change.rotation.key} key)` : "";
  return [at, ...who, object.gateway, provider, String(object.id), `${fields.join(", ")}${key}`, fate].map(printable);
}

function fateOf({ seq, fields }: Of<"intent">, { outcomes, settlements }: History): string {
  const outcome = outcomes.get(seq);
  const first = outcome === undefined ? "never answered" : outcomeText(outcome);
  const settled = settlements.get(seq);
  if (settled === undefined) return first;
  const { applied, undecided } = settled;
  const missing = fields.filter((field) => !applied.includes(field) && !undecided.includes(field));
  const parts = [
    ...named("applied", applied),
    ...named("not applied", missing),
    ...named("cannot be told", undecided),
  ].join("; ");
  return `${first}, settled later: ${parts}`;
}

function outcomeText({ status, applied, unechoed, error }: Of<"outcome">): string {
  const cause = error === undefined ? "" : ` (${error.name}${error.status === undefined ? "" : ` ${error.status}`})`;
  const parts = [
    `${status}${cause}`,
    ...(status === "done" ? [] : named("applied", applied)),
    ...named("shown otherwise by the gateway", Object.keys(unechoed ?? {})),
  ];
  return parts.join("; ");
}

const named = (what: string, fields: readonly string[]) =>
  fields.length === 0 ? [] : [`${what}: ${fields.join(", ")}`];

function endText(events: readonly JournalEvent[]): string {
  const end = events.find(isEnd);
  if (end === undefined) return "no end: it still runs, or was broken off";
  const { done, failed, blocked, unknown, cancelled } = end;
  const rows = `${done} done, ${failed} failed, ${blocked} blocked, ${unknown} unknown`;
  return `end: ${rows}${cancelled ? ", cancelled" : ""}`;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
