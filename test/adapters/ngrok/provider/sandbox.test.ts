import {
  SandboxConfigurationError,
  type SandboxOptions,
  type SandboxSeed,
  startSandbox,
} from "../../../../src/testing/index.ts";
import { allowLoopback } from "../../../support/loopback.ts";

allowLoopback();

const azure = {
  id: "aigp_2",
  providerId: "my-azure",
  name: "My Azure",
  baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
  metadata: '{"team":"ml"}',
  supportedApiSurfaces: [{ format: "openai", surface: "responses", supportedParams: [{ name: "top_p" }] }],
  models: [{ modelId: "gpt-4o" }, { modelId: "gpt-4" }],
  createdAt: "2025-01-01T00:00:00Z",
  createdBy: { id: "user_1", uri: "https://api.ngrok.ai/users/user_1" },
};
const ollama = { id: "aigp_1", providerId: "ollama", name: "Ollama", baseUrl: "http://ollama.internal/v1" };
const later = Date.parse("2026-01-01T00:00:00Z");
const sandboxActor = { id: "sandbox-user", uri: "https://api.ngrok.ai/users/sandbox-user" };

type Switches = NonNullable<SandboxOptions["switches"]>["ngrok"];
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}, more: SandboxSeed["ngrok"] = {}) {
  const seed = { ngrok: { providers: [ollama, azure], ...more } };
  const sandbox = await startSandbox({ seed, switches: { ngrok: switches }, now: () => later });
  close = sandbox.close;
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(`${sandbox.urls.ngrok}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.tokens.ngrok}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const shown = {
    ...azure,
    uri: `${sandbox.urls.ngrok}/providers/aigp_2`,
    models: [
      { id: "model_aigp_2_gpt-4o", modelId: "gpt-4o" },
      { id: "model_aigp_2_gpt-4", modelId: "gpt-4" },
    ],
    updatedAt: "2025-01-01T00:00:00Z",
    lastUpdatedBy: azure.createdBy,
  };
  const changed = { ...shown, updatedAt: "2026-01-01T00:00:00.000Z", lastUpdatedBy: sandboxActor };
  return { sandbox, call, shown, changed };
}

function refused(status: number, msg: string, errorCode?: string) {
  return { status, body: { statusCode: status, msg, details: {}, ...(errorCode && { errorCode }) } };
}

describe("reading custom providers", () => {
  it("shows one with everything, and leaves out what is empty", async () => {
    const { call, shown, sandbox } = await open();
    expect(await call("GET", "/providers/aigp_2")).toEqual({ status: 200, body: shown });
    expect((await call("GET", "/providers/aigp_1")).body).toEqual({
      ...ollama,
      uri: `${sandbox.urls.ngrok}/providers/aigp_1`,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
      createdBy: sandboxActor,
      lastUpdatedBy: sandboxActor,
    });
  });

  it("shows empty lists, and models in another order, when switched", async () => {
    const { call, shown } = await open({ emptyLists: "empty", modelOrder: "reversed" });
    expect((await call("GET", "/providers/aigp_1")).body).toMatchObject({ models: [], supportedApiSurfaces: [] });
    expect((await call("GET", "/providers/aigp_2")).body.models).toEqual([...shown.models].reverse());
  });

  it("answers 404 for an id it does not hold, and for a providerId", async () => {
    const { call } = await open();
    const expected = refused(404, "The provider was not found.", "ERR_NGROK_27611");
    expect(await call("GET", "/providers/aigp_9")).toEqual(expected);
    expect(await call("GET", "/providers/my-azure")).toEqual(expected);
  });

  it("lists by descending id, a page at a time", async () => {
    const { call, sandbox } = await open();
    const ids = (body: { aiGatewayProviders: { id: string }[] }) => body.aiGatewayProviders.map(({ id }) => id);
    const first = (await call("GET", "/providers?limit=1")).body;
    expect(ids(first)).toEqual(["aigp_2"]);
    expect(first.uri).toBe(`${sandbox.urls.ngrok}/providers`);
    expect(first.nextPageUri).toBe(`${sandbox.urls.ngrok}/providers?beforeId=aigp_2&limit=1`);
    const second = (await call("GET", "/providers?beforeId=aigp_2&limit=1")).body;
    expect([ids(second), second.nextPageUri]).toEqual([["aigp_1"], null]);
  });

  it("has no filter, and pages of 1 to 100", async () => {
    const { call } = await open();
    expect((await call("GET", "/providers?provider=ollama")).status).toBe(422);
    expect(await call("GET", "/providers?limit=101")).toEqual(refused(422, "limit: expected an integer from 1 to 100"));
  });
});

describe("updating a custom provider", () => {
  it("sets what is sent, clears what is null or an empty list, and keeps the rest", async () => {
    const { call, changed } = await open();
    const body = { name: "New", baseUrl: "http://azure.internal", metadata: null, models: [] };
    const { metadata, models, ...kept } = changed;
    const expected = { ...kept, name: "New", baseUrl: "http://azure.internal" };
    expect(await call("PATCH", "/providers/aigp_2", body)).toEqual({ status: 200, body: expected });
    expect((await call("GET", "/providers/aigp_2")).body).toEqual(expected);
  });

  it("replaces the whole set of models, and the surfaces", async () => {
    const { call, changed } = await open();
    const supportedApiSurfaces = [{ format: "anthropic", surface: "messages" }];
    const reply = await call("PATCH", "/providers/aigp_2", { supportedApiSurfaces, models: [{ modelId: "o3" }] });
    const models = [{ id: "model_aigp_2_o3", modelId: "o3" }];
    expect(reply).toEqual({ status: 200, body: { ...changed, supportedApiSurfaces, models } });
  });

  it("takes texts up to their limits, counted in characters", async () => {
    const { call } = await open();
    const start = "https://a.test/";
    const body = {
      name: "😀".repeat(255),
      metadata: "m".repeat(4096),
      baseUrl: start + "x".repeat(2048 - start.length),
    };
    expect(await call("PATCH", "/providers/aigp_2", body)).toMatchObject({ status: 200, body });
  });

  const list = "expected array, received null";
  const host = "baseUrl: expected https, or http to a host that ends in .internal";
  it.each([
    [{}, "body: an update without a field is not documented", undefined],
    [{ providerId: "other" }, "providerId: not accepted here", undefined],
    [{ description: "d" }, "description: not accepted here", undefined],
    [{ name: null }, "name: Invalid input: expected string, received null", undefined],
    [{ baseUrl: null }, "baseUrl: Invalid input: expected string, received null", undefined],
    [{ models: null }, `models: Invalid input: ${list}`, undefined],
    [{ supportedApiSurfaces: null }, `supportedApiSurfaces: Invalid input: ${list}`, undefined],
    [{ name: "n".repeat(256) }, "name: expected at most 255 characters", "ERR_NGROK_27701"],
    [{ metadata: "m".repeat(4097) }, "metadata: expected at most 4096 characters", "ERR_NGROK_27702"],
    [{ baseUrl: `https://${"x".repeat(2041)}` }, "baseUrl: expected at most 2048 characters", "ERR_NGROK_27703"],
    [{ baseUrl: "http://models.example.test" }, host, undefined],
    [{ baseUrl: "http://internal" }, host, undefined],
    [{ baseUrl: "models.internal" }, host, undefined],
    [
      { supportedApiSurfaces: [{ format: "gemini" }] },
      "supportedApiSurfaces.0.format: is not a known format",
      "ERR_NGROK_27707",
    ],
    [
      { supportedApiSurfaces: [{ format: "openai", surface: "embeddings" }] },
      "supportedApiSurfaces.0.surface: is not a known surface",
      "ERR_NGROK_27708",
    ],
    [
      { models: [{ modelId: "m".repeat(256) }] },
      "models.0.modelId: expected at most 255 characters",
      "ERR_NGROK_27709",
    ],
    [{ models: [{ modelId: "m", id: "model_1" }] }, "id: not accepted here", undefined],
    [
      { models: [{ modelId: "m" }, { modelId: "m" }] },
      "models: the same model id stands in it twice",
      "ERR_NGROK_27711",
    ],
  ])("refuses %j and keeps the record", async (body, msg, code) => {
    const { call, sandbox } = await open();
    const before = sandbox.stored("ngrok", "aigp_2");
    const reply = await call("PATCH", "/providers/aigp_2", body);
    expect([reply.status, reply.body.errorCode]).toEqual([422, code]);
    expect(reply.body.msg).toContain(msg);
    expect(sandbox.stored("ngrok", "aigp_2")).toEqual(before);
  });
});

describe("making a custom provider", () => {
  const made = { providerId: "vllm", name: "vLLM", baseUrl: "http://vllm.internal/v1" };

  it("answers 201 with the provider, to which a key may refer from then on", async () => {
    const { call, sandbox } = await open();
    const full = {
      ...made,
      metadata: "m",
      supportedApiSurfaces: [{ format: "openai" }],
      models: [{ modelId: "llama" }],
    };
    const { status, body } = await call("POST", "/providers", full);
    expect([status, body]).toEqual([
      201,
      {
        ...full,
        id: "aigp_new_0001",
        uri: `${sandbox.urls.ngrok}/providers/aigp_new_0001`,
        models: [{ id: "model_aigp_new_0001_llama", modelId: "llama" }],
        createdAt: "2026-01-01T00:00:00.000Z",
        updatedAt: "2026-01-01T00:00:00.000Z",
        createdBy: sandboxActor,
        lastUpdatedBy: sandboxActor,
      },
    ]);
    expect((await call("GET", "/providers/aigp_new_0001")).body).toEqual(body);
    const key = { providerId: "vllm", name: "Key", value: "sk-value-of-the-key" };
    expect((await call("POST", "/provider-keys", key)).status).toBe(201);
  });

  const missing = (field: string) => `${field}: Invalid input: expected string, received undefined`;
  it.each([
    [{ name: "N", baseUrl: "https://a.test" }, missing("providerId"), "ERR_NGROK_27704"],
    [{ providerId: "p", baseUrl: "https://a.test" }, missing("name"), "ERR_NGROK_27704"],
    [{ providerId: "p", name: "N" }, missing("baseUrl"), "ERR_NGROK_27704"],
    [{ ...made, providerId: "p".repeat(256) }, "providerId: expected at most 255 characters", "ERR_NGROK_27706"],
    [{ ...made, metadata: null }, "metadata: Invalid input: expected string, received null", undefined],
    [{ ...made, value: "sk-key" }, "value: not accepted here", undefined],
  ])("refuses %j, and makes nothing", async (body, msg, code) => {
    const { call } = await open();
    expect(await call("POST", "/providers", body)).toEqual(refused(422, msg, code));
    expect((await call("GET", "/providers")).body.aiGatewayProviders).toHaveLength(2);
  });

  it.each([undefined, 409, 400, 422] as const)("refuses an id that is taken: %s", async (status) => {
    const { call } = await open(status && { conflictStatus: status });
    const existing = refused(status ?? 409, "The provider_id exists in the account already.", "ERR_NGROK_27712");
    expect(await call("POST", "/providers", { ...made, providerId: "ollama" })).toEqual(existing);
    const builtIn = refused(status ?? 409, "The provider_id belongs to a built-in provider.", "ERR_NGROK_27705");
    expect(await call("POST", "/providers", { ...made, providerId: "openai" })).toEqual(builtIn);
  });
});

describe("removing a custom provider", () => {
  const key = (id: string, providerId: string) => ({ id, providerId, name: id, value: "sk-value-of-the-key" });

  it("answers 204, and the provider is gone, with its models", async () => {
    const { call, sandbox } = await open();
    expect(await call("DELETE", "/providers/aigp_2")).toEqual({ status: 204, body: undefined });
    expect(sandbox.stored("ngrok", "aigp_2")).toBeUndefined();
    const gone = refused(404, "The provider was not found.", "ERR_NGROK_27611");
    expect(await call("DELETE", "/providers/aigp_2")).toEqual(gone);
  });

  it("is refused while keys refer to it, and says which", async () => {
    const keys = [key("aigpk_1", "my-azure"), key("aigpk_2", "my-azure"), key("aigpk_3", "openai")];
    const { call } = await open({ conflictStatus: 422 }, { keys });
    const because = "The provider cannot be deleted: referred to by the provider keys";
    const both = refused(409, `${because} aigpk_2, aigpk_1.`, "ERR_NGROK_27710");
    expect(await call("DELETE", "/providers/aigp_2")).toEqual(both);
    await call("DELETE", "/provider-keys/aigpk_2");
    const one = refused(409, `${because} aigpk_1.`, "ERR_NGROK_27710");
    expect(await call("DELETE", "/providers/aigp_2")).toEqual(one);
    await call("DELETE", "/provider-keys/aigpk_1");
    expect((await call("DELETE", "/providers/aigp_2")).status).toBe(204);
  });

  it("is refused while a configuration refers to it", async () => {
    const { call } = await open({}, { routed: ["aigp_2"] });
    const msg = "The provider cannot be deleted: referred to by an access key configuration.";
    expect(await call("DELETE", "/providers/aigp_2")).toEqual(refused(409, msg, "ERR_NGROK_27710"));
    expect((await call("DELETE", "/providers/aigp_1")).status).toBe(204);
  });
});

describe("a seed of custom providers", () => {
  it.each<[string, SandboxSeed["ngrok"], string]>([
    ["an id twice", { providers: [ollama, { ...azure, id: "aigp_1" }] }, "ngrok.seed.providers"],
    ["a providerId twice", { providers: [ollama, { ...azure, providerId: "ollama" }] }, "ngrok.seed.providers"],
    [
      "an external host over http",
      { providers: [{ ...ollama, baseUrl: "http://a.test" }] },
      "ngrok.seed.providers[0].baseUrl",
    ],
    [
      "an id that a key has",
      { providers: [ollama], keys: [{ id: "aigp_1", providerId: "openai", name: "N", value: "v" }] },
      "ngrok.seed",
    ],
  ])("is refused with %s", async (_what, ngrok = {}, path) => {
    const error: unknown = await startSandbox({ seed: { ngrok } }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SandboxConfigurationError);
    expect(error).toMatchObject({ issues: [{ path }] });
  });
});
