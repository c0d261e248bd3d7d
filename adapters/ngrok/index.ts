import type { Adapter } from "../../src/index.ts";
import { defineAdapter, path } from "../../src/kit/index.ts";
import { capabilities } from "./capabilities.ts";
import { translateCreation } from "./creation.ts";
import { normalize } from "./normalize.ts";
import { keySchema, type NgrokSettings, pageSchema, settingsSchema } from "./schema.ts";
import { hosts, PAGE_SIZE, pagesOf, sharedParts } from "./shared-parts.ts";
import { currentOf, itemPath, needsCurrent, translate, unread } from "./translate.ts";

export { ngrokProvider } from "./provider/index.ts";
export type { NgrokSettings } from "./schema.ts";

// Pure: a bundle of what is exported beside it leaves it out.
/** ngrok's AI gateway provider keys. https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/update */
export const ngrok: Adapter<NgrokSettings, string> = /* @__PURE__ */ defineAdapter({
  name: "ngrok",
  hosts,
  documentation: /* @__PURE__ */ pagesOf("provider-keys", "update", "rotate", "get", "list", "create", "delete"),
  settings: settingsSchema,
  capabilities,
  vendor: (settings: NgrokSettings) => ({
    ...sharedParts(settings),
    itemPath,
    reply: keySchema,
    normalize,
    list: { path: path`/provider-keys`, query: `limit=${PAGE_SIZE}`, page: pageSchema },
    current: { needed: needsCurrent, from: currentOf, unread },
    translate,
    creation: { translate: translateCreation },
    removal: { path: itemPath },
  }),
});
