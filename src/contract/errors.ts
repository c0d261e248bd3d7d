/** What became of the write: nothing left us, the gateway refused it, nobody knows, or a part of it took effect. */
export type Outcome = "not-sent" | "not-applied" | "unknown" | "partial";

/** One problem: where (a dotted path, such as `credential.apiKey`) and what. Never holds the offending value. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

const BRAND = Symbol.for("gatefold.GatewayError");

/** What a {@link GatewayErrorBase} is made of. */
export interface ErrorDetails {
  /** Name of the adapter, or `gatefold` where no adapter is involved. */
  readonly adapter: string;
  readonly message: string;
  readonly outcome: Outcome;
  /** Repeating the same call is safe and may succeed. */
  readonly retryable: boolean;
  /** HTTP status of the reply, where there was one. */
  readonly status?: number;
  /** The vendor's own code for the error, where the reply held one. */
  readonly vendorCode?: string;
}

/** What every error of the contract has. Recognise one with {@link isGatewayError}, then look at its `name` or `code`. */
export abstract class GatewayErrorBase extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
  readonly adapter: string;
  /** The gateway's name in the config; set by sync. */
  declare gateway?: string;
  readonly outcome: Outcome;
  /** Repeating the same call is safe and may succeed. */
  readonly retryable: boolean;
  /** HTTP status of the reply, where there was one. */
  declare readonly status?: number;
  /** The vendor's own code for the error, where the reply held one. */
  declare readonly vendorCode?: string;

  constructor(details: ErrorDetails, cause?: GatewayError) {
    super(details.message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, BRAND, { value: true });
    this.adapter = details.adapter;
    this.outcome = details.outcome;
    this.retryable = details.retryable;
    if (details.status !== undefined) this.status = details.status;
    if (details.vendorCode !== undefined) this.vendorCode = details.vendorCode;
  }

  /** The error as plain data, message and cause included. */
  toJSON(): Record<string, unknown> {
    const plain: Record<string, unknown> = Object.fromEntries(Object.entries(this));
    plain.message = this.message;
    if (this.cause !== undefined) plain.cause = this.cause;
    return plain;
  }
}

/** The update is valid, but has fields that this adapter cannot take, or cannot clear. Nothing was sent. */
export class UnsupportedFieldError extends GatewayErrorBase {
  override readonly name = "UnsupportedFieldError";
  readonly code = "UNSUPPORTED_FIELD";
  /** All of them at once. */
  readonly fields: readonly string[];
  /** The same with what each cannot do. */
  readonly issues: readonly Issue[];

  constructor(adapter: string, issues: readonly Issue[]) {
    super({ adapter, message: describe(adapter, issues), outcome: "not-sent", retryable: false });
    this.issues = issues;
    this.fields = issues.map((issue) => issue.path);
  }
}

/** Something given is invalid: shape, limit, id, setting, condition, or nothing to do. No write was sent. */
export class InvalidInputError extends GatewayErrorBase {
  override readonly name = "InvalidInputError";
  readonly code = "INVALID_INPUT";
  /** All problems at once; a value is never shown. */
  readonly issues: readonly Issue[];

  constructor(adapter: string, issues: readonly Issue[]) {
    super({ adapter, message: describe(adapter, issues), outcome: "not-sent", retryable: false });
    this.issues = issues;
  }
}

/** A required setting of the adapter is absent. */
export class MissingSettingError extends GatewayErrorBase {
  override readonly name = "MissingSettingError";
  readonly code = "MISSING_SETTING";
  /** All of them at once. */
  readonly settings: readonly string[];

  constructor(adapter: string, settings: readonly string[]) {
    const message = `${adapter}: missing setting ${settings.join(", ")}`;
    super({ adapter, message, outcome: "not-sent", retryable: false });
    this.settings = settings;
  }
}

/** The gateway does not accept our token (401). */
export class AuthenticationError extends GatewayErrorBase {
  override readonly name = "AuthenticationError";
  readonly code = "AUTHENTICATION";
}

/** The token is valid, but may not do this (403). */
export class PermissionDeniedError extends GatewayErrorBase {
  override readonly name = "PermissionDeniedError";
  readonly code = "PERMISSION_DENIED";
}

/** There is no such provider at this gateway, or it is not ours (404). */
export class NotFoundError extends GatewayErrorBase {
  override readonly name = "NotFoundError";
  readonly code = "NOT_FOUND";
}

/** The change conflicts with what the gateway holds (409), or with what somebody else wrote since it was read (412). */
export class ConflictError extends GatewayErrorBase {
  override readonly name = "ConflictError";
  readonly code = "CONFLICT";
}

/** The gateway refused the request (400, 422 and every other 4xx without a class of its own). */
export class RejectedError extends GatewayErrorBase {
  override readonly name = "RejectedError";
  readonly code = "REJECTED";
  /** The vendor's own words per field, in the vendor's field names; empty where it gave none. */
  readonly fieldErrors: readonly Issue[];

  constructor(details: ErrorDetails, fieldErrors: readonly Issue[] = []) {
    super(details);
    this.fieldErrors = fieldErrors;
  }
}

/** The gateway limits our requests (429), and went on after the retries. */
export class RateLimitError extends GatewayErrorBase {
  override readonly name = "RateLimitError";
  readonly code = "RATE_LIMIT";
  /** The wait that the vendor stated, in milliseconds. */
  declare readonly retryAfterMs?: number;

  constructor(details: ErrorDetails, retryAfterMs?: number) {
    super(details);
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** The gateway failed (5xx). */
export class UnavailableError extends GatewayErrorBase {
  override readonly name = "UnavailableError";
  readonly code = "UNAVAILABLE";
}

/** No complete answer within `timeoutMs`, or the gateway answered 408. */
export class TimeoutError extends GatewayErrorBase {
  override readonly name = "TimeoutError";
  readonly code = "TIMEOUT";
}

/** The connection failed. `outcome` tells whether anything was sent. */
export class NetworkError extends GatewayErrorBase {
  override readonly name = "NetworkError";
  readonly code = "NETWORK";
}

/** The caller's signal aborted the call. */
export class AbortedError extends GatewayErrorBase {
  override readonly name = "AbortedError";
  readonly code = "ABORTED";
}

/** An answer that is none of the documented ones: a redirect, not JSON, too large, or without what is needed. */
export class InvalidResponseError extends GatewayErrorBase {
  override readonly name = "InvalidResponseError";
  readonly code = "INVALID_RESPONSE";
}

/** One call of an update took effect and a later one did not; `cause` is the error of the later one. */
export class PartialUpdateError extends GatewayErrorBase {
  override readonly name = "PartialUpdateError";
  readonly code = "PARTIAL_UPDATE";
  /** Fields that took effect. */
  readonly applied: readonly string[];
  /** Fields that did not, or of which it is not known. */
  readonly failed: readonly string[];
  declare readonly cause: GatewayError;

  constructor(adapter: string, applied: readonly string[], failed: readonly string[], cause: GatewayError) {
    const message = `${adapter}: ${applied.join(", ")} took effect, ${failed.join(", ")} did not: ${cause.message}`;
    super({ adapter, message, outcome: "partial", retryable: false }, cause);
    this.applied = applied;
    this.failed = failed;
  }
}

/** A plan exceeds a safety limit. Nothing was sent. */
export class UnsafePlanError extends GatewayErrorBase {
  override readonly name = "UnsafePlanError";
  readonly code = "UNSAFE_PLAN";

  constructor(message: string) {
    super({ adapter: "gatefold", message, outcome: "not-sent", retryable: false });
  }
}

/** What a plan was made from has changed since. Nothing was sent. */
export class StalePlanError extends GatewayErrorBase {
  override readonly name = "StalePlanError";
  readonly code = "STALE_PLAN";

  constructor(message: string) {
    super({ adapter: "gatefold", message, outcome: "not-sent", retryable: false });
  }
}

/** Every error that the contract can throw; `name` and `code` tell them apart. */
export type GatewayError =
  | UnsupportedFieldError
  | InvalidInputError
  | MissingSettingError
  | AuthenticationError
  | PermissionDeniedError
  | NotFoundError
  | ConflictError
  | RejectedError
  | RateLimitError
  | UnavailableError
  | TimeoutError
  | NetworkError
  | AbortedError
  | InvalidResponseError
  | PartialUpdateError
  | UnsafePlanError
  | StalePlanError;

/** Whether a value is an error of the contract, also one thrown by another copy of this package. */
export function isGatewayError(value: unknown): value is GatewayError {
  return value instanceof Error && BRAND in value && value[BRAND] === true;
}

function describe(adapter: string, issues: readonly Issue[]): string {
  const lines = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return `${adapter}: ${lines.join("; ")}`;
}
