import { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import { updateFields } from "../../contract/update.ts";
import { limitsSchema, runLimitsSchema } from "./limits.ts";
import { REFERENCE_PATTERN } from "./reference.ts";

/** What is said wherever a secret must be a reference and is none. */
export const REFERENCE_EXPECTED =
  "expected a reference: env:NAME, file:PATH or exec:COMMAND; a key itself does not belong in the file";

/** A gateway's or a provider's name. */
export const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** How many changes of one gateway are in flight at once, unless its entry says otherwise. */
export const DEFAULT_CONCURRENCY = 8;

/** The text of a reference. */
export const referenceText = z
  .string({ error: REFERENCE_EXPECTED })
  .regex(REFERENCE_PATTERN, REFERENCE_EXPECTED)
  .meta({
    description: "Where the secret is kept: env:NAME, file:PATH or exec:COMMAND. Never the secret itself.",
    examples: ["env:OPENAI_API_KEY", "file:/run/secrets/openai", "exec:vault read -field=key secret/openai"],
  });

const concurrencyExpected = "expected a whole number from 1 to 64";
const writeUnverified = z.boolean({ error: "expected true or false" }).exactOptional().meta({
  description: "Also write what the gateway does not show, keys above all. A binding overrides its provider.",
});

/** What stands at the top of a file, besides `gateways` and `providers`. */
export const rootFields = {
  $schema: z
    .string({ error: "expected a text" })
    .exactOptional()
    .meta({
      description: "Where an editor finds this schema; gatefold passes over it.",
      examples: ["gatefold.schema.json"],
    }),
  version: z
    .literal(1, { error: "expected 1, the version of this format" })
    .meta({ description: "The version of this format." }),
  journal: z
    .string({ error: "expected a path" })
    .min(1, "is empty")
    .exactOptional()
    .meta({
      description:
        "The file that records what was written, relative to this file; .gatefold/journal.jsonl if not given.",
      examples: [".gatefold/journal.jsonl"],
    }),
  fingerprintKey: referenceText.exactOptional().meta({
    description:
      "A reference to the key of the fingerprints, by which the journal recognises secrets without holding any: a random text " +
      "of 16 characters or more.",
    examples: ["env:GATEFOLD_FINGERPRINT_KEY"],
  }),
  limits: limitsSchema.exactOptional().meta({
    description: "How much one run may write before it refuses: at each gateway, and in total.",
    examples: [{ update: { percent: 30, atLeast: 2 }, key: { count: 5 }, total: { update: { count: 100 } } }],
  }),
};

/** What every gateway has, besides its adapter's settings. */
export const gatewayFields = {
  adapter: z.string({ error: "expected the name of an adapter" }),
  token: referenceText,
  concurrency: z
    .int({ error: concurrencyExpected })
    .min(1, concurrencyExpected)
    .max(64, concurrencyExpected)
    .exactOptional()
    .meta({
      description: `How many changes of this gateway may be in flight at once; ${DEFAULT_CONCURRENCY} if not given.`,
    }),
  limits: runLimitsSchema.exactOptional().meta({
    description: "How much one run may write at this gateway; what is left out is as in the file's limits.",
    examples: [{ update: { count: 10 } }],
  }),
};

/** What a provider has, besides its fields and `gateways`. */
export const providerFields = {
  tags: z
    .array(z.string({ error: "expected a text" }), { error: "expected a list of texts" })
    .exactOptional()
    .meta({ description: "Words by which a run can be restricted: --tag prod.", examples: [["prod"]] }),
  writeUnverified,
};

const fieldName = z.enum(updateFields, {
  error: (issue) => `unknown field${suggestion(String(issue.input), updateFields)}`,
});

const fixed = z.string({ error: "expected a text" }).min(1, "is empty").exactOptional();

/** What a binding has, besides its fields. */
export const bindingFields = {
  id: z
    .union([z.string(), z.number()], { error: "expected the provider's id at this gateway" })
    .exactOptional()
    .meta({
      description: "The provider's id at this gateway, as the gateway tells it. Needed without create: true.",
      examples: [123, "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111"],
    }),
  create: z.boolean({ error: "expected true or false" }).exactOptional().meta({
    description: "Make the provider at this gateway where no id is given; with an id it has no effect any more.",
  }),
  slug: fixed.meta({
    description: "With create: true, the readable id of what is made, where whoever makes it chooses.",
    examples: ["openai-prod"],
  }),
  upstream: fixed.meta({
    description: "With create: true, the upstream's kind in the gateway's own words.",
    examples: ["openai"],
  }),
  omit: z
    .array(fieldName, { error: "expected a list of fields" })
    .exactOptional()
    .meta({
      description: "Fields of the provider that are left out at this gateway on purpose.",
      examples: [["requestTimeout"]],
    }),
  writeUnverified,
};
