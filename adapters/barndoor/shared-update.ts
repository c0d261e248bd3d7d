import { match, P } from "ts-pattern";
import type { Credential, Note, ProviderUpdate } from "../../src/index.ts";
import { embedJson, present, type Translatable, type WireBody } from "../../src/kit/index.ts";
import { authType } from "./auth-types.ts";
import type { BarndoorCurrent } from "./current.ts";
import { credentialSettings } from "./newer-platform.ts";
import type { BarndoorNative } from "./schema.ts";
import type { BarndoorConnectionSettings } from "./settings.ts";

/** What a body is made of; `current` is that of what is changed, or of what is to be made. */
export type BodyInput = Omit<Translatable<string, BarndoorCurrent, BarndoorNative>, "id">;

/** The part of a body that is the same for a provider and a connection. */
export function sharedBody(settings: BarndoorConnectionSettings, { update, native, current }: BodyInput): WireBody {
  const { name, baseUrl, credential } = update;
  const given = native?.settings;
  const own = credentialSettings(settings, update);
  const hasSettings = given !== undefined || own !== undefined;
  return {
    ...present({ name, base_url: baseUrl }),
    ...(credential === undefined ? undefined : credentialBody(settings, credential, current?.family)),
    ...native,
    ...(hasSettings ? { settings: { ...current?.settings, ...given, ...own } } : undefined),
  };
}

function credentialBody(
  settings: BarndoorConnectionSettings,
  credential: Credential,
  family: string | undefined,
): WireBody {
  const auth_type = authType(settings, credential.scheme, family) ?? "‹the family's word›";
  // Nearly every credential is a key: it does not pay for a match of patterns.
  if (credential.scheme === "api_key" || credential.scheme === "bedrock_api_key") {
    return { auth_type, api_key: credential.apiKey };
  }
  const refused = (): never => {
    throw new Error("a scheme that this adapter refuses reached the translation");
  };
  return match(credential)
    .returnType<WireBody>()
    .with({ scheme: "aws_role" }, ({ roleArn, externalId }) => {
      // A newer platform keeps the role among the settings.
      if (settings.platform === "newer") return { auth_type };
      return { auth_type, credentials: present({ iam_role_arn: roleArn, external_id: externalId }) };
    })
    .with({ scheme: "aws_keys" }, ({ accessKeyId, secretAccessKey }) => ({
      auth_type,
      credentials: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
    }))
    .with({ scheme: "google_service_account" }, ({ serviceAccount }) => ({
      auth_type,
      credentials: embedJson(serviceAccount),
    }))
    .with({ scheme: P.union("google_adc", "oauth_passthrough") }, () => ({ auth_type }))
    .with({ scheme: "google_impersonation" }, refused)
    .exhaustive(refused);
}

/** What a caller should know of an update, of whichever of the two. */
export function sharedNotes(
  settings: BarndoorConnectionSettings,
  { update, native }: Pick<BodyInput, "update" | "native">,
): Note[] {
  return [...(native?.change_note === undefined ? [noteCleared] : []), ...credentialNotes(settings, update)];
}

const noteCleared: Note = {
  code: "change-note-cleared",
  message: "Barndoor clears the stored change note on every update without one; give native.change_note to set it",
};

/** What a caller should know of the credential that is written. */
export function credentialNotes({ platform }: BarndoorConnectionSettings, { credential }: ProviderUpdate): Note[] {
  if (credential?.scheme !== "aws_keys" || platform === "newer") return [];
  const message = "the members of aws_keys are documented by newer sources only, under the word aws_static_credentials";
  return [{ code: "newer-sources-only", message }];
}
