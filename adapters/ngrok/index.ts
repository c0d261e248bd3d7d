import type { Adapter } from "../../src/index.ts";
import { defineAdapter, opaqueId, path } from "../../src/kit/index.ts";
import { capabilities, PAGE_SIZE } from "./capabilities.ts";
import { readError } from "./errors.ts";
import { normalize } from "./normalize.ts";
import { keySchema, type NgrokSettings, pageSchema, settingsSchema } from "./schema.ts";
import { currentOf, itemPath, needsCurrent, translate, unread } from "./translate.ts";

export type { NgrokSettings } from "./schema.ts";

const HOST = "api.ngrok.ai";

/** ngrok's AI gateway provider keys. https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/update */
export const ngrok: Adapter<NgrokSettings, string> = defineAdapter({
  name: "ngrok",
  hosts: [HOST],
  settings: settingsSchema,
  capabilities,
  vendor: (settings: NgrokSettings) => ({
    baseUrl: (settings.baseUrl ?? `https://${HOST}`).replace(/\/+$/, ""),
    parseId: opaqueId,
    itemPath,
    reply: keySchema,
    normalize,
    list: { path: path`/provider-keys`, query: `limit=${PAGE_SIZE}`, page: pageSchema },
    current: { needed: needsCurrent, from: currentOf, unread },
    translate,
    readError,
  }),
});
