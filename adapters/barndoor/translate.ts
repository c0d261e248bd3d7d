import { match, P } from "ts-pattern";
import type { Credential, Issue, JsonObject, Note, ProviderUpdate } from "../../src/index.ts";
import {
  embedJson,
  givenFields,
  path,
  present,
  type Translatable,
  type Translation,
  type WireBody,
} from "../../src/kit/index.ts";
import { authType, dependsOnFamily, schemesOf } from "./auth-types.ts";
import type { BarndoorNative, BarndoorProvider, BarndoorSettings } from "./schema.ts";

/** What an update may need to know of the provider. */
export interface BarndoorCurrent {
  /** `model_provider`; undefined where nothing was read. */
  readonly family: string | undefined;
  /** Undefined where the gateway did not report them. */
  readonly settings: JsonObject | undefined;
}

/** Stands in where nothing is read. */
export const unread: BarndoorCurrent = { family: undefined, settings: { "‹current settings›": "‹kept›" } };

export const currentOf = (reply: BarndoorProvider): BarndoorCurrent => ({
  family: reply.model_provider,
  settings: reply.settings === null ? {} : reply.settings,
});

export const itemPath = (id: string) => path`/admin/providers/${id}`;

/** The provider's family tells what schemes it takes and, by setting, their words; `settings` is replaced as a whole. */
export function needsCurrent(settings: BarndoorSettings, { credential, native }: ProviderUpdate): boolean {
  if (native !== undefined && Object.hasOwn(native, "settings")) return true;
  if (credential === undefined) return false;
  return credential.scheme !== "api_key" || dependsOnFamily(settings, credential.scheme);
}

/** What only a read can judge: the family takes the scheme, and nothing stored is lost. */
export function currentConditions(
  settings: BarndoorSettings,
  { credential, native }: ProviderUpdate,
  current: BarndoorCurrent,
): Issue[] {
  const issues: Issue[] = [];
  const family = current.family ?? "";
  if (credential !== undefined && !schemesOf(family).includes(credential.scheme)) {
    const message = `a ${family} provider does not take ${credential.scheme}, only ${schemesOf(family).join(", ")}`;
    issues.push({ path: "credential", message });
  } else if (credential !== undefined && authType(settings, credential.scheme, family) === undefined) {
    const message = `the setting authTypes.${credential.scheme} has no word for ${family}, and no default`;
    issues.push({ path: "credential", message });
  }
  if (native !== undefined && Object.hasOwn(native, "settings") && current.settings === undefined) {
    const message = "the gateway did not report the current settings, and a write replaces all of them";
    issues.push({ path: "native.settings", message });
  }
  return issues;
}

/** The one request of an update: PATCH, or PUT with the same partial body. */
export function translate(
  settings: BarndoorSettings,
  { id, update, native, current }: Translatable<string, BarndoorCurrent, BarndoorNative>,
): Translation {
  const { credential, connectionId } = update;
  const { settings: ownSettings, ...otherNative } = native ?? {};
  const body: WireBody = {
    ...present({ name: update.name, base_url: update.baseUrl, enabled: update.enabled }),
    // A detach and its new secret go in one body: between two, the provider would have neither.
    ...present({ connection_id: connectionId?.toLowerCase() ?? connectionId }),
    ...(credential === undefined ? {} : credentialBody(settings, credential, current?.family)),
    ...present({
      request_timeout_secs: update.requestTimeout,
      stream_idle_timeout_secs: update.streamIdleTimeout,
      settings: ownSettings === undefined ? undefined : { ...current?.settings, ...ownSettings },
    }),
    ...otherNative,
  };
  const methods = methodsOf(settings.updateMethod ?? "auto");
  return {
    requests: [{ methods, path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: notesOf(update, native),
  };
}

function methodsOf(updateMethod: "auto" | "PATCH" | "PUT"): readonly [string, ...string[]] {
  return updateMethod === "auto" ? ["PATCH", "PUT"] : [updateMethod];
}

function credentialBody(settings: BarndoorSettings, credential: Credential, family: string | undefined): WireBody {
  const auth_type = authType(settings, credential.scheme, family) ?? "‹the family's word›";
  const refused = (): never => {
    throw new Error("a scheme that this adapter refuses reached the translation");
  };
  return match(credential)
    .returnType<WireBody>()
    .with({ scheme: P.union("api_key", "bedrock_api_key") }, ({ apiKey }) => ({ auth_type, api_key: apiKey }))
    .with({ scheme: "aws_role" }, ({ roleArn, externalId }) => ({
      auth_type,
      credentials: present({ iam_role_arn: roleArn, external_id: externalId }),
    }))
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

function notesOf({ credential, connectionId }: ProviderUpdate, native: BarndoorNative | undefined): Note[] {
  const notes: Note[] = [];
  if (native?.change_note === undefined) {
    const message =
      "Barndoor clears the stored change note on every update without one; give native.change_note to set it";
    notes.push({ code: "change-note-cleared", message });
  }
  if (credential?.scheme === "aws_keys") {
    const message =
      "the members of aws_keys are documented by newer sources only, under the word aws_static_credentials";
    notes.push({ code: "newer-sources-only", message });
  }
  if (typeof connectionId === "string") {
    const message =
      "the shared credential takes over; to detach later, the provider's own credential must be given again";
    notes.push({ code: "attached", message });
  }
  return notes;
}
