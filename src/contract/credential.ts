import { z } from "zod";
import { parseJsonObject } from "./json.ts";
import { type Secret, secretSchema } from "./secret.ts";

/** How the gateway authenticates to the upstream provider. */
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

/** Strict: an unknown member is an error, and so is an explicit `undefined`. */
export const credentialSchema = z.discriminatedUnion(
  "scheme",
  [
    z.strictObject({ scheme: z.literal("api_key"), apiKey: key }),
    z.strictObject({ scheme: z.literal("bedrock_api_key"), apiKey: key }),
    z.strictObject({ scheme: z.literal("aws_role"), roleArn: text, externalId: text.exactOptional() }),
    z.strictObject({ scheme: z.literal("aws_keys"), accessKeyId: text, secretAccessKey: key }),
    z.strictObject({ scheme: z.literal("google_adc") }),
    z.strictObject({
      scheme: z.literal("google_service_account"),
      serviceAccount: checkedSecret(serviceAccountProblem),
    }),
    z.strictObject({ scheme: z.literal("google_impersonation"), targetServiceAccount: text }),
    z.strictObject({ scheme: z.literal("oauth_passthrough") }),
  ],
  { error: `expected a credential with a scheme: ${credentialSchemes.join(", ")}` },
);
