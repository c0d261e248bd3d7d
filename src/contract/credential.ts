import { z } from "zod";
import { parseJsonObject } from "./json.ts";
import { type Secret, secretSchema } from "./secret.ts";

/**
 * How the gateway authenticates to the upstream provider. `apiKey`, `secretAccessKey` and `serviceAccount` are stored there and
 * never shown again: each at least one character, without control characters. `roleArn` and `externalId`, `accessKeyId` and
 * `targetServiceAccount` are names, not secrets. What the other schemes use is no part of an update.
 */
export type Credential =
  | { readonly scheme: "api_key"; readonly apiKey: Secret }
  | { readonly scheme: "bedrock_api_key"; readonly apiKey: Secret }
  | { readonly scheme: "aws_role"; readonly roleArn: string; readonly externalId?: string }
  | { readonly scheme: "aws_keys"; readonly accessKeyId: string; readonly secretAccessKey: Secret }
  | { readonly scheme: "google_adc" }
  /** `serviceAccount` is the text of the JSON key file. */
  | { readonly scheme: "google_service_account"; readonly serviceAccount: Secret }
  | { readonly scheme: "google_impersonation"; readonly targetServiceAccount: string }
  | { readonly scheme: "oauth_passthrough" };

/** The word that tells the credentials apart. */
export type CredentialScheme = Credential["scheme"];

/** Every scheme, in the order in which tables show them. */
export const credentialSchemes = [
  "api_key",
  "bedrock_api_key",
  "aws_role",
  "aws_keys",
  "google_adc",
  "google_service_account",
  "google_impersonation",
  "oauth_passthrough",
] as const satisfies readonly CredentialScheme[];

// Controls, line breaks among them, and half characters. A key that holds one was read wrongly.
const UNUSUAL = /[\p{Cc}\p{Cs}]/u;

/** What is wrong with a key's text, or undefined. */
export function keyProblem(key: Secret): string | undefined {
  const text = key.reveal();
  if (text === "") return "is empty";
  if (UNUSUAL.test(text)) return "has a line break or another control character";
  if (text.trim() !== text) return "begins or ends with white space";
  return undefined;
}

function serviceAccountProblem(file: Secret): string | undefined {
  if (file.reveal().trim() === "") return "is empty";
  const account = parseJsonObject(file.reveal());
  if (account === undefined) return "is not the JSON text of a service account's key file";
  const missing = ["client_email", "private_key"].filter((key) => typeof account[key] !== "string" || !account[key]);
  return missing.length === 0 ? undefined : `lacks ${missing.join(" and ")}`;
}

const checkedSecret = (problem: (value: Secret) => string | undefined) =>
  secretSchema.superRefine((value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const key = checkedSecret(keyProblem);
const text = z.string({ error: "expected a text" }).min(1, "is empty");

const schemeOf = <Scheme extends CredentialScheme>(scheme: Scheme, description: string) =>
  z.literal(scheme).meta({ description });
const roleArn = text.meta({
  description: "The role that the gateway takes on.",
  examples: ["arn:aws:iam::123456789012:role/ai-gateway"],
});
const externalId = text.meta({ description: "What the role's trust policy asks whoever takes it on for." });
const accessKeyId = text.meta({
  description: "The id of the access key, which is no secret.",
  examples: ["AKIAIOSFODNN7EXAMPLE"],
});
const targetServiceAccount = text.meta({
  description: "The service account that the gateway acts as.",
  examples: ["ai-gateway@my-project.iam.gserviceaccount.com"],
});

/** Strict: an unknown member is an error, and so is an explicit `undefined`. */
export const credentialSchema = z.discriminatedUnion(
  "scheme",
  [
    z.strictObject({ scheme: schemeOf("api_key", "A key of the upstream provider."), apiKey: key }),
    z.strictObject({ scheme: schemeOf("bedrock_api_key", "A key of Amazon Bedrock."), apiKey: key }),
    z.strictObject({
      scheme: schemeOf("aws_role", "A role of AWS that the gateway takes on: no secret is stored."),
      roleArn,
      externalId: externalId.exactOptional(),
    }),
    z.strictObject({
      scheme: schemeOf("aws_keys", "A pair of AWS access keys."),
      accessKeyId,
      secretAccessKey: key,
    }),
    z.strictObject({
      scheme: schemeOf("google_adc", "The gateway's own Google login, by Application Default Credentials."),
    }),
    z.strictObject({
      scheme: schemeOf("google_service_account", "A key of a Google service account."),
      serviceAccount: checkedSecret(serviceAccountProblem),
    }),
    z.strictObject({
      scheme: schemeOf("google_impersonation", "A Google service account that the gateway acts as."),
      targetServiceAccount,
    }),
    z.strictObject({
      scheme: schemeOf("oauth_passthrough", "Whoever calls the gateway logs in upstream by OAuth."),
    }),
  ],
  { error: `expected a credential with a scheme: ${credentialSchemes.join(", ")}` },
);
