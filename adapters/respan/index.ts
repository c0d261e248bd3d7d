import type { Adapter, Gateway } from "../../src/index.ts";
import { defineAdapter, opaqueId, path } from "../../src/kit/index.ts";
import { capabilities } from "./capabilities.ts";
import { readError } from "./errors.ts";
import { parsePrimaryKey } from "./id.ts";
import { normalize } from "./normalize.ts";
import { nativeSchema, pageSchema, providerSchema, type RespanSettings, settingsSchema } from "./schema.ts";
import { creationIssues, itemPath, translate, translateCreation } from "./translate.ts";

export type { RespanSettings } from "./schema.ts";

/** An adapter of the Respan family: the kind of id follows from the setting `identifier`, and is open if that is not known. */
export interface RespanAdapter extends Adapter<RespanSettings, number | string> {
  (settings: RespanSettings & { readonly identifier?: "pk" }): Gateway<number>;
  (settings: RespanSettings & { readonly identifier: "provider_id" }): Gateway<string>;
}

/** Respan's custom providers. https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider */
export const respan: RespanAdapter = defineFamily({
  name: "respan",
  brand: "Respan",
  hosts: ["api.respan.ai", "endpoint.respan.ai"],
  documentation: [
    "https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider",
    "https://respan.ai/docs/api-reference/manage/models/list-custom-providers",
    "https://respan.ai/docs/api-reference/manage/models/create-custom-provider",
    "https://www.respan.ai/docs/apis/models/retrieve-custom-provider",
    "https://www.respan.ai/docs/apis/models/create-custom-provider",
    "https://respan.ai/docs/documentation/resources/reference/api-rate-limits",
    "https://respan.ai/docs/documentation/resources/reference/error-handling",
  ],
});

/** The same under the former brand. https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/update */
export const keywordsai: RespanAdapter = defineFamily({
  name: "keywordsai",
  brand: "Keywords AI",
  hosts: ["api.keywordsai.co", "endpoint.keywordsai.co"],
  documentation: ["https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/update"],
});

interface Brand {
  readonly name: string;
  readonly brand: string;
  /** The first is the default. */
  readonly hosts: readonly [string, ...string[]];
  /** The vendor's pages. */
  readonly documentation: readonly string[];
}

function defineFamily({ name, brand, hosts, documentation }: Brand): RespanAdapter {
  const adapter = defineAdapter({
    name,
    hosts,
    documentation,
    settings: settingsSchema,
    native: nativeSchema,
    capabilities,
    vendor: (settings: RespanSettings) => {
      const identifier = settings.identifier ?? "pk";
      return {
        // A base URL with /api and one without are both in use.
        baseUrl: (settings.baseUrl ?? `https://${hosts[0]}`).replace(/\/+$/, "").replace(/\/api$/, ""),
        // https://respan.ai/docs/documentation/resources/reference/api-rate-limits
        rateLimit: { requests: 60, perMs: 60_000 },
        parseId: (value) => (identifier === "pk" ? parsePrimaryKey(value, brand) : opaqueId(value)),
        itemPath,
        reply: providerSchema,
        normalize: (reply) => normalize(reply, identifier),
        list: { path: path`/api/providers/`, page: pageSchema },
        translate,
        creation: { conditions: creationIssues, translate: translateCreation },
        removal: { path: itemPath },
        readError,
      };
    },
  });
  // The setting decides the kind of id at run time; the overloads tell the compiler which.
  return adapter as RespanAdapter;
}
