import { barndoor } from "../../../adapters/barndoor/index.ts";
import { type ErrorCase, expectedFacts, factsOf, failureOf, statuses } from "../../support/error-cases.ts";
import { token } from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const origin = "https://app.barndoor.ai";
const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const path = `/api/llm-gateway/admin/providers/${id}`;

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
