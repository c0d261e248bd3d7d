import { keywordsai, respan } from "../../../adapters/respan/index.ts";
import { type ProviderUpdate, secret } from "../../../src/index.ts";
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
  wireRequest,
} from "../../support/mapping.ts";

const updated = fixture("respan/updated");

const patchAt = (url: string, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [{ request: ["PATCH", url, body], reply: updated }],
});

function tablesFor(host: string): { fields: MappingTable; schemes: SchemeTable } {
  const patch = (update: ProviderUpdate, body: unknown) => patchAt(`${host}/api/providers/123/`, update, body);
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
  const rename = patch({ name: "Updated Azure Provider" }, { provider_name: "Updated Azure Provider" });
  const base = { baseUrl: "https://new.example.test/v1" };
  const extra = { base_url: "https://new.example.test/v1" };
  return {
    fields: {
      name: { set: rename, clear: invalid({ name: null }, "name"), omitted: patch(base, { extra_kwargs: extra }) },
      description: {
        set: unsupported({ description: "Primary" }),
        clear: unsupported({ description: null }),
        omitted: rename,
      },
      metadata: { set: unsupported({ metadata: "team=ml" }), clear: unsupported({ metadata: null }), omitted: rename },
      baseUrl: {
        set: patch(base, { extra_kwargs: extra }),
        clear: invalid({ baseUrl: null }, "baseUrl"),
        omitted: rename,
      },
      credential: {
        set: patch({ credential: credentials.api_key }, { api_key: "new-api-key" }),
        clear: invalid({ credential: null }, "credential"),
        omitted: rename,
      },
      connectionId: {
        set: unsupported({ connectionId: "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111" }),
        clear: invalid({ connectionId: null }, "connectionId", "connectionId"),
        omitted: rename,
      },
      requestTimeout: {
        set: patch({ ...base, requestTimeout: 90 }, { extra_kwargs: { ...extra, timeout: 90 } }),
        clear: { ...unsupported({ ...base, requestTimeout: null }), paths: ["requestTimeout"] },
        omitted: rename,
      },
      streamIdleTimeout: {
        set: unsupported({ streamIdleTimeout: 60 }),
        clear: unsupported({ streamIdleTimeout: null }),
        omitted: rename,
      },
      enabled: {
        set: unsupported({ enabled: false }),
        clear: invalid({ enabled: null }, "enabled", "enabled"),
        omitted: rename,
      },
      native: {
        set: patch(
          { ...base, native: { temperature: 0.7, max_tokens: 4096, region: "eu", organization: secret("org-key") } },
          { extra_kwargs: { ...extra, temperature: 0.7, max_tokens: 4096, region: "eu", organization: "org-key" } },
        ),
        clear: invalid({ ...base, native: null }, "native"),
        omitted: rename,
      },
    },
    schemes: {
      api_key: patch({ credential: credentials.api_key }, { api_key: "new-api-key" }),
      bedrock_api_key: unsupported({ credential: credentials.bedrock_api_key }),
      aws_role: unsupported({ credential: credentials.aws_role }),
      aws_keys: unsupported({ credential: credentials.aws_keys }),
      google_adc: unsupported({ credential: credentials.google_adc }),
      google_service_account: unsupported({ credential: credentials.google_service_account }),
      google_impersonation: unsupported({ credential: credentials.google_impersonation }),
      oauth_passthrough: unsupported({ credential: credentials.oauth_passthrough }),
    },
  };
}

describe("the mapping of Respan", () => {
  const { fields, schemes } = tablesFor("api.respan.ai");
  testMapping(() => respan({ token }), 123, fields, schemes);

  it("puts all fields of one update in one PATCH", () =>
    expectMapping(
      respan({ token }),
      123,
      patchAt(
        "api.respan.ai/api/providers/123/",
        {
          name: "Updated Azure Provider",
          credential: credentials.api_key,
          baseUrl: "https://x.example.test",
          requestTimeout: 5,
        },
        {
          provider_name: "Updated Azure Provider",
          api_key: "new-api-key",
          extra_kwargs: { base_url: "https://x.example.test", timeout: 5 },
        },
      ),
    ));
});

describe("the mapping of Keywords AI", () => {
  const { fields, schemes } = tablesFor("api.keywordsai.co");
  testMapping(() => keywordsai({ token }), 123, fields, schemes);
});

describe("the base URL of Respan", () => {
  it.each([
    "https://endpoint.respan.ai",
    "https://endpoint.respan.ai/",
    "https://endpoint.respan.ai/api",
    "https://endpoint.respan.ai/api/",
  ])("%s gives one /api", (baseUrl) =>
    expectMapping(
      respan({ token, baseUrl }),
      123,
      patchAt("endpoint.respan.ai/api/providers/123/", { name: "N" }, { provider_name: "N" }),
    ),
  );
});

describe("extra_kwargs of Respan", () => {
  const touching: readonly [string, ProviderUpdate][] = [
    ["requestTimeout", { requestTimeout: 90 }],
    ["native", { native: { temperature: 1 } }],
  ];

  it.each(touching)("%s alone is refused while a PATCH may replace the base URL", async (_field, update) => {
    for (const settings of [{ token }, { token, extraKwargs: "replace" as const }]) {
      await expectMapping(respan(settings), 123, { update, error: "InvalidInputError", paths: ["baseUrl"] });
    }
    await expect(respan({ token }).update(123, update)).rejects.toThrow(/extraKwargs: "merge"/);
  });

  it.each(touching)("%s alone goes out where the gateway is known to merge", (field, update) =>
    expectMapping(
      respan({ token, extraKwargs: "merge" }),
      123,
      patchAt("api.respan.ai/api/providers/123/", update, {
        extra_kwargs: field === "native" ? { temperature: 1 } : { timeout: 90 },
      }),
    ),
  );

  it("says as data what is written together", () => {
    const replaced = respan({ token }).capabilities.fields;
    expect(replaced.requestTimeout).toMatchObject({ mode: "replace", writtenWith: ["baseUrl", "native"] });
    expect(replaced.name).toMatchObject({ mode: "patch" });
    const merged = respan({ token, extraKwargs: "merge" }).capabilities.fields;
    expect(merged.requestTimeout).toMatchObject({ mode: "patch" });
    expect(merged.requestTimeout.writtenWith).toBeUndefined();
  });
});

describe("the identifier of Respan", () => {
  it("takes the string id of the newest pages by setting", () =>
    expectMapping(
      respan({ token, identifier: "provider_id" }),
      "my-azure-provider",
      patchAt("api.respan.ai/api/providers/my-azure-provider/", { name: "N" }, { provider_name: "N" }),
    ));

  it("encodes a string id into one segment", () =>
    expectMapping(respan({ token, identifier: "provider_id" }), "a/b ?#%2e", {
      update: { name: "N" },
      replies: [
        {
          request: ["PATCH", "api.respan.ai/api/providers/a%2Fb%20%3F%23%252e/", { provider_name: "N" }],
          reply: { ...updated, id: "a/b ?#%2e", provider_id: "a/b ?#%2e" },
        },
      ],
    }));

  it("takes digits for a primary key and says what a provider_id is", () => {
    expect(respan({ token }).parseId("123")).toBe(123);
    expect(() => respan({ token }).parseId("my-azure-provider")).toThrow(/provider_id.*identifier: "provider_id"/);
    for (const id of [0, -1, 1.5, "0123", "1e3", "", null, 2 ** 53, "9007199254740993"]) {
      expect(() => respan({ token }).parseId(id)).toThrow(/integer primary key/);
    }
    for (const id of ["", ".", "..", 123, "a\nb", "x".repeat(1025)]) {
      expect(() => respan({ token, identifier: "provider_id" }).parseId(id)).toThrow(/^respan: id: /);
    }
  });
});

describe("reading from Respan", () => {
  const get = ["GET", "api.respan.ai/api/providers/123/"] as const;

  it("keeps the primary key it was asked for, and the string as slug", async () => {
    const requests = script([{ request: get, reply: updated }]);
    await expect(respan({ token }).get(123)).resolves.toStrictEqual({
      id: 123,
      slug: "my-azure-provider",
      name: "Updated Azure Provider",
      credential: { kind: "unknown" },
      createdAt: "2024-01-15T10:30:00.000Z",
      updatedAt: "2024-01-15T12:00:00.000Z",
    });
    expect(requests).toStrictEqual([wireRequest(get)]);
  });

  it("shows the known keys of extra_kwargs, and of the others only that they are there", async () => {
    script([{ request: get, reply: fixture("respan/retrieved-with-extra-kwargs") }]);
    await expect(respan({ token }).get(123)).resolves.toMatchObject({
      baseUrl: "https://api.customprovider.com/v1",
      requestTimeout: 60,
      native: { region: "us-east-1", organization: { withheld: true } },
      updatedAt: null,
    });
  });

  it("reports an extra_kwargs without a base URL as one that is gone", async () => {
    script([{ request: get, reply: { ...updated, extra_kwargs: {} } }]);
    await expect(respan({ token }).get(123)).resolves.toMatchObject({ baseUrl: null, requestTimeout: null });
  });

  it("does not show a base URL that holds a password", async () => {
    script([{ request: get, reply: { ...updated, extra_kwargs: { base_url: "https://user:pass@x.test" } } }]);
    expect(await respan({ token }).get(123)).not.toHaveProperty("baseUrl");
  });

  it("refuses a reply for another provider, where replies tell", async () => {
    script([{ request: ["GET", "api.respan.ai/api/providers/other/"], reply: updated }]);
    await expect(respan({ token, identifier: "provider_id" }).get("other")).rejects.toMatchObject({
      name: "InvalidResponseError",
      outcome: "not-sent",
    });
  });
});

describe("listing Respan's providers", () => {
  const list = ["GET", "api.respan.ai/api/providers/"] as const;
  const collect = async (gateway: { list(): AsyncIterable<unknown> }) => {
    const providers: unknown[] = [];
    for await (const provider of gateway.list()) providers.push(provider);
    return providers;
  };

  it("reads a bare array; the primary key is not told", async () => {
    const requests = script([{ request: list, reply: [updated] }]);
    const [provider] = await collect(respan({ token }));
    expect(provider).toMatchObject({ slug: "my-azure-provider", name: "Updated Azure Provider" });
    expect(provider).not.toHaveProperty("id");
    expect(requests).toStrictEqual([wireRequest(list)]);
  });

  it("reads an envelope and follows `next`, by its query only", async () => {
    const second = ["GET", "api.respan.ai/api/providers/?page=2"] as const;
    const requests = script([
      { request: list, reply: { count: 2, results: [updated], next: "https://elsewhere.test/stolen?page=2" } },
      { request: second, reply: { count: 2, results: [{ ...updated, id: "b", provider_id: "b" }], next: null } },
    ]);
    await expect(collect(respan({ token, identifier: "provider_id" }))).resolves.toMatchObject([
      { id: "my-azure-provider" },
      { id: "b" },
    ]);
    expect(requests).toStrictEqual([wireRequest(list), wireRequest(second)]);
  });

  it("refuses pages that go round in circles", async () => {
    const second = ["GET", "api.respan.ai/api/providers/?page=2"] as const;
    const page = { results: [updated], next: "?page=2" };
    script([
      { request: list, reply: page },
      { request: second, reply: page },
    ]);
    await expect(collect(respan({ token }))).rejects.toMatchObject({ name: "InvalidResponseError" });
  });
});
