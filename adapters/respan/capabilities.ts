import type { Capabilities, CreationCapability, Field, FieldCapability, Requirement } from "../../src/index.ts";
import { apiKeyOnly, unsupported } from "../../src/kit/index.ts";
import type { RespanSettings } from "./schema.ts";
import { extraFields } from "./translate.ts";

const top: FieldCapability = { set: true, clear: false, read: "yes", mode: "patch" };

/**
 * Whether a PATCH merges or replaces `extra_kwargs` is not documented, and a replace would erase the stored base URL.
 * Read-merge-write is no way out: replies leave secret keys out.
 */
const baseUrlWithIt: Requirement = {
  field: "baseUrl",
  because:
    "the write may replace all of extra_kwargs, the base URL with it; " +
    'or set extraKwargs: "merge" if you know that your gateway merges',
};

// Replies of the older pages never hold extra_kwargs, those of the newest do.
function extra(field: Field, settings: Partial<RespanSettings>): FieldCapability {
  if (settings.extraKwargs === "merge") return { ...top, read: "maybe" };
  const writtenWith = extraFields.filter((other) => other !== field);
  return { ...top, read: "maybe", mode: "replace", writtenWith, requires: field === "baseUrl" ? [] : [baseUrlWithIt] };
}

// https://www.respan.ai/docs/apis/models/create-custom-provider
const creation: CreationCapability = {
  requires: ["name", "slug"],
  takes: ["name", "slug", "baseUrl", "credential", "requestTimeout", "native"],
};

/** What the Respan family can do; nothing there can be cleared, because no null is documented. */
export function capabilities(settings: Partial<RespanSettings>): Capabilities {
  return {
    fields: {
      name: top,
      description: unsupported,
      metadata: unsupported,
      baseUrl: extra("baseUrl", settings),
      credential: { ...top, read: "no" },
      connectionId: unsupported,
      requestTimeout: extra("requestTimeout", settings),
      streamIdleTimeout: unsupported,
      enabled: unsupported,
      native: extra("native", settings),
    },
    schemes: apiKeyOnly,
    list: settings.identifier === "provider_id" ? "ids" : "slugs",
    hint: false,
    // The primary key of a new object is in no reply: under `pk` it could never be found again.
    ...(settings.identifier === "provider_id" ? { creation } : {}),
    removes: true,
  };
}
