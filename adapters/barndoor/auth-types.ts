import type { CredentialScheme } from "../../src/index.ts";
import type { BarndoorSettings } from "./schema.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
const FAMILY_SCHEMES = new Map<string, readonly CredentialScheme[]>([
  ["bedrock", ["bedrock_api_key", "aws_role", "aws_keys"]],
  ["vertex", ["google_adc", "google_service_account", "google_impersonation"]],
  ["anthropic", ["api_key", "oauth_passthrough"]],
  ["openai", ["api_key", "oauth_passthrough"]],
]);

/** The schemes that a family (`model_provider`) takes. */
export function schemesOf(family: string): readonly CredentialScheme[] {
  return FAMILY_SCHEMES.get(family) ?? ["api_key"];
}

/** Whether the word for a scheme depends on the provider's family. */
export function dependsOnFamily(settings: Pick<BarndoorSettings, "authTypes">, scheme: CredentialScheme): boolean {
  return typeof settings.authTypes?.[scheme] === "object";
}

/** The `auth_type` on the wire, or undefined where the setting has no word for the family. */
export function authType(
  settings: Pick<BarndoorSettings, "authTypes">,
  scheme: CredentialScheme,
  family: string | undefined,
): string | undefined {
  const word = settings.authTypes?.[scheme] ?? scheme;
  if (typeof word === "string") return word;
  return (family !== undefined && Object.hasOwn(word, family) ? word[family] : undefined) ?? word.default;
}

const SECRETLESS: readonly CredentialScheme[] = ["google_adc", "aws_role", "oauth_passthrough"];

/** Whether an `auth_type` is one for which the gateway stores no secret. */
export function storesNoSecret(settings: Pick<BarndoorSettings, "authTypes">, word: string): boolean {
  return SECRETLESS.some((scheme) => {
    const words = settings.authTypes?.[scheme] ?? scheme;
    return word === scheme || (typeof words === "string" ? words === word : Object.values(words).includes(word));
  });
}
