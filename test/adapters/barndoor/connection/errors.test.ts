import { barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import { type ErrorCase, expectedFacts, factsOf, failureOf, statuses } from "../../../support/error-cases.ts";
import { credentials, token } from "../../../support/mapping.ts";
import { scriptWire } from "../../../support/wire.ts";

const origin = "https://app.barndoor.ai";
const id = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const path = `/api/llm-gateway/admin/connections/${id}`;

const vendorError = (message: string, type: string) => ({
  body: { error: { message, type } },
  says: [message],
  vendorCode: type,
});
const documented: readonly ErrorCase[] = [
  { status: 400, name: "RejectedError", ...vendorError("settings must be an object", "invalid_request_error") },
  { status: 401, name: "AuthenticationError", ...vendorError("invalid token", "authentication_error") },
  { status: 403, name: "PermissionDeniedError", ...vendorError("admin role required", "permission_error") },
  { status: 404, name: "NotFoundError", ...vendorError("credential not found", "not_found_error") },
  { status: 409, name: "ConflictError", ...vendorError("conflicts with existing data", "conflict_error") },
];

describe("the errors of a Barndoor connection", () => {
  const open = () => barndoorConnection({ token, baseUrl: origin, updateMethod: "PUT", retry: { attempts: 0 } });
  const answer = (status: number, reply: unknown) => scriptWire(origin, [{ method: "PUT", path, status, reply }]);
  const failedRotation = () => failureOf(() => open().update(id, { credential: credentials.api_key }));

  it.each(documented)("documented: $status", async (expected) => {
    const requests = answer(expected.status, expected.body);
    const error = await failedRotation();
    expect(factsOf(error)).toStrictEqual(expectedFacts(expected, "barndoor-connection"));
    for (const text of expected.says) expect(error.message).toContain(text);
    expect(requests).toHaveLength(1);
  });

  it.each(statuses)(
    "status %i of a write, without a body, is %s: %s, retryable %s",
    async (status, name, outcome, retryable) => {
      answer(status, "");
      expect(factsOf(await failedRotation())).toMatchObject({ name, status, outcome, retryable });
    },
  );

  it.each(statuses)("status %i of a read is %s, by which nothing was written", async (status, name) => {
    scriptWire(origin, [{ method: "GET", path, status, reply: "" }]);
    expect(factsOf(await failureOf(() => open().get(id)))).toMatchObject({ name, status, outcome: "not-sent" });
  });

  it("says nothing of keys on providers after a 400: a connection is the place for a key", async () => {
    answer(400, { error: { message: "base_url must not end in /v1" } });
    const { message } = await failedRotation();
    expect(message).toContain("base_url must not end in /v1");
    expect(message).not.toContain("connectionId");
  });

  it("hides the key and the token that the gateway quotes", async () => {
    answer(400, { error: { message: "new-api-key is no key, says gateway-token" } });
    const error = await failedRotation();
    expect(error.message).toContain("[redacted] is no key, says [redacted]");
    expect(JSON.stringify(error)).not.toMatch(/new-api-key|gateway-token/);
  });

  it("leaves the write unsent where the read that it needs fails", async () => {
    const requests = scriptWire(origin, [{ method: "GET", path, status: 403, reply: "" }]);
    const error = await failureOf(() => open().update(id, { credential: credentials.aws_role }));
    expect(factsOf(error)).toMatchObject({ name: "PermissionDeniedError", outcome: "not-sent" });
    expect(requests).toHaveLength(1);
  });
});
