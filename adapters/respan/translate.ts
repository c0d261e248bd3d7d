import type { Field, Issue, ProviderUpdate } from "../../src/index.ts";
import { givenFields, path, present, type Translatable, type Translation } from "../../src/kit/index.ts";
import type { RespanNative, RespanSettings } from "./schema.ts";

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

/**
 * Whether a PATCH merges or replaces `extra_kwargs` is not documented, and a replace would erase the stored base URL.
 * Read-merge-write is no way out: replies leave secret keys out.
 */
export function extraConditions(
  settings: Partial<RespanSettings>,
  _update: ProviderUpdate,
  given: readonly Field[],
): Issue[] {
  const touched = given.filter((field) => extraFields.includes(field));
  if (settings.extraKwargs === "merge" || touched.length === 0 || touched.includes("baseUrl")) return [];
  const message =
    `${touched.join(" and ")} may replace all of extra_kwargs, the base URL with it: give baseUrl in the same update, ` +
    'or set extraKwargs: "merge" if you know that your gateway merges';
  return [{ path: "baseUrl", message }];
}
