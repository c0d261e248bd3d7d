import { type BarndoorSettings, barndoor } from "../../../adapters/barndoor/index.ts";
import { isGatewayError, type ProviderCreation } from "../../../src/index.ts";
import { fixture } from "../../support/fixture.ts";
import { credentials, script, token, wireRequest } from "../../support/mapping.ts";

const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const connectionId = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const baseUrl = `https://${host}/api/llm-gateway`;
const path = "/api/llm-gateway/admin/providers";
const url = host + path;
const reply = fixture("barndoor/updated");

const open = (settings: Partial<BarndoorSettings> = {}) =>
  barndoor({ token, baseUrl, retry: { attempts: 0 }, ...settings });
const newer = { platform: "newer" } as const;

const openai = { name: "OpenAI", upstream: "openai", baseUrl: "https://api.openai.com" };
const openaiBody = { name: "OpenAI", model_provider: "openai", base_url: "https://api.openai.com" };
const of = (upstream: string) => ({ name: "N", upstream, baseUrl: "https://x.example.test" });
const bodyOf = (model_provider: string) => ({ name: "N", model_provider, base_url: "https://x.example.test" });

/** Makes it, and compares the one request. */
async function expectCreation(creation: ProviderCreation, body: unknown, settings: Partial<BarndoorSettings> = {}) {
  const requests = script([{ request: ["POST", url, body], reply }]);
  const result = await open(settings).create?.(creation);
  expect(requests).toStrictEqual([wireRequest(["POST", url, body])]);
  return { id: result?.provider.id, notes: result?.notes.map(({ code }) => code) };
}

/** The paths that a refusal names; nothing may go out. */
async function refusedPaths(creation: unknown, settings: Partial<BarndoorSettings> = {}): Promise<string[]> {
  const requests = script([]);
  const error: unknown = await open(settings)
    .create?.(creation as ProviderCreation)
    .catch((caught: unknown) => caught);
  if (!isGatewayError(error) || !("issues" in error)) throw new Error("the creation was not refused");
  expect({ outcome: error.outcome, requests }).toStrictEqual({ outcome: "not-sent", requests: [] });
  return error.issues.map((issue) => issue.path);
}

describe("making a Barndoor provider", () => {
  it("sends all that a creation takes in one POST, which is answered 200", async () => {
    const native = {
      settings: { region: "eu" },
      enforce_health_check: false,
      billing_mode: "not_metered",
      billing_reason: "local",
      billing_note: "ours",
      model_sync_mode: "off",
      change_note: "made",
    };
    const creation = { ...openai, connectionId: connectionId.toUpperCase(), requestTimeout: 90, native };
    const body = { ...openaiBody, connection_id: connectionId, request_timeout_secs: 90, ...native };
    expect(await expectCreation(creation, body)).toStrictEqual({ id, notes: [] });
  });

  it.each<[string, ProviderCreation, object, string[]]>([
    [
      "a key",
      { ...openai, credential: credentials.api_key, streamIdleTimeout: 45 },
      { ...openaiBody, auth_type: "api_key", api_key: "new-api-key", stream_idle_timeout_secs: 45 },
      [],
    ],
    [
      "an AWS role",
      { ...of("bedrock"), credential: credentials.aws_role },
      {
        ...bodyOf("bedrock"),
        auth_type: "aws_role",
        credentials: { iam_role_arn: "arn:aws:iam::123456789012:role/gateway", external_id: "external-1" },
      },
      [],
    ],
    [
      "AWS keys, with the note on them",
      { ...of("bedrock"), credential: credentials.aws_keys },
      {
        ...bodyOf("bedrock"),
        auth_type: "aws_keys",
        credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
      },
      ["newer-sources-only"],
    ],
    [
      "request-scoped OAuth",
      { ...of("anthropic"), credential: credentials.oauth_passthrough },
      { ...bodyOf("anthropic"), auth_type: "oauth_passthrough" },
      [],
    ],
  ])("takes %s", async (_what, creation, body, notes) => {
    expect(await expectCreation(creation, body)).toStrictEqual({ id, notes });
  });

  it("has the word of the family without a read", async () => {
    const authTypes = { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } };
    const body = { ...bodyOf("anthropic"), auth_type: "x_api_key", api_key: "new-api-key" };
    await expectCreation({ ...of("anthropic"), credential: credentials.api_key }, body, { authTypes });
  });

  it("is explained with the key redacted", () => {
    expect(open().explainCreation?.({ ...openai, credential: credentials.api_key })).toStrictEqual([
      {
        method: "POST",
        path,
        body: { ...openaiBody, auth_type: "api_key", api_key: "[redacted]" },
        fields: ["name", "baseUrl", "credential"],
      },
    ]);
  });

  const { name: _name, ...nameless } = openai;
  const { upstream: _upstream, ...homeless } = openai;
  const { baseUrl: _baseUrl, ...placeless } = openai;
  it.each<[string, object, string[]]>([
    ["without a name", { ...nameless, connectionId }, ["name"]],
    ["without the upstream's kind", { ...homeless, connectionId }, ["upstream"]],
    ["without a base URL", { ...placeless, connectionId }, ["baseUrl"]],
    ["without a credential and a connection", openai, ["connectionId"]],
    ["with both", { ...openai, connectionId, credential: credentials.api_key }, ["connectionId"]],
    ["with a connection that is no UUID", { ...openai, connectionId: "shared" }, ["connectionId"]],
    ["with a null", { ...openai, connectionId, requestTimeout: null }, ["requestTimeout"]],
    ["with a timeout above the ceiling", { ...openai, connectionId, requestTimeout: 3601 }, ["requestTimeout"]],
    ["disabled, which only an update can do", { ...openai, connectionId, enabled: false }, ["enabled"]],
    ["with a slug of one's own", { ...openai, connectionId, slug: "openai" }, ["slug"]],
    [
      "with a scheme of another family",
      { ...openai, credential: credentials.google_adc },
      ["credential", "credential"],
    ],
    [
      "with a scheme that nobody documents",
      { ...of("vertex"), credential: credentials.google_impersonation },
      ["credential"],
    ],
    ["without a secret or a connection", { ...of("vertex"), credential: credentials.google_adc }, ["credential"]],
    [
      "with a sync mode, which needs a catalog",
      { ...openai, connectionId, native: { model_sync_mode: "full" } },
      ["native.model_sync_mode"],
    ],
    [
      "not metered without a reason",
      { ...openai, connectionId, native: { billing_mode: "not_metered" } },
      ["native.billing_reason"],
    ],
    ["with a note to clear", { ...openai, connectionId, native: { billing_note: null } }, ["native.billing_note"]],
  ])("is refused %s", async (_what, creation, paths) => {
    expect(await refusedPaths(creation)).toStrictEqual(paths);
  });

  it("tells of an unknown connection, and of nothing made", async () => {
    const missing = { error: { message: "connection not found", type: "not_found_error" } };
    script([{ request: ["POST", url], status: 404, reply: missing }]);
    await expect(open().create?.({ ...openai, connectionId })).rejects.toMatchObject({
      name: "NotFoundError",
      outcome: "not-applied",
      message: expect.stringContaining("connection not found"),
    });
  });
});

describe("making a Barndoor provider on a newer platform", () => {
  it.each<[string, ProviderCreation, object]>([
    ["a connection", { ...openai, connectionId }, { ...openaiBody, connection_id: connectionId }],
    [
      "OpenAI's OAuth, which takes a /v1",
      { ...openai, baseUrl: "https://api.openai.com/v1", credential: credentials.oauth_passthrough },
      { ...openaiBody, base_url: "https://api.openai.com/v1", auth_type: "codex_oauth" },
    ],
    [
      "Google's own identity",
      { ...of("vertex"), credential: credentials.google_adc, native: { settings: { project_id: "p" } } },
      { ...bodyOf("vertex"), auth_type: "google_adc", settings: { project_id: "p" } },
    ],
    [
      "an AWS role among the settings",
      {
        ...of("bedrock"),
        credential: { scheme: "aws_role", roleArn: "arn:aws:iam::1:role/x" },
        native: { settings: { region: "eu" } },
      },
      {
        ...bodyOf("bedrock"),
        auth_type: "aws_role",
        settings: { region: "eu", iam_role_arn: "arn:aws:iam::1:role/x" },
      },
    ],
  ])("takes %s", async (_what, creation, body) => {
    expect(await expectCreation(creation, body, newer)).toStrictEqual({ id, notes: [] });
  });

  it.each<[string, object, string[]]>([
    ["with a key", { ...openai, credential: credentials.api_key }, ["credential", "credential"]],
    ["with a /v1", { ...openai, connectionId, baseUrl: "https://api.openai.com/v1" }, ["baseUrl"]],
    ["with a timeout above the ceiling", { ...openai, connectionId, requestTimeout: 601 }, ["requestTimeout"]],
    [
      "with a role that has no region",
      { ...of("bedrock"), credential: { scheme: "aws_role", roleArn: "r" } },
      ["native.settings"],
    ],
    [
      "with an external id",
      { ...of("bedrock"), credential: credentials.aws_role, native: { settings: { region: "eu" } } },
      ["credential.externalId"],
    ],
  ])("is refused %s", async (_what, creation, paths) => {
    expect(await refusedPaths(creation, newer)).toStrictEqual(paths);
  });
});

describe("removing a Barndoor provider", () => {
  const item = `${url}/${id}`;

  it("is one DELETE", async () => {
    const requests = script([{ request: ["DELETE", item], reply: { deleted: true } }]);
    await expect(open().remove?.(id)).resolves.toBeUndefined();
    expect(requests).toStrictEqual([wireRequest(["DELETE", item])]);
  });

  it("tells of one that is gone already", async () => {
    script([{ request: ["DELETE", item], status: 404, reply: { error: { message: "provider not found" } } }]);
    await expect(open().remove?.(id)).rejects.toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });
});

describe("the capabilities of a Barndoor provider", () => {
  it("say what a creation needs and takes, and that it can be removed", () => {
    const { creation, removes, shared } = open().capabilities;
    expect({ creation, removes, shared }).toStrictEqual({
      creation: {
        requires: ["name", "upstream", "baseUrl"],
        takes: [
          "name",
          "upstream",
          "baseUrl",
          "credential",
          "connectionId",
          "requestTimeout",
          "streamIdleTimeout",
          "native",
        ],
      },
      removes: true,
      shared: undefined,
    });
    expect(open().usedBy).toBeUndefined();
  });
});
