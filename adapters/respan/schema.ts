import { z } from "zod";
import { type CommonSettings, commonSettings, nativeValue, queryOf, wireTime } from "../../src/kit/index.ts";

/** Settings of Respan and of Keywords AI. */
export interface RespanSettings extends CommonSettings {
  /**
   * What the path takes. `pk` (default): the integer primary key of the page this adapter follows, which no reply ever tells.
   * `provider_id`: the string id of the newest pages.
   */
  readonly identifier?: "pk" | "provider_id";
  /**
   * What a PATCH does to the stored `extra_kwargs`: not documented. Unset counts as `replace`, the one that can lose data:
   * an update that touches it must then carry `baseUrl`.
   */
  readonly extraKwargs?: "replace" | "merge";
}

export const settingsSchema = z.strictObject({
  ...commonSettings,
  identifier: z
    .enum(["pk", "provider_id"], { error: 'expected "pk" or "provider_id"' })
    .exactOptional()
    .meta({
      description:
        "What the ids are: pk (if not given), the integer primary key, which no reply tells; provider_id, the readable id of the " +
        "newest pages (https://www.respan.ai/docs/apis/models/retrieve-custom-provider), which lists tell.",
    }),
  extraKwargs: z
    .enum(["replace", "merge"], { error: 'expected "replace" or "merge"' })
    .exactOptional()
    .meta({
      description:
        "What a PATCH does to the stored extra_kwargs, which is not documented: unset counts as replace, and then an update of it " +
        "must carry baseUrl. Say merge if you know that your gateway merges.",
    }),
});

const reserved = (field: string) =>
  z
    .never({ error: `use the field ${field} for it` })
    .exactOptional()
    .meta({ description: `Not here: use the field ${field} for it.` });

const PAGE = "https://www.respan.ai/docs/api-reference/manage/models/create-custom-provider";
const kwarg = (what: string) => `${what}, as a default for requests: a common field of extra_kwargs (${PAGE}).`;

/** The other keys of `extra_kwargs`: the documents name some and close the list nowhere. A null is not documented. */
export const nativeSchema = z
  .object({
    base_url: reserved("baseUrl"),
    timeout: reserved("requestTimeout"),
    api_key: reserved("credential"),
    temperature: z
      .number({ error: "expected a number" })
      .exactOptional()
      .meta({ description: kwarg("The temperature"), examples: [0.7] }),
    max_tokens: z
      .int({ error: "expected a whole number" })
      .min(1, "expected at least 1")
      .exactOptional()
      .meta({ description: kwarg("The most tokens of an answer"), examples: [4096] }),
    region: z
      .string({ error: "expected a text" })
      .min(1, "is empty")
      .exactOptional()
      .meta({
        description:
          "The upstream's region, as in the example of https://www.respan.ai/docs/apis/models/retrieve-custom-provider.",
        examples: ["eastus"],
      }),
  })
  .catchall(nativeValue.refine((value) => value !== null, "null is not documented here"));

/** A checked `native`. */
export type RespanNative = z.output<typeof nativeSchema>;

// https://www.respan.ai/docs/api-reference/manage/models/update-custom-provider
// The newest pages (https://www.respan.ai/docs/apis/models/retrieve-custom-provider) add extra_kwargs and nullable times.
export const providerSchema = z.object({
  id: z.union([z.string(), z.number()]),
  provider_id: z.string().nullish(),
  provider_name: z.string(),
  extra_kwargs: z.looseObject({}).nullish(),
  created_at: wireTime.nullish(),
  updated_at: wireTime.nullish(),
});

/** A provider as Respan replies it. */
export type RespanProvider = z.output<typeof providerSchema>;

// https://respan.ai/docs/api-reference/manage/models/list-custom-providers
// A bare array; sibling lists come in an envelope with `next`, so both are read.
export const pageSchema = z.union([
  z.array(providerSchema).transform((items) => ({ items })),
  z
    .object({ results: z.array(providerSchema), next: z.string().nullish() })
    .transform(({ results, next }) => ({ items: results, ...queryOf(next) })),
]);
