import type { Capabilities, FieldCapability } from "../../src/index.ts";
import { unsupported } from "../../src/kit/index.ts";
import type { BarndoorSettings } from "./schema.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/updateProvider
const CEILINGS = { request: 3600, streamIdle: 1800 };

// Every update without a change note clears the stored one, so `native` is written with any other field.
const field: FieldCapability = { set: true, clear: false, read: "yes", mode: "patch", writtenWith: ["native"] };

/** What Barndoor can do. The documents disagree about the ceilings: they are a setting. */
export function capabilities(settings: Partial<BarndoorSettings>): Capabilities {
  const { request, streamIdle } = { ...CEILINGS, ...settings.timeoutCeilings };
  return {
    fields: {
      name: field,
      description: unsupported,
      metadata: unsupported,
      baseUrl: field,
      credential: { ...field, read: "no", needsRead: true },
      connectionId: { ...field, clear: true },
      requestTimeout: { ...field, clear: true, limits: { minimum: 1, maximum: request } },
      streamIdleTimeout: { ...field, clear: true, limits: { minimum: 1, maximum: streamIdle } },
      enabled: field,
      native: { set: true, clear: false, read: "maybe", mode: "patch", needsRead: true },
    },
    schemes: {
      api_key: true,
      bedrock_api_key: true,
      aws_role: true,
      aws_keys: true,
      google_adc: true,
      google_service_account: true,
      // Its body is not documented.
      google_impersonation: false,
      oauth_passthrough: true,
    },
    list: "ids",
    hint: false,
  };
}
