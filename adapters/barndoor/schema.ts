import { z } from "zod";
import { type CredentialScheme, credentialSchemes, type JsonObject } from "../../src/index.ts";
import {
  type CommonSettings,
  commonSettings,
  copyJsonObject,
  settingUrlSchema,
  wireTime,
  wireUuid,
} from "../../src/kit/index.ts";

/** The word on the wire for a scheme: one for all, or one per family (`model_provider`), `default` for the others. */
export type AuthTypeWord = string | Readonly<Record<string, string>>;

/** Settings of Barndoor. */
export interface BarndoorSettings extends CommonSettings {
  /** Required: three hosts are documented and none is the default. May end in `/api/llm-gateway` or not. */
  readonly baseUrl: string;
  /**
   * The method of an update. The page this adapter follows says PATCH, every client of the vendor uses PUT with the same body.
   * `auto` (default) tries PATCH first, and remembers what this gateway takes.
   */
  readonly updateMethod?: "auto" | "PATCH" | "PUT";
  /** Upper limits in seconds. Default 3600 and 1800; newer platforms take 600 and 300. */
  readonly timeoutCeilings?: { readonly request?: number; readonly streamIdle?: number };
  /** `auth_type` on the wire, where it is not the scheme's own name. A word per family costs a read first. */
  readonly authTypes?: { readonly [Scheme in CredentialScheme]?: AuthTypeWord };
}

const ceiling = z.int({ error: "expected whole seconds" }).min(1, "expected at least 1 second").exactOptional();
const word = z.string({ error: "expected a word, or a word per family" }).min(1, "is empty");
const isScheme = (name: string) => credentialSchemes.some((scheme) => scheme === name);
const authTypes = z.record(z.string(), z.union([word, z.record(z.string(), word)])).superRefine((words, context) => {
  for (const name of Object.keys(words).filter((key) => !isScheme(key))) {
    const message = `unknown scheme; expected one of ${credentialSchemes.join(", ")}`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

export const settingsSchema = z.strictObject({
  ...commonSettings,
  baseUrl: settingUrlSchema,
  updateMethod: z.enum(["auto", "PATCH", "PUT"], { error: 'expected "auto", "PATCH" or "PUT"' }).exactOptional(),
  timeoutCeilings: z.strictObject({ request: ceiling, streamIdle: ceiling }).exactOptional(),
  authTypes: authTypes.exactOptional(),
});

const settingsObject = z.custom<JsonObject>((value) => copyJsonObject(value) !== undefined, {
  error: "expected a JSON object; null would be read as omitted, and a secret belongs into the credential",
});
const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `expected one of ${words.join(", ")}` });
const boundedText = (maximum: number) =>
  z
    .string({ error: "expected a text" })
    .max(maximum, `expected at most ${maximum} characters`)
    .refine((text) => text.trim() !== "", "is blank");

// Fields as in createProvider, https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider, and the vendor's
// SDK (barndoor-ai/barndoor-ts-sdk, src/models/UpdateProviderRequest.ts).
export const nativeSchema = z.strictObject({
  settings: settingsObject.exactOptional(),
  enforce_health_check: z.boolean({ error: "expected true or false" }).exactOptional(),
  billing_mode: oneOf("per_token", "not_metered").exactOptional(),
  billing_reason: oneOf("subscription", "local", "external", "other").nullable().exactOptional(),
  billing_note: boundedText(200).nullable().exactOptional(),
  model_sync_mode: oneOf("off", "additive", "full").exactOptional(),
  change_note: boundedText(500).exactOptional(),
});

/** A checked `native`. */
export type BarndoorNative = z.output<typeof nativeSchema>;

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/getProvider
// Times may come without an offset, to be read as UTC (barndoor-ai/barndoor-go-sdk, README.md).
export const providerSchema = z.object({
  id: wireUuid,
  name: z.string(),
  model_provider: z.string(),
  auth_type: z.string().nullish(),
  base_url: z.string().nullish(),
  enabled: z.boolean().nullish(),
  settings: z.custom<JsonObject>((value) => copyJsonObject(value) !== undefined).nullish(),
  connection_id: wireUuid.nullish(),
  request_timeout_secs: z.number().nullish(),
  stream_idle_timeout_secs: z.number().nullish(),
  health_status: z.string().nullish(),
  health_detail: z.string().nullish(),
  health_checked_at: wireTime.nullish(),
  enforce_health_check: z.boolean().nullish(),
  billing_mode: z.string().nullish(),
  billing_reason: z.string().nullish(),
  billing_note: z.string().nullish(),
  model_sync_mode: z.string().nullish(),
  last_change_note: z.string().nullish(),
  created_at: wireTime.nullish(),
  updated_at: wireTime.nullish(),
});

/** A provider as Barndoor replies it. */
export type BarndoorProvider = z.output<typeof providerSchema>;

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/listProviders: a bare array, no pages.
export const pageSchema = z
  .array(providerSchema)
  .transform((items): { items: BarndoorProvider[]; nextQuery?: string } => ({ items }));
