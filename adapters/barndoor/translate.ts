import type { Note } from "../../src/index.ts";
import { givenFields, path, present, type Translatable, type Translation, type WireBody } from "../../src/kit/index.ts";
import type { BarndoorCurrent } from "./current.ts";
import type { BarndoorNative } from "./schema.ts";
import { type BarndoorSettings, methodsOf } from "./settings.ts";
import { sharedBody, sharedNotes } from "./shared-update.ts";

export const itemPath = (id: string) => path`/admin/providers/${id}`;

/** The one request of an update: PATCH, or PUT with the same partial body. */
export function translate(
  settings: BarndoorSettings,
  input: Translatable<string, BarndoorCurrent, BarndoorNative>,
): Translation {
  const { id, update, native } = input;
  const { enabled, connectionId, requestTimeout, streamIdleTimeout } = update;
  const body: WireBody = {
    // A detach and its new secret go in one body: between two, the provider would have neither.
    ...present({ connection_id: connectionId?.toLowerCase() ?? connectionId }),
    ...sharedBody(settings, input),
    ...present({
      enabled,
      request_timeout_secs: requestTimeout,
      stream_idle_timeout_secs: streamIdleTimeout,
    }),
  };
  const methods = methodsOf(settings, "PATCH");
  return {
    requests: [{ methods, path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [...sharedNotes(update, native), ...(typeof connectionId === "string" ? [attached] : [])],
  };
}

const attached: Note = {
  code: "attached",
  message: "the shared credential takes over; to detach later, the provider's own credential must be given again",
};
