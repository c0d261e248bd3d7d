import { type NgrokSettings, ngrok } from "../../../adapters/ngrok/index.ts";
import { type JsonObject, type ProviderUpdate, secret } from "../../../src/index.ts";
import { fixture } from "../../support/fixture.ts";
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
} from "../../support/mapping.ts";
import { scriptWire } from "../../support/wire.ts";

const id = "aigpk_2abc";
const host = "api.ngrok.ai";
const url = `${host}/provider-keys/${id}`;
const key = fixture("ngrok/key");
const cleared = fixture("ngrok/key-cleared");
const apiKey = { credential: credentials.api_key };

const open = (settings: Partial<NgrokSettings> = {}) => ngrok({ token, ...settings });

const get: Sent["replies"][number] = { request: ["GET", url], reply: { ...key, name: "Stored name" } };
const rotate = (name: string): Sent["replies"][number] => ({
  request: ["POST", `${url}/rotate`, { name, value: "new-api-key" }],
  reply: { ...key, name },
});
const patching = (body: unknown): Sent["replies"][number] => ({ request: ["PATCH", url, body], reply: key });

const patch = (update: ProviderUpdate, body: unknown): Sent => ({ update, replies: [patching(body)] });
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

const rename = patch({ name: "OpenAI Production" }, { name: "OpenAI Production" });

const fields: MappingTable = {
  name: {
    set: rename,
    clear: invalid({ name: null }, "name"),
    omitted: patch({ description: "Primary key" }, { description: "Primary key" }),
  },
  description: {
    set: patch({ description: "Primary key" }, { description: "Primary key" }),
    clear: patch({ description: null }, { description: null }),
    omitted: rename,
  },
  metadata: {
    set: patch({ metadata: "team=ml" }, { metadata: "team=ml" }),
    clear: patch({ metadata: null }, { metadata: null }),
    omitted: rename,
  },
  baseUrl: {
    set: unsupported({ baseUrl: "https://new.example.test/v1" }),
    clear: invalidAndUnsupported("baseUrl"),
    omitted: rename,
  },
  credential: {
    set: { update: apiKey, replies: [get, rotate("Stored name")] },
    clear: invalid({ credential: null }, "credential"),
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
  native: { set: unsupported({ native: { region: "eu" } }), clear: invalidAndUnsupported("native"), omitted: rename },
};

const schemes: SchemeTable = {
  api_key: { update: apiKey, replies: [get, rotate("Stored name")] },
  bedrock_api_key: unsupported({ credential: credentials.bedrock_api_key }),
  aws_role: unsupported({ credential: credentials.aws_role }),
  aws_keys: unsupported({ credential: credentials.aws_keys }),
  google_adc: unsupported({ credential: credentials.google_adc }),
  google_service_account: unsupported({ credential: credentials.google_service_account }),
  google_impersonation: unsupported({ credential: credentials.google_impersonation }),
  oauth_passthrough: unsupported({ credential: credentials.oauth_passthrough }),
};

describe("the mapping of ngrok", () => {
  testMapping(() => open(), id, fields, schemes);

  it("puts name, description and metadata in one PATCH", () =>
    expectMapping(
      open(),
      id,
      patch(
        { name: "N", description: null, metadata: { team: "ml" } },
        { name: "N", description: null, metadata: '{"team":"ml"}' },
      ),
    ));

  it("refuses a clear of the connection beside a new key: there are no connections", () =>
    expectMapping(open(), id, {
      update: { ...apiKey, connectionId: null },
      error: "UnsupportedFieldError",
      paths: ["connectionId"],
    }));

  it("names every field that it cannot take at once", () =>
    expectMapping(open(), id, unsupported({ baseUrl: "https://x.example.test", requestTimeout: 5, enabled: true })));
});

describe("a new key at ngrok", () => {
  const cases: readonly [string, Sent][] = [
    [
      "carries the update's name, and then nothing is read",
      { update: { ...apiKey, name: "N" }, replies: [rotate("N")] },
    ],
    [
      "goes first, and the PATCH carries what a rotate cannot",
      {
        update: { ...apiKey, name: "N", description: "D", metadata: { a: 1 } },
        replies: [rotate("N"), patching({ description: "D", metadata: '{"a":1}' })],
      },
    ],
    [
      "goes after the read of the name and before the PATCH",
      {
        update: { ...apiKey, description: null },
        replies: [get, rotate("Stored name"), patching({ description: null })],
      },
    ],
    [
      "is followed by a PATCH that clears metadata",
      { update: { ...apiKey, name: "N", metadata: null }, replies: [rotate("N"), patching({ metadata: null })] },
    ],
  ];

  it.each(cases)("%s", (_what, expected) => expectMapping(open(), id, expected));

  it("gives back what the last call reported", async () => {
    script([rotate("N"), { request: ["PATCH", url], reply: { ...key, name: "N", description: "after the patch" } }]);
    await expect(open().update(id, { ...apiKey, name: "N", description: "after the patch" })).resolves.toMatchObject({
      provider: { id, name: "N", description: "after the patch" },
      notes: [],
    });
  });

  it("is not sent where the name cannot be read", async () => {
    const requests = script([{ ...get, status: 404, reply: { statusCode: 404, msg: "gone", details: {} } }]);
    await expect(open().update(id, apiKey)).rejects.toMatchObject({ name: "NotFoundError", outcome: "not-sent" });
    expect(requests).toStrictEqual([wireRequest(["GET", url])]);
  });

  it("sends a key of any characters as it is", async () => {
    const value = 'sk-"\\/é🔑';
    const line: WireLine = ["POST", `${url}/rotate`, { name: "N", value }];
    const requests = script([{ request: line, reply: key }]);
    await open().update(id, { name: "N", credential: { scheme: "api_key", apiKey: secret(value) } });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });
});

describe("the limits of ngrok", () => {
  const smallest = '{"text":""}'.length;
  const object = (length: number): JsonObject => ({ text: "x".repeat(length - smallest) });
  const taken: readonly [string, ProviderUpdate, unknown][] = [
    ["a name of 255", { name: "n".repeat(255) }, { name: "n".repeat(255) }],
    ["a name of 255 characters outside the basic plane", { name: "😀".repeat(255) }, { name: "😀".repeat(255) }],
    ["a description of 255", { description: "😀".repeat(255) }, { description: "😀".repeat(255) }],
    ["a metadata text of 4096", { metadata: "😀".repeat(4096) }, { metadata: "😀".repeat(4096) }],
    ["metadata of 4096 as it is sent", { metadata: object(4096) }, { metadata: `{"text":"${"x".repeat(4085)}"}` }],
  ];
  const refused: readonly [string, ProviderUpdate, string][] = [
    ["a name of 256", { name: "n".repeat(256) }, "name"],
    ["a name of 256 characters outside the basic plane", { name: "😀".repeat(256) }, "name"],
    ["a description of 256", { description: "d".repeat(256) }, "description"],
    ["a metadata text of 4097", { metadata: "m".repeat(4097) }, "metadata"],
    ["metadata of 4097 as it is sent", { metadata: object(4097) }, "metadata"],
    // 2100 line breaks are 4200 characters once they are JSON.
    ["metadata that is too long only once it is escaped", { metadata: { text: "\n".repeat(2100) } }, "metadata"],
  ];

  it.each(taken)("take %s", (_what, update, body) => expectMapping(open(), id, patch(update, body)));

  it.each(refused)("refuse %s", (_what, update, path) => expectMapping(open(), id, invalid(update, path)));

  it("hold for a rotate as well", () =>
    expectMapping(open(), id, invalid({ ...apiKey, name: "n".repeat(256) }, "name")));

  it("are told as data", () => {
    const { name, description, metadata } = open().capabilities.fields;
    expect([name.limits, description.limits, metadata.limits]).toStrictEqual([
      { maxLength: 255 },
      { maxLength: 255 },
      { maxLength: 4096 },
    ]);
  });
});

describe("the metadata of ngrok", () => {
  it("goes out as canonical JSON, whatever the order of the members", () =>
    expectMapping(
      open(),
      id,
      patch(
        { metadata: { b: [1, { d: null, c: true }], a: "x", B: 1.5 } },
        { metadata: '{"B":1.5,"a":"x","b":[1,{"c":true,"d":null}]}' },
      ),
    ));

  it("goes out as it is where it is a text, even one that looks like JSON", () =>
    expectMapping(open(), id, patch({ metadata: '{"b": 1, "a": 2}' }, { metadata: '{"b": 1, "a": 2}' })));

  it.each<[string, unknown]>([
    ["a list", ["a"]],
    ["a number", 1],
    ["an empty text", ""],
    ["an object with a Secret", { key: secret("some-secret") }],
    ["an object with a Date", { at: new Date(0) }],
    ["an object with NaN", { count: Number.NaN }],
    ["an object with undefined", { team: undefined }],
  ])("is refused when it is %s", (_what, metadata) => expectMapping(open(), id, invalid({ metadata }, "metadata")));

  it.each<[string, string, unknown]>([
    ["canonical JSON of an object as the object", '{"a":1,"b":{"c":[]}}', { a: 1, b: { c: [] } }],
    ["an empty object as one", "{}", {}],
    ["JSON with spaces as text", '{"a": 1}', '{"a": 1}'],
    ["JSON in another order as text", '{"b":1,"a":2}', '{"b":1,"a":2}'],
    ["a number written another way as text", '{"a":1.0}', '{"a":1.0}'],
    ["a list as text", "[1]", "[1]"],
    ["a JSON text as text", '"a"', '"a"'],
    ["plain text as text", "team=ml", "team=ml"],
    ["an empty text as empty", "", null],
  ])("is read back: %s", async (_what, metadata, expected) => {
    script([{ request: ["GET", url], reply: { ...key, metadata } }]);
    const state = await open().get(id);
    expect(state.metadata).toStrictEqual(expected);
  });
});

describe("reading from ngrok", () => {
  const line: WireLine = ["GET", url];

  it("shows everything that a reply tells, the redacted key as a hint", async () => {
    const requests = script([{ request: line, reply: key }]);
    await expect(open().get(id)).resolves.toStrictEqual({
      id,
      name: "OpenAI Production",
      upstream: "openai",
      description: "Primary key",
      metadata: { owner: "ml", tier: 1 },
      credential: { kind: "inline", hint: "sk-proj-ab***wxyz" },
      lastUsedAt: "2026-07-03T12:00:00.000Z",
      createdAt: "2026-07-01T08:00:00.000Z",
      updatedAt: "2026-07-02T08:30:00.500Z",
    });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("reads a reply without description and metadata as one where they are empty", async () => {
    script([{ request: line, reply: cleared }]);
    await expect(open().get(id)).resolves.toStrictEqual({
      id,
      name: "OpenAI Production",
      upstream: "aigp_custom",
      description: null,
      metadata: null,
      credential: { kind: "inline", hint: "***xyz" },
      lastUsedAt: null,
      createdAt: "2026-07-01T08:00:00.000Z",
      updatedAt: "2026-07-02T08:30:00.000Z",
    });
  });

  it("reads an empty description as empty", async () => {
    script([{ request: line, reply: { ...key, description: "" } }]);
    await expect(open().get(id)).resolves.toMatchObject({ description: null });
  });

  it("shows the same state after a write as at a later read", async () => {
    script([patching({ description: null }), { request: line, reply: key }]);
    const gateway = open();
    const { provider } = await gateway.update(id, { description: null });
    await expect(gateway.get(id)).resolves.toStrictEqual(provider);
  });

  it("passes over members of tomorrow", async () => {
    script([{ request: line, reply: { ...key, rotatedAt: "2026-07-01T00:00:00Z", tags: [] } }]);
    await expect(open().get(id)).resolves.toMatchObject({ id });
  });
});

describe("the id of an ngrok key", () => {
  it.each([
    ["a/b ?#%2e", "a%2Fb%20%3F%23%252e"],
    ["../keys", "..%2Fkeys"],
    ["ключ", "%D0%BA%D0%BB%D1%8E%D1%87"],
    ["https://elsewhere.test/x", "https%3A%2F%2Felsewhere.test%2Fx"],
  ])("%s goes into one segment", async (text, segment) => {
    const reply = { ...key, id: text };
    const lines: WireLine[] = [
      ["POST", `${host}/provider-keys/${segment}/rotate`, { name: "N", value: "new-api-key" }],
      ["PATCH", `${host}/provider-keys/${segment}`, { description: "D" }],
      ["GET", `${host}/provider-keys/${segment}`],
    ];
    const requests = script(lines.map((request) => ({ request, reply })));
    const gateway = open();
    await gateway.update(text, { ...apiKey, name: "N", description: "D" });
    await gateway.get(text);
    expect(requests).toStrictEqual(lines.map(wireRequest));
  });

  it.each(["", ".", "..", 5, null, undefined, "a\nb", "x".repeat(1025)])(
    "%j is refused, and nothing is sent",
    async (value) => {
      const requests = scriptWire(`https://${host}`, []);
      const refusal = { name: "InvalidInputError", outcome: "not-sent", issues: [{ path: "id" }] };
      expect(() => open().parseId(value)).toThrow(expect.objectContaining({ name: "InvalidInputError" }));
      await expect(open().get(value as string)).rejects.toMatchObject(refusal);
      await expect(open().update(value as string, { name: "N" })).rejects.toMatchObject(refusal);
      expect(requests).toStrictEqual([]);
    },
  );
});

describe("the base URL of ngrok", () => {
  it.each([
    "https://proxy.example.test/ngrok",
    "https://proxy.example.test/ngrok/",
    "https://proxy.example.test/ngrok//",
  ])("%s goes before every path", async (baseUrl) => {
    const line: WireLine = ["PATCH", `proxy.example.test/ngrok/provider-keys/${id}`, { name: "N" }];
    const requests = script([{ request: line, reply: key }]);
    await open({ baseUrl }).update(id, { name: "N" });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });
});

describe("listing ngrok's keys", () => {
  const firstLine: WireLine = ["GET", `${host}/provider-keys?limit=100`];
  const nextLine: WireLine = ["GET", `${host}/provider-keys?beforeId=aigpk_8&limit=100`];
  const first = fixture("ngrok/list-first-page");
  const last = fixture("ngrok/list-last-page");
  const collect = async (settings: Partial<NgrokSettings> = {}) => {
    const names: string[] = [];
    for await (const { name } of open(settings).list()) names.push(name);
    return names;
  };
  const linking = (nextPageUri: unknown) => ({ ...first, nextPageUri });

  it("asks for the largest page and follows the next one to the end", async () => {
    const requests = script([
      { request: firstLine, reply: first },
      { request: nextLine, reply: last },
    ]);
    await expect(collect()).resolves.toStrictEqual(["Nine", "Eight", "Seven"]);
    expect(requests).toStrictEqual([wireRequest(firstLine), wireRequest(nextLine)]);
  });

  it.each([
    "https://elsewhere.test/stolen?beforeId=aigpk_8&limit=100",
    "http://api.ngrok.ai:8080/other/path?beforeId=aigpk_8&limit=100#fragment",
    "//elsewhere.test/stolen?beforeId=aigpk_8&limit=100",
    "/provider-keys?beforeId=aigpk_8&limit=100",
    "?beforeId=aigpk_8&limit=100",
  ])("takes the query alone of %s", async (nextPageUri) => {
    const requests = script([
      { request: firstLine, reply: linking(nextPageUri) },
      { request: nextLine, reply: last },
    ]);
    await expect(collect()).resolves.toStrictEqual(["Nine", "Eight", "Seven"]);
    expect(requests).toStrictEqual([wireRequest(firstLine), wireRequest(nextLine)]);
  });

  it("keeps a base URL of its own for every page", async () => {
    const lines: WireLine[] = [
      ["GET", "proxy.example.test/ngrok/provider-keys?limit=100"],
      ["GET", "proxy.example.test/ngrok/provider-keys?beforeId=aigpk_8&limit=100"],
    ];
    const requests = script(lines.map((request, index) => ({ request, reply: index === 0 ? first : last })));
    await collect({ baseUrl: "https://proxy.example.test/ngrok" });
    expect(requests).toStrictEqual(lines.map(wireRequest));
  });

  it("ends where the next page is not mentioned", async () => {
    const { nextPageUri: _next, ...onlyPage } = first;
    const requests = script([{ request: firstLine, reply: onlyPage }]);
    await expect(collect()).resolves.toStrictEqual(["Nine", "Eight"]);
    expect(requests).toStrictEqual([wireRequest(firstLine)]);
  });

  it.each<[string, unknown[], number]>([
    ["a page that points to itself", [linking("https://api.ngrok.ai/provider-keys?limit=100")], 1],
    ["two pages that point to each other", [first, linking("https://api.ngrok.ai/provider-keys?limit=100")], 2],
    ["a page that points to itself after another", [first, first], 2],
  ])("refuses %s", async (_what, pages, count) => {
    const lines = [firstLine, nextLine].slice(0, count);
    const requests = script(lines.map((request, index) => ({ request, reply: pages[index] })));
    await expect(collect()).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
    expect(requests).toStrictEqual(lines.map(wireRequest));
  });

  it("gives the same state as a read of one key", async () => {
    script([
      { request: firstLine, reply: { aiGatewayProviderKeys: [key], uri: "https://api.ngrok.ai/provider-keys" } },
      { request: ["GET", url], reply: key },
    ]);
    const gateway = open();
    const listed: unknown[] = [];
    for await (const provider of gateway.list()) listed.push(provider);
    expect(listed).toStrictEqual([await gateway.get(id)]);
  });

  it("asks for no second page before the first one is used up", async () => {
    const requests = script([
      { request: firstLine, reply: first },
      { request: nextLine, reply: last },
    ]);
    for await (const { name } of open().list()) if (name === "Nine") break;
    expect(requests).toStrictEqual([wireRequest(firstLine)]);
  });
});
