import type { ListedProvider } from "../../src/index.ts";
import { present } from "../../src/kit/index.ts";
import { schemeOf, storesNoSecret } from "./auth-types.ts";
import type { BarndoorProvider } from "./schema.ts";
import type { BarndoorSettings } from "./settings.ts";

/** No secret is ever in a reply, not even masked. */
export function normalize(settings: BarndoorSettings, reply: BarndoorProvider): ListedProvider<string> {
  return {
    id: reply.id,
    name: reply.name,
    upstream: reply.model_provider,
    ...present({
      baseUrl: reply.base_url === "" ? null : reply.base_url,
      connectionId: reply.connection_id,
      requestTimeout: reply.request_timeout_secs,
      streamIdleTimeout: reply.stream_idle_timeout_secs,
      enabled: reply.enabled ?? undefined,
      native: nativeState(reply),
      health: healthState(reply),
      createdAt: reply.created_at,
      updatedAt: reply.updated_at,
    }),
    credential: credentialState(settings, reply),
  };
}

function credentialState(
  settings: BarndoorSettings,
  { connection_id, auth_type, model_provider }: BarndoorProvider,
): ListedProvider<string>["credential"] {
  if (typeof connection_id === "string") return { kind: "connection" };
  const own = auth_type ? present({ scheme: schemeOf(settings, "provider", model_provider, auth_type) }) : {};
  if (auth_type && storesNoSecret(settings, auth_type)) return { kind: "none", ...own };
  // Without a connection_id the word may be that of a connection.
  return connection_id === null ? { kind: "inline", ...own } : { kind: "unknown" };
}

function nativeState(reply: BarndoorProvider) {
  return present({
    auth_type: reply.auth_type ?? undefined,
    settings: reply.settings,
    enforce_health_check: reply.enforce_health_check ?? undefined,
    billing_mode: reply.billing_mode ?? undefined,
    billing_reason: reply.billing_reason,
    billing_note: reply.billing_note,
    model_sync_mode: reply.model_sync_mode ?? undefined,
    change_note: reply.last_change_note,
  });
}

function healthState({ health_status, health_detail, health_checked_at }: BarndoorProvider) {
  if (!health_status) return undefined;
  return {
    status: health_status,
    ...present({ detail: health_detail ?? undefined, checkedAt: health_checked_at ?? undefined }),
  };
}
