import type { ListedProvider } from "../../../src/index.ts";
import { present } from "../../../src/kit/index.ts";
import { schemeOf, storesNoSecret } from "../auth-types.ts";
import type { BarndoorConnectionSettings } from "../settings.ts";
import type { BarndoorConnection } from "./schema.ts";

/** Of a key the last four characters may be in a reply, of any other secret nothing. */
export function normalize(settings: BarndoorConnectionSettings, reply: BarndoorConnection): ListedProvider<string> {
  return {
    id: reply.id,
    name: reply.name,
    upstream: reply.model_provider,
    ...present({
      baseUrl: reply.base_url === "" ? null : reply.base_url,
      native: present({
        auth_type: reply.auth_type ?? undefined,
        settings: reply.settings,
        change_note: reply.last_change_note,
      }),
      createdAt: reply.created_at,
      updatedAt: reply.updated_at,
    }),
    credential: credentialState(settings, reply),
  };
}

function credentialState(
  settings: BarndoorConnectionSettings,
  { auth_type, model_provider, key_last4 }: BarndoorConnection,
): ListedProvider<string>["credential"] {
  const hint = present({ hint: key_last4 || undefined });
  if (!auth_type) return { kind: "unknown", ...hint };
  const scheme = present({ scheme: schemeOf(settings, "connection", model_provider, auth_type) });
  return { kind: storesNoSecret(settings, auth_type) ? "none" : "inline", ...scheme, ...hint };
}
