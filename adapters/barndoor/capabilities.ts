import type { Capabilities, FieldCapability } from "../../src/index.ts";
import { unsupported } from "../../src/kit/index.ts";
import type { BarndoorSettings } from "./settings.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/updateProvider
const CEILINGS = { request: 3600, streamIdle: 1800 };

// Every update without a change note clears the stored one, so `native` is written with any other field.
export const sentWithNote: FieldCapability = {
  set: true,
  clear: false,
  read: "yes",
  mode: "patch",
  writtenWith: ["native"],
};

export const nativeField: FieldCapability = { set: true, clear: false, read: "maybe", mode: "patch", needsRead: true };

export const schemes: Capabilities["schemes"] = {
  api_key: true,
  bedrock_api_key: true,
  aws_role: true,
  aws_keys: true,
  google_adc: true,
  google_service_account: true,
  // Its body is not documented.
  google_impersonation: false,
  oauth_passthrough: true,
};

/** What an update of a provider can do. The documents disagree about the ceilings: they are a setting. */
export function capabilities(settings: Partial<BarndoorSettings>): Capabilities {
  const { request, streamIdle } = { ...CEILINGS, ...settings.timeoutCeilings };
  return {
    fields: {
      name: sentWithNote,
      description: unsupported,
      metadata: unsupported,
      baseUrl: sentWithNote,
      credential: { ...sentWithNote, read: "no", needsRead: true },
      connectionId: { ...sentWithNote, clear: true },
      requestTimeout: { ...sentWithNote, clear: true, limits: { minimum: 1, maximum: request } },
      streamIdleTimeout: { ...sentWithNote, clear: true, limits: { minimum: 1, maximum: streamIdle } },
      enabled: sentWithNote,
      native: nativeField,
    },
    schemes,
    list: "ids",
    hint: false,
  };
}
