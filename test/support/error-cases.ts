import { type GatewayError, type Issue, isGatewayError } from "../../src/index.ts";

/** What a gateway answers, and what becomes of it. Absent members must be absent from the error, too. */
export interface ErrorCase {
  readonly status: number;
  /** A text goes out as it is, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly name: string;
  /** All of them are in the error's message. */
  readonly says: readonly string[];
  readonly vendorCode?: string;
  readonly fieldErrors?: readonly Issue[];
  readonly retryAfterMs?: number;
}

/** The class of each status, what it means for a write, and whether to try again. */
export const statuses: readonly (readonly [status: number, name: string, outcome: string, retryable: boolean])[] = [
  [400, "RejectedError", "not-applied", false],
  [401, "AuthenticationError", "not-applied", false],
  [403, "PermissionDeniedError", "not-applied", false],
  [404, "NotFoundError", "not-applied", false],
  [405, "RejectedError", "not-applied", false],
  [408, "TimeoutError", "unknown", true],
  [409, "ConflictError", "not-applied", false],
  [418, "RejectedError", "not-applied", false],
  [422, "RejectedError", "not-applied", false],
  [425, "RejectedError", "not-applied", true],
  [429, "RateLimitError", "not-applied", true],
  [500, "UnavailableError", "unknown", true],
  [503, "UnavailableError", "unknown", true],
];

export async function failureOf(call: () => Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await call().catch((caught: unknown) => caught);
  if (!isGatewayError(error)) throw new Error("no error of the contract was thrown");
  return error;
}

export function factsOf(error: GatewayError): Readonly<Record<string, unknown>> {
  const { name, adapter, status, outcome, retryable, vendorCode } = error;
  const fieldErrors = "fieldErrors" in error ? error.fieldErrors : undefined;
  const retryAfterMs = "retryAfterMs" in error ? error.retryAfterMs : undefined;
  const facts = { name, adapter, status, outcome, retryable, vendorCode, fieldErrors, retryAfterMs };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

export function expectedFacts({ status, name, vendorCode, fieldErrors, retryAfterMs }: ErrorCase, adapter: string) {
  const [, , outcome, retryable] = statuses.find(([known]) => known === status) ?? [];
  return {
    ...{ name, adapter, status, outcome, retryable },
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(name === "RejectedError" ? { fieldErrors: fieldErrors ?? [] } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
