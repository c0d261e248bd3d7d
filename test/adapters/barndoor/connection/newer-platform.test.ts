import { type BarndoorConnectionSettings, barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import type { CredentialScheme, ProviderUpdate } from "../../../../src/index.ts";
import { fixture } from "../../../support/fixture.ts";
import { credentials, expectMapping, type Refused, type Sent, token } from "../../../support/mapping.ts";

const id = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const url = `${host}/api/llm-gateway/admin/connections/${id}`;

const openai = { ...fixture("barndoor/connection-updated"), auth_type: "bearer_api_key" };
const bedrock = fixture("barndoor/connection-bedrock");
const vertex = fixture("barndoor/connection-vertex");

const open = (settings: Partial<BarndoorConnectionSettings> = {}) =>
  barndoorConnection({ token, baseUrl: `https://${host}`, platform: "newer", ...settings });

const afterRead = (current: Record<string, unknown>, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [
    { request: ["GET", url], reply: current },
    { request: ["PUT", url, body], reply: current },
  ],
});
const refusedAfterRead = (current: Record<string, unknown>, update: ProviderUpdate, ...paths: string[]): Refused => ({
  update,
  error: "InvalidInputError",
  paths,
  replies: [{ request: ["GET", url], reply: current }],
});
const key = { credential: credentials.api_key };
const roleArn = "arn:aws:iam::123456789012:role/gateway";

describe("a credential of a Barndoor connection on a newer platform", () => {
  it.each([
    ["openai", "bearer_api_key"],
    ["constructor", "bearer_api_key"],
    ["anthropic", "x_api_key"],
    ["azure_openai", "azure_api_key"],
    ["azure_foundry", "azure_foundry_api_key"],
  ])("is a key in the words of the family, which a read tells: %s", (model_provider, auth_type) =>
    expectMapping(open(), id, afterRead({ ...openai, model_provider }, key, { auth_type, api_key: "new-api-key" })),
  );

  it("is a key in one word by setting, without a read", () =>
    expectMapping(open({ authTypes: { api_key: "bearer_api_key" } }), id, {
      update: key,
      replies: [{ request: ["PUT", url, { auth_type: "bearer_api_key", api_key: "new-api-key" }], reply: openai }],
    }));

  it.each<[CredentialScheme, Record<string, unknown>, object]>([
    ["bedrock_api_key", bedrock, { auth_type: "bedrock_api_key", api_key: "new-bedrock-key" }],
    [
      "aws_keys",
      bedrock,
      {
        auth_type: "aws_static_credentials",
        credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
      },
    ],
    ["google_adc", vertex, { auth_type: "google_adc" }],
    [
      "google_service_account",
      vertex,
      {
        auth_type: "google_service_account",
        credentials: {
          type: "service_account",
          client_email: "bot@example.test",
          private_key: "-----BEGIN\nkey\n-----END",
        },
      },
    ],
  ])("is %s in the platform's words", (scheme, current, body) =>
    expectMapping(open(), id, afterRead(current, { credential: credentials[scheme] }, body)),
  );

  it("is an AWS role among the settings, which go back whole", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        bedrock,
        { credential: { scheme: "aws_role", roleArn } },
        {
          auth_type: "aws_role",
          settings: { region: "eu-central-1", model_api_family: "bedrock_converse", iam_role_arn: roleArn },
        },
      ),
    ));

  it("takes no external id, which the platform makes", () =>
    expectMapping(open(), id, {
      update: { credential: credentials.aws_role },
      error: "InvalidInputError",
      paths: ["credential.externalId"],
    }));

  it("needs a region for Bedrock, stored or given", () =>
    expectMapping(
      open(),
      id,
      refusedAfterRead({ ...bedrock, settings: {} }, { credential: credentials.bedrock_api_key }, "native.settings"),
    ));
});

describe("a base URL of a Barndoor connection on a newer platform", () => {
  const moved = { baseUrl: "https://api.example.test/v1" };

  it("is refused with a /v1 at the end after a read", () =>
    expectMapping(open(), id, refusedAfterRead(openai, moved, "baseUrl")));

  it("is taken with it for a family that is not OpenAI-compatible", () =>
    expectMapping(open(), id, afterRead(vertex, moved, { base_url: moved.baseUrl })));

  it("is taken without it, and without a read", () =>
    expectMapping(open(), id, {
      update: { baseUrl: "https://api.example.test" },
      replies: [{ request: ["PUT", url, { base_url: "https://api.example.test" }], reply: openai }],
    }));
});
