import type { Note } from "../../src/index.ts";
import { givenFields, path, present, type Translatable, type Translation, type WireBody } from "../../src/kit/index.ts";
import type { BarndoorCurrent } from "./current.ts";
import type { BarndoorNative } from "./schema.ts";
import { type BarndoorSettings, methodsOf } from "./settings.ts";
import { type BodyInput, sharedBody, sharedNotes } from "./shared-update.ts";

export const listPath = path`/admin/providers`;
export const itemPath = (id: string) => path`/admin/providers/${id}`;

/** The body of an update, or of a creation as far as it is the same. */
export function providerBody(settings: BarndoorSettings, input: BodyInput): WireBody {
  const { enabled, connectionId, requestTimeout, streamIdleTimeout } = input.update;
  return {
    // A detach and its new secret go in one body: between two, the provider would have neither.
    ...present({ connection_id: connectionId?.toLowerCase() ?? connectionId }),
    ...sharedBody(settings, input),
    ...present({
      enabled,
      request_timeout_secs: requestTimeout,
      stream_idle_timeout_secs: streamIdleTimeout,
    }),
  };
}

/** The one request of an update: PATCH, or PUT with the same partial body. */
export function translate(
  settings: BarndoorSettings,
  input: Translatable<string, BarndoorCurrent, BarndoorNative>,
): Translation {
  const { id, update } = input;
  const body = providerBody(settings, input);
  const methods = methodsOf(settings, "PATCH");
  return {
    requests: [{ methods, path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [...sharedNotes(settings, input), ...(typeof update.connectionId === "string" ? [attached] : [])],
  };
}

const attached: Note = {
  code: "attached",
  message: "the shared credential takes over; to detach later, the provider's own credential must be given again",
};
