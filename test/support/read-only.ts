import type { Capabilities } from "../../src/index.ts";
import { apiKeyOnly, unsupported } from "../../src/kit/index.ts";

/** What a gateway declares that can only be read: for tests to which no write matters. */
export const readOnlyCapabilities = (): Capabilities => ({
  fields: {
    name: unsupported,
    description: unsupported,
    metadata: unsupported,
    baseUrl: unsupported,
    credential: unsupported,
    connectionId: unsupported,
    requestTimeout: unsupported,
    streamIdleTimeout: unsupported,
    enabled: unsupported,
    native: unsupported,
  },
  schemes: { ...apiKeyOnly, api_key: false },
  list: "ids",
  hint: false,
});
