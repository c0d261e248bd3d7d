import type { Outcome } from "./errors.ts";
import type { ProviderId } from "./gateway.ts";
import type { Note, ProviderState } from "./state.ts";
import type { Field } from "./update.ts";

/** One call of a gateway's method: the same object in every event of that call, and in no other. */
export interface Operation {
  readonly adapter: string;
  readonly name: "get" | "list" | "update" | "create" | "remove" | "usedBy";
  /** Absent for a list, where an object is made, and where what was given is no id of this gateway. */
  readonly id?: ProviderId;
}

/** One request as it is sent. Nothing in it is a secret: what was one shows as `[redacted]`. */
export interface RequestEvent {
  readonly operation: Operation;
  /** The HTTP method. */
  readonly method: string;
  /** Absolute, with path and query, as it is sent. */
  readonly url: string;
  /** Those that gatefold sets, by their names as it writes them. The account's token and its like show as `[redacted]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON, or a form's members; absent where none is sent. */
  readonly body?: unknown;
  /** 1 for the first try of a request, 2 for its first repetition. */
  readonly attempt: number;
  /** What the request is for: `login` asks for a token, on behalf of the call that was the first to need it. */
  readonly purpose: "call" | "login";
}

/** What came of one request. Each {@link RequestEvent} is followed by exactly one, whose `request` it is. */
export interface ResponseEvent {
  readonly request: RequestEvent;
  /** As it came; absent where no reply came. */
  readonly status?: number;
  /** What is wrong with the answer, in words; a refusal's text is scrubbed of secrets. Absent for success. */
  readonly problem?: string;
  /**
   * Why no reply came, in one word to group by: `timeout`, `aborted`, `too-large`, `abandoned` (the call ended, and others wait
   * for the answer), or the network's own code, such as `ECONNRESET`.
   */
  readonly reason?: string;
  /** Milliseconds from the sending to the reply's last byte, or to the failure. */
  readonly durationMs: number;
}

/** A request is going to be sent once more. */
export interface RetryEvent {
  /** The one that failed. */
  readonly request: RequestEvent;
  /** Milliseconds until then; 0 where a new token is all that was needed. */
  readonly waitMs: number;
  /** When it will be, ISO 8601. */
  readonly until: string;
  /** The status that the wait answers; absent where no reply came. */
  readonly status?: number;
  /** Whether the vendor stated the wait. */
  readonly isStated: boolean;
}

/** A request waits for its place in the account's request budget, or until the vendor takes requests again. */
export interface WaitEvent {
  readonly operation: Operation;
  /** Milliseconds that are left at least. */
  readonly waitMs: number;
  /** When it ends at the earliest, ISO 8601. */
  readonly until: string;
  /** `budget`: the account's own limit. `vendor`: the vendor refused the account for so long. */
  readonly reason: "budget" | "vendor";
}

/** A write took effect, as the gateway's reply says; of an update, maybe in part. */
export interface ChangeEvent {
  readonly operation: Operation;
  /** The fields that were written; none for a removal. */
  readonly fields: readonly Field[];
  /** The state after it, as the gateway replied it; absent for a removal. */
  readonly provider?: ProviderState<ProviderId>;
  readonly notes: readonly Note[];
}

/** A call has ended. */
export interface EndEvent {
  readonly operation: Operation;
  /** Milliseconds, waits included; of a list, with the time that its reader takes. */
  readonly durationMs: number;
  /** The error's class and what became of the write; absent for success. The error itself goes to the caller. */
  readonly error?: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly outcome: Outcome;
  };
}

/**
 * What somebody wants to be told of a gateway's work, such as for logs, spans, or progress: all of it redacted. A hook is called
 * while the call waits for it, so it should be quick; a promise that it gives is not waited for. What it throws never reaches the
 * call: it is told once as a process warning.
 */
export interface Hooks {
  /** A call begins. */
  onStart?(operation: Operation): void;
  /** A request is sent. */
  onRequest?(event: RequestEvent): void;
  /** A request has its answer, or has failed. */
  onResponse?(event: ResponseEvent): void;
  /** A request is going to be sent once more. */
  onRetry?(event: RetryEvent): void;
  /** A request waits for its turn. */
  onWait?(event: WaitEvent): void;
  /** A write took effect. */
  onChange?(event: ChangeEvent): void;
  /** A call ends: always, and last. */
  onEnd?(event: EndEvent): void;
  /**
   * Runs a call inside of something, such as a tracing context. It must call `work` before it returns, or the call goes on without
   * it. The promise of `work` is fulfilled when the call is over, however it ended. A list is not run by it.
   */
  within?(operation: Operation, work: () => Promise<void>): void | Promise<void>;
}

/**
 * Where lines of a log go: pino and what is like it. Every line is one object of plain data and one sentence, by one of the
 * levels `debug`, `info`, `warn` and `error`.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
