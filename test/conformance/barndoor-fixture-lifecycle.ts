import { secret } from "../../src/index.ts";
import type { AdapterFixture, CreationFixture } from "../../src/testing/index.ts";
import { ATTACHED, SHARED_BEDROCK, SHARED_OPENAI } from "./barndoor-fixture-objects.ts";

const DOCS = "https://docs.barndoor.ai/api-reference/llm-gateway";
const PROVIDERS = "/api/llm-gateway/admin/providers";
const CONNECTIONS = "/api/llm-gateway/admin/connections";

/** The word that each platform has for a plain key of OpenAI. */
const keyWords = { documented: "api_key", newer: "bearer_api_key" };

type Platform = keyof typeof keyWords;

const made = (path: string, creation: CreationFixture["creation"], body: unknown, shows: CreationFixture["shows"]) => ({
  creation,
  requests: [{ method: "POST", path, body }] as const,
  ...(shows === undefined ? {} : { shows }),
  source: `${DOCS}/${path === PROVIDERS ? "providers/createProvider" : "credentials/createCredential"}`,
});

const openai = { upstream: "openai", baseUrl: "https://api.openai.com" };
const openaiBody = { model_provider: "openai", base_url: "https://api.openai.com" };
const native = { settings: { region: "eu" }, enforce_health_check: false, billing_note: "ours", change_note: "made" };
const always = { billing_mode: "per_token", model_sync_mode: "off" };

const withKey = made(
  PROVIDERS,
  { name: "With a key", ...openai, credential: { scheme: "api_key", apiKey: secret("new-api-key-5678") }, native },
  { name: "With a key", ...openaiBody, auth_type: "api_key", api_key: "new-api-key-5678", ...native },
  { native: { ...always, ...native, auth_type: "api_key" }, credential: { kind: "inline", scheme: "api_key" } },
);

const withOauth = made(
  PROVIDERS,
  { name: "OAuth", ...openai, credential: { scheme: "oauth_passthrough" }, native },
  { name: "OAuth", ...openaiBody, auth_type: "codex_oauth", ...native },
  {
    native: { ...always, ...native, auth_type: "codex_oauth" },
    credential: { kind: "none", scheme: "oauth_passthrough" },
  },
);

const attached = made(
  PROVIDERS,
  { name: "Shares", ...openai, connectionId: SHARED_OPENAI, requestTimeout: 90, streamIdleTimeout: 45 },
  {
    name: "Shares",
    ...openaiBody,
    connection_id: SHARED_OPENAI,
    request_timeout_secs: 90,
    stream_idle_timeout_secs: 45,
  },
  undefined,
);

/** How providers are made and removed. */
export const providerLifecycle = (platform: Platform, last: string): Partial<AdapterFixture> => ({
  creations: [attached, platform === "newer" ? withOauth : withKey],
  removal: {
    requests: [{ method: "DELETE", path: `${PROVIDERS}/${last}` }],
    source: "barndoor-ai/terraform-provider-barndoor, internal/provider/llm_gateway_api.go",
  },
});

const role = "arn:aws:iam::123456789012:role/gateway";
const bedrock = { upstream: "bedrock", baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com" };
const bedrockBody = { model_provider: "bedrock", base_url: bedrock.baseUrl };
const region = { region: "eu-central-1" };

const roles: { readonly [Name in Platform]: CreationFixture } = {
  documented: made(
    CONNECTIONS,
    { name: "Role", ...bedrock, credential: { scheme: "aws_role", roleArn: role, externalId: "external-1" } },
    {
      name: "Role",
      ...bedrockBody,
      auth_type: "aws_role",
      credentials: { iam_role_arn: role, external_id: "external-1" },
    },
    undefined,
  ),
  newer: made(
    CONNECTIONS,
    { name: "Role", ...bedrock, credential: { scheme: "aws_role", roleArn: role }, native: { settings: region } },
    { name: "Role", ...bedrockBody, auth_type: "aws_role", settings: { ...region, iam_role_arn: role } },
    {
      // The platform makes the external id.
      native: {
        auth_type: "aws_role",
        settings: { ...region, iam_role_arn: role, external_id: "external-00000001-0000-4000-8000-00000000c0de" },
        change_note: null,
      },
    },
  ),
};

/** How connections are made, used and removed. */
export const connectionLifecycle = (platform: Platform, last: string): Partial<AdapterFixture> => {
  const auth_type = keyWords[platform];
  const ownNative = { settings: { region: "eu" }, change_note: "made" };
  const withKey = made(
    CONNECTIONS,
    {
      name: "Shared",
      ...openai,
      credential: { scheme: "api_key", apiKey: secret("new-api-key-5678") },
      native: ownNative,
    },
    { name: "Shared", ...openaiBody, auth_type, api_key: "new-api-key-5678", ...ownNative },
    { native: { auth_type, ...ownNative } },
  );
  return {
    creations: [withKey, roles[platform]],
    removal: {
      requests: [{ method: "DELETE", path: `${CONNECTIONS}/${last}` }],
      refused: { id: SHARED_OPENAI, name: "ConflictError", says: "Attached" },
      source: "barndoor-ai/terraform-provider-barndoor, internal/provider/llm_connection_resource.go",
    },
    users: [
      { id: SHARED_OPENAI, users: [{ id: ATTACHED, name: "Attached" }], source: `${DOCS}/providers/listProviders` },
      { id: SHARED_BEDROCK, users: [] },
    ],
  };
};
