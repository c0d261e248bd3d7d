import { z } from "zod";

const text = z.string().min(1);
export const uuid = z.guid().toLowerCase();
const object = z.record(z.string(), z.unknown());
const url = z.url({ protocol: /^https?$/ });
const time = z.iso.datetime({ offset: true, local: true });
const billingReason = z.enum(["subscription", "local", "external", "other"]);
const billingNote = z.string().trim().max(200);

export const switches = z.strictObject({
  /** The verb that updates a provider or a connection. Default both. */
  updateMethod: z.enum(["PATCH", "PUT", "both"]).optional(),
  /** The status of the wrong verb: 405 (default), or a bare 404 in plain text. */
  wrongMethod: z.union([z.literal(405), z.literal(404)]).optional(),
  /**
   * Which platform it is. A newer one refuses a provider's own key and with it a detach, and a base URL that ends in `/v1`
   * where the family is OpenAI-compatible; it has other words and lower ceilings, too. Default documented.
   */
  platform: z.enum(["documented", "newer"]).optional(),
  /** Which words `auth_type` takes. Default: the platform's. */
  authTypes: z.enum(["docs", "newer"]).optional(),
  /** The highest timeouts in seconds. Default 3600 and 1800, on the newer platform 600 and 300. */
  timeoutCeilings: z
    .strictObject({ request: z.int().positive().optional(), streamIdle: z.int().positive().optional() })
    .optional(),
  /** Whether attaching sets the connection's base URL (default) or leaves the provider its own. */
  attachedBaseUrl: z.enum(["connection", "own"]).optional(),
  /** What a probe finds, and how long after a key or connection change a read shows it. Default healthy, 0 ms. */
  probeResult: z.enum(["healthy", "unhealthy"]).optional(),
  /** Keys of providers that the upstream refuses, so that a probe finds them unhealthy. */
  badKeys: z.array(z.string()).optional(),
  probeDelayMs: z.int().nonnegative().optional(),
  /** Timestamps with `Z` (default), or without an offset. */
  timestamps: z.enum(["utc", "offsetless"]).optional(),
  /** Seconds for which a token holds that a login gets, or `unstated`: the documented 3600 (default), and no reply says so. */
  tokenLifetime: z.union([z.int().positive(), z.literal("unstated")]).optional(),
  /** All fields of a reply (default), or only those of the reference page's sample, unset ids left out. */
  replyFields: z.enum(["all", "sample"]).optional(),
});

export const shared = {
  id: uuid,
  name: text,
  /** The upstream, e.g. `openai`; its family decides which `auth_type` it takes. */
  model_provider: text,
  api_key: text.optional(),
  credentials: object.optional(),
  settings: object.optional(),
  last_change_note: z.string().max(500).optional(),
  created_at: time.optional(),
  updated_at: time.optional(),
};
export const seedConnection = z.strictObject({ ...shared, base_url: url, auth_type: text.optional() });
export const seedProvider = z.strictObject({
  ...shared,
  /** Left out: the connection's. */
  base_url: url.optional(),
  auth_type: text.optional(),
  connection_id: uuid.optional(),
  catalog_id: uuid.optional(),
  catalog_slug: text.optional(),
  enabled: z.boolean().optional(),
  request_timeout_secs: z.int().positive().optional(),
  stream_idle_timeout_secs: z.int().positive().optional(),
  enforce_health_check: z.boolean().optional(),
  billing_mode: z.enum(["per_token", "not_metered"]).optional(),
  billing_reason: billingReason.optional(),
  billing_note: billingNote.optional(),
  model_sync_mode: z.enum(["off", "additive", "full"]).optional(),
  health_status: z.enum(["unverified", "healthy", "unhealthy"]).optional(),
  health_detail: text.optional(),
  health_checked_at: time.optional(),
});
export const seed = z.strictObject({
  token: text.optional(),
  /** Those who may log in by themselves. Default: `sandbox-barndoor-client` with `sandbox-barndoor-client-secret`. */
  clients: z.array(z.strictObject({ client_id: text, client_secret: text })).optional(),
  org_id: uuid.optional(),
  connections: z.array(seedConnection).optional(),
  providers: z.array(seedProvider).optional(),
});

/** The fields that an update of a provider and of a connection share. None is tri-state: null is read as omitted. */
const sharedUpdate = {
  name: text.nullish(),
  base_url: url.nullish(),
  auth_type: text.nullish(),
  api_key: text.nullish(),
  credentials: object.nullish(),
  settings: object.nullish(),
  change_note: z.string().max(500).nullish(),
};

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider and updateProvider
/** Null clears a tri-state field, which are the first five. */
export const updateBody = ({ request, streamIdle }: Ceilings) =>
  z.strictObject({
    connection_id: uuid.nullish(),
    request_timeout_secs: z.int().min(1).max(request).nullish(),
    stream_idle_timeout_secs: z.int().min(1).max(streamIdle).nullish(),
    billing_reason: billingReason.nullish(),
    billing_note: billingNote.nullish(),
    ...sharedUpdate,
    enabled: z.boolean().nullish(),
    enforce_health_check: z.boolean().nullish(),
    billing_mode: z.enum(["per_token", "not_metered"]).nullish(),
    model_sync_mode: z.enum(["off", "additive", "full"]).nullish(),
  });

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential
export const connectionBody = z.strictObject(sharedUpdate);

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
export const newConnectionBody = z.strictObject({
  name: text,
  model_provider: text,
  base_url: url,
  auth_type: text.optional(),
  api_key: text.optional(),
  credentials: object.optional(),
  settings: object.nullish(),
  change_note: z.string().max(500).optional(),
});

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider: without `enabled`.
export const newProviderBody = ({ request, streamIdle }: Ceilings) =>
  newConnectionBody.extend({
    connection_id: uuid.optional(),
    catalog_id: uuid.optional(),
    models: z.array(text).optional(),
    request_timeout_secs: z.int().min(1).max(request).optional(),
    stream_idle_timeout_secs: z.int().min(1).max(streamIdle).optional(),
    enforce_health_check: z.boolean().optional(),
    billing_mode: z.enum(["per_token", "not_metered"]).optional(),
    billing_reason: billingReason.optional(),
    billing_note: billingNote.optional(),
    model_sync_mode: z.enum(["off", "additive", "full"]).optional(),
  });

export interface Ceilings {
  readonly request: number;
  readonly streamIdle: number;
}
export type NewConnectionBody = z.infer<typeof newConnectionBody>;
export type NewProviderBody = z.infer<ReturnType<typeof newProviderBody>>;
export type Seed = z.infer<typeof seed>;
export type Switches = z.infer<typeof switches>;
export type UpdateBody = z.infer<ReturnType<typeof updateBody>>;
export type ConnectionBody = z.infer<typeof connectionBody>;
export type SeedConnection = z.infer<typeof seedConnection>;
export type SeedProvider = z.infer<typeof seedProvider>;
