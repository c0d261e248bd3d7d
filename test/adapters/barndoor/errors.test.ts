import { barndoor } from "../../../adapters/barndoor/index.ts";
import { type GatewayError, type Issue, isGatewayError } from "../../../src/index.ts";
import { token } from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const origin = "https://app.barndoor.ai";
const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const path = `/api/llm-gateway/admin/providers/${id}`;

/** What a gateway answers, and what becomes of it. Absent members must be absent from the error, too. */
interface ErrorCase {
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
const statuses: readonly (readonly [status: number, name: string, outcome: string, retryable: boolean])[] = [
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

async function failureOf(call: () => Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await call().catch((caught: unknown) => caught);
  if (!isGatewayError(error)) throw new Error("no error of the contract was thrown");
  return error;
}

function factsOf(error: GatewayError): Readonly<Record<string, unknown>> {
  const { name, adapter, status, outcome, retryable, vendorCode } = error;
  const fieldErrors = "fieldErrors" in error ? error.fieldErrors : undefined;
  const retryAfterMs = "retryAfterMs" in error ? error.retryAfterMs : undefined;
  const facts = { name, adapter, status, outcome, retryable, vendorCode, fieldErrors, retryAfterMs };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function expectedFacts({ status, name, vendorCode, fieldErrors, retryAfterMs }: ErrorCase, adapter: string) {
  const [, , outcome, retryable] = statuses.find(([known]) => known === status) ?? [];
  return {
    ...{ name, adapter, status, outcome, retryable },
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(name === "RejectedError" ? { fieldErrors: fieldErrors ?? [] } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const documented: readonly (ErrorCase & { readonly title: string })[] = [
  {
    title: "an invalid body",
    status: 400,
    body: { error: { message: "settings must be an object", type: "invalid_request_error" } },
    name: "RejectedError",
    says: ["settings must be an object", "invalid_request_error"],
    vendorCode: "invalid_request_error",
  },
  {
    title: "no or a bad token",
    status: 401,
    body: { error: { message: "invalid token", type: "authentication_error" } },
    name: "AuthenticationError",
    says: ["invalid token"],
    vendorCode: "authentication_error",
  },
  {
    title: "a role that is too low",
    status: 403,
    body: { error: { message: "admin role required", type: "permission_error" } },
    name: "PermissionDeniedError",
    says: ["admin role required"],
    vendorCode: "permission_error",
  },
  {
    title: "no such provider",
    status: 404,
    body: { error: { message: "provider not found", type: "not_found_error" } },
    name: "NotFoundError",
    says: ["provider not found"],
    vendorCode: "not_found_error",
  },
  {
    title: "a conflict",
    status: 409,
    body: { error: { message: "conflicts with existing data", type: "conflict_error" } },
    name: "ConflictError",
    says: ["conflicts with existing data"],
    vendorCode: "conflict_error",
  },
  {
    title: "an error without a type",
    status: 400,
    body: { error: { message: "no" } },
    name: "RejectedError",
    says: ["no"],
  },
  { title: "message", status: 400, body: { message: "at the top" }, name: "RejectedError", says: ["at the top"] },
  { title: "error", status: 403, body: { error: "as a text" }, name: "PermissionDeniedError", says: ["as a text"] },
  { title: "detail", status: 409, body: { detail: "in detail" }, name: "ConflictError", says: ["in detail"] },
  {
    title: "plain text of a path that is not routed",
    status: 404,
    body: "404 page not found",
    name: "NotFoundError",
    says: ["404 page not found"],
  },
  {
    title: "a failure of the server",
    status: 500,
    body: { error: { message: "internal error" } },
    name: "UnavailableError",
    says: ["internal error"],
  },
];

describe("the errors of Barndoor", () => {
  const open = () => barndoor({ token, baseUrl: origin, updateMethod: "PATCH", retry: { attempts: 0 } });
  const answer = (status: number, reply: unknown, headers: Readonly<Record<string, string>> = {}) =>
    scriptWire(origin, [{ method: "PATCH", path, status, reply, headers }]);
  const failedUpdate = () => failureOf(() => open().update(id, { name: "N" }));

  it.each(documented)("documented: $title", async (expected) => {
    const requests = answer(expected.status, expected.body);
    const error = await failedUpdate();
    expect(factsOf(error)).toStrictEqual(expectedFacts(expected, "barndoor"));
    for (const text of expected.says) expect(error.message).toContain(text);
    expect(requests).toHaveLength(1);
  });

  describe.each(statuses)("status %i", (status, name, outcome, retryable) => {
    const facts = { name, adapter: "barndoor", status, outcome, retryable };
    const fieldErrors = name === "RejectedError" ? { fieldErrors: [] } : {};

    it("with the documented shape says what the gateway said", async () => {
      answer(status, { error: { message: "The message.", type: "a_type" } });
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, vendorCode: "a_type", ...fieldErrors });
      expect(error.message).toContain("The message.");
      expect(error.message).toContain(String(status));
    });

    it.each<[string, unknown, string]>([
      ["plain text", "upstream says no", "upstream says no"],
      ["a JSON text", '"says no"', "says no"],
    ])("with %s says what the gateway said", async (_what, body, text) => {
      answer(status, body);
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, ...fieldErrors });
      expect(error.message).toContain(text);
    });

    it.each<[string, unknown]>([
      ["an HTML page", "<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>"],
      ["an empty body", ""],
      ["half of a JSON text", '{"error": {"message": "no'],
      ["null", "null"],
      ["a list", "[]"],
      ["a shape of no document", { error: { message: 1, type: null }, message: [], detail: {} }],
    ])("with %s is the same error", async (_what, body) => {
      answer(status, body);
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, ...fieldErrors });
      expect(error.message).toContain(String(status));
      expect(error.message).not.toContain("<");
    });

    it("is the same error of a read, by which nothing was written", async () => {
      scriptWire(origin, [{ method: "GET", path, status, reply: { error: { message: "The message." } } }]);
      expect(factsOf(await failureOf(() => open().get(id)))).toMatchObject({ name, status, outcome: "not-sent" });
    });
  });

  it("honours a wait in the header, though none is documented", async () => {
    answer(429, { error: { message: "slow down" } }, { "retry-after": "20" });
    expect(factsOf(await failedUpdate())).toStrictEqual({
      name: "RateLimitError",
      adapter: "barndoor",
      status: 429,
      outcome: "not-applied",
      retryable: true,
      retryAfterMs: 20_000,
    });
  });

  it("hides the token that the gateway quotes", async () => {
    answer(401, { error: { message: "gateway-token is expired", type: "authentication_error" } });
    const error = await failedUpdate();
    expect(error.message).toContain("[redacted] is expired");
    expect(JSON.stringify(error)).not.toContain("gateway-token");
  });
});
