import type { Capabilities, CreationCapability } from "../../../src/index.ts";
import { unsupported } from "../../../src/kit/index.ts";
import { baseUrlField, nativeField, schemes, sentWithNote } from "../capabilities.ts";
import type { BarndoorConnectionSettings } from "../settings.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential
const creation: CreationCapability = {
  requires: ["name", "upstream", "baseUrl", "credential"],
  takes: ["name", "upstream", "baseUrl", "credential", "native"],
};

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential
/** What can be done with a connection. None of its fields can be cleared. */
export const capabilities = (settings: Partial<BarndoorConnectionSettings>): Capabilities => ({
  fields: {
    name: sentWithNote,
    description: unsupported,
    metadata: unsupported,
    baseUrl: baseUrlField(settings),
    credential: { ...sentWithNote, read: "no", needsRead: true },
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    native: nativeField,
  },
  // OAuth is set on the provider, without a connection: createCredential, of the same reference.
  schemes: { ...schemes, oauth_passthrough: false },
  list: "ids",
  hint: true,
  creation,
  removes: true,
  shared: true,
});
