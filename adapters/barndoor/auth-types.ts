import type { CredentialScheme } from "../../src/index.ts";
import type { BarndoorConnectionSettings } from "./settings.ts";

/** What holds a credential: a provider its own, a connection one that providers share. */
export type Kind = "provider" | "connection";

type Words = Pick<BarndoorConnectionSettings, "authTypes">;

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

/** Whether the word for a scheme depends on the family. */
export function dependsOnFamily(settings: Words, scheme: CredentialScheme): boolean {
  return typeof settings.authTypes?.[scheme] === "object";
}

/** The `auth_type` on the wire, or undefined where the setting has no word for the family. */
export function authType(settings: Words, scheme: CredentialScheme, family: string | undefined): string | undefined {
  const word = settings.authTypes?.[scheme] ?? scheme;
  if (typeof word === "string") return word;
  return (family !== undefined && Object.hasOwn(word, family) ? word[family] : undefined) ?? word.default;
}

/** The scheme that an `auth_type` stands for, or undefined where it is no word of one scheme alone. */
export function schemeOf(settings: Words, kind: Kind, family: string, word: string): CredentialScheme | undefined {
  const [scheme, ...others] = schemesOf(kind, family).filter((each) => authType(settings, each, family) === word);
  return others.length === 0 ? scheme : undefined;
}

const SECRETLESS: readonly CredentialScheme[] = ["google_adc", "aws_role", "oauth_passthrough"];

/** Whether an `auth_type` is one for which the gateway stores no secret. */
export function storesNoSecret(settings: Words, word: string): boolean {
  return SECRETLESS.some((scheme) => {
    const words = settings.authTypes?.[scheme] ?? scheme;
    return word === scheme || (typeof words === "string" ? words === word : Object.values(words).includes(word));
  });
}
