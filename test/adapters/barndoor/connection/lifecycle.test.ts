import { type BarndoorConnectionSettings, barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import { isGatewayError, type ProviderCreation } from "../../../../src/index.ts";
import { fixture } from "../../../support/fixture.ts";
import { credentials, script, token, wireRequest } from "../../../support/mapping.ts";

const id = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const path = "/api/llm-gateway/admin/connections";
const url = host + path;
const reply = fixture("barndoor/connection-updated");

const open = (settings: Partial<BarndoorConnectionSettings> = {}) =>
  barndoorConnection({ token, baseUrl: `https://${host}`, retry: { attempts: 0 }, ...settings });
const newer = { platform: "newer" } as const;

const of = (upstream: string) => ({ name: "N", upstream, baseUrl: "https://x.example.test" });
const bodyOf = (model_provider: string) => ({ name: "N", model_provider, base_url: "https://x.example.test" });
const region = { native: { settings: { region: "eu" } } };

async function expectCreation(
  creation: ProviderCreation,
  body: unknown,
  settings: Partial<BarndoorConnectionSettings> = {},
) {
  const requests = script([{ request: ["POST", url, body], reply }]);
  const result = await open(settings).create?.(creation);
  expect(requests).toStrictEqual([wireRequest(["POST", url, body])]);
  return { id: result?.provider.id, notes: result?.notes.map(({ code }) => code) };
}

describe("making a Barndoor connection", () => {
  it("sends all that a creation takes in one POST", async () => {
    const native = { settings: { region: "eu" }, change_note: "made" };
    const creation = { ...of("openai"), credential: credentials.api_key, native };
    const body = { ...bodyOf("openai"), auth_type: "api_key", api_key: "new-api-key", ...native };
    expect(await expectCreation(creation, body)).toStrictEqual({ id, notes: [] });
  });

  it("takes a credential without a secret", async () => {
    const creation = { ...of("vertex"), credential: credentials.google_adc };
    await expectCreation(creation, { ...bodyOf("vertex"), auth_type: "google_adc" });
  });

  it.each<[string, string, object, object, string[]]>([
    ["documented", "aws_keys", {}, { auth_type: "aws_keys" }, ["newer-sources-only"]],
    ["newer", "aws_static_credentials", newer, { auth_type: "aws_static_credentials" }, []],
  ])("has the %s platform's word for AWS keys, %s", async (_platform, _word, settings, word, notes) => {
    const creation = { ...of("bedrock"), credential: credentials.aws_keys, ...region };
    const body = {
      ...bodyOf("bedrock"),
      ...word,
      credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
      settings: { region: "eu" },
    };
    expect(await expectCreation(creation, body, settings)).toStrictEqual({ id, notes });
  });

  it.each([
    ["openai", "bearer_api_key"],
    ["groq", "bearer_api_key"],
    ["anthropic", "x_api_key"],
    ["azure_openai", "azure_api_key"],
    ["azure_foundry", "azure_foundry_api_key"],
  ])("has a newer platform's word for a key of %s, %s", async (upstream, auth_type) => {
    const body = { ...bodyOf(upstream), auth_type, api_key: "new-api-key" };
    await expectCreation({ ...of(upstream), credential: credentials.api_key }, body, newer);
  });

  it.each<[string, object, object, string[]]>([
    ["without a credential", of("openai"), {}, ["credential"]],
    ["for a connection", { ...of("openai"), connectionId: id }, {}, ["connectionId", "credential"]],
    [
      "with OAuth, which is a provider's",
      { ...of("openai"), credential: credentials.oauth_passthrough },
      {},
      ["credential", "credential"],
    ],
    ["with a scheme of another family", { ...of("openai"), credential: credentials.aws_keys }, {}, ["credential"]],
    ["with a timeout", { ...of("openai"), credential: credentials.api_key, requestTimeout: 5 }, {}, ["requestTimeout"]],
    [
      "with a field of providers",
      { ...of("openai"), credential: credentials.api_key, native: { billing_note: "n" } },
      {},
      ["native.billing_note"],
    ],
    [
      "on a newer platform for Bedrock without a region",
      { ...of("bedrock"), credential: credentials.bedrock_api_key },
      newer,
      ["native.settings"],
    ],
    [
      "on a newer platform with an external id",
      { ...of("bedrock"), credential: credentials.aws_role, ...region },
      newer,
      ["credential.externalId"],
    ],
    [
      "on a newer platform with a /v1",
      { ...of("groq"), baseUrl: "https://x.example.test/v1", credential: credentials.api_key },
      newer,
      ["baseUrl"],
    ],
  ])("is refused %s", async (_what, creation, settings, paths) => {
    const requests = script([]);
    const error: unknown = await open(settings)
      .create?.(creation as ProviderCreation)
      .catch((caught: unknown) => caught);
    if (!isGatewayError(error) || !("issues" in error)) throw new Error("the creation was not refused");
    const named = error.issues.map((issue) => issue.path).sort();
    expect({ named, outcome: error.outcome, requests }).toStrictEqual({
      named: paths,
      outcome: "not-sent",
      requests: [],
    });
  });
});

describe("removing a Barndoor connection", () => {
  const item = `${url}/${id}`;

  it("is one DELETE", async () => {
    const requests = script([{ request: ["DELETE", item], reply: { deleted: true } }]);
    await open().remove?.(id);
    expect(requests).toStrictEqual([wireRequest(["DELETE", item])]);
  });

  it("passes on who still uses it", async () => {
    const inUse = { error: { message: "in use by: OpenAI Production", type: "conflict_error" } };
    script([{ request: ["DELETE", item], status: 409, reply: inUse }]);
    await expect(open().remove?.(id)).rejects.toMatchObject({
      name: "ConflictError",
      outcome: "not-applied",
      vendorCode: "conflict_error",
      message: expect.stringContaining("in use by: OpenAI Production"),
    });
  });
});

describe("who uses a Barndoor connection", () => {
  const providers = `${host}/api/llm-gateway/admin/providers`;
  const provider = fixture("barndoor/updated");
  const other = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a222";

  it("is told by the list of providers", async () => {
    const { connection_id: _connection, ...unsaid } = provider;
    const list = [
      provider,
      { ...provider, id: other.toUpperCase(), name: "Bound", connection_id: id.toUpperCase() },
      { ...provider, name: "Elsewhere", connection_id: other },
      unsaid,
    ];
    const requests = script([{ request: ["GET", providers], reply: list }]);
    await expect(open().usedBy?.(id)).resolves.toStrictEqual([{ id: other, name: "Bound" }]);
    expect(requests).toStrictEqual([wireRequest(["GET", providers])]);
  });

  it("is nobody where no provider says so", async () => {
    script([{ request: ["GET", providers], reply: [provider] }]);
    await expect(open().usedBy?.(id)).resolves.toStrictEqual([]);
  });

  it("is not guessed from a list that cannot be read", async () => {
    script([{ request: ["GET", providers], reply: { results: [] } }]);
    await expect(open().usedBy?.(id)).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  });
});

describe("the capabilities of a Barndoor connection", () => {
  it("say what a creation needs and takes, that it can be removed and is shared", () => {
    const { creation, removes, shared } = open().capabilities;
    expect({ creation, removes, shared }).toStrictEqual({
      creation: {
        requires: ["name", "upstream", "baseUrl", "credential"],
        takes: ["name", "upstream", "baseUrl", "credential", "native"],
      },
      removes: true,
      shared: true,
    });
  });
});
