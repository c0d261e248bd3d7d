import type { Adapter } from "gatefold";
import { defineAdapter, opaqueId, path } from "gatefold/kit";
import { capabilities } from "./capabilities.ts";
import { currentConditions, currentOf, unread } from "./current.ts";
import { readError, refusedWith } from "./errors.ts";
import { normalize } from "./normalize.ts";
import { type CobaltSettings, nativeSchema, pageSchema, replySchema, settingsSchema } from "./schema.ts";
import { translate } from "./translate.ts";

export type { CobaltSettings } from "./schema.ts";

const HOST = "api.cobalt.example";

/** Cobalt's connections. Cobalt is invented: see README.md. */
export const cobalt: Adapter<CobaltSettings, string> = defineAdapter({
  name: "cobalt",
  hosts: [HOST],
  settings: settingsSchema,
  native: nativeSchema,
  capabilities,
  vendor: (settings: CobaltSettings) => ({
    baseUrl: (settings.baseUrl ?? `https://${HOST}`).replace(/\/+$/, ""),
    authentication: { header: "X-Cobalt-Key" },
    parseId: opaqueId,
    reply: replySchema,
    normalize,
    list: {
      path: path`/connections`,
      query: "offset=0",
      page: pageSchema,
      queryAfter: ({ entries, total = 0 }) => (entries < total ? `offset=${entries}` : undefined),
    },
    // Every write replaces the whole connection, so each begins with a look at it.
    current: { needed: () => true, from: currentOf, unread, conditions: currentConditions },
    translate,
    refusedWith,
    readError,
  }),
});
