import { z } from "zod";
import { credentialSchemes } from "../contract/credential.ts";
import { updateFields } from "../contract/update.ts";
import { happeningSchema } from "../sync/journal/event.ts";
import { planDocument } from "../sync/plan/document.ts";
import { counted, field, schemaOfDocuments, text } from "../sync/plan/document-parts.ts";

// What the commands print as JSON whose documents are the command line's own. `demo` has none: it is a show.

const creationField = z.enum([...updateFields, "slug", "upstream"]);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const validate = z
  .strictObject({ valid: z.literal(true), gateways: counted, providers: counted, bindings: counted })
  .meta({ title: "gatefold validate", description: "A config that is valid, and how much is in it." });

const init = z
  .strictObject({
    config: text.meta({ description: "The file that was written." }),
    gateways: z.array(
      z.strictObject({
        name: text,
        adapter: text,
        listed: counted.nullable().meta({ description: "How many objects it holds; null where it was not asked." }),
      }),
    ),
    providers: counted,
    withoutId: counted,
    variables: z.array(text).meta({ description: "Variables that the config refers to and that are not set." }),
    plan: planDocument.nullable().meta({ description: "The first plan; null where there is nothing to plan yet." }),
  })
  .meta({ title: "gatefold init", description: "A config that was made." });

const imported = z
  .strictObject({
    gateway: text,
    config: text.meta({ description: "The config as YAML. Keys are references." }),
    providers: counted,
    withoutId: counted.meta({ description: "How many have an id that is left to fill in." }),
  })
  .meta({ title: "gatefold import", description: "A config of what a gateway holds." });

const explained = z
  .strictObject({
    adapter: text,
    requests: z.array(
      z.strictObject({
        method: text,
        path: text,
        headers: z.record(text, text).exactOptional(),
        body: z.unknown().optional().meta({ description: "Secrets are redacted." }),
        fields: z.array(field).exactOptional().meta({ description: "What takes effect with it." }),
        when: text.exactOptional().meta({ description: "Absent: it is always sent." }),
      }),
    ),
  })
  .meta({ title: "gatefold explain", description: "The requests of an update." });

const capability = z.strictObject({
  set: z.boolean(),
  clear: z.boolean(),
  read: z.enum(["yes", "no", "maybe"]),
  mode: z.enum(["patch", "replace"]),
  limits: z
    .strictObject({
      minimum: z.number().exactOptional(),
      maximum: z.number().exactOptional(),
      maxLength: counted.exactOptional(),
    })
    .exactOptional(),
  writtenWith: z.array(field).exactOptional(),
  requires: z.array(z.strictObject({ field, because: text })).exactOptional(),
  needsRead: z.boolean().exactOptional(),
});

const capabilities = z
  .record(
    text,
    z.strictObject({
      fields: z.record(field, capability),
      schemes: z.record(z.enum(credentialSchemes), z.boolean()),
      list: z.enum(["ids", "slugs"]),
      pageSize: counted.exactOptional(),
      hint: z.boolean(),
      detectsConflicts: z.boolean().exactOptional(),
      creation: z.strictObject({ requires: z.array(creationField), takes: z.array(creationField) }).exactOptional(),
      removes: z.boolean().exactOptional(),
      shared: z.boolean().exactOptional(),
    }),
  )
  .meta({ title: "gatefold capabilities", description: "What each adapter can do, by its name." });

const journalVerify = z
  .strictObject({
    file: text,
    lines: counted.meta({ description: "How many are whole and chained; with a problem: those before it." }),
    chained: z.boolean(),
    head: z.strictObject({ seq: counted, hash }),
    torn: counted.meta({ description: "Bytes of a last line that is not complete." }),
    problem: z.strictObject({ line: counted, message: text }).exactOptional(),
    noted: z
      .strictObject({ hash, line: counted.nullable().meta({ description: "Null: it is not in this journal." }) })
      .exactOptional()
      .meta({ description: "The head that --head names." }),
  })
  .meta({ title: "gatefold journal verify", description: "Whether a journal is as it was written." });

const frame = { seq: z.int().min(1), at: text, run: text };

const journalShow = z
  .strictObject({
    file: text,
    runs: z.array(
      z.strictObject({
        run: text,
        events: z.array(z.union(happeningSchema.options.map((option) => option.extend(frame)))),
      }),
    ),
  })
  .meta({ title: "gatefold journal show", description: "Who changed what, when and why." });

const newAdapter = z
  .strictObject({ name: text, files: z.array(text) })
  .meta({ title: "gatefold new-adapter", description: "The files that were written." });

const sandbox = z.strictObject({ gateways: z.array(z.strictObject({ name: text, url: text, token: text })) }).meta({
  title: "gatefold sandbox",
  description: "Where the simulated gateways are, and tokens that only they take.",
});

/** The JSON schemas, draft 2020-12, of what these commands print. */
export const cliSchemas = {
  init: () => schemaOfDocuments(init),
  validate: () => schemaOfDocuments(validate),
  import: () => schemaOfDocuments(imported),
  explain: () => schemaOfDocuments(explained),
  capabilities: () => schemaOfDocuments(capabilities),
  "journal-verify": () => schemaOfDocuments(journalVerify),
  "journal-show": () => schemaOfDocuments(journalShow),
  "new-adapter": () => schemaOfDocuments(newAdapter),
  sandbox: () => schemaOfDocuments(sandbox),
} as const;
