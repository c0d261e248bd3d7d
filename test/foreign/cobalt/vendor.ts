import { opaqueId, path, type Vendor } from "gatefold/kit";
import { type CobaltCurrent, currentConditions, currentOf, unread } from "./current.ts";
import { readError, refusedWith } from "./errors.ts";
import { normalize } from "./normalize.ts";
import { type CobaltConnection, type CobaltNative, type CobaltSettings, pageSchema, replySchema } from "./schema.ts";
import { translate } from "./translate.ts";

export const HOST = "api.cobalt.example";

/** Everything that only Cobalt does. */
export type CobaltVendor = Vendor<string, CobaltConnection, CobaltCurrent, CobaltNative>;

/** The parts that the kit puts together. */
export const cobaltVendor = (settings: CobaltSettings): CobaltVendor => ({
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
});
