import type { Capabilities } from "../../../src/index.ts";
import { unsupported } from "../../../src/kit/index.ts";
import { nativeField, schemes, sentWithNote } from "../capabilities.ts";

// https://docs.barndoor.ai/api-reference/llm-gateway/credentials/updateCredential
/** What an update of a connection can do. No field of a connection can be cleared. */
export const capabilities: Capabilities = {
  fields: {
    name: sentWithNote,
    description: unsupported,
    metadata: unsupported,
    baseUrl: sentWithNote,
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
};
