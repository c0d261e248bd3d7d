import { keywordsai, respan } from "../../../adapters/respan/index.ts";
import { secret } from "../../../src/index.ts";
import { type ErrorCase, expectedFacts, factsOf, failureOf, statuses } from "../../support/error-cases.ts";
import { token } from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const brands = [
  { adapter: respan, origin: "https://api.respan.ai", brand: "Respan" },
  { adapter: keywordsai, origin: "https://api.keywordsai.co", brand: "Keywords AI" },
];
const retry = { attempts: 0 };
const path = "/api/providers/123/";

const bothRejections = [400, 422] as const;

const documented = (brand: string): readonly (ErrorCase & { readonly title: string })[] => [
  {
    title: "an invalid request",
    status: 400,
    body: { detail: "Invalid request format" },
    name: "RejectedError",
    says: ["Invalid request format"],
  },
  {
    title: "an error as a text",
    status: 400,
    body: { error: "Base model not found" },
    name: "RejectedError",
    says: ["Base model not found"],
  },
  {
    title: "no key",
    status: 401,
    body: { detail: "Authentication credentials were not provided." },
    name: "AuthenticationError",
    says: ["Authentication credentials were not provided."],
  },
  {
    title: "a wrong key",
    status: 401,
    body: { detail: `Your API key is invalid or expired, please check it at ${brand}` },
    name: "AuthenticationError",
    says: [`Your API key is invalid or expired, please check it at ${brand}`],
  },
  {
    title: "a managed provider",
    status: 403,
    body: { error: `Cannot delete managed provider. ${brand} owns it.` },
    name: "PermissionDeniedError",
    says: [`Cannot delete managed provider. ${brand} owns it.`],
  },
  {
    title: "another organization's object",
    status: 403,
    body: { detail: "You do not have permission to perform this action." },
    name: "PermissionDeniedError",
    says: ["You do not have permission to perform this action."],
  },
  {
    title: "no such provider",
    status: 404,
    body: { detail: "Not found." },
    name: "NotFoundError",
    says: ["Not found."],
  },
  ...bothRejections.flatMap((status): (ErrorCase & { title: string })[] => [
    {
      title: `${status} with errors beside a detail`,
      status,
      body: { detail: "Validation error", errors: { provider_name: ["Too long.", "Too dull."], api_key: ["Blank."] } },
      name: "RejectedError",
      says: ["Validation error", "provider_name", "Too long.", "Too dull.", "api_key", "Blank."],
      fieldErrors: [
        { path: "provider_name", message: "Too long." },
        { path: "provider_name", message: "Too dull." },
        { path: "api_key", message: "Blank." },
      ],
    },
    {
      title: `${status} with a bare map of fields`,
      status,
      body: { provider_name: [`Cannot modify 'provider_name' for ${brand} managed providers.`] },
      name: "RejectedError",
      says: [`Cannot modify 'provider_name' for ${brand} managed providers.`],
      fieldErrors: [
        { path: "provider_name", message: `Cannot modify 'provider_name' for ${brand} managed providers.` },
      ],
    },
    {
      title: `${status} with a nested map of fields`,
      status,
      body: { inputs: { input: ["This field is required."] } },
      name: "RejectedError",
      says: ["inputs.input", "This field is required."],
      fieldErrors: [{ path: "inputs.input", message: "This field is required." }],
    },
  ]),
  {
    title: "the rate limit",
    status: 429,
    body: { detail: "Rate limit exceeded", retry_after: 30 },
    name: "RateLimitError",
    says: ["Rate limit exceeded"],
    retryAfterMs: 30_000,
  },
  {
    title: "the rate limit with a fraction of a second",
    status: 429,
    body: { detail: "Rate limit exceeded", retry_after: 0.5 },
    name: "RateLimitError",
    says: ["Rate limit exceeded"],
    retryAfterMs: 500,
  },
  {
    title: "a failure of the server",
    status: 500,
    body: { detail: "Internal server error", error_code: "INTERNAL_ERROR" },
    name: "UnavailableError",
    says: ["Internal server error", "INTERNAL_ERROR"],
    vendorCode: "INTERNAL_ERROR",
  },
  {
    title: "a failure of the server with a wait",
    status: 500,
    body: { detail: "Internal server error", error_code: "INTERNAL_ERROR", retry_after: 60 },
    name: "UnavailableError",
    says: ["Internal server error"],
    vendorCode: "INTERNAL_ERROR",
  },
  {
    title: "an error as an object",
    status: 400,
    body: { error: { message: "Model is missing", type: "invalid_request_error", code: "missing_model" } },
    name: "RejectedError",
    says: ["Model is missing"],
    vendorCode: "missing_model",
  },
  {
    title: "what an older client reads: message",
    status: 409,
    body: { message: "Already there" },
    name: "ConflictError",
    says: ["Already there"],
  },
  {
    title: "what an older client reads: details",
    status: 409,
    body: { details: "Already there" },
    name: "ConflictError",
    says: ["Already there"],
  },
];

describe.each(brands)("the errors of $brand", ({ adapter, origin, brand }) => {
  const open = () => adapter({ token, retry });
  const answer = (status: number, reply: unknown, headers: Readonly<Record<string, string>> = {}) =>
    scriptWire(origin, [{ method: "PATCH", path, status, reply, headers }]);
  const failedUpdate = () => failureOf(() => open().update(123, { name: "N" }));

  it.each(documented(brand))("documented: $title", async (expected) => {
    const requests = answer(expected.status, expected.body);
    const error = await failedUpdate();
    expect(factsOf(error)).toStrictEqual(expectedFacts(expected, adapter.name));
    for (const text of expected.says) expect(error.message).toContain(text);
    expect(requests).toHaveLength(1);
  });

  describe.each(statuses)("status %i", (status, name, outcome, retryable) => {
    const facts = { name, adapter: adapter.name, status, outcome, retryable };
    const fieldErrors = name === "RejectedError" ? { fieldErrors: [] } : {};

    it.each<[string, unknown, string]>([
      ["the documented shape", { detail: "The detail." }, "The detail."],
      ["plain text", "upstream says no", "upstream says no"],
      ["a JSON text", '"says no"', "says no"],
    ])("with %s says what the gateway said", async (_what, body, text) => {
      answer(status, body);
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({ ...facts, ...fieldErrors });
      expect(error.message).toContain(text);
      expect(error.message).toContain(String(status));
    });

    it.each<[string, unknown]>([
      ["an HTML page", "<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>"],
      ["an empty body", ""],
      ["half of a JSON text", '{"detail": "Not fo'],
      ["null", "null"],
      ["a number", "42"],
      ["a shape of no document", { detail: { deep: 1 }, error: [1], message: null, errors: 7, error_code: 5 }],
    ])("with %s is the same error", async (_what, body) => {
      answer(status, body);
      const error = await failedUpdate();
      expect(factsOf(error)).toMatchObject(facts);
      expect(error.message).toContain(String(status));
      expect(error.message).not.toContain("<");
    });

    it("is the same error of a read, by which nothing was written", async () => {
      scriptWire(origin, [{ method: "GET", path, status, reply: { detail: "The detail." } }]);
      expect(factsOf(await failureOf(() => open().get(123)))).toMatchObject({ name, status, outcome: "not-sent" });
    });
  });

  describe("the stated wait", () => {
    const now = new Date("2026-08-07T06:00:00.000Z");
    beforeEach(() => {
      jest.useFakeTimers({
        now,
        doNotFake: [
          ...(["hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate", "clearImmediate"] as const),
          ...(["setInterval", "clearInterval", "setTimeout", "clearTimeout"] as const),
        ],
      });
    });
    afterEach(() => jest.useRealTimers());

    it.each<[string, Record<string, string>, unknown, number | undefined]>([
      ["the body's", {}, { retry_after: 60 }, 60_000],
      ["the body's as a text", {}, { retry_after: "60" }, 60_000],
      ["the body's none", {}, { retry_after: 0 }, 0],
      ["the header's in seconds", { "retry-after": "7" }, {}, 7000],
      ["the header's none", { "retry-after": "0" }, {}, 0],
      ["the header's date", { "retry-after": "Fri, 07 Aug 2026 06:00:45 GMT" }, {}, 45_000],
      ["the header's date in the past", { "retry-after": "Fri, 07 Aug 2026 05:00:00 GMT" }, {}, 0],
      ["the body's beside a header that says nothing", { "retry-after": "soon" }, { retry_after: 60 }, 60_000],
      ["the body's beside a header that is no count of seconds", { "retry-after": "1.5" }, { retry_after: 60 }, 60_000],
      ["the body's beside a header below zero", { "retry-after": "-5" }, { retry_after: 60 }, 60_000],
      ["unknown where none is stated", {}, {}, undefined],
      ["unknown where it is null", {}, { retry_after: null }, undefined],
      ["unknown where it is empty", {}, { retry_after: "" }, undefined],
      ["unknown where it is a flag", {}, { retry_after: true }, undefined],
      ["unknown where it is a list", {}, { retry_after: [] }, undefined],
      ["unknown where it is below zero", {}, { retry_after: -1 }, undefined],
      ["unknown where it is words", {}, { retry_after: "soon" }, undefined],
    ])("is %s", async (_what, headers, body, retryAfterMs) => {
      answer(429, { detail: "Rate limit exceeded", ...Object(body) }, headers);
      const error = await failedUpdate();
      expect(factsOf(error)).toStrictEqual({
        name: "RateLimitError",
        adapter: adapter.name,
        status: 429,
        outcome: "not-applied",
        retryable: true,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    });
  });

  it("hides the key and the token that the gateway quotes", async () => {
    const errors = { api_key: ["new-api-key is not a key"] };
    answer(422, { detail: "gateway-token may not store new-api-key", errors });
    const credential = { scheme: "api_key", apiKey: secret("new-api-key") } as const;
    const error = await failureOf(() => open().update(123, { credential }));
    expect(error).toMatchObject({ fieldErrors: [{ path: "api_key", message: "[redacted] is not a key" }] });
    expect(error.message).toContain("[redacted] may not store [redacted]");
    expect(JSON.stringify(error)).not.toMatch(/new-api-key|gateway-token/);
  });
});
