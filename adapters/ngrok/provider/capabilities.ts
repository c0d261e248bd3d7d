import type { Capabilities } from "../../../src/index.ts";
import { apiKeyOnly, unsupported } from "../../../src/kit/index.ts";
import { PAGE_SIZE } from "../shared-parts.ts";

// Limits: https://ngrok.com/docs/ai-gateway/api-reference/providers/update
/** What ngrok can do with a custom provider. It holds no credential: that is in the provider keys that refer to it. */
export const capabilities = (): Capabilities => ({
  fields: {
    // The schema allows null for a name, but every reply must have one: what a clear would do is not documented.
    name: { set: true, clear: false, read: "yes", mode: "patch", limits: { maxLength: 255 } },
    description: unsupported,
    metadata: { set: true, clear: true, read: "yes", mode: "patch", limits: { maxLength: 4096 } },
    baseUrl: { set: true, clear: false, read: "yes", mode: "patch", limits: { maxLength: 2048 } },
    credential: unsupported,
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    // A list of models replaces the whole set; that a list of surfaces does is not documented, and assumed.
    native: { set: true, clear: false, read: "yes", mode: "replace" },
  },
  schemes: { ...apiKeyOnly, api_key: false },
  list: "ids",
  pageSize: PAGE_SIZE,
  hint: false,
  // https://ngrok.com/docs/ai-gateway/api-reference/providers/create
  creation: {
    requires: ["slug", "name", "baseUrl"],
    takes: ["slug", "name", "metadata", "baseUrl", "native"],
  },
  // https://ngrok.com/docs/ai-gateway/api-reference/providers/delete
  removes: true,
});
