import { z } from "zod";
import type { Capabilities } from "../../contract/capabilities.ts";
import { credentialSchemes } from "../../contract/credential.ts";
import type { ProviderId, RequestPreview, UpdateResult, UsingProvider } from "../../contract/gateway.ts";
import { copyJsonObject, type JsonObject } from "../../contract/json.ts";
import type { ListedProvider, ProviderState } from "../../contract/state.ts";
import { issuesOf, updateFields } from "../../contract/update.ts";

// What a stranger's adapter gives is data like a vendor's reply: what is used must hold, and what is not known passes.

const text = z.string();
const optionalText = text.exactOptional();
const nullableText = text.nullable().exactOptional();
const seconds = z.number().nullable().exactOptional();
const field = z.enum(updateFields);
const creationField = z.enum([...updateFields, "slug", "upstream"]);

const fieldCapability = z.looseObject({
  set: z.boolean(),
  clear: z.boolean(),
  read: z.enum(["yes", "no", "maybe"]),
  mode: z.enum(["patch", "replace"]),
  limits: z
    .looseObject({
      minimum: z.number().exactOptional(),
      maximum: z.number().exactOptional(),
      maxLength: z.number().exactOptional(),
    })
    .exactOptional(),
  writtenWith: z.array(field).exactOptional(),
  requires: z.array(z.looseObject({ field, because: text })).exactOptional(),
  needsRead: z.boolean().exactOptional(),
});

/** Total over all fields and schemes. */
export const capabilitiesShape: z.ZodType<Capabilities> = z.looseObject({
  fields: z.record(field, fieldCapability),
  schemes: z.record(z.enum(credentialSchemes), z.boolean()),
  list: z.enum(["ids", "slugs"]),
  pageSize: z.int().min(1).exactOptional(),
  hint: z.boolean(),
  detectsConflicts: z.boolean().exactOptional(),
  creation: z.looseObject({ requires: z.array(creationField), takes: z.array(creationField) }).exactOptional(),
  removes: z.boolean().exactOptional(),
  shared: z.boolean().exactOptional(),
});

/** An id as any vendor may have it. */
export const idShape: z.ZodType<ProviderId> = z.union([text.min(1), z.int()]);

const listed = {
  slug: optionalText,
  name: text,
  upstream: optionalText,
  description: nullableText,
  metadata: z
    .union([text, z.custom<JsonObject>((value) => copyJsonObject(value) !== undefined), z.null()])
    .exactOptional(),
  baseUrl: nullableText,
  connectionId: nullableText,
  requestTimeout: seconds,
  streamIdleTimeout: seconds,
  enabled: z.boolean().exactOptional(),
  native: z.record(text, z.unknown()).exactOptional(),
  credential: z.object({
    kind: z.enum(["inline", "connection", "none", "unknown"]),
    scheme: z.enum(credentialSchemes).exactOptional(),
    hint: optionalText,
  }),
  health: z.object({ status: text, detail: optionalText, checkedAt: optionalText }).exactOptional(),
  lastUsedAt: nullableText,
  createdAt: nullableText,
  updatedAt: nullableText,
};

export const stateShape: z.ZodType<ProviderState<ProviderId>> = z.object({ id: idShape, ...listed });
export const listedShape: z.ZodType<ListedProvider<ProviderId>> = z.object({ id: idShape.exactOptional(), ...listed });

export const updateResultShape: z.ZodType<UpdateResult<ProviderId>> = z.object({
  provider: stateShape,
  notes: z.array(z.object({ code: text, message: text })),
});

export const usersShape: z.ZodType<readonly UsingProvider[]> = z.array(z.object({ id: idShape, name: text }));

export const previewsShape: z.ZodType<readonly RequestPreview[]> = z.array(
  z.object({
    method: text,
    path: text,
    headers: z.record(text, text).exactOptional(),
    body: z.json().exactOptional(),
    fields: z.array(field).exactOptional(),
    when: optionalText,
  }),
);

/** A copy that is plain data and of this shape, or what is wrong with it, place by place. */
export function plainCopy<Value>(
  shape: z.ZodType<Value>,
  value: unknown,
): { readonly value: Value } | { readonly problem: string } {
  const plain = throughJson(value);
  if (plain === undefined) return { problem: "expected plain data" };
  const result = shape.safeParse(plain);
  if (result.success) return { value: result.data };
  const issues = issuesOf(result.error);
  const lacking = issues.filter(({ path }) => valueAt(plain, path) === undefined).map(({ path }) => path);
  const wrong = issues
    .filter(({ path }) => !lacking.includes(path))
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return { problem: [...(lacking.length === 0 ? [] : [`lacks ${lacking.join(", ")}`]), ...wrong].join("; ") };
}

// What is undefined falls away, a time becomes its text, and a Secret the word that stands for it.
function throughJson(value: unknown): unknown {
  try {
    const json: string | undefined = JSON.stringify(value);
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, path: string): unknown {
  if (path === "") return value;
  return path.split(".").reduce<unknown>((current, name) => {
    return typeof current === "object" && current !== null ? Reflect.get(current, name) : undefined;
  }, value);
}
