import type { Adapter } from "../../../src/index.ts";
import { defineAdapter, path } from "../../../src/kit/index.ts";
import { type BarndoorConnectionSettings, connectionSettingsSchema } from "../settings.ts";
import { hosts, sharedParts } from "../shared-parts.ts";
import { capabilities } from "./capabilities.ts";
import { normalize } from "./normalize.ts";
import { type BarndoorConnection, connectionSchema, nativeSchema, pageSchema } from "./schema.ts";
import { itemPath, translate } from "./translate.ts";

/**
 * Barndoor's shared credentials, which providers refer to by `connectionId`.
 * https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential
 */
export const barndoorConnection: Adapter<BarndoorConnectionSettings, string> = defineAdapter({
  name: "barndoor-connection",
  hosts,
  settings: connectionSettingsSchema,
  native: nativeSchema,
  capabilities: () => capabilities,
  vendor: (settings: BarndoorConnectionSettings) => ({
    ...sharedParts("connection", settings),
    itemPath,
    reply: connectionSchema,
    normalize: (reply: BarndoorConnection) => normalize(settings, reply),
    list: { path: path`/admin/connections`, page: pageSchema },
    translate: (input) => translate(settings, input),
  }),
});
