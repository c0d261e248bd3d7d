import { ngrok } from "../../../adapters/ngrok/index.ts";
import { type ErrorCase, expectedFacts, factsOf, failureOf, statuses } from "../../support/error-cases.ts";
import { credentials, token } from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const origin = "https://api.ngrok.ai";
const id = "aigpk_2abc";
const path = `/provider-keys/${id}`;

const errorBody = (statusCode: number, msg: string, errorCode: string) => ({ statusCode, msg, details: {}, errorCode });

const documented: readonly (ErrorCase & { readonly title: string })[] = [
  {
    title: "a name that is too long",
    status: 422,
    body: errorBody(422, "The name is limited to 255 characters.", "ERR_NGROK_27501"),
    name: "RejectedError",
    says: ["The name is limited to 255 characters.", "ERR_NGROK_27501"],
    vendorCode: "ERR_NGROK_27501",
  },
  {
    title: "a required field that is missing",
    status: 400,
    body: errorBody(400, "The field provider_id is required.", "ERR_NGROK_27510"),
    name: "RejectedError",
    says: ["The field provider_id is required.", "ERR_NGROK_27510"],
    vendorCode: "ERR_NGROK_27510",
  },
  {
    title: "an error without a code",
    status: 404,
    body: { statusCode: 404, msg: "The key was not found.", details: {} },
    name: "NotFoundError",
    says: ["The key was not found."],
  },
  {
    title: "an error with details",
    status: 403,
    body: {
      statusCode: 403,
      msg: "The account has no access to provider keys.",
      details: { operationId: "op_1" },
      errorCode: "ERR_NGROK_27504",
    },
    name: "PermissionDeniedError",
    says: ["The account has no access to provider keys."],
    vendorCode: "ERR_NGROK_27504",
  },
  {
    title: "a conflict",
    status: 409,
    body: errorBody(409, "It is in use.", "ERR_NGROK_27615"),
    name: "ConflictError",
    says: ["It is in use."],
    vendorCode: "ERR_NGROK_27615",
  },
  {
    title: "the twin of the platform API",
    status: 401,
    body: {
      error_code: "ERR_NGROK_206",
      status_code: 401,
      msg: "The credential is not valid.",
      details: { operation_id: "op_2" },
    },
    name: "AuthenticationError",
    says: ["The credential is not valid."],
    vendorCode: "ERR_NGROK_206",
  },
  {
    title: "the rate limit",
    status: 429,
    body: { error_code: "ERR_NGROK_226", status_code: 429, msg: "Too many requests.", details: {} },
    name: "RateLimitError",
    says: ["Too many requests.", "ERR_NGROK_226"],
    vendorCode: "ERR_NGROK_226",
  },
  {
    title: "the rate limit with a wait",
    status: 429,
    body: errorBody(429, "Too many requests.", "ERR_NGROK_226"),
    headers: { "retry-after": "12" },
    name: "RateLimitError",
    says: ["Too many requests."],
    vendorCode: "ERR_NGROK_226",
    retryAfterMs: 12_000,
  },
  {
    title: "a failure of the server",
    status: 500,
    body: errorBody(500, "No encryption is configured.", "ERR_NGROK_27505"),
    name: "UnavailableError",
    says: ["No encryption is configured.", "ERR_NGROK_27505"],
    vendorCode: "ERR_NGROK_27505",
  },
];

describe("the errors of ngrok", () => {
  const open = () => ngrok({ token, retry: { attempts: 0 } });
  const answer = (status: number, reply: unknown, headers: Readonly<Record<string, string>> = {}) =>
    scriptWire(origin, [{ method: "PATCH", path, status, reply, headers }]);
  const failedUpdate = () => failureOf(() => open().update(id, { name: "N" }));

  it.each(documented)("documented: $title", async (expected) => {
    const requests = answer(expected.status, expected.body, expected.headers);
    const error = await failedUpdate();
    expect(factsOf(error)).toStrictEqual(expectedFacts(expected, "ngrok"));
    for (const text of expected.says) expect(error.message).toContain(text);
    expect(requests).toHaveLength(1);
  });

  describe.each(statuses)("status %i", (status, name, outcome, retryable) => {
    const facts = { name, adapter: "ngrok", status, outcome, retryable };
    const fieldErrors = name === "RejectedError" ? { fieldErrors: [] } : {};

    it("with the documented shape says what the gateway said", async () => {
      answer(status, errorBody(status, "The message.", "ERR_NGROK_1"));
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, vendorCode: "ERR_NGROK_1", ...fieldErrors });
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
      ["half of a JSON text", '{"statusCode": 400, "msg": "no'],
      ["null", "null"],
      ["a list", "[]"],
      ["a shape of no document", { statusCode: "x", msg: 1, details: null, errorCode: {} }],
    ])("with %s is the same error", async (_what, body) => {
      answer(status, body);
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, ...fieldErrors });
      expect(error.message).toContain(String(status));
      expect(error.message).not.toContain("<");
    });

    it("is the same error of a rotate, which is repeated after a 429 only", async () => {
      const rotate = { method: "POST", path: `${path}/rotate`, status, reply: errorBody(status, "No.", "ERR_NGROK_1") };
      const requests = scriptWire(origin, [rotate]);
      const update = { name: "N", credential: credentials.api_key };
      const error = await failureOf(() => open().update(id, update));
      expect(factsOf(error)).toMatchObject({ name, status, outcome, retryable: status === 429 });
      expect(requests).toHaveLength(1);
    });

    it("is the same error of a read, by which nothing was written", async () => {
      scriptWire(origin, [{ method: "GET", path, status, reply: errorBody(status, "No.", "ERR_NGROK_1") }]);
      expect(factsOf(await failureOf(() => open().get(id)))).toMatchObject({ name, status, outcome: "not-sent" });
    });
  });

  it.each(["ERR_NGROK_202", "ERR_NGROK_203"])("hides the credential that %s quotes", async (code) => {
    answer(401, errorBody(401, "The credential 'gateway-token' is not valid.", code));
    const error = await failedUpdate();
    expect(error).toMatchObject({ name: "AuthenticationError", vendorCode: code });
    expect(error.message).toContain("The credential '[redacted]' is not valid.");
    expect(JSON.stringify(error)).not.toContain("gateway-token");
  });
});
