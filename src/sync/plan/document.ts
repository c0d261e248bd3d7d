import { z } from "zod";
import { updateFields } from "../../contract/update.ts";
import { LIMITED_KINDS } from "../config/limits.ts";

// The documents that `--format json` prints and `--out` writes. Their version counts up when a reader would have to change.

const field = z.enum(updateFields);
const text = z.string();
const counted = z.int().min(0);
const id = z.union([z.string(), z.number()]).meta({ description: "The provider's id at this gateway." });
const fingerprints = z
  .partialRecord(field, text)
  .meta({ description: "Keyed fingerprints of values that hold a secret, plain ones of others. Never a value." });
const evidence = z.strictObject({
  hint: text.exactOptional().meta({ description: "The key as the gateway redacts it." }),
  updatedAt: text.exactOptional(),
  slug: text.exactOptional(),
});
const error = z
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

const verdict = z.enum(["in-sync", "changed", "drift", "suspected", "unverifiable", "unreadable"]);

const comparison = z.strictObject({
  field,
  verdict,
  evidence: z.array(z.enum(["read", "fingerprint", "hint", "updatedAt", "outcome unknown"])),
  before: z.unknown().optional().meta({ description: "As reported; absent when the gateway does not show it." }),
  after: z.unknown().meta({ description: "As desired; a secret shows as the reference to it." }),
});

const newId = id.nullable().meta({ description: "The provider's id at this gateway; null where it is to be made." });
const about = { provider: text, gateway: text, adapter: text, id: newId };

const planRow = z.strictObject({
  ...about,
  status: z.enum([...verdict.options, "create", "remove", "blocked", "failed"]),
  creation: z
    .strictObject({ slug: text.exactOptional(), upstream: text.exactOptional() })
    .exactOptional()
    .meta({ description: "What is fixed once the object exists; there where it has no id in the config." }),
  fields: z.array(comparison),
  writes: z.array(field).meta({ description: "What an apply writes, in one update." }),
  writesKey: z.boolean(),
  fingerprints,
  seen: evidence.meta({ description: "What tells whether the object moved since." }),
  affects: z
    .array(z.strictObject({ id, name: text }))
    .exactOptional()
    .meta({ description: "The providers that a write of a shared object reaches." }),
  reason: text.exactOptional(),
  error: error.exactOptional(),
});

const exceeded = z.strictObject({
  kind: z.enum(LIMITED_KINDS),
  gateway: text.nullable().meta({ description: "Null: all gateways together." }),
  planned: counted,
  bindings: counted,
  most: counted,
});

/** A plan as a document. */
export const planDocument = z
  .strictObject({
    version: z.literal(1),
    writeUnverified: z.boolean(),
    strict: z.boolean(),
    prune: z.literal(true).exactOptional().meta({ description: "What is described no more is removed." }),
    removable: z.int().min(1).exactOptional().meta({ description: "How many objects --prune would remove." }),
    scope: z.strictObject({ gateways: z.array(text), providers: z.array(text), tags: z.array(text) }),
    journal: z.boolean(),
    fingerprintKey: text.nullable(),
    allow: z.array(text),
    rows: z.array(planRow),
    exceeded: z.array(exceeded),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({ title: "gatefold plan", description: "What an apply would write, and why." });

const settlement = z.strictObject({
  provider: text,
  gateway: text,
  id,
  happening: z.strictObject({
    type: z.literal("settled"),
    intent: z.int().min(1),
    applied: z.array(field),
    undecided: z.array(field),
    after: evidence,
  }),
});

const settledCreation = z.strictObject({
  provider: text,
  gateway: text,
  id: newId,
  happening: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("made"),
      creation: z.int().min(1),
      object: z.strictObject({ gateway: text, adapter: text, baseUrl: text.nullable(), id }),
      fields: z.array(field),
      fingerprints,
      after: evidence,
    }),
    z.strictObject({ type: z.literal("not-made"), creation: z.int().min(1), status: z.literal("failed") }),
  ]),
});

const note = z.strictObject({ code: text, message: text });

/** The outcome of an apply as a document. */
export const applyDocument = z
  .strictObject({
    version: z.literal(1),
    plan: text.meta({ description: "The digest of the plan that was carried out." }),
    run: text.meta({ description: "The name of the run in the journal." }),
    settled: z.array(settlement),
    settledCreations: z.array(settledCreation).exactOptional(),
    rows: z.array(
      z.strictObject({
        ...about,
        status: z.enum(["done", "failed", "blocked", "unknown"]),
        change: z.enum(["create", "remove"]).exactOptional().meta({ description: "Absent: an update." }),
        writes: z.array(field),
        notes: z.array(note),
        reason: text.exactOptional(),
        error: error.exactOptional(),
      }),
    ),
    cancelled: z.boolean(),
    journalError: text.exactOptional(),
  })
  .meta({ title: "gatefold apply", description: "What became of each row of a plan." });

/** What every command prints instead of its document when it cannot do its work. */
export const errorDocument = z
  .strictObject({ error: z.looseObject({ name: text }) })
  .meta({ title: "gatefold error", description: "Why a command did nothing." });

/** A plan as it is read from a file. */
export type PlanDocument = z.output<typeof planDocument>;

/** The JSON schema of a document, draft 2020-12. */
export function documentSchema(name: "plan" | "apply"): object {
  // An apply that is refused for its limits prints the plan.
  const documents =
    name === "plan" ? z.union([planDocument, errorDocument]) : z.union([applyDocument, planDocument, errorDocument]);
  return z.toJSONSchema(documents, { io: "input" });
}
