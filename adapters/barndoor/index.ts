import type { Adapter } from "../../src/index.ts";
import { defineAdapter, path } from "../../src/kit/index.ts";
import { capabilities } from "./capabilities.ts";
import { advise, conditions } from "./conditions.ts";
import { readError } from "./errors.ts";
import { parseUuid } from "./id.ts";
import { normalize } from "./normalize.ts";
import { type BarndoorSettings, nativeSchema, pageSchema, providerSchema, settingsSchema } from "./schema.ts";
import { currentConditions, currentOf, itemPath, needsCurrent, translate, unread } from "./translate.ts";

export type { AuthTypeWord, BarndoorSettings } from "./schema.ts";

const PREFIX = "/api/llm-gateway";

/** Barndoor's LLM gateway providers. https://docs.barndoor.ai/api-reference/llm-gateway/providers/updateProvider */
export const barndoor: Adapter<BarndoorSettings, string> = defineAdapter({
  name: "barndoor",
  hosts: ["app.barndoor.ai", "platform.barndoor.ai", "*.platform.barndoor.ai"],
  settings: settingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: (settings: BarndoorSettings) => ({
    baseUrl: withPrefix(settings.baseUrl.replace(/\/+$/, "")),
    parseId: parseUuid,
    itemPath,
    reply: providerSchema,
    normalize: (reply) => normalize(settings, reply),
    list: { path: path`/admin/providers`, page: pageSchema },
    conditions,
    current: {
      needed: (update) => needsCurrent(settings, update),
      from: currentOf,
      unread,
      conditions: (update, current) => currentConditions(settings, update, current),
    },
    translate: (input) => translate(settings, input),
    readError,
    advise,
  }),
});

function withPrefix(baseUrl: string): string {
  return baseUrl.endsWith(PREFIX) ? baseUrl : baseUrl + PREFIX;
}
