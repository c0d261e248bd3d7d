import type { Field, Issue, Note, ProviderUpdate } from "../../src/index.ts";
import {
  type Creation,
  type CreationParts,
  givenFields,
  opaqueId,
  path,
  present,
  type Translatable,
  type Translation,
  type WireBody,
} from "../../src/kit/index.ts";
import type { RespanNative } from "./schema.ts";

/** The fields that live in `extra_kwargs`. */
export const extraFields: readonly Field[] = ["baseUrl", "requestTimeout", "native"];

/** Always with the trailing slash: without it Django redirects, and a redirect loses the body. */
export const itemPath = (id: number | string) => path`/api/providers/${id}/`;

/** The one PATCH of an update. */
export function translate({ id, update, native }: Translatable<number | string, undefined, RespanNative>): Translation {
  const body = bodyOf(update, native);
  return {
    requests: [{ methods: ["PATCH"], path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [],
  };
}

// https://www.respan.ai/docs/apis/models/create-custom-provider (creates only)
// https://respan.ai/docs/api-reference/manage/models/create-custom-provider (updates an existing one)
const mayUpdate: Note = {
  code: "may-have-updated",
  message: "older generations of this API update an existing provider of the same provider_id instead of refusing",
};

/** The POST of a creation. `provider_id` cannot be changed afterwards. */
export function translateCreation({
  slug,
  update,
  native,
}: CreationParts & { readonly native: RespanNative | undefined }): Creation {
  const body = present({ provider_id: slug, ...bodyOf(update, native) });
  return { method: "POST", path: path`/api/providers/`, body, notes: [mayUpdate] };
}

/** What could never be read again by its id is not made. */
export function creationIssues({ slug }: CreationParts): readonly Issue[] {
  const parsed = slug === undefined ? undefined : opaqueId(slug);
  return parsed !== undefined && "problem" in parsed ? [{ path: "slug", message: parsed.problem }] : [];
}

function bodyOf({ name, credential, baseUrl, requestTimeout }: ProviderUpdate, native?: RespanNative): WireBody {
  const extra = { ...present({ base_url: baseUrl, timeout: requestTimeout ?? undefined }), ...native };
  return present({
    provider_name: name,
    api_key: credential?.scheme === "api_key" ? credential.apiKey : undefined,
    extra_kwargs: Object.keys(extra).length > 0 ? extra : undefined,
  });
}
