import type { Capabilities } from "../../src/index.ts";
import { apiKeyOnly, unsupported } from "../../src/kit/index.ts";
import { PAGE_SIZE } from "./shared-parts.ts";

// Limits: https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/update
/** What ngrok can do with a provider key. Timeouts are account-wide there, and the base URL belongs to the custom provider. */
export const capabilities = (): Capabilities => ({
  fields: {
    // The schema allows null for a name, but every reply must have one: what a clear would do is not documented.
    name: { set: true, clear: false, read: "yes", mode: "patch", limits: { maxLength: 255 } },
    description: { set: true, clear: true, read: "yes", mode: "patch", limits: { maxLength: 255 } },
    metadata: { set: true, clear: true, read: "yes", mode: "patch", limits: { maxLength: 4096 } },
    baseUrl: unsupported,
    credential: { set: true, clear: false, read: "no", mode: "patch", needsRead: true },
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    native: unsupported,
  },
  schemes: apiKeyOnly,
  list: "ids",
  pageSize: PAGE_SIZE,
  hint: true,
  // https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/create
  creation: {
    requires: ["upstream", "name", "credential"],
    takes: ["upstream", "name", "description", "metadata", "credential"],
  },
  // https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/delete
  removes: true,
});
