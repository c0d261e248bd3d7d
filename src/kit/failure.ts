import {
  AbortedError,
  AuthenticationError,
  ConflictError,
  type ErrorDetails,
  type GatewayError,
  InvalidResponseError,
  type Issue,
  NetworkError,
  NotFoundError,
  type Outcome,
  PermissionDeniedError,
  RateLimitError,
  RejectedError,
  TimeoutError,
  UnavailableError,
} from "../contract/errors.ts";
import type { HttpResult } from "./http.ts";
import { shorten } from "./scrub.ts";

/** What a vendor's error body says. Every part may be absent. */
export interface VendorError {
  readonly message?: string;
  /** The vendor's own code. */
  readonly code?: string;
  /** The vendor's words per field, in its own field names. */
  readonly fieldErrors?: readonly Issue[];
  /** The wait that the body states, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** An attempt that did not succeed. */
export interface Failure {
  readonly status?: number;
  /** What the attempt did to the gateway, if it was a write. */
  readonly effect: Exclude<Outcome, "partial">;
  /** A later attempt may succeed. */
  readonly transient: boolean;
  readonly retryAfterMs?: number;
  /** What went wrong, with the request; scrubbed like the error's message. */
  readonly problem: string;
  toError(details: Pick<ErrorDetails, "adapter" | "outcome" | "retryable">): GatewayError;
}

type ErrorClass = new (details: ErrorDetails) => GatewayError;

/** The failure that a reply without success is. `vendor` is scrubbed already; `advice` is ours, on what to do. */
export function statusFailure(status: number, request: string, vendor: VendorError, advice?: string): Failure {
  const words = [vendor.message, ...(vendor.fieldErrors ?? []).map(({ path, message }) => `${path}: ${message}`)];
  const about = shorten(words.filter((text) => text !== undefined && text !== "").join("; "));
  const code = vendor.code === undefined || about.includes(vendor.code) ? "" : ` (${vendor.code})`;
  const answer = `answered ${status}${code}${about === "" ? "" : `: ${about}`}${advice === undefined ? "" : ` (${advice})`}`;
  const problem = `${request} was ${status < 400 ? unexpected(status) : answer}`;
  const { retryAfterMs } = vendor;
  return {
    status,
    effect: status >= 500 || status < 400 || status === 408 ? "unknown" : "not-applied",
    transient: status >= 500 || status === 408 || status === 425 || status === 429,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    problem,
    toError(given) {
      const details = { ...given, message: `${given.adapter}: ${problem}`, status, ...codeOf(vendor) };
      if (status === 429) return new RateLimitError(details, retryAfterMs);
      const Class = STATUS_CLASSES.get(status);
      if (Class !== undefined) return new Class(details);
      if (status >= 500) return new UnavailableError(details);
      if (status >= 400) return new RejectedError(details, vendor.fieldErrors);
      return new InvalidResponseError(details);
    },
  };
}

const STATUS_CLASSES = new Map<number, ErrorClass>([
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [408, TimeoutError],
  [409, ConflictError],
  [412, ConflictError],
]);

const unexpected = (status: number) =>
  status >= 300 ? `redirected (${status}): redirects are not followed, the key would go along` : `answered ${status}`;

const codeOf = ({ code }: VendorError) => (code === undefined ? {} : { vendorCode: code });

/** The failure that no complete reply is. */
export function connectionFailure(
  result: Exclude<HttpResult, { kind: "reply" }>,
  request: string,
  timeoutMs: number,
): Failure {
  const effect = result.sent ? "unknown" : "not-sent";
  const failure = (Class: ErrorClass, what: string, transient: boolean) =>
    failureOf(Class, `${request} ${what}`, { effect, transient });
  if (result.kind === "network") {
    const what = result.sent ? "lost its connection" : "could not be sent";
    return failure(NetworkError, `${what} (${result.code})`, !result.code.includes("CERT"));
  }
  if (result.kind === "timeout") return failure(TimeoutError, `had no complete answer within ${timeoutMs} ms`, true);
  if (result.kind === "aborted") return failure(AbortedError, "was aborted", false);
  return failure(InvalidResponseError, "was answered with more than 10 MiB", false);
}

/** The failure that a wait ended by the caller's signal is: nothing was sent by it. */
export const abortedWaiting = (request: string): Failure =>
  failureOf(AbortedError, `${request} was aborted before it was sent`, { effect: "not-sent", transient: false });

/** The failure that a successful reply is when it lacks what is needed. It took effect, or not: nobody knows. */
export const replyFailure = (status: number, request: string, lack: string): Failure =>
  failureOf(InvalidResponseError, `the reply to ${request} ${lack}`, { status, effect: "unknown", transient: false });

function failureOf(
  Class: ErrorClass,
  problem: string,
  facts: Pick<Failure, "status" | "effect" | "transient">,
): Failure {
  const status = facts.status === undefined ? {} : { status: facts.status };
  return {
    ...facts,
    problem,
    toError: (given) => new Class({ ...given, ...status, message: `${given.adapter}: ${problem}` }),
  };
}

const SEVERITY: readonly Outcome[] = ["not-sent", "not-applied", "unknown", "partial"];

/** The worst of two outcomes. */
export function worse(left: Outcome, right: Outcome): Outcome {
  return SEVERITY.indexOf(left) > SEVERITY.indexOf(right) ? left : right;
}
