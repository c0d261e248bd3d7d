import type { ProviderUpdate } from "../../../src/index.ts";
import {
  type Creation,
  type CreationParts,
  givenFields,
  path,
  present,
  type Translatable,
  type Translation,
} from "../../../src/kit/index.ts";
import { storedMetadata } from "../shared-parts.ts";
import type { ProviderNative } from "./schema.ts";

export const itemPath = (id: string) => path`/providers/${id}`;

/** The one request of an update. It sets the same values however often it is sent. */
export function translate({ id, update, native }: Translatable<string, undefined, ProviderNative>): Translation {
  const body = bodyOf(update, native);
  return {
    requests: [{ methods: ["PATCH"], path: itemPath(id), body, fields: givenFields(update), repeat: "safe" }],
    notes: [],
  };
}

/** One request makes the provider with everything that it can hold. */
export function translateCreation({
  slug,
  update,
  native,
}: CreationParts & { readonly native: ProviderNative | undefined }): Creation {
  const body = { ...present({ providerId: slug }), ...bodyOf(update, native) };
  return { method: "POST", path: path`/providers`, body, notes: [] };
}

function bodyOf({ name, baseUrl, metadata }: ProviderUpdate, native: ProviderNative | undefined) {
  return { ...present({ name, baseUrl, metadata: storedMetadata(metadata) }), ...native };
}
