import { z } from "zod";

const text = z.string().min(1);

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
/** The secret each `auth_type` takes: a key, an object in `credentials`, none; undefined where no page shows it. */
export const secrets: Readonly<Record<string, "api_key" | "none" | z.ZodType>> = {
  api_key: "api_key",
  bearer_api_key: "api_key",
  x_api_key: "api_key",
  azure_api_key: "api_key",
  azure_foundry_api_key: "api_key",
  bedrock_api_key: "api_key",
  aws_role: z.strictObject({ iam_role_arn: text, external_id: text.optional() }),
  aws_keys: z.strictObject({ access_key_id: text, secret_access_key: text }),
  aws_static_credentials: z.strictObject({ access_key_id: text, secret_access_key: text }),
  google_service_account: z.looseObject({ client_email: text, private_key: text }),
  azure_entra_client_secret: z.strictObject({ tenant_id: text, client_id: text, client_secret: text }),
  google_adc: "none",
  oauth_passthrough: "none",
  claude_oauth: "none",
  codex_oauth: "none",
};

/** What each family takes, its default first; `*` is every other family. */
export const authTypes: Readonly<Record<"docs" | "newer", Readonly<Record<string, readonly string[]>>>> = {
  docs: {
    bedrock: ["aws_role", "aws_keys", "bedrock_api_key"],
    vertex: ["google_adc", "google_service_account", "google_impersonation"],
    anthropic: ["api_key", "oauth_passthrough"],
    openai: ["api_key", "oauth_passthrough"],
    "*": ["api_key"],
  },
  newer: {
    bedrock: ["aws_role", "aws_static_credentials", "bedrock_api_key"],
    vertex: ["google_adc", "google_service_account", "google_service_account_impersonation"],
    anthropic: ["x_api_key", "claude_oauth"],
    openai: ["bearer_api_key", "codex_oauth"],
    azure_openai: ["azure_api_key", "azure_entra_client_secret"],
    azure_foundry: ["azure_foundry_api_key", "azure_entra_client_secret"],
    "*": ["bearer_api_key"],
  },
};
/** Settings that the platform itself adds. */
export const derivedSettings = ["external_id", "model_api_family", "api_version"];
export const inlineKey = "A provider cannot hold its own key; create a credential and set connection_id.";
export const twoSecrets = "A connection_id and an inline key exclude each other.";
export const oauth = ["oauth_passthrough", "claude_oauth", "codex_oauth"];
export const unprobed = ["bedrock", "vertex", "azure_openai", "azure_foundry"];
export const withoutV1 = [
  ...["openai", "anthropic", "groq", "together", "mistral", "cohere", "xai"],
  ...["fireworks", "perplexity", "openrouter", "deepseek", "custom", "typesafe"],
];
