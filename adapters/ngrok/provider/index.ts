import type { Adapter } from "../../../src/index.ts";
import { defineAdapter, path } from "../../../src/kit/index.ts";
import { type NgrokSettings, settingsSchema } from "../schema.ts";
import { hosts, PAGE_SIZE, pagesOf, sharedParts } from "../shared-parts.ts";
import { capabilities } from "./capabilities.ts";
import { conditions, creationConditions } from "./conditions.ts";
import { normalize } from "./normalize.ts";
import { nativeSchema, pageSchema, providerSchema } from "./schema.ts";
import { itemPath, translate, translateCreation } from "./translate.ts";

/** ngrok's custom providers, which provider keys refer to. https://ngrok.com/docs/ai-gateway/api-reference/providers/update */
export const ngrokProvider: Adapter<NgrokSettings, string> = defineAdapter({
  name: "ngrok-provider",
  hosts,
  documentation: pagesOf("providers", "update", "get", "list", "create", "delete"),
  settings: settingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: (settings: NgrokSettings) => ({
    ...sharedParts(settings),
    itemPath,
    reply: providerSchema,
    normalize,
    list: { path: path`/providers`, query: `limit=${PAGE_SIZE}`, page: pageSchema },
    conditions,
    translate,
    creation: { conditions: creationConditions, translate: translateCreation },
    removal: { path: itemPath },
  }),
});
