import type { ProgressEvent, WorkEvent } from "../../sync/index.ts";
import { padded } from "../render/columns.ts";
import { printable } from "../render/shown.ts";

/** What is known of one gateway's work right now. Times are milliseconds since 1970. */
export interface GatewayProgress {
  readonly name: string;
  /** Calls of the gateway under way. */
  calls: number;
  /** How many requests were sent in each second of the last minute. */
  readonly requests: Map<number, number>;
  /** When the first request was sent. */
  firstRequestAt?: number;
  work?: Pick<WorkEvent, "work" | "done" | "total"> & { readonly since: number };
  wait?: { readonly what: string; readonly until: number };
}

const MINUTE_MS = 60_000;
/** A rate over less time would say little. */
const RATE_AFTER_MS = 2_000;
/** Nor would a guess of what is left. */
const GUESS_AFTER_MS = 10_000;

const WORDS = { read: "reading", write: "changing", verify: "verifying" } as const;
const REASONS = {
  "earlier-run": "waits for requests of an earlier run",
  health: "waits for its health probe",
} as const;

export function noteEvent(gateway: GatewayProgress, event: ProgressEvent, now: number): void {
  if (event.kind === "wait") {
    noteWait(gateway, REASONS[event.reason], event.until);
    return;
  }
  const { work, done, total } = event;
  const last = gateway.work;
  const goesOn = last?.work === work && last.total === total && last.done <= done;
  gateway.work = { work, done, total, since: goesOn ? last.since : now };
  // What was waited for belonged to work that is over.
  if (done === total) delete gateway.wait;
}

/** Of several waits the one that ends last counts. */
export function noteWait(gateway: GatewayProgress, what: string, until: number): void {
  if (gateway.wait === undefined || until >= gateway.wait.until) gateway.wait = { what, until };
}

export function noteRequest(gateway: GatewayProgress, now: number): void {
  gateway.firstRequestAt ??= now;
  const second = Math.floor(now / 1000);
  for (const earlier of gateway.requests.keys()) if (earlier <= second - 60) gateway.requests.delete(earlier);
  gateway.requests.set(second, (gateway.requests.get(second) ?? 0) + 1);
}

/** Whether there is anything to show of it. */
export function isAtWork(gateway: GatewayProgress, now: number): boolean {
  const { calls, work, wait } = gateway;
  return calls > 0 || (work !== undefined && work.done < work.total) || (wait !== undefined && wait.until > now);
}

/** One line of what a gateway is at; its name filled up to so many places. */
export function progressLine(gateway: GatewayProgress, now: number, nameWidth = 0): string {
  const wait = waitPart(gateway, now);
  // A guess of what is left would be wrong while nothing is done.
  const others = wait === undefined ? [...rateParts(gateway, now), ...leftParts(gateway, now)] : [wait];
  const parts = [...workParts(gateway), ...others];
  return `${padded(printable(gateway.name), nameWidth)}  ${parts.join(" · ")}`.trimEnd();
}

function workParts({ work, calls }: GatewayProgress): string[] {
  if (work === undefined || work.done === work.total) return calls > 0 ? ["at work"] : [];
  return [`${WORDS[work.work]} ${grouped(work.done)}/${grouped(work.total)}`];
}

function leftParts({ work }: GatewayProgress, now: number): string[] {
  if (work === undefined || work.done === 0 || work.done === work.total) return [];
  const elapsed = now - work.since;
  return elapsed < GUESS_AFTER_MS ? [] : [`about ${spanOf((elapsed / work.done) * (work.total - work.done))} left`];
}

function rateParts(gateway: GatewayProgress, now: number): string[] {
  const { firstRequestAt } = gateway;
  const second = Math.floor(now / 1000);
  const recent = [...gateway.requests].filter(([at]) => at > second - 60);
  const count = recent.reduce((sum, [, requests]) => sum + requests, 0);
  if (firstRequestAt === undefined || count === 0 || now - firstRequestAt < RATE_AFTER_MS) return [];
  const perMinute = (count * MINUTE_MS) / Math.min(MINUTE_MS, now - firstRequestAt);
  return [`${grouped(Math.round(perMinute))} requests/min`];
}

function waitPart({ wait }: GatewayProgress, now: number): string | undefined {
  if (wait === undefined || wait.until <= now) return undefined;
  return `${wait.what} until ${clockTime(wait.until)} (${spanOf(wait.until - now)})`;
}

const grouped = (count: number) => count.toLocaleString("en-US");

/** `22 s`, `4 min`, `1 h 10 min`. */
function spanOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The time of day where the command runs. */
function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
