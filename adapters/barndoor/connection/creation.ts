import { present, type Vendor } from "../../../src/kit/index.ts";
import { createdConditions } from "../creation.ts";
import { type BarndoorCurrent, unmade } from "../current.ts";
import type { BarndoorConnectionSettings } from "../settings.ts";
import { credentialNotes, sharedBody } from "../shared-update.ts";
import { connectionConditions } from "./conditions.ts";
import type { BarndoorConnection, ConnectionNative } from "./schema.ts";
import { listPath } from "./translate.ts";

type Creation = NonNullable<Vendor<string, BarndoorConnection, BarndoorCurrent, ConnectionNative>["creation"]>;

/** How a connection is made. https://docs.barndoor.ai/api-reference/llm-gateway/credentials/createCredential */
export const connectionCreation = (settings: BarndoorConnectionSettings): Creation => ({
  conditions: ({ update, upstream }) => [
    ...connectionConditions(settings, update),
    ...createdConditions("connection", settings, update, upstream),
  ],
  translate: ({ update, native, upstream }) => ({
    method: "POST",
    path: listPath,
    body: {
      ...present({ model_provider: upstream }),
      ...sharedBody(settings, { update, native, current: unmade(upstream) }),
    },
    notes: credentialNotes(settings, update),
  }),
});
