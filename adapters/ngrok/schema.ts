import { z } from "zod";
import { type CommonSettings, commonSettings, queryOf, wireTime } from "../../src/kit/index.ts";

/** Settings of ngrok: the common ones. */
export type NgrokSettings = CommonSettings;

export const settingsSchema = z.strictObject(commonSettings);

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/get
// openapi/ai-gateway.yaml of ngrok/ngrok-docs, schema of a provider key.
export const keySchema = z.object({
  id: z.string().min(1),
  providerId: z.string(),
  name: z.string(),
  keyRedacted: z.string(),
  description: z.string().nullish(),
  metadata: z.string().nullish(),
  lastUsed: wireTime.nullish(),
  createdAt: wireTime,
  updatedAt: wireTime,
});

/** A provider key as ngrok replies it; no reply holds the value. */
export type NgrokKey = z.output<typeof keySchema>;

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/list
export const pageSchema = z
  .object({ aiGatewayProviderKeys: z.array(keySchema), nextPageUri: z.string().nullish() })
  .transform(({ aiGatewayProviderKeys, nextPageUri }) => ({ items: aiGatewayProviderKeys, ...queryOf(nextPageUri) }));
