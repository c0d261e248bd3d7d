import type { Capabilities, CreationCapability, FieldCapability } from "../../src/index.ts";
import { unsupported } from "../../src/kit/index.ts";
import type { BarndoorSettings } from "./settings.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/updateProvider; the newer ones as in the vendor's Terraform
// provider (barndoor-ai/terraform-provider-barndoor, internal/provider/llm_provider_resource.go).
const CEILINGS = {
  documented: { request: 3600, streamIdle: 1800 },
  newer: { request: 600, streamIdle: 300 },
} as const;

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

/** On the newer platform a provider holds no secret of its own. */
const newerSchemes: Capabilities["schemes"] = {
  ...schemes,
  api_key: false,
  bedrock_api_key: false,
  aws_keys: false,
  google_service_account: false,
};

/** Whether the newer platform takes a base URL depends on the family. */
export function baseUrlField({ platform }: Pick<Partial<BarndoorSettings>, "platform">): FieldCapability {
  return platform === "newer" ? { ...sentWithNote, needsRead: true } : sentWithNote;
}

// https://docs.barndoor.ai/api-reference/llm-gateway/providers/createProvider: a new provider is always enabled.
const creation: CreationCapability = {
  requires: ["name", "upstream", "baseUrl"],
  takes: [
    ...(["name", "upstream", "baseUrl", "credential", "connectionId"] as const),
    ...(["requestTimeout", "streamIdleTimeout", "native"] as const),
  ],
};

/** What can be done with a provider. The documents disagree about the ceilings: they are a setting. */
export function capabilities(settings: Partial<BarndoorSettings>): Capabilities {
  const { platform = "documented", timeoutCeilings } = settings;
  const { request, streamIdle } = { ...CEILINGS[platform], ...timeoutCeilings };
  return {
    fields: {
      name: sentWithNote,
      description: unsupported,
      metadata: unsupported,
      baseUrl: baseUrlField(settings),
      credential: { ...sentWithNote, read: "no", needsRead: true },
      connectionId: { ...sentWithNote, clear: true },
      requestTimeout: { ...sentWithNote, clear: true, limits: { minimum: 1, maximum: request } },
      streamIdleTimeout: { ...sentWithNote, clear: true, limits: { minimum: 1, maximum: streamIdle } },
      enabled: sentWithNote,
      native: nativeField,
    },
    schemes: platform === "newer" ? newerSchemes : schemes,
    list: "ids",
    hint: false,
    creation,
    removes: true,
  };
}
