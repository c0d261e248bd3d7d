import {
  AbortedError,
  AuthenticationError,
  ConflictError,
  type ErrorDetails,
  type GatewayError,
  InvalidInputError,
  InvalidResponseError,
  MissingSettingError,
  NetworkError,
  NotFoundError,
  PartialUpdateError,
  PermissionDeniedError,
  RateLimitError,
  RejectedError,
  StalePlanError,
  TimeoutError,
  UnavailableError,
  UnsafePlanError,
  UnsupportedFieldError,
} from "../../src/index.ts";
import type {
  AppliedRow,
  ApplyResult,
  FieldComparison,
  Plan,
  PlanRow,
  RotatedRow,
  RotationResult,
  Settlement,
} from "../../src/sync/index.ts";
import fc, { codePoint } from "./property.ts";

export const DIGEST = "0f".repeat(32);

/** A plan in which nothing is special but what is given. */
export function planOf(rows: readonly PlanRow[], different: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    writeUnverified: false,
    strict: false,
    scope: { gateways: [], providers: [], tags: [] },
    journal: true,
    fingerprintKey: "k1",
    allow: [],
    rows,
    exceeded: [],
    digest: DIGEST,
    ...different,
  };
}

/** A row of a plan that is in sync but for what is given. */
export function rowOf(different: Partial<PlanRow> = {}): PlanRow {
  return {
    provider: "openai-prod",
    gateway: "eu",
    adapter: "acme",
    id: 101,
    status: "in-sync",
    fields: [],
    writes: [],
    writesKey: false,
    fingerprints: {},
    seen: {},
    ...different,
  };
}

/** A name that differs, and is written. */
export const renamed: FieldComparison = {
  field: "name",
  verdict: "changed",
  evidence: ["read"],
  before: "OpenAI",
  after: "OpenAI Production",
};

/** A key with this verdict, of which the gateway shows a hint. */
export function keyOf(verdict: FieldComparison["verdict"], ...evidence: FieldComparison["evidence"]): FieldComparison {
  const after = { scheme: "api_key", apiKey: "env:KEY" };
  return { field: "credential", verdict, evidence, before: "sk-...1234", after };
}

/** A result of an apply in which nothing is special but what is given. */
export function resultOf(rows: readonly AppliedRow[], different: Partial<ApplyResult> = {}): ApplyResult {
  return { version: 1, plan: DIGEST, run: "run-1", settled: [], rows, cancelled: false, ...different };
}

/** A row of an apply that was done but for what is given. */
export function appliedOf(different: Partial<AppliedRow> = {}): AppliedRow {
  const about = { provider: "openai-prod", gateway: "eu", adapter: "acme", id: 101 };
  return { ...about, status: "done", writes: ["name"], notes: [], ...different };
}

/** What a look says of an earlier write: that nothing of it took effect, but for what is given. */
export function settledOf(
  different: Partial<Omit<Settlement, "happening"> & Settlement["happening"]> = {},
): Settlement {
  const { provider = "openai-prod", gateway = "eu", id = 101, ...happening } = different;
  return {
    provider,
    gateway,
    id,
    happening: { type: "settled", intent: 3, applied: [], undecided: [], after: {}, ...happening },
  };
}

/** The outcome of a rotation in which all went well but for what is given. */
export function rotationOf(rows: readonly RotatedRow[], different: Partial<RotationResult> = {}): RotationResult {
  return { version: 1, run: "run-1", status: "all-new", rows, cancelled: false, resumable: false, ...different };
}

/** An object of a rotation that holds the new key but for what is given. */
export function rotatedOf(different: Partial<RotatedRow> = {}): RotatedRow {
  const about = { provider: "openai-prod", gateway: "eu", adapter: "acme", id: 101 };
  return { ...about, holds: "new", evidence: [], notes: [], ...different };
}

/** An error of every class of the contract, with everything that it can have. */
export function everyError(): readonly GatewayError[] {
  const details: ErrorDetails = {
    adapter: "acme",
    message: "acme: no such provider",
    outcome: "not-applied",
    retryable: false,
    status: 404,
    vendorCode: "NO_SUCH",
  };
  const issues = [{ path: "credential.apiKey", message: "is not taken" }];
  // By name, so that a class that is added does not compile before it is here.
  const errors: { readonly [Name in GatewayError["name"]]: Extract<GatewayError, { name: Name }> } = {
    UnsupportedFieldError: new UnsupportedFieldError("acme", issues),
    InvalidInputError: new InvalidInputError("acme", issues),
    MissingSettingError: new MissingSettingError("acme", ["baseUrl"]),
    AuthenticationError: new AuthenticationError({ ...details, status: 401 }),
    PermissionDeniedError: new PermissionDeniedError({ ...details, status: 403 }),
    NotFoundError: new NotFoundError(details),
    ConflictError: new ConflictError({ ...details, status: 409 }),
    RejectedError: new RejectedError({ ...details, status: 422 }, issues),
    RateLimitError: new RateLimitError({ ...details, status: 429, retryable: true }, 1500),
    UnavailableError: new UnavailableError({ ...details, status: 503, outcome: "unknown" }),
    TimeoutError: new TimeoutError({ adapter: "acme", message: "late", outcome: "unknown", retryable: true }),
    NetworkError: new NetworkError({ adapter: "acme", message: "gone", outcome: "not-sent", retryable: true }),
    AbortedError: new AbortedError({ adapter: "acme", message: "ended", outcome: "unknown", retryable: false }),
    InvalidResponseError: new InvalidResponseError({ ...details, status: 200, outcome: "unknown" }),
    PartialUpdateError: new PartialUpdateError("acme", ["credential"], ["metadata"], new NotFoundError(details)),
    UnsafePlanError: new UnsafePlanError("too much"),
    StalePlanError: new StalePlanError("too old"),
  };
  return Object.values(errors).map((error) => Object.assign(error, { gateway: "eu" }));
}

/** Texts as a stranger would write them to break what shows them: every character, and often those that mean something. */
export const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ..."|`<>[]()!*_~#@&\\:/.-+= \"'$^",
      "www.",
      "https://",
      "\n",
      "\r",
      "\u001b[2J",
      "\u202e",
      "\ud83d",
    ),
    fc.string({ unit: codePoint, minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});
