import { z } from "zod";

/** Refuses what does not hold, with the code that the vendor's error pages give for it, where there is one. */
const rule = <Value>(holds: (value: Value) => boolean, message: string, code?: number) =>
  [holds, { message, ...(code !== undefined && { params: { errorCode: `ERR_NGROK_${code}` } }) }] as const;

/** A text that is not empty. Limits count characters; whether the vendor counts bytes is not documented. */
const upTo = (most: number, code?: number) =>
  z
    .string()
    .refine(...rule<string>((text) => [...text].length <= most, `expected at most ${most} characters`, code))
    .min(1);

const notEmpty = [
  (body: object) => Object.keys(body).length > 0,
  "an update without a field is not documented",
] as const;

// https://ngrok.com/docs/errors/err_ngrok_27501 to err_ngrok_27503
const keyFields = { name: upTo(255, 27501), description: upTo(255, 27502), metadata: upTo(4096, 27503) };

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/create
export const keyCreateBody = z.strictObject({
  providerId: z.string().min(1),
  name: keyFields.name,
  value: z.string().min(1),
  description: keyFields.description.optional(),
  metadata: keyFields.metadata.optional(),
});

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/update
/** The schema lets `name` be null, yet a name stands in every reply: refused. What an empty text means is not said. */
export const keyUpdateBody = z
  .strictObject({
    name: keyFields.name.optional(),
    description: keyFields.description.nullish(),
    metadata: keyFields.metadata.nullish(),
  })
  .refine(...notEmpty);

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/rotate
export const rotateBody = z.strictObject({ name: keyFields.name, value: z.string().min(1) });

/** Values are checked by the server, and not enumerated anywhere: here only those of the reference's examples are known. */
const FORMATS: readonly string[] = ["openai", "anthropic"];
const SURFACES: readonly string[] = ["chat-completions", "responses", "messages"];

// https://ngrok.com/docs/errors/err_ngrok_27707, https://ngrok.com/docs/errors/err_ngrok_27708
const surface = z.strictObject({
  format: z.string().refine(...rule<string>((text) => FORMATS.includes(text), "is not a known format", 27707)),
  surface: z
    .string()
    .refine(...rule<string>((text) => SURFACES.includes(text), "is not a known surface", 27708))
    .optional(),
  supportedParams: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
});

// https://ngrok.com/docs/errors/err_ngrok_27709, https://ngrok.com/docs/errors/err_ngrok_27711
const models = z
  .array(z.strictObject({ modelId: upTo(255, 27709) }))
  .refine(
    ...rule<{ modelId: string }[]>(
      (list) => new Set(list.map(({ modelId }) => modelId)).size === list.length,
      "the same model id stands in it twice",
      27711,
    ),
  );

// https://ngrok.com/docs/ai-gateway/concepts/custom-providers
/** External hosts must be https; http is for the `.internal` hosts of ngrok. */
function isReachable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && hostname.endsWith(".internal"));
}

// https://ngrok.com/docs/errors/err_ngrok_27701 to err_ngrok_27703
const providerFields = {
  name: upTo(255, 27701),
  baseUrl: upTo(2048, 27703).refine(isReachable, "expected https, or http to a host that ends in .internal"),
  metadata: upTo(4096, 27702),
};

// https://ngrok.com/docs/errors/err_ngrok_27706
const slug = upTo(255, 27706);

// https://ngrok.com/docs/ai-gateway/api-reference/providers/create
export const providerCreateBody = z.strictObject({
  providerId: slug,
  name: providerFields.name,
  baseUrl: providerFields.baseUrl,
  metadata: providerFields.metadata.optional(),
  supportedApiSurfaces: z.array(surface).optional(),
  models: models.optional(),
});

// https://ngrok.com/docs/ai-gateway/api-reference/providers/update
/** The schema lets `name`, `models` and `supportedApiSurfaces` be null, and nothing says what that does: refused. */
export const providerUpdateBody = z
  .strictObject({
    name: providerFields.name.optional(),
    baseUrl: providerFields.baseUrl.optional(),
    metadata: providerFields.metadata.nullish(),
    supportedApiSurfaces: z.array(surface).optional(),
    models: models.optional(),
  })
  .refine(...notEmpty);

const page = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, "expected an integer from 1 to 100")
    .transform(Number)
    .optional(),
  beforeId: z.string().min(1).optional(),
};

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/list
export const keyQuery = z.object({ ...page, provider: z.string().min(1).optional() });

// https://ngrok.com/docs/ai-gateway/api-reference/providers/list
export const providerQuery = z.object(page);

const time = z.iso.datetime({ offset: true });
const actor = z.strictObject({ id: z.string().min(1), uri: z.string().min(1) });
const history = {
  createdAt: time.optional(),
  updatedAt: time.optional(),
  createdBy: actor.optional(),
  lastUpdatedBy: actor.optional(),
};

const seedKey = z.strictObject({
  id: z.string().min(1),
  /** The upstream provider, e.g. `openai`, or a custom provider's `providerId`. */
  providerId: z.string().min(1),
  name: keyFields.name,
  /** The provider key itself, which no reply shows. */
  value: z.string().min(1),
  description: keyFields.description.optional(),
  metadata: keyFields.metadata.optional(),
  lastUsed: time.nullable().optional(),
  ...history,
});

const seedProvider = z.strictObject({ id: z.string().min(1), ...providerCreateBody.shape, ...history });

export const seed = z
  .strictObject({
    token: z.string().min(1).optional(),
    keys: z
      .array(seedKey)
      .refine((list) => isUnique(list.map(({ id }) => id)), "expected every id only once")
      .optional(),
    /** The custom providers. */
    providers: z
      .array(seedProvider)
      .refine((list) => isUnique(list.map(({ id }) => id)), "expected every id only once")
      .refine((list) => isUnique(list.map(({ providerId }) => providerId)), "expected every providerId only once")
      .optional(),
    /** The ids of the vendor's own providers, of which the documents name `openai` (the default) as an example. */
    builtInProviders: z.array(z.string().min(1)).optional(),
    /** Ids of keys and custom providers that an access key's configuration refers to: they cannot be deleted. */
    routed: z.array(z.string().min(1)).optional(),
  })
  .refine(({ keys = [], providers = [] }) => {
    const ids = new Set(keys.map(({ id }) => id));
    return !providers.some(({ id }) => ids.has(id));
  }, "expected no provider with the id of a key");

export const switches = z.strictObject({
  /** Whether `nextPageUri` and `uri` are full URLs (default) or start at the path. */
  uris: z.enum(["absolute", "relative"]).optional(),
  /** The status of a body or a query that fails validation. Default 422. */
  validationStatus: z.union([z.literal(400), z.literal(422)]).optional(),
  /** The status where a provider's id is taken, or a router rule refers to a key that is deleted. Default 409. */
  conflictStatus: z.union([z.literal(409), z.literal(400), z.literal(422)]).optional(),
  /** Whether the 401 for a wrong token quotes it, as the vendor's platform API does. Default plain. */
  authenticationErrors: z.enum(["plain", "quoting"]).optional(),
  /** The order in which replies list a provider's models. Default as they were sent. */
  modelOrder: z.enum(["sent", "reversed"]).optional(),
  /** How a reply shows that a provider has no models, or no surfaces. Default absent. */
  emptyLists: z.enum(["absent", "empty"]).optional(),
});

export type Seed = z.infer<typeof seed>;
export type Switches = z.infer<typeof switches>;
export type SeedKey = z.infer<typeof seedKey>;
export type SeedProvider = z.infer<typeof seedProvider>;
export type Actor = z.infer<typeof actor>;
export type Surface = z.infer<typeof surface>;

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
