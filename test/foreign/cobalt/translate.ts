import {
  embedJson,
  givenFields,
  path,
  present,
  type Translatable,
  type Translation,
  type WireBody,
} from "gatefold/kit";
import { type CobaltCurrent, unread } from "./current.ts";
import type { CobaltNative } from "./schema.ts";

/** The one request of an update: the whole connection, with what is given over what is there, if nobody changed it since. */
export function translate(input: Translatable<string, CobaltCurrent, CobaltNative>): Translation {
  const { id, update, native, current = unread } = input;
  const { credential, name, description, requestTimeout, streamIdleTimeout, enabled } = update;
  const headers = native?.headers;
  const given = present({
    label: name,
    note: description,
    timeoutMs: milliseconds(requestTimeout),
    idleTimeoutMs: milliseconds(streamIdleTimeout),
    active: enabled,
    secret: credential?.scheme === "api_key" ? credential.apiKey : undefined,
    headers: headers === undefined || headers === null ? headers : embedJson(headers),
  });
  const body = withoutCleared({ provider: id, ...current.kept, ...given });
  return {
    requests: [
      {
        methods: ["PUT"],
        path: path`/connections`,
        headers: { "If-Match": `"${current.revision}"` },
        body,
        fields: givenFields(update),
        // A repetition after a lost reply sets the same values, or finds another revision: it is refused then.
        repeat: "safe",
      },
    ],
    notes: [],
  };
}

// A null is refused everywhere: a member is cleared by leaving it out.
const withoutCleared = (body: WireBody): WireBody =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

const milliseconds = (seconds: number | null | undefined) => (typeof seconds === "number" ? seconds * 1000 : seconds);
