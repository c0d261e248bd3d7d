import { z } from "zod";
import { about, error, field, text } from "../plan/document-parts.ts";

/** The outcome of an adoption as a document. */
export const adoptDocument = z
  .strictObject({
    version: z.literal(1),
    run: text.meta({ description: "The name of the run in the journal." }),
    rows: z.array(
      z.strictObject({
        ...about,
        status: z.enum(["adopted", "blocked", "failed"]),
        fields: z.array(field).meta({ description: "Those whose keys are recorded." }),
        owned: z.literal(true).exactOptional().meta({ description: "The object itself is recorded, too." }),
        reason: text.exactOptional(),
        error: error.exactOptional(),
      }),
    ),
  })
  .meta({ title: "gatefold adopt", description: "What was recorded without being written." });
