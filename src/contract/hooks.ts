import type { Outcome } from "./errors.ts";
import type { ProviderId } from "./gateway.ts";
import type { Note, ProviderState } from "./state.ts";
import type { Field } from "./update.ts";

/** One call of a gateway's method: the same object in every event of that call, and in no other. */
export interface Operation {
  readonly adapter: string;
  readonly name: "get" | "list" | "update" | "create" | "remove" | "usedBy";
  /** Absent for a list, and where an object is made. */
  readonly id?: ProviderId;
}

/** One request as it is sent. Nothing in it is a secret: what was one shows as `[redacted]`. */
export interface RequestEvent {
  readonly operation: Operation;
  readonly method: string;
  /** Absolute, with path and query, as it is sent. */
  readonly url: string;
  /** The account's token and its like show as `[redacted]`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** 1 for the first try of a request, 2 for its first repetition. */
  readonly attempt: number;
  /** What the request is for: `login` asks for a token, which no method was called for. */
  readonly purpose: "call" | "login";
}

/** What came of one request. Each {@link RequestEvent} is followed by exactly one, whose `request` it is. */
export interface ResponseEvent {
  readonly request: RequestEvent;
  /** Absent where no reply came. */
  readonly status?: number;
  /** Why there is no reply that can be used; a refusal's text is scrubbed of secrets. */
  readonly problem?: string;
  /** Milliseconds from the sending to the reply's last byte, or to the failure. */
  readonly durationMs: number;
}

/** A request is going to be sent once more. */
export interface RetryEvent {
  readonly request: RequestEvent;
  /** Milliseconds until then. */
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

/** A write took effect, as the gateway's reply says. */
export interface ChangeEvent {
  readonly operation: Operation;
  /** The fields that were written; none for a removal. */
  readonly fields: readonly Field[];
  /** The state after it, as the call gives it back; absent for a removal. */
  readonly provider?: ProviderState<ProviderId>;
  readonly notes: readonly Note[];
}

/** A call has ended. */
export interface EndEvent {
  readonly operation: Operation;
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
 * while the call waits for it, so it should be quick. What it throws never reaches the call: it is told once as a process warning.
 */
export interface Hooks {
  /** A call begins. */
  onStart?(operation: Operation): void;
  onRequest?(event: RequestEvent): void;
  onResponse?(event: ResponseEvent): void;
  onRetry?(event: RetryEvent): void;
  onWait?(event: WaitEvent): void;
  onChange?(event: ChangeEvent): void;
  /** A call ends: always, and last. */
  onEnd?(event: EndEvent): void;
  /**
   * Runs a call inside of something, such as a tracing context. It must call `work` once and give what that gives; the call's
   * result is that of `work` in any case. A list is not run by it.
   */
  within?<Result>(operation: Operation, work: () => Promise<Result>): Promise<Result>;
}
