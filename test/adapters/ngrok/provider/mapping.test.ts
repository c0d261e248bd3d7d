import { type NgrokSettings, ngrokProvider } from "../../../../adapters/ngrok/index.ts";
import { type ProviderUpdate, secret } from "../../../../src/index.ts";
import { fixture } from "../../../support/fixture.ts";
import {
  credentials,
  expectMapping,
  type MappingTable,
  type Refused,
  type SchemeTable,
  type Sent,
  script,
  testMapping,
  token,
  type WireLine,
  wireRequest,
} from "../../../support/mapping.ts";
import { scriptWire } from "../../../support/wire.ts";

const id = "aigp_2abc";
const host = "api.ngrok.ai";
const url = `${host}/providers/${id}`;
const provider = fixture("ngrok/provider");
const bare = fixture("ngrok/provider-bare");

const open = (settings: Partial<NgrokSettings> = {}) => ngrokProvider({ token, ...settings });

const patch = (update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [{ request: ["PATCH", url, body], reply: provider }],
});
const unsupported = (update: ProviderUpdate): Refused => ({
  update,
  error: "UnsupportedFieldError",
  paths: Object.keys(update),
});
const invalid = (update: unknown, ...paths: string[]): Refused => ({
  update: update as ProviderUpdate,
  error: "InvalidInputError",
  paths,
});
/** `null` is invalid by itself, and the field cannot be written either. */
const invalidAndUnsupported = (field: string) => invalid({ [field]: null }, field, field);

const rename = patch({ name: "My Azure" }, { name: "My Azure" });

const fields: MappingTable = {
  name: {
    set: rename,
    clear: invalid({ name: null }, "name"),
    omitted: patch({ metadata: "team=ml" }, { metadata: "team=ml" }),
  },
  description: {
    set: unsupported({ description: "Primary" }),
    clear: unsupported({ description: null }),
    omitted: rename,
  },
  metadata: {
    set: patch({ metadata: { b: 1, a: "x" } }, { metadata: '{"a":"x","b":1}' }),
    clear: patch({ metadata: null }, { metadata: null }),
    omitted: rename,
  },
  baseUrl: {
    set: patch({ baseUrl: "https://new.example.test/v1" }, { baseUrl: "https://new.example.test/v1" }),
    clear: invalid({ baseUrl: null }, "baseUrl"),
    omitted: rename,
  },
  credential: {
    set: unsupported({ credential: credentials.api_key }),
    clear: invalidAndUnsupported("credential"),
    omitted: rename,
  },
  connectionId: {
    set: unsupported({ connectionId: "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222" }),
    clear: invalidAndUnsupported("connectionId"),
    omitted: rename,
  },
  requestTimeout: {
    set: unsupported({ requestTimeout: 90 }),
    clear: unsupported({ requestTimeout: null }),
    omitted: rename,
  },
  streamIdleTimeout: {
    set: unsupported({ streamIdleTimeout: 60 }),
    clear: unsupported({ streamIdleTimeout: null }),
    omitted: rename,
  },
  enabled: { set: unsupported({ enabled: false }), clear: invalidAndUnsupported("enabled"), omitted: rename },
  native: {
    set: patch({ native: { models: [{ modelId: "gpt-4o" }] } }, { models: [{ modelId: "gpt-4o" }] }),
    clear: invalid({ native: null }, "native"),
    omitted: rename,
  },
};

const schemes: SchemeTable = {
  api_key: unsupported({ credential: credentials.api_key }),
  bedrock_api_key: unsupported({ credential: credentials.bedrock_api_key }),
  aws_role: unsupported({ credential: credentials.aws_role }),
  aws_keys: unsupported({ credential: credentials.aws_keys }),
  google_adc: unsupported({ credential: credentials.google_adc }),
  google_service_account: unsupported({ credential: credentials.google_service_account }),
  google_impersonation: unsupported({ credential: credentials.google_impersonation }),
  oauth_passthrough: unsupported({ credential: credentials.oauth_passthrough }),
};

describe("the mapping of ngrok's custom providers", () => {
  testMapping(() => open(), id, fields, schemes);

  it("puts every field in one PATCH", () =>
    expectMapping(
      open(),
      id,
      patch(
        {
          name: "N",
          metadata: null,
          baseUrl: "https://a.test",
          native: { supportedApiSurfaces: [{ format: "openai" }], models: [] },
        },
        {
          name: "N",
          metadata: null,
          baseUrl: "https://a.test",
          supportedApiSurfaces: [{ format: "openai" }],
          models: [],
        },
      ),
    ));

  it.each<[string, ProviderUpdate]>([
    ["a name of 255", { name: "😀".repeat(255) }],
    ["metadata of 4096", { metadata: "😀".repeat(4096) }],
  ])("takes %s", (_what, update) => expectMapping(open(), id, patch(update, update)));

  it.each<[string, ProviderUpdate, string]>([
    ["a name of 256", { name: "n".repeat(256) }, "name"],
    ["metadata of 4097", { metadata: "m".repeat(4097) }, "metadata"],
  ])("refuses %s", (_what, update, path) => expectMapping(open(), id, invalid(update, path)));
});

describe("the base URL of a custom provider", () => {
  const start = "https://a.test/";
  const longest = start + "x".repeat(2048 - start.length);

  it.each([
    "https://example.openai.azure.com/openai?api-version=2026-01-01",
    "https://models.internal/v1",
    "http://models.internal/v1",
    "http://MODELS.Internal:8080/v1",
    longest,
  ])("%s is sent as it is", (baseUrl) => expectMapping(open(), id, patch({ baseUrl }, { baseUrl })));

  it.each([
    "http://models.example.test/v1",
    "http://internal/v1",
    "http://models.internal.example.test/v1",
    "http://127.0.0.1:8080/v1",
    "http://example.test/?host=models.internal",
    "ftp://models.internal/v1",
    "https://user:password@models.internal/v1",
    "models.internal",
    `${longest}x`,
  ])("%s is refused, and nothing is sent", (baseUrl) => expectMapping(open(), id, invalid({ baseUrl }, "baseUrl")));

  it("says what is taken", () => {
    expect(() => open().explain(id, { baseUrl: "http://models.example.test" })).toThrow(
      "expected https; ngrok takes http only for a host that ends in .internal",
    );
  });
});

describe("the models of a custom provider", () => {
  const sent = (models: unknown, body: unknown) => patch({ native: { models } }, { models: body });

  it.each<[string, unknown, unknown]>([
    ["an empty list clears them", [], []],
    [
      "a list replaces them, in one order",
      [{ modelId: "b" }, { modelId: "a" }, { modelId: "B" }],
      [{ modelId: "B" }, { modelId: "a" }, { modelId: "b" }],
    ],
    ["a name may have 255 characters", [{ modelId: "😀".repeat(255) }], [{ modelId: "😀".repeat(255) }]],
  ])("%s", (_what, models, body) => expectMapping(open(), id, sent(models, body)));

  it.each<[string, unknown, string]>([
    ["null, which is not documented", null, "native.models"],
    ["a text", "gpt-4o", "native.models"],
    ["a list of texts", ["gpt-4o"], "native.models.0"],
    ["a model without an id", [{}], "native.models.0.modelId"],
    ["an empty id", [{ modelId: "" }], "native.models.0.modelId"],
    ["an id of 256 characters", [{ modelId: "m".repeat(256) }], "native.models.0.modelId"],
    ["the gateway's own id of a model", [{ modelId: "m", id: "model_1" }], "native.models.0.id"],
    ["a Secret", secret("some-secret"), "native.models"],
    ["the same id twice", [{ modelId: "a" }, { modelId: "b" }, { modelId: "a" }], "native.models.2.modelId"],
  ])("%s is refused, and nothing is sent", (_what, models, path) =>
    expectMapping(open(), id, invalid({ native: { models } }, path)),
  );

  it("gives the vendor's code for a model that is there twice", () => {
    const models = [{ modelId: "a" }, { modelId: "a" }];
    expect(() => open().explain(id, { native: { models } })).toThrow("ERR_NGROK_27711");
  });
});

describe("the surfaces of a custom provider", () => {
  it.each<[string, unknown]>([
    ["an empty list", []],
    ["a format alone", [{ format: "anthropic" }]],
    [
      "everything, in the order that is given",
      [
        { format: "openai", surface: "responses", supportedParams: [{ name: "top_p" }, { name: "temperature" }] },
        { format: "anthropic", surface: "messages" },
      ],
    ],
    ["words that only the gateway can judge", [{ format: "of-tomorrow", surface: "of-tomorrow" }]],
  ])("%s goes out as it is", (_what, supportedApiSurfaces) =>
    expectMapping(open(), id, patch({ native: { supportedApiSurfaces } }, { supportedApiSurfaces })),
  );

  it.each<[string, unknown, string]>([
    ["null, which is not documented", null, "native.supportedApiSurfaces"],
    ["no format", [{ surface: "responses" }], "native.supportedApiSurfaces.0.format"],
    ["an unknown member", [{ format: "openai", path: "/v1" }], "native.supportedApiSurfaces.0.path"],
    ["a null surface", [{ format: "openai", surface: null }], "native.supportedApiSurfaces.0.surface"],
    [
      "no parameter in a list of them",
      [{ format: "openai", supportedParams: [] }],
      "native.supportedApiSurfaces.0.supportedParams",
    ],
    [
      "a parameter as text",
      [{ format: "openai", supportedParams: ["top_p"] }],
      "native.supportedApiSurfaces.0.supportedParams.0",
    ],
  ])("%s is refused, and nothing is sent", (_what, supportedApiSurfaces, path) =>
    expectMapping(open(), id, invalid({ native: { supportedApiSurfaces } }, path)),
  );

  it("is one of two native fields", () =>
    expectMapping(open(), id, invalid({ native: { providerId: "other" } }, "native.providerId")));
});

describe("reading a custom provider", () => {
  const line: WireLine = ["GET", url];

  it("shows everything that a reply tells, the models in one order and without the gateway's own ids", async () => {
    const requests = script([{ request: line, reply: provider }]);
    await expect(open().get(id)).resolves.toStrictEqual({
      id,
      slug: "my-azure",
      name: "My Azure",
      metadata: { owner: "ml", tier: 1 },
      baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
      credential: { kind: "none" },
      native: {
        supportedApiSurfaces: [
          { format: "openai", surface: "responses", supportedParams: [{ name: "temperature" }] },
          { format: "anthropic" },
        ],
        models: [{ modelId: "gpt-4" }, { modelId: "gpt-4o" }],
      },
      createdAt: "2026-07-01T08:00:00.000Z",
      updatedAt: "2026-07-02T08:30:00.500Z",
    });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  const empty = {
    id,
    slug: "my-azure",
    name: "My Azure",
    metadata: null,
    baseUrl: "http://models.internal/v1",
    credential: { kind: "none" },
    native: { supportedApiSurfaces: [], models: [] },
    createdAt: "2026-07-01T08:00:00.000Z",
    updatedAt: "2026-07-02T08:30:00.000Z",
  };

  it.each<[string, object]>([
    ["does not mention", {}],
    ["shows as empty", { metadata: "", supportedApiSurfaces: [], models: [] }],
    ["shows as null", { metadata: null, supportedApiSurfaces: null, models: null }],
  ])("reads as empty what a reply %s", async (_what, members) => {
    script([{ request: line, reply: { ...bare, ...members } }]);
    await expect(open().get(id)).resolves.toStrictEqual(empty);
  });

  it("reads an empty list of parameters as none, and passes over members of tomorrow", async () => {
    const supportedApiSurfaces = [{ format: "openai", surface: null, supportedParams: [], since: 2027 }];
    const models = [{ id: "model_1", modelId: "m", provider_model_id: "other" }];
    script([{ request: line, reply: { ...bare, supportedApiSurfaces, models, region: "eu" } }]);
    const native = { supportedApiSurfaces: [{ format: "openai" }], models: [{ modelId: "m" }] };
    await expect(open().get(id)).resolves.toStrictEqual({ ...empty, native });
  });

  it("shows the same state after a write as at a later read", async () => {
    script([
      { request: ["PATCH", url, { name: "N" }], reply: provider },
      { request: line, reply: provider },
    ]);
    const gateway = open();
    const updated = await gateway.update(id, { name: "N" });
    await expect(gateway.get(id)).resolves.toStrictEqual(updated.provider);
  });
});

describe("the id of a custom provider", () => {
  it("goes into one segment", async () => {
    const text = "../a b";
    const lines: WireLine[] = [
      ["PATCH", `${host}/providers/..%2Fa%20b`, { name: "N" }],
      ["GET", `${host}/providers/..%2Fa%20b`],
    ];
    const requests = script(lines.map((request) => ({ request, reply: { ...provider, id: text } })));
    await open().update(text, { name: "N" });
    await open().get(text);
    expect(requests).toStrictEqual(lines.map(wireRequest));
  });

  it.each(["", ".", "..", "a\nb", "x".repeat(1025)])("%j is refused, and nothing is sent", async (value) => {
    const requests = scriptWire(`https://${host}`, []);
    const refusal = { name: "InvalidInputError", outcome: "not-sent", issues: [{ path: "id" }] };
    await expect(open().update(value, { name: "N" })).rejects.toMatchObject(refusal);
    await expect(open().get(value)).rejects.toMatchObject(refusal);
    expect(requests).toStrictEqual([]);
  });
});

describe("listing custom providers", () => {
  const firstLine: WireLine = ["GET", `${host}/providers?limit=100`];
  const nextLine: WireLine = ["GET", `${host}/providers?beforeId=aigp_8&limit=100`];
  const page = (names: readonly string[], nextPageUri?: unknown) => ({
    aiGatewayProviders: names.map((name) => ({ ...provider, id: `aigp_${name}`, name })),
    uri: "https://api.ngrok.ai/providers",
    nextPageUri,
  });
  const collect = async () => {
    const names: string[] = [];
    for await (const { name } of open().list()) names.push(name);
    return names;
  };

  it.each([
    "https://api.ngrok.ai/providers?beforeId=aigp_8&limit=100",
    "https://elsewhere.test/stolen?beforeId=aigp_8&limit=100",
    "/providers?beforeId=aigp_8&limit=100",
  ])("asks for the largest page, and takes of %s the query alone", async (nextPageUri) => {
    const requests = script([
      { request: firstLine, reply: page(["9", "8"], nextPageUri) },
      { request: nextLine, reply: page(["7"], null) },
    ]);
    await expect(collect()).resolves.toStrictEqual(["9", "8", "7"]);
    expect(requests).toStrictEqual([wireRequest(firstLine), wireRequest(nextLine)]);
  });

  it("ends where the next page is not mentioned", async () => {
    const requests = script([{ request: firstLine, reply: page(["9"]) }]);
    await expect(collect()).resolves.toStrictEqual(["9"]);
    expect(requests).toStrictEqual([wireRequest(firstLine)]);
  });
});
