import type { Capabilities, FieldCapability } from "../contract/capabilities.ts";

/** A field that the vendor has no place for. */
export const unsupported: FieldCapability = { set: false, clear: false, read: "no", mode: "patch" };

/** The schemes of a vendor that takes a plain key and nothing else. */
export const apiKeyOnly: Capabilities["schemes"] = {
  api_key: true,
  bedrock_api_key: false,
  aws_role: false,
  aws_keys: false,
  google_adc: false,
  google_service_account: false,
  google_impersonation: false,
  oauth_passthrough: false,
};
