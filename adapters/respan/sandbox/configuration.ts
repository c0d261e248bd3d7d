import { z } from "zod";

// https://respan.ai/docs/api-reference/manage/models/create-custom-provider
// https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/create
/** The documented keys are typed, every other one may hold anything; what an empty object means is not documented. */
const extraKwargs = z
  .looseObject({
    base_url: z.string().min(1).optional(),
    timeout: z.int().optional(),
    temperature: z.number().optional(),
    max_tokens: z.int().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, "An empty object is not accepted.");

// https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider
// https://docs.keywordsai.co/api-endpoints/manage/models/custom-providers/update
/** No field is documented as nullable, nor what an empty text does. */
export const updateBody = z.strictObject({
  provider_name: z.string().min(1).optional(),
  api_key: z.string().min(1).optional(),
  extra_kwargs: extraKwargs.optional(),
});

// https://respan.ai/docs/api-reference/manage/models/create-custom-provider
// https://www.respan.ai/docs/apis/models/create-custom-provider
export const createBody = z.strictObject({
  provider_id: z.string().min(1),
  provider_name: z.string().min(1),
  api_key: z.string().min(1).optional(),
  extra_kwargs: extraKwargs.optional(),
});

const time = z.iso.datetime({ offset: true }).nullable();

const seedProvider = z.strictObject({
  /** The integer primary key, which no reply shows. */
  pk: z.int().positive(),
  /** The text that replies show as `id` and as `provider_id`. */
  provider_id: z.string().min(1),
  provider_name: z.string().min(1),
  api_key: z.string().min(1).optional(),
  extra_kwargs: extraKwargs.optional(),
  is_managed: z.boolean().optional(),
  created_at: time.optional(),
  updated_at: time.optional(),
});

export const seed = z.strictObject({
  token: z.string().min(1).optional(),
  providers: z
    .array(seedProvider)
    .refine((list) => isUnique(list.map(({ pk }) => pk)), "expected every pk only once")
    .refine((list) => isUnique(list.map((one) => one.provider_id)), "expected every provider_id only once")
    .optional(),
});

export const switches = z.strictObject({
  /** What the path names: the integer primary key (default) or, as in the newest pages, the text id. */
  identifier: z.enum(["pk", "provider_id"]).optional(),
  /** A bare array (default), or the envelope that sibling resources use. */
  list: z.enum(["array", "envelope"]).optional(),
  /** Providers per page of the envelope. Default 50. */
  pageSize: z.int().positive().optional(),
  /** Whether replies hold `extra_kwargs`, as in the newest pages. Default false. */
  returnsExtraKwargs: z.boolean().optional(),
  /** What a reply does with the `extra_kwargs` that may be secret: all but the documented keys. Default dropped. */
  secretKwargs: z.enum(["dropped", "masked"]).optional(),
  /** What an update does to the stored `extra_kwargs`. Default replace. */
  extraKwargs: z.enum(["replace", "merge"]).optional(),
  /** What a POST does with a provider_id that is there: updates it, as older pages say (default), or refuses it with 400. */
  existing: z.enum(["updated", "refused"]).optional(),
  /** The status of a body that fails validation. Default 422. */
  validationStatus: z.union([z.literal(400), z.literal(422)]).optional(),
  /** The field errors under `errors` beside a `detail` (default), or as the whole body. */
  validationBody: z.enum(["wrapped", "bare"]).optional(),
  /** The fields that cannot be changed on a managed provider. Default all three. */
  managedCriticalFields: z.array(z.enum(["provider_name", "api_key", "extra_kwargs"])).optional(),
  /** 60 requests a minute when true, or as many as said. Default off. */
  rateLimit: z.union([z.boolean(), z.int().positive()]).optional(),
});

export type Seed = z.infer<typeof seed>;
export type Switches = z.infer<typeof switches>;
export type UpdateBody = z.infer<typeof updateBody>;

function isUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
