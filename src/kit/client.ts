import type { Outcome } from "../contract/errors.ts";
import type { RequestEvent, RetryEvent } from "../contract/hooks.ts";
import type { Secret } from "../contract/secret.ts";
import type { Clock } from "./clock.ts";
import { abortedWaiting, connectionFailure, type Failure, statusFailure, type VendorError, worse } from "./failure.ts";
import type { Http, HttpRequest, HttpResult, ShownRequest } from "./http.ts";
import type { Observation } from "./observation.ts";
import type { Place, RateBudget } from "./rate-budget.ts";
import { type Repeat, type RetryPolicy, retryDelay } from "./retry.ts";
import { scrub } from "./scrub.ts";

const MOST_FIELD_ERRORS = 50;

/** The token of one request; none for a login. Or why there is none. */
export type Obtained = { readonly token: Secret | undefined } | { readonly failure: Failure };

/** Where the tokens of a client's requests come from. */
export interface TokenSource {
  /** For one request; undefined at once when the signal aborts. What it takes to get it is told as a part of that call. */
  obtain(signal?: AbortSignal, observation?: Observation): Promise<Obtained | undefined>;
  /** Told of a token that was answered 401. There where asking again may give another. */
  forget?(token: Secret): void;
  /** What an answer could echo of a token, and of what it was got with. */
  secretsOf(token: Secret): readonly Secret[];
}

/** What a client is made of. */
export interface ClientParts {
  readonly http: Http;
  readonly clock: Clock;
  readonly budget: RateBudget;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly tokens: TokenSource;
  /** What the requests are for. */
  readonly purpose: RequestEvent["purpose"];
  /** The request as those may see it who are told of it. */
  show(request: HttpRequest, hasToken: boolean): ShownRequest;
  /** The vendor's reading of an error body. */
  readError(body: unknown, status: number): VendorError;
  /** The status that a reply of 2xx stands for, if it is an error after all. Absent where it never is. */
  readonly refusedWith: ((body: unknown) => number | undefined) | undefined;
}

/** A reply with a status of 200 to 299. */
export interface SuccessfulReply {
  readonly ok: true;
  readonly status: number;
  readonly text: string;
}

/** What came of a request with all its tries. `effect` is the worst of them. */
export type ClientResult =
  | SuccessfulReply
  | { readonly ok: false; readonly failure: Failure; readonly effect: Outcome; readonly repeatable: boolean };

type Reply = Extract<HttpResult, { kind: "reply" }>;

/** How one request is to be sent. */
export interface Sending {
  readonly repeat: Repeat;
  readonly signal: AbortSignal | undefined;
  /** Every secret that the call has used so far, in this request or another: what an error body may echo. Grows. */
  readonly known: Secret[];
  /** What is told of the call; undefined where nobody wants to know. */
  readonly observation?: Observation | undefined;
  /** What the caller could do about a refusal with this status. */
  advise?(status: number): string | undefined;
}

/** Sends one request, with retries, within the account's budget. */
export type Client = (request: HttpRequest, sending: Sending) => Promise<ClientResult>;

/** Joins transport, budget, retries and the vendor's error bodies. Throws only what its token source throws. */
export function createClient(parts: ClientParts): Client {
  return async (request, sending) => {
    const { repeat, signal, observation } = sending;
    const label = describeRequest(request);
    let effect: Outcome = "not-sent";
    const failed = (failure: Failure): ClientResult => {
      effect = worse(effect, failure.effect);
      return { ok: false, failure, effect, repeatable: mayRepeat(failure, repeat, effect) };
    };
    // A login is a part of what the request may take; waiting for the account's budget is none.
    const askedAt = parts.clock.now();
    let obtained = await obtain(parts, label, sending);
    if ("failure" in obtained) return failed(obtained.failure);
    const loginMs = parts.clock.now() - askedAt;
    let startedAt: number | undefined;
    let isRenewed = false;
    let tries = 1;
    const tellWait = observation && ((place: Place) => observation.waits(toldWait(place, parts.clock)));
    for (let attempt = 1; ; attempt += 1) {
      const admission = await parts.budget.acquire(signal, tellWait);
      if (admission === undefined) return failed(abortedWaiting(label));
      startedAt ??= parts.clock.now();
      const { token } = obtained;
      const { purpose } = parts;
      const sent = observation?.sends(parts.show(request, token !== undefined), { attempt, purpose }, sending.known);
      const result = await parts.http(request, token, signal);
      admission.ended(result.kind === "reply");
      const answer = result.kind === "reply" ? withMeantStatus(result, parts) : result;
      if (answer.kind === "reply" && isSuccess(answer.status)) {
        sent?.answered({ status: answer.status });
        return { ok: true, status: answer.status, text: answer.text };
      }
      const failure = failureOf(answer, label, parts, sending);
      sent?.answered({ ...toldAnswer(result), problem: failure.problem });
      const outcome = failed(failure);
      if (failure.status === 401 && token !== undefined && parts.tokens.forget !== undefined && !isRenewed) {
        // The token may have ended before its time. A 401 says that nothing was applied: once more, with a new one.
        isRenewed = true;
        parts.tokens.forget(token);
        obtained = await obtain(parts, label, sending);
        if ("failure" in obtained) return failed(obtained.failure);
        sent?.retried(toldRetry(result, 0, false, parts.clock));
        continue;
      }
      holdBack(failure, parts);
      if (outcome.ok || !outcome.repeatable) return outcome;
      const elapsedMs = loginMs + parts.clock.now() - startedAt;
      const delay = retryDelay(parts.retry, { tries, elapsedMs, statedMs: failure.retryAfterMs });
      if (delay === undefined) return outcome;
      sent?.retried(toldRetry(result, delay, failure.retryAfterMs !== undefined, parts.clock));
      if (!(await parts.clock.sleep(delay, signal))) return failed(abortedWaiting(label));
      tries += 1;
    }
  };
}

/** The token of a request, whose answers are searched for it from now on. */
async function obtain({ tokens }: ClientParts, label: string, sending: Sending): Promise<Obtained> {
  const { signal, known, observation } = sending;
  const obtained = (await tokens.obtain(signal, observation)) ?? { failure: abortedWaiting(label) };
  if ("token" in obtained && obtained.token !== undefined) known.push(...tokens.secretsOf(obtained.token));
  return obtained;
}

const isSuccess = (status: number) => status >= 200 && status < 300;

/** The reply with the status that the vendor means: some answer an error with 200. */
function withMeantStatus(reply: Reply, { refusedWith }: ClientParts): Reply {
  if (refusedWith === undefined || !isSuccess(reply.status)) return reply;
  const meant = refusedWith(parseJson(reply.text));
  return meant === undefined ? reply : { ...reply, status: meant };
}

const toldAnswer = (result: HttpResult) => {
  if (result.kind === "reply") return { status: result.status };
  return { reason: result.kind === "network" ? result.code : result.kind };
};

function toldRetry(result: HttpResult, waitMs: number, isStated: boolean, clock: Clock): Omit<RetryEvent, "request"> {
  const status = result.kind === "reply" ? { status: result.status } : {};
  return { waitMs, until: timeOf(clock.now() + waitMs), isStated, ...status };
}

const toldWait = ({ freeAt, reason }: Place, clock: Clock) => ({
  waitMs: freeAt - clock.now(),
  until: timeOf(freeAt),
  reason,
});

const timeOf = (milliseconds: number) => new Date(milliseconds).toISOString();

/** The request in words, for messages: method and path. */
export function describeRequest({ method, path }: HttpRequest): string {
  return `${method} ${path.text}`;
}

// A stated wait holds for the whole account; one that no retry would sit out is left to each call to run into.
function holdBack({ status, retryAfterMs }: Failure, { budget, retry }: ClientParts): void {
  if (status !== 429 || retryAfterMs === undefined) return;
  if (retry.attempts > 0 && retryAfterMs <= retry.budgetMs) budget.pause(retryAfterMs);
}

// After a lost reply a request that is not safe to repeat stays so, whatever the later answers were.
function mayRepeat(failure: Failure, repeat: Repeat, effect: Outcome): boolean {
  if (!failure.transient) return false;
  return repeat === "safe" || (effect !== "unknown" && (failure.effect === "not-sent" || failure.status === 429));
}

function failureOf(result: HttpResult, label: string, parts: ClientParts, sending: Sending): Failure {
  if (result.kind !== "reply") return connectionFailure(result, label, parts.timeoutMs);
  const vendor = scrubbed(readVendorError(result.status, result.text, parts), sending.known);
  const statedMs = headerWaitMs(result.retryAfter, parts.clock) ?? vendor.retryAfterMs;
  const stated = statedMs === undefined ? {} : { retryAfterMs: statedMs };
  return statusFailure(result.status, label, { ...vendor, ...stated }, sending.advise?.(result.status));
}

function readVendorError(status: number, text: string, parts: ClientParts): VendorError {
  const body = parseJson(text);
  const vendor = body === undefined ? {} : parts.readError(body, status);
  if (vendor.message !== undefined || vendor.fieldErrors?.length) return vendor;
  if (body !== undefined && typeof body !== "string") return vendor;
  const plain = typeof body === "string" ? body : text;
  if (plain.trim() === "") return vendor;
  return { ...vendor, message: plain.trimStart().startsWith("<") ? "an HTML page" : plain };
}

function scrubbed(vendor: VendorError, secrets: readonly Secret[]): VendorError {
  return {
    ...vendor,
    ...(vendor.message === undefined ? {} : { message: scrub(vendor.message, secrets) }),
    ...(vendor.code === undefined ? {} : { code: scrub(vendor.code, secrets) }),
    ...(vendor.fieldErrors === undefined
      ? {}
      : {
          fieldErrors: vendor.fieldErrors.slice(0, MOST_FIELD_ERRORS).map(({ path, message }) => ({
            path: scrub(path, secrets),
            message: scrub(message, secrets),
          })),
        }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// RFC 9110, section 10.2.3: seconds, or a date.
function headerWaitMs(header: string | undefined, clock: Clock): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse alone takes almost anything: "-5" is a day in 2001 to it.
  const date = /^[A-Za-z]{3,9}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}
