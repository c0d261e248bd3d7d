import { z } from "zod";
import { error, id, note, text } from "../plan/document-parts.ts";

const place = { provider: text, gateway: text, id };

/** The outcome of a rotation as a document. It names keys by their references alone, where it names them at all. */
export const rotateDocument = z
  .strictObject({
    version: z.literal(1),
    run: text.meta({ description: "The name of the run in the journal." }),
    status: z
      .enum(["all-new", "all-old", "needs-operator"])
      .meta({ description: "Never a silent mix: what is neither all new nor all old needs an operator." }),
    rows: z.array(
      z.strictObject({
        ...place,
        adapter: text,
        holds: z.enum(["new", "old", "unknown"]),
        evidence: z
          .array(z.enum(["hint", "updatedAt", "health", "verify", "read"]))
          .meta({ description: "What shows it, of the last write." }),
        inUse: z
          .boolean()
          .exactOptional()
          .meta({ description: "Whether the key was used since it was written; absent where no gateway tells." }),
        affects: z
          .array(z.strictObject({ id, name: text }))
          .exactOptional()
          .meta({ description: "The providers that a shared credential reaches." }),
        notes: z.array(note),
        reason: text.exactOptional(),
        error: error.exactOptional(),
      }),
    ),
    failure: text.exactOptional().meta({ description: "What first stood against the new key." }),
    oldKeyElsewhere: z
      .array(z.strictObject(place))
      .exactOptional()
      .meta({ description: "Other objects of the config that hold the old key, by what the journal knows." }),
    cancelled: z.boolean(),
    resumable: z.boolean().meta({ description: "gatefold rotate --resume can go on with it." }),
    journalError: text.exactOptional(),
  })
  .meta({ title: "gatefold rotate", description: "Which key each object holds at the end of a rotation." });
