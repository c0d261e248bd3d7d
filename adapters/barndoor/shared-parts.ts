import type { ProviderUpdate } from "../../src/index.ts";
import type { Kind } from "./auth-types.ts";
import { type BarndoorCurrent, currentConditions, currentOf, needsCurrent, unread } from "./current.ts";
import { readError } from "./errors.ts";
import { parseUuid } from "./id.ts";
import { loginOf } from "./login.ts";
import { type BarndoorConnectionSettings, gatewayUrl } from "./settings.ts";

export const hosts = ["app.barndoor.ai", "platform.barndoor.ai", "*.platform.barndoor.ai", "auth.barndoor.ai"];

/** The pages of one resource's operations. */
export const pagesOf = (resource: string, ...operations: readonly string[]): readonly string[] =>
  operations.map((operation) => `https://docs.barndoor.ai/api-reference/llm-gateway/${resource}/${operation}`);

/** The vendor's parts that are the same for providers and connections. */
export const sharedParts = (kind: Kind, settings: BarndoorConnectionSettings) => ({
  baseUrl: gatewayUrl(settings),
  ...(settings.auth === undefined ? {} : { login: loginOf(settings.auth) }),
  parseId: parseUuid,
  current: {
    needed: (update: ProviderUpdate) => needsCurrent(settings, update),
    from: currentOf,
    unread,
    conditions: (update: ProviderUpdate, current: BarndoorCurrent) =>
      currentConditions(kind, settings, update, current),
  },
  readError,
});
