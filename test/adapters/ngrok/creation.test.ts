import { ngrok } from "../../../adapters/ngrok/index.ts";
import { type ProviderCreation, secret } from "../../../src/index.ts";
import { factsOf, failureOf } from "../../support/error-cases.ts";
import { fixture } from "../../support/fixture.ts";
import { credentials, script, token, type WireLine, wireRequest } from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const host = "api.ngrok.ai";
const origin = `https://${host}`;
const key = fixture("ngrok/key");
const id = "aigpk_2abc";
const path = `/provider-keys/${id}`;
const smallest = { upstream: "openai", name: "OpenAI Production", credential: credentials.api_key };

const open = () => ngrok({ token, retry: { attempts: 1 } });
const errorBody = (statusCode: number, msg: string, code: number) => {
  return { statusCode, msg, details: {}, errorCode: `ERR_NGROK_${code}` };
};

describe("making a key at ngrok", () => {
  it.each<[string, ProviderCreation, unknown]>([
    ["no more than is required", smallest, { providerId: "openai", name: "OpenAI Production", value: "new-api-key" }],
    [
      "everything that it can hold",
      { ...smallest, upstream: "my-azure", description: "Primary key", metadata: { tier: 1, owner: "ml" } },
      {
        providerId: "my-azure",
        name: "OpenAI Production",
        value: "new-api-key",
        description: "Primary key",
        metadata: '{"owner":"ml","tier":1}',
      },
    ],
  ])("is one POST with %s", async (_what, creation, body) => {
    const line: WireLine = ["POST", `${host}/provider-keys`, body];
    const requests = script([{ request: line, status: 201, reply: key }]);
    await expect(open().create?.(creation)).resolves.toStrictEqual({
      provider: {
        id,
        name: "OpenAI Production",
        upstream: "openai",
        description: "Primary key",
        metadata: { owner: "ml", tier: 1 },
        credential: { kind: "inline", hint: "sk-proj-ab***wxyz" },
        lastUsedAt: "2026-07-03T12:00:00.000Z",
        createdAt: "2026-07-01T08:00:00.000Z",
        updatedAt: "2026-07-02T08:30:00.500Z",
      },
      notes: [],
    });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is told beforehand, the value redacted", () => {
    const requests = scriptWire(origin, []);
    expect(open().explainCreation?.({ ...smallest, description: "D" })).toStrictEqual([
      {
        method: "POST",
        path: "/provider-keys",
        body: { providerId: "openai", name: "OpenAI Production", value: "[redacted]", description: "D" },
        fields: ["name", "credential", "description"],
      },
    ]);
    expect(requests).toStrictEqual([]);
  });

  it.each<[string, object, string, readonly string[]]>([
    ["no upstream", { name: "N", credential: credentials.api_key }, "InvalidInputError", ["upstream"]],
    ["no name", { upstream: "openai", credential: credentials.api_key }, "InvalidInputError", ["name"]],
    ["no credential", { upstream: "openai", name: "N" }, "InvalidInputError", ["credential"]],
    ["a null", { ...smallest, description: null }, "InvalidInputError", ["description"]],
    ["a name of 256 characters", { ...smallest, name: "n".repeat(256) }, "InvalidInputError", ["name"]],
    ["a description of 256", { ...smallest, description: "d".repeat(256) }, "InvalidInputError", ["description"]],
    ["metadata of 4097", { ...smallest, metadata: "m".repeat(4097) }, "InvalidInputError", ["metadata"]],
    ["a readable id", { ...smallest, slug: "my-key" }, "UnsupportedFieldError", ["slug"]],
    ["a base URL", { ...smallest, baseUrl: "https://a.test" }, "UnsupportedFieldError", ["baseUrl"]],
    ["a timeout", { ...smallest, requestTimeout: 5 }, "UnsupportedFieldError", ["requestTimeout"]],
    [
      "a credential of a cloud",
      { ...smallest, credential: credentials.aws_role },
      "UnsupportedFieldError",
      ["credential"],
    ],
  ])("is refused with %s, and nothing is sent", async (_what, creation, name, paths) => {
    const requests = scriptWire(origin, []);
    const error = await failureOf(async () => open().create?.(creation as ProviderCreation));
    expect(error).toMatchObject({ name, outcome: "not-sent", issues: paths.map((path) => ({ path })) });
    expect(requests).toStrictEqual([]);
  });

  it.each([
    [422, 27508, "RejectedError", "provider_id: the provider is not supported."],
    [422, 27510, "RejectedError", "The field provider_id is required."],
    [409, 27607, "ConflictError", "It exists already."],
    [403, 27504, "PermissionDeniedError", "The account has no access to provider keys."],
  ])("says why it was refused with %i %i", async (status, code, name, msg) => {
    const steps = [{ method: "POST", path: "/provider-keys", status, reply: errorBody(status, msg, code) }];
    const requests = scriptWire(origin, steps);
    const error = await failureOf(async () => open().create?.(smallest));
    expect(factsOf(error)).toMatchObject({ name, outcome: "not-applied", vendorCode: `ERR_NGROK_${code}` });
    expect(error.message).toContain(msg);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["a lost reply", { fault: "ECONNRESET" }, "NetworkError"],
    ["a failure of the server", { status: 503, reply: {} }, "UnavailableError"],
  ])("is never repeated after %s", async (_what, step, name) => {
    const requests = scriptWire(origin, [{ method: "POST", path: "/provider-keys", ...step }]);
    const error = await failureOf(async () => open().create?.(smallest));
    expect(factsOf(error)).toMatchObject({ name, outcome: "unknown", retryable: false });
    expect(requests).toHaveLength(1);
  });

  it("hides the key where the gateway quotes it", async () => {
    const value = "sk-very-secret-key";
    const reply = errorBody(422, `The value '${value}' is not one.`, 27507);
    scriptWire(origin, [{ method: "POST", path: "/provider-keys", status: 422, reply }]);
    const credential = { scheme: "api_key", apiKey: secret(value) } as const;
    const error = await failureOf(async () => open().create?.({ ...smallest, credential }));
    expect(error.message).toContain("The value '[redacted]' is not one.");
    expect(JSON.stringify(error)).not.toContain(value);
  });
});

describe("removing a key at ngrok", () => {
  it("is one DELETE", async () => {
    const line: WireLine = ["DELETE", `${host}${path}`];
    const requests = script([{ request: line, status: 204, reply: "" }]);
    await expect(open().remove?.(id)).resolves.toBeUndefined();
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  // No page gives the status of 27511; any of these is told as what it is.
  it.each([
    [409, "ConflictError"],
    [422, "RejectedError"],
    [400, "RejectedError"],
  ])("says that a router rule refers to it, with status %i", async (status, name) => {
    const msg = "The provider key cannot be deleted: a router rule refers to it.";
    scriptWire(origin, [{ method: "DELETE", path, status, reply: errorBody(status, msg, 27511) }]);
    const error = await failureOf(async () => open().remove?.(id));
    expect(factsOf(error)).toMatchObject({ name, outcome: "not-applied", vendorCode: "ERR_NGROK_27511" });
    expect(error.message).toContain(msg);
  });

  it("is a NotFoundError where it is gone already", async () => {
    scriptWire(origin, [{ method: "DELETE", path, status: 404, reply: errorBody(404, "Not found.", 27611) }]);
    const error = await failureOf(async () => open().remove?.(id));
    expect(factsOf(error)).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });

  it.each(["", ".", "..", "a\nb"])("refuses the id %j, and nothing is sent", async (value) => {
    const requests = scriptWire(origin, []);
    const error = await failureOf(async () => open().remove?.(value));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(requests).toStrictEqual([]);
  });
});
