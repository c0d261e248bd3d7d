import type { CredentialScheme } from "../../src/index.ts";
import type { AuthTypeWord, BarndoorConnectionSettings } from "./settings.ts";

/** What holds a credential: a provider its own, a connection one that providers share. */
export type Kind = "provider" | "connection";

type Words = Pick<BarndoorConnectionSettings, "authTypes" | "platform">;

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
const FAMILY_SCHEMES = new Map<string, readonly CredentialScheme[]>([
  ["bedrock", ["bedrock_api_key", "aws_role", "aws_keys"]],
  ["vertex", ["google_adc", "google_service_account", "google_impersonation"]],
  ["anthropic", ["api_key", "oauth_passthrough"]],
  ["openai", ["api_key", "oauth_passthrough"]],
]);

/** The schemes that a family (`model_provider`) takes. OAuth is set on the provider: no connection has it. */
export function schemesOf(kind: Kind, family: string): readonly CredentialScheme[] {
  const schemes = FAMILY_SCHEMES.get(family) ?? ["api_key"];
  return kind === "provider" ? schemes : schemes.filter((scheme) => scheme !== "oauth_passthrough");
}

// barndoor-ai/terraform-provider-barndoor, internal/provider/llm_provider_resource.go and llm_connection_resource.go
const NEWER_WORDS: NonNullable<Words["authTypes"]> = {
  api_key: {
    anthropic: "x_api_key",
    azure_openai: "azure_api_key",
    azure_foundry: "azure_foundry_api_key",
    default: "bearer_api_key",
  },
  aws_keys: "aws_static_credentials",
  google_impersonation: "google_service_account_impersonation",
  oauth_passthrough: { anthropic: "claude_oauth", openai: "codex_oauth" },
};

function wordOf({ authTypes, platform }: Words, scheme: CredentialScheme): AuthTypeWord {
  return authTypes?.[scheme] ?? (platform === "newer" ? NEWER_WORDS[scheme] : undefined) ?? scheme;
}

/** Whether the word for a scheme depends on the family. */
export function dependsOnFamily(settings: Words, scheme: CredentialScheme): boolean {
  return typeof wordOf(settings, scheme) === "object";
}

/** The `auth_type` on the wire, or undefined where the setting has no word for the family. */
export function authType(settings: Words, scheme: CredentialScheme, family: string | undefined): string | undefined {
  const word = wordOf(settings, scheme);
  if (typeof word === "string") return word;
  return (family !== undefined && Object.hasOwn(word, family) ? word[family] : undefined) ?? word.default;
}

/** The scheme that an `auth_type` stands for, or undefined where it is no word of one scheme alone. */
export function schemeOf(settings: Words, kind: Kind, family: string, word: string): CredentialScheme | undefined {
  const [scheme, ...others] = schemesOf(kind, family).filter((each) => authType(settings, each, family) === word);
  return others.length === 0 ? scheme : undefined;
}

const SECRETLESS: readonly CredentialScheme[] = ["google_adc", "aws_role", "oauth_passthrough"];
// Of this one newer sources alone say what is stored.
const NEWER_SECRETLESS: readonly CredentialScheme[] = [...SECRETLESS, "google_impersonation"];

/** Whether an `auth_type` is one for which the gateway stores no secret. */
export function storesNoSecret(settings: Words, word: string): boolean {
  return (settings.platform === "newer" ? NEWER_SECRETLESS : SECRETLESS).some((scheme) => {
    const words = wordOf(settings, scheme);
    return word === scheme || (typeof words === "string" ? words === word : Object.values(words).includes(word));
  });
}
