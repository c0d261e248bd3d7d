import type { Capabilities, Field, FieldCapability } from "../../src/index.ts";
import { apiKeyOnly, unsupported } from "../../src/kit/index.ts";
import type { RespanSettings } from "./schema.ts";
import { extraFields } from "./translate.ts";

const top: FieldCapability = { set: true, clear: false, read: "yes", mode: "patch" };

// Replies of the older pages never hold extra_kwargs, those of the newest do.
function extra(field: Field, settings: Partial<RespanSettings>): FieldCapability {
  if (settings.extraKwargs === "merge") return { ...top, read: "maybe" };
  return { ...top, read: "maybe", mode: "replace", writtenWith: extraFields.filter((other) => other !== field) };
}

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
  };
}
