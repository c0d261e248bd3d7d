import { ngrokProvider } from "../../../../adapters/ngrok/index.ts";
import type { ProviderCreation } from "../../../../src/index.ts";
import { factsOf, failureOf } from "../../../support/error-cases.ts";
import { fixture } from "../../../support/fixture.ts";
import { credentials, script, token, type WireLine, wireRequest } from "../../../support/mapping.ts";
import { scriptWire } from "../../../support/wire.ts";

const host = "api.ngrok.ai";
const origin = `https://${host}`;
const provider = fixture("ngrok/provider");
const bare = fixture("ngrok/provider-bare");
const id = "aigp_2abc";
const path = `/providers/${id}`;
const smallest = { slug: "my-azure", name: "My Azure", baseUrl: "http://models.internal/v1" };

const open = () => ngrokProvider({ token, retry: { attempts: 1 } });
const errorBody = (statusCode: number, msg: string, code: number) => {
  return { statusCode, msg, details: {}, errorCode: `ERR_NGROK_${code}` };
};

describe("making a custom provider at ngrok", () => {
  it("is one POST with no more than is required", async () => {
    const body = { providerId: "my-azure", name: "My Azure", baseUrl: "http://models.internal/v1" };
    const line: WireLine = ["POST", `${host}/providers`, body];
    const requests = script([{ request: line, status: 201, reply: bare }]);
    await expect(open().create?.(smallest)).resolves.toStrictEqual({
      provider: {
        id,
        slug: "my-azure",
        name: "My Azure",
        metadata: null,
        baseUrl: "http://models.internal/v1",
        credential: { kind: "none" },
        native: { supportedApiSurfaces: [], models: [] },
        createdAt: "2026-07-01T08:00:00.000Z",
        updatedAt: "2026-07-02T08:30:00.000Z",
      },
      notes: [],
    });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is one POST with everything that it can hold", async () => {
    const body = {
      providerId: "my-azure",
      name: "My Azure",
      metadata: '{"owner":"ml","tier":1}',
      baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
      supportedApiSurfaces: [{ format: "openai", surface: "responses", supportedParams: [{ name: "temperature" }] }],
      models: [{ modelId: "gpt-4" }, { modelId: "gpt-4o" }],
    };
    const line: WireLine = ["POST", `${host}/providers`, body];
    const requests = script([{ request: line, status: 201, reply: provider }]);
    const { supportedApiSurfaces } = body;
    const creation: ProviderCreation = {
      slug: "my-azure",
      name: "My Azure",
      metadata: { tier: 1, owner: "ml" },
      baseUrl: body.baseUrl,
      native: { supportedApiSurfaces, models: [{ modelId: "gpt-4o" }, { modelId: "gpt-4" }] },
    };
    await expect(open().create?.(creation)).resolves.toMatchObject({ provider: { id, slug: "my-azure" }, notes: [] });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is told beforehand", () => {
    expect(open().explainCreation?.(smallest)).toStrictEqual([
      {
        method: "POST",
        path: "/providers",
        body: { providerId: "my-azure", name: "My Azure", baseUrl: "http://models.internal/v1" },
        fields: ["name", "baseUrl"],
      },
    ]);
  });

  it("takes a readable id of 255 characters", async () => {
    const slug = "😀".repeat(255);
    const { slug: _slug, ...rest } = smallest;
    const line: WireLine = ["POST", `${host}/providers`, { ...rest, providerId: slug }];
    const requests = script([{ request: line, status: 201, reply: { ...bare, providerId: slug } }]);
    await open().create?.({ ...smallest, slug });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it.each<[string, object, string, readonly string[]]>([
    ["no readable id", { name: "N", baseUrl: "https://a.test" }, "InvalidInputError", ["slug"]],
    ["no name", { slug: "s", baseUrl: "https://a.test" }, "InvalidInputError", ["name"]],
    ["no base URL", { slug: "s", name: "N" }, "InvalidInputError", ["baseUrl"]],
    ["an empty readable id", { ...smallest, slug: "" }, "InvalidInputError", ["slug"]],
    ["a readable id of 256 characters", { ...smallest, slug: "s".repeat(256) }, "InvalidInputError", ["slug"]],
    ["an external host over http", { ...smallest, baseUrl: "http://a.test" }, "InvalidInputError", ["baseUrl"]],
    [
      "the same model twice",
      { ...smallest, native: { models: [{ modelId: "a" }, { modelId: "a" }] } },
      "InvalidInputError",
      ["native.models.1.modelId"],
    ],
    ["a null", { ...smallest, metadata: null }, "InvalidInputError", ["metadata"]],
    ["a name of 256 characters", { ...smallest, name: "n".repeat(256) }, "InvalidInputError", ["name"]],
    ["an upstream", { ...smallest, upstream: "openai" }, "UnsupportedFieldError", ["upstream"]],
    ["a description", { ...smallest, description: "D" }, "UnsupportedFieldError", ["description"]],
    ["a credential", { ...smallest, credential: credentials.api_key }, "UnsupportedFieldError", ["credential"]],
  ])("is refused with %s, and nothing is sent", async (_what, creation, name, paths) => {
    const requests = scriptWire(origin, []);
    const error = await failureOf(async () => open().create?.(creation as ProviderCreation));
    expect(error).toMatchObject({ name, outcome: "not-sent", issues: paths.map((path) => ({ path })) });
    expect(requests).toStrictEqual([]);
  });

  it.each([
    [409, 27705, "ConflictError", "The provider_id belongs to a built-in provider."],
    [409, 27712, "ConflictError", "The provider_id exists in the account already."],
    [422, 27706, "RejectedError", "The provider_id is limited to 255 characters."],
    [422, 27718, "RejectedError", "The host of the base_url is not allowed."],
  ])("says why it was refused with %i %i", async (status, code, name, msg) => {
    scriptWire(origin, [{ method: "POST", path: "/providers", status, reply: errorBody(status, msg, code) }]);
    const error = await failureOf(async () => open().create?.(smallest));
    expect(factsOf(error)).toMatchObject({ name, outcome: "not-applied", vendorCode: `ERR_NGROK_${code}` });
    expect(error.message).toContain(msg);
  });

  it("is never repeated after a lost reply", async () => {
    const requests = scriptWire(origin, [{ method: "POST", path: "/providers", fault: "ECONNRESET" }]);
    const error = await failureOf(async () => open().create?.(smallest));
    expect(factsOf(error)).toMatchObject({ name: "NetworkError", outcome: "unknown", retryable: false });
    expect(requests).toHaveLength(1);
  });
});

describe("removing a custom provider at ngrok", () => {
  it("is one DELETE", async () => {
    const line: WireLine = ["DELETE", `${host}${path}`];
    const requests = script([{ request: line, status: 204, reply: "" }]);
    await expect(open().remove?.(id)).resolves.toBeUndefined();
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("says what refers to it", async () => {
    const msg = "The provider cannot be deleted: referred to by the provider keys aigpk_1, aigpk_2.";
    scriptWire(origin, [{ method: "DELETE", path, status: 409, reply: errorBody(409, msg, 27710) }]);
    const error = await failureOf(async () => open().remove?.(id));
    expect(factsOf(error)).toMatchObject({
      name: "ConflictError",
      outcome: "not-applied",
      vendorCode: "ERR_NGROK_27710",
    });
    expect(error.message).toContain(msg);
  });

  it("is a NotFoundError where it is gone already", async () => {
    scriptWire(origin, [{ method: "DELETE", path, status: 404, reply: errorBody(404, "Not found.", 27611) }]);
    const error = await failureOf(async () => open().remove?.(id));
    expect(factsOf(error)).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });
});
