import { z } from "zod";
import { wireTime, wireUuid } from "../../../src/kit/index.ts";
import { pageOf, sharedNative, wireSettings } from "../schema.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential; `change_note` as in the vendor's SDK
// (barndoor-ai/barndoor-ts-sdk, src/models/UpdateConnectionRequest.ts).
export const nativeSchema = z.strictObject(sharedNative);

/** A checked `native`. */
export type ConnectionNative = z.output<typeof nativeSchema>;

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/getCredential; the last two as in the vendor's SDK
// (src/models/Connection.ts).
export const connectionSchema = z.object({
  id: wireUuid,
  name: z.string(),
  model_provider: z.string(),
  auth_type: z.string().nullish(),
  base_url: z.string().nullish(),
  settings: wireSettings,
  created_at: wireTime.nullish(),
  updated_at: wireTime.nullish(),
  key_last4: z.string().nullish(),
  last_change_note: z.string().nullish(),
});

/** A connection as Barndoor replies it; no reply holds the secret. */
export type BarndoorConnection = z.output<typeof connectionSchema>;

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/listCredentials
export const pageSchema = pageOf(connectionSchema);
