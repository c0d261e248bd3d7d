import type { Field } from "../../src/index.ts";
import { givenFields, path, present, type Translatable, type Translation } from "../../src/kit/index.ts";
import type { RespanNative } from "./schema.ts";

/** The fields that live in `extra_kwargs`. */
export const extraFields: readonly Field[] = ["baseUrl", "requestTimeout", "native"];

/** Always with the trailing slash: without it Django redirects, and a redirect loses the body. */
export const itemPath = (id: number | string) => path`/api/providers/${id}/`;

/** The one PATCH of an update. */
export function translate({ id, update, native }: Translatable<number | string, undefined, RespanNative>): Translation {
  const { credential, requestTimeout } = update;
  const extra = { ...present({ base_url: update.baseUrl, timeout: requestTimeout ?? undefined }), ...native };
  const body = present({
    provider_name: update.name,
    api_key: credential?.scheme === "api_key" ? credential.apiKey : undefined,
    extra_kwargs: Object.keys(extra).length > 0 ? extra : undefined,
  });
  return {
    requests: [{ methods: ["PATCH"], path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [],
  };
}
