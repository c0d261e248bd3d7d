import { type BarndoorSettings, barndoor } from "../../../adapters/barndoor/index.ts";
import { type CredentialScheme, credentialSchemes, isGatewayError, type ProviderUpdate } from "../../../src/index.ts";
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
} from "../../support/mapping.ts";

const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const connectionId = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const baseUrl = `https://${host}/api/llm-gateway`;
const url = `${host}/api/llm-gateway/admin/providers/${id}`;

const updated = { ...fixture("barndoor/updated"), auth_type: "bearer_api_key" };
const bedrock = fixture("barndoor/retrieved-bedrock");
const vertex = fixture("barndoor/retrieved-vertex");
const anthropic = { ...fixture("barndoor/retrieved-anthropic"), auth_type: "x_api_key" };

const open = (settings: Partial<BarndoorSettings> = {}) =>
  barndoor({ token, baseUrl, platform: "newer", updateMethod: "PUT", ...settings });

const put = (update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [{ request: ["PUT", url, body], reply: updated }],
});
const afterRead = (current: Record<string, unknown>, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [
    { request: ["GET", url], reply: current },
    { request: ["PUT", url, body], reply: current },
  ],
});
const invalid = (update: unknown, ...paths: string[]): Refused => ({
  update: update as ProviderUpdate,
  error: "InvalidInputError",
  paths,
});
const refusedAfterRead = (current: Record<string, unknown>, update: ProviderUpdate, ...paths: string[]): Refused => ({
  ...invalid(update, ...paths),
  replies: [{ request: ["GET", url], reply: current }],
});
const unsupported = (update: ProviderUpdate): Refused => ({
  update,
  error: "UnsupportedFieldError",
  paths: Object.keys(update),
});
/** What the platform refuses and what the capabilities leave out: both are said. */
const keyless = (scheme: CredentialScheme) => invalid({ credential: credentials[scheme] }, "credential", "credential");

/** The words of the only problem. */
async function problemOf(update: ProviderUpdate, replies: Sent["replies"] = []): Promise<string[]> {
  script(replies);
  const error: unknown = await open()
    .update(id, update)
    .catch((caught: unknown) => caught);
  if (!isGatewayError(error) || !("issues" in error)) throw new Error("the update was not refused");
  return error.issues.map(({ message }) => message);
}

const rename = put({ name: "OpenAI Production" }, { name: "OpenAI Production" });

const fields: MappingTable = {
  name: { set: rename, clear: invalid({ name: null }, "name"), omitted: put({ enabled: true }, { enabled: true }) },
  description: { set: unsupported({ description: "d" }), clear: unsupported({ description: null }), omitted: rename },
  metadata: { set: unsupported({ metadata: "m" }), clear: unsupported({ metadata: null }), omitted: rename },
  baseUrl: {
    set: put({ baseUrl: "https://new.example.test" }, { base_url: "https://new.example.test" }),
    clear: invalid({ baseUrl: null }, "baseUrl"),
    omitted: rename,
  },
  credential: {
    set: keyless("api_key"),
    clear: invalid({ credential: null }, "credential"),
    omitted: rename,
  },
  connectionId: {
    set: put({ connectionId }, { connection_id: connectionId }),
    clear: afterRead(
      anthropic,
      { connectionId: null, credential: credentials.oauth_passthrough },
      { connection_id: null, auth_type: "claude_oauth" },
    ),
    omitted: rename,
  },
  requestTimeout: {
    set: put({ requestTimeout: 600 }, { request_timeout_secs: 600 }),
    clear: put({ requestTimeout: null }, { request_timeout_secs: null }),
    omitted: rename,
  },
  streamIdleTimeout: {
    set: put({ streamIdleTimeout: 300 }, { stream_idle_timeout_secs: 300 }),
    clear: put({ streamIdleTimeout: null }, { stream_idle_timeout_secs: null }),
    omitted: rename,
  },
  enabled: {
    set: put({ enabled: false }, { enabled: false }),
    clear: invalid({ enabled: null }, "enabled"),
    omitted: rename,
  },
  native: {
    set: put({ native: { change_note: "rotated" } }, { change_note: "rotated" }),
    clear: invalid({ native: null }, "native"),
    omitted: rename,
  },
};

const roleArn = "arn:aws:iam::123456789012:role/gateway";
const role = { credential: { scheme: "aws_role", roleArn } } as const;
const impersonation = { credential: credentials.google_impersonation };

const schemes: SchemeTable = {
  api_key: keyless("api_key"),
  bedrock_api_key: keyless("bedrock_api_key"),
  aws_role: afterRead(bedrock, role, {
    auth_type: "aws_role",
    settings: { region: "eu-central-1", model_api_family: "bedrock_converse", iam_role_arn: roleArn },
  }),
  aws_keys: keyless("aws_keys"),
  google_adc: afterRead(vertex, { credential: credentials.google_adc }, { auth_type: "google_adc" }),
  google_service_account: keyless("google_service_account"),
  google_impersonation: unsupported(impersonation),
  oauth_passthrough: afterRead(anthropic, { credential: credentials.oauth_passthrough }, { auth_type: "claude_oauth" }),
};

describe("the mapping of Barndoor on a newer platform", () => {
  testMapping(() => open(), id, fields, schemes);

  it("is chosen by a word that is one of two", () => {
    expect(() => open({ platform: "newest" as never })).toThrow(
      expect.objectContaining({ name: "InvalidInputError", issues: [expect.objectContaining({ path: "platform" })] }),
    );
    expect(barndoor({ token, baseUrl, platform: "documented" }).capabilities).toStrictEqual(barndoor.capabilities());
  });

  it("has the word of OpenAI's OAuth, too", () =>
    expectMapping(
      open(),
      id,
      afterRead(updated, { credential: credentials.oauth_passthrough }, { auth_type: "codex_oauth" }),
    ));

  it("has other words by setting", () =>
    expectMapping(
      open({ authTypes: { oauth_passthrough: "own_oauth" } }),
      id,
      afterRead(updated, { credential: credentials.oauth_passthrough }, { auth_type: "own_oauth" }),
    ));
});

describe("a key for a provider of a newer platform", () => {
  it("is refused with the way to write it", async () => {
    expect(await problemOf({ credential: credentials.api_key })).toStrictEqual([
      "a provider of a newer platform holds no key of its own: set connectionId to a connection, and write the key there, " +
        "with barndoor-connection",
      "the scheme api_key cannot be written at this gateway",
    ]);
  });

  it("is not offered as what the family takes", async () => {
    const reading: Sent["replies"] = [{ request: ["GET", url], reply: updated }];
    expect(await problemOf({ credential: credentials.google_adc }, reading)).toStrictEqual([
      "a provider of the family openai does not take google_adc, only oauth_passthrough, a connection (connectionId)",
    ]);
  });
});

describe("detaching on a newer platform", () => {
  const others = credentialSchemes.filter((scheme) => scheme !== "oauth_passthrough");

  it.each(others)("is refused with %s before anything is sent", async (scheme) => {
    const messages = await problemOf({ connectionId: null, credential: credentials[scheme] });
    expect(messages).toContain(
      "on a newer platform only request-scoped OAuth (oauth_passthrough) leaves a connection: give the id of another one, " +
        "or remove the provider",
    );
  });

  it("is refused to OAuth for a family that has none", () =>
    expectMapping(
      open(),
      id,
      refusedAfterRead(bedrock, { connectionId: null, credential: credentials.oauth_passthrough }, "credential"),
    ));
});

describe("the timeouts on a newer platform", () => {
  it.each<[string, Partial<BarndoorSettings>, number, number]>([
    ["its own", {}, 600, 300],
    ["one of each", { timeoutCeilings: { request: 900 } }, 900, 300],
    ["those of the setting", { timeoutCeilings: { request: 900, streamIdle: 400 } }, 900, 400],
  ])("have ceilings: %s", async (_what, settings, request, streamIdle) => {
    const { requestTimeout, streamIdleTimeout } = open(settings).capabilities.fields;
    expect([requestTimeout.limits?.maximum, streamIdleTimeout.limits?.maximum]).toStrictEqual([request, streamIdle]);
    await expectMapping(open(settings), id, invalid({ requestTimeout: request + 1 }, "requestTimeout"));
    await expectMapping(open(settings), id, invalid({ streamIdleTimeout: streamIdle + 1 }, "streamIdleTimeout"));
  });
});

describe("a base URL that ends in /v1 on a newer platform", () => {
  const moved = { baseUrl: "https://api.example.test/openai/v1" };
  const compatible = [
    ...["openai", "anthropic", "groq", "together", "mistral", "cohere", "xai", "fireworks"],
    ...["perplexity", "openrouter", "deepseek", "custom", "typesafe"],
  ];
  const reading = (reply: Record<string, unknown>): Sent["replies"] => [{ request: ["GET", url], reply }];

  it.each(compatible)("is refused for %s after a read, with the right one", async (model_provider) => {
    expect(await problemOf(moved, reading({ ...updated, model_provider }))).toStrictEqual([
      `newer platforms take no /v1 at the end for the family ${model_provider}: use https://api.example.test/openai`,
    ]);
  });

  it.each(["bedrock", "vertex", "azure_openai", "azure_foundry", "a-family-of-tomorrow", "constructor"])(
    "is taken for %s",
    (model_provider) =>
      expectMapping(open(), id, afterRead({ ...updated, model_provider }, moved, { base_url: moved.baseUrl })),
  );

  it("is refused with a slash behind it", async () => {
    const messages = await problemOf({ baseUrl: "https://api.example.test/v1/" }, reading(updated));
    expect(messages).toStrictEqual([
      "newer platforms take no /v1 at the end for the family openai: use https://api.example.test",
    ]);
  });

  it("is taken for OpenAI's own OAuth, kept or new", async () => {
    const codex = { ...updated, auth_type: "codex_oauth" };
    await expectMapping(open(), id, afterRead(codex, moved, { base_url: moved.baseUrl }));
    const update = { ...moved, credential: credentials.oauth_passthrough };
    await expectMapping(open(), id, afterRead(updated, update, { auth_type: "codex_oauth", base_url: moved.baseUrl }));
  });

  it("is refused for what leaves that OAuth for a connection", () =>
    expectMapping(
      open(),
      id,
      refusedAfterRead({ ...updated, auth_type: "codex_oauth" }, { ...moved, connectionId }, "baseUrl"),
    ));

  it.each(["https://api.example.test/v1beta", "https://api.example.test/v1/chat", "https://v1.example.test"])(
    "is not %s: no read",
    (other) => expectMapping(open(), id, put({ baseUrl: other }, { base_url: other })),
  );

  it("costs no read on the documented platform", () =>
    expectMapping(
      open({ platform: "documented" }),
      id,
      put({ baseUrl: "https://api.openai.com/v1" }, { base_url: "https://api.openai.com/v1" }),
    ));
});

describe("an AWS role on a newer platform", () => {
  const stored = { region: "eu-central-1", iam_role_arn: "arn:aws:iam::1:role/former", external_id: "made" };

  it("is written among the settings, which go back whole", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        { ...bedrock, settings: stored },
        { ...role, native: { settings: { region: "us-east-1", tier: 2 } } },
        { auth_type: "aws_role", settings: { ...stored, region: "us-east-1", tier: 2, iam_role_arn: roleArn } },
      ),
    ));

  it("takes no external id, which the platform makes", () =>
    expectMapping(open(), id, invalid({ credential: credentials.aws_role }, "credential.externalId")));

  it("stands in one place only", () =>
    expectMapping(
      open(),
      id,
      invalid({ ...role, native: { settings: { iam_role_arn: "other" } } }, "native.settings.iam_role_arn"),
    ));

  it("needs a region, stored or given", async () => {
    const bare = { ...bedrock, settings: {} };
    await expectMapping(open(), id, refusedAfterRead(bare, role, "native.settings"));
    await expectMapping(
      open(),
      id,
      afterRead(
        bare,
        { ...role, native: { settings: { region: "eu" } } },
        { auth_type: "aws_role", settings: { region: "eu", iam_role_arn: roleArn } },
      ),
    );
  });

  it("is not written where the gateway did not report the settings", () => {
    const { settings: _settings, ...unreported } = bedrock;
    return expectMapping(open(), id, refusedAfterRead(unreported, role, "native.settings"));
  });

  it("is explained without what a read gives", () => {
    expect(open().explain(id, role)).toStrictEqual([
      { method: "GET", path: `/api/llm-gateway/admin/providers/${id}` },
      {
        method: "PUT",
        path: `/api/llm-gateway/admin/providers/${id}`,
        body: { auth_type: "aws_role", settings: { "‹current settings›": "‹kept›", iam_role_arn: roleArn } },
        fields: ["credential"],
      },
    ]);
  });
});

describe("reading a Barndoor provider of a newer platform", () => {
  it.each<[string, string, string, object]>([
    ["openai", "bearer_api_key", "inline", { scheme: "api_key" }],
    ["anthropic", "x_api_key", "inline", { scheme: "api_key" }],
    ["azure_openai", "azure_api_key", "inline", { scheme: "api_key" }],
    ["azure_foundry", "azure_foundry_api_key", "inline", { scheme: "api_key" }],
    ["azure_openai", "azure_entra_client_secret", "inline", {}],
    ["bedrock", "aws_static_credentials", "inline", { scheme: "aws_keys" }],
    ["bedrock", "aws_role", "none", { scheme: "aws_role" }],
    ["vertex", "google_service_account_impersonation", "none", { scheme: "google_impersonation" }],
    ["anthropic", "claude_oauth", "none", { scheme: "oauth_passthrough" }],
    ["openai", "codex_oauth", "none", { scheme: "oauth_passthrough" }],
  ])("knows of %s the word %s", async (model_provider, auth_type, kind, scheme) => {
    script([{ request: ["GET", url], reply: { ...updated, model_provider, auth_type } }]);
    expect((await open().get(id)).credential).toStrictEqual({ kind, ...scheme });
  });
});

describe("a refusal by a newer platform", () => {
  it("gets no advice to treat it as one", async () => {
    script([
      { request: ["GET", url], reply: anthropic },
      { request: ["PUT", url], status: 400, reply: { error: { message: "no" } } },
    ]);
    const update = { connectionId: null, credential: credentials.oauth_passthrough };
    await expect(open().update(id, update)).rejects.toMatchObject({
      message: expect.not.stringContaining("newer Barndoor platforms"),
      outcome: "not-applied",
    });
  });
});
