import { z } from "zod";
import type { JsonObject } from "../../src/index.ts";
import { copyJsonObject, wireTime, wireUuid } from "../../src/kit/index.ts";

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

const PAGE = "https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider";
const CLIENT = "Source: https://github.com/barndoor-ai/barndoor-ts-sdk.";

/** The native fields that providers and connections share. */
export const sharedNative = {
  settings: settingsObject.exactOptional().meta({
    description: `What the family needs besides, such as a region. These keys are written over the stored ones. ${PAGE}`,
    examples: [{ region: "us-east-1" }],
  }),
  change_note: boundedText(500)
    .exactOptional()
    .meta({
      description: `Why, at most 500 characters: shown as the last change's note, which an update without one clears. ${CLIENT}`,
      examples: ["quarterly rotation"],
    }),
};

// Fields as in createProvider, https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider, and the vendor's
// SDK (barndoor-ai/barndoor-ts-sdk, src/models/UpdateProviderRequest.ts).
export const nativeSchema = z.strictObject({
  ...sharedNative,
  enforce_health_check: z
    .boolean({ error: "expected true or false" })
    .exactOptional()
    .meta({ description: `Whether a provider that its probes find unhealthy serves no requests. ${CLIENT}` }),
  billing_mode: oneOf("per_token", "not_metered")
    .exactOptional()
    .meta({ description: `Whether use is charged by the token; not_metered needs billing_reason. ${CLIENT}` }),
  billing_reason: oneOf("subscription", "local", "external", "other")
    .nullable()
    .exactOptional()
    .meta({ description: `Why use is not metered; null clears it. ${CLIENT}` }),
  billing_note: boundedText(200)
    .nullable()
    .exactOptional()
    .meta({ description: `A text on the billing, at most 200 characters; null clears it. ${CLIENT}` }),
  model_sync_mode: oneOf("off", "additive", "full")
    .exactOptional()
    .meta({
      description: `How the provider's models follow its catalog entry; without such an entry only off is taken. ${CLIENT}`,
    }),
});

/** A checked `native`. */
export type BarndoorNative = z.output<typeof nativeSchema>;

/** The stored settings: an object, or null for none. */
export const wireSettings = z.custom<JsonObject>((value) => copyJsonObject(value) !== undefined).nullish();

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/getProvider
// Times may come without an offset, to be read as UTC (barndoor-ai/barndoor-go-sdk, README.md).
export const providerSchema = z.object({
  id: wireUuid,
  name: z.string(),
  model_provider: z.string(),
  auth_type: z.string().nullish(),
  base_url: z.string().nullish(),
  enabled: z.boolean().nullish(),
  settings: wireSettings,
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

/** A list is a bare array, without pages. */
export const pageOf = <Reply>(reply: z.ZodType<Reply>) =>
  z.array(reply).transform((items): { items: Reply[]; nextQuery?: string } => ({ items }));

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/listProviders
export const pageSchema = pageOf(providerSchema);
