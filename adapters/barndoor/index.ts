import type { Adapter } from "../../src/index.ts";
import { defineAdapter } from "../../src/kit/index.ts";
import { capabilities } from "./capabilities.ts";
import { advise, conditions } from "./conditions.ts";
import { providerCreation } from "./creation.ts";
import { normalize } from "./normalize.ts";
import { type BarndoorProvider, nativeSchema, pageSchema, providerSchema } from "./schema.ts";
import { type BarndoorSettings, settingsSchema } from "./settings.ts";
import { hosts, pagesOf, sharedParts } from "./shared-parts.ts";
import { itemPath, listPath, translate } from "./translate.ts";

export { barndoorConnection } from "./connection/index.ts";
export type { AuthTypeWord, BarndoorConnectionSettings, BarndoorSettings } from "./settings.ts";

// Pure: a bundle of what is exported beside it leaves it out.
/** Barndoor's LLM gateway providers. https://docs.barndoor.ai/api-reference/llm-gateway/providers/updateProvider */
export const barndoor: Adapter<BarndoorSettings, string> = /* @__PURE__ */ defineAdapter({
  name: "barndoor",
  hosts,
  documentation: /* @__PURE__ */ pagesOf(
    "providers",
    "updateProvider",
    "getProvider",
    "listProviders",
    "createProvider",
  ),
  settings: settingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: (settings: BarndoorSettings) => ({
    ...sharedParts("provider", settings),
    itemPath,
    reply: providerSchema,
    normalize: (reply: BarndoorProvider) => normalize(settings, reply),
    list: { path: listPath, page: pageSchema },
    conditions: (update, given) => conditions(settings, update, given),
    translate: (input) => translate(settings, input),
    creation: providerCreation(settings),
    removal: { path: itemPath },
    advise: (status, update) => advise(settings, status, update),
  }),
});
