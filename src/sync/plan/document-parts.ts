import { z } from "zod";
import { updateFields } from "../../contract/update.ts";

// What the documents have in common that `--format json` prints and `--out` writes. Their version counts up when a reader
// would have to change.

export const field = z.enum(updateFields);
export const text = z.string();
export const counted = z.int().min(0);
export const id = z.union([z.string(), z.number()]).meta({ description: "The provider's id at this gateway." });
export const fingerprints = z
  .partialRecord(field, text)
  .meta({ description: "Keyed fingerprints of values that hold a secret, plain ones of others. Never a value." });
export const evidence = z.strictObject({
  hint: text.exactOptional().meta({ description: "The key as the gateway redacts it." }),
  updatedAt: text.exactOptional(),
  slug: text.exactOptional(),
});
export const error = z
  .looseObject({
    name: text,
    code: text,
    message: text,
    adapter: text,
    gateway: text.exactOptional(),
    outcome: z.enum(["not-sent", "not-applied", "unknown", "partial"]),
    retryable: z.boolean(),
    status: z.int().exactOptional(),
  })
  .meta({ description: "An error of the contract as plain data." });
export const newId = id
  .nullable()
  .meta({ description: "The provider's id at this gateway; null where it is to be made." });
export const about = { provider: text, gateway: text, adapter: text, id: newId };
export const note = z.strictObject({ code: text, message: text });

const errorDocument = z
  .strictObject({ error: z.looseObject({ name: text }) })
  .meta({ title: "gatefold error", description: "Why a command did nothing." });

/** The JSON schema, draft 2020-12, of a command that prints one of these documents, or an error instead of them. */
export function schemaOfDocuments(...documents: readonly z.ZodType[]): object {
  return z.toJSONSchema(z.union([...documents, errorDocument]), { io: "input" });
}
