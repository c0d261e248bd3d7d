import type { Adapter } from "../../../src/index.ts";
import { defineAdapter } from "../../../src/kit/index.ts";
import { type BarndoorConnectionSettings, connectionSettingsSchema } from "../settings.ts";
import { hosts, pagesOf, sharedParts } from "../shared-parts.ts";
import { capabilities } from "./capabilities.ts";
import { connectionConditions } from "./conditions.ts";
import { connectionCreation } from "./creation.ts";
import { normalize } from "./normalize.ts";
import { type BarndoorConnection, connectionSchema, nativeSchema, pageSchema } from "./schema.ts";
import { itemPath, listPath, translate } from "./translate.ts";
import { users } from "./users.ts";

/**
 * Barndoor's shared credentials, which providers refer to by `connectionId`.
 * https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential
 */
export const barndoorConnection: Adapter<BarndoorConnectionSettings, string> = defineAdapter({
  name: "barndoor-connection",
  hosts,
  documentation: pagesOf("credentials", "updateCredential", "getCredential", "listCredentials", "createCredential"),
  settings: connectionSettingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: (settings: BarndoorConnectionSettings) => ({
    ...sharedParts("connection", settings),
    itemPath,
    reply: connectionSchema,
    normalize: (reply: BarndoorConnection) => normalize(settings, reply),
    list: { path: listPath, page: pageSchema },
    conditions: (update) => connectionConditions(settings, update),
    translate: (input) => translate(settings, input),
    creation: connectionCreation(settings),
    removal: { path: itemPath },
    users,
  }),
});
