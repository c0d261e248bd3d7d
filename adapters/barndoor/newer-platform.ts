import type { Issue, ProviderUpdate } from "../../src/index.ts";
import { authType } from "./auth-types.ts";
import type { BarndoorCurrent } from "./current.ts";
import type { BarndoorConnectionSettings } from "./settings.ts";

// What newer platforms are known to refuse, as the vendor's own client tells it:
// barndoor-ai/terraform-provider-barndoor, internal/provider/llm_provider_resource.go and llm_connection_resource.go.

/** The schemes with a secret that the gateway stores. */
export const WITH_SECRET = new Set(["api_key", "bedrock_api_key", "aws_keys", "google_service_account"]);

/** What a newer platform refuses of a provider, without a read. */
export function newerProviderConditions({ credential, connectionId }: ProviderUpdate): Issue[] {
  const issues: Issue[] = [];
  if (credential !== undefined && WITH_SECRET.has(credential.scheme)) {
    const message =
      "a provider of a newer platform holds no key of its own: set connectionId to a connection, and write the key there, " +
      "with barndoor-connection";
    issues.push({ path: "credential", message });
  }
  if (connectionId === null && credential !== undefined && credential.scheme !== "oauth_passthrough") {
    const message =
      "on a newer platform only request-scoped OAuth (oauth_passthrough) leaves a connection: give the id of another one, " +
      "or remove the provider";
    issues.push({ path: "connectionId", message });
  }
  return issues;
}

/** What a newer platform refuses of an AWS role, whose parts are settings there. */
export function newerRoleConditions({ credential, native }: ProviderUpdate): Issue[] {
  if (credential?.scheme !== "aws_role") return [];
  const issues: Issue[] = [];
  if (credential.externalId !== undefined) {
    const message = "newer platforms generate it, and show it as external_id of the settings: leave it out";
    issues.push({ path: "credential.externalId", message });
  }
  if (ownSettings(native).some((name) => name === "iam_role_arn")) {
    issues.push({ path: "native.settings.iam_role_arn", message: "is what credential.roleArn gives: leave it out" });
  }
  return issues;
}

/** The settings that a newer platform keeps of a credential; undefined where it stands in the body. */
export function credentialSettings(
  { platform }: Pick<BarndoorConnectionSettings, "platform">,
  { credential }: ProviderUpdate,
): { readonly iam_role_arn: string } | undefined {
  if (platform !== "newer" || credential?.scheme !== "aws_role") return undefined;
  return { iam_role_arn: credential.roleArn };
}

/** A credential of Bedrock needs a region, which may be stored already. */
export function newerRegionConditions(
  { credential, native }: ProviderUpdate,
  { family, settings }: BarndoorCurrent,
): Issue[] {
  if (family !== "bedrock" || credential === undefined || settings === undefined) return [];
  if ([...Object.keys(settings), ...ownSettings(native)].includes("region")) return [];
  return [{ path: "native.settings", message: "newer platforms need a region here for a credential of Bedrock" }];
}

const ownSettings = (native: ProviderUpdate["native"]) => Object.keys(native?.settings ?? {});

// The families that the client calls OpenAI-compatible.
const WITHOUT_V1 = new Set([
  ...["openai", "anthropic", "groq", "together", "mistral", "cohere", "xai", "fireworks"],
  ...["perplexity", "openrouter", "deepseek", "custom", "typesafe"],
]);
const V1 = /\/v1\/?$/;

/** Whether the family decides about the base URL. */
export function isFamilyUrl({ platform }: Pick<BarndoorConnectionSettings, "platform">, url: string | undefined) {
  return platform === "newer" && url !== undefined && V1.test(url);
}

/** A base URL that ends in `/v1` is refused for the families that it is not for. */
export function newerUrlConditions(
  settings: BarndoorConnectionSettings,
  { baseUrl, credential, connectionId }: ProviderUpdate,
  { family = "", authType: stored }: BarndoorCurrent,
): Issue[] {
  if (baseUrl === undefined || !V1.test(baseUrl) || !WITHOUT_V1.has(family)) return [];
  const kept = typeof connectionId === "string" ? undefined : stored;
  const word = credential === undefined ? kept : authType(settings, credential.scheme, family);
  if (family === "openai" && word === "codex_oauth") return [];
  const message = `newer platforms take no /v1 at the end for the family ${family}: use ${baseUrl.replace(V1, "")}`;
  return [{ path: "baseUrl", message }];
}
