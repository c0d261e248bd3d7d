import { z } from "zod";
import { LIMITED_KINDS } from "../config/limits.ts";
import { about, counted, error, evidence, field, fingerprints, id, newId, note, text } from "./document-parts.ts";

const verdict = z.enum(["in-sync", "changed", "drift", "suspected", "unverifiable", "unreadable"]);

const comparison = z.strictObject({
  field,
  verdict,
  evidence: z.array(z.enum(["read", "fingerprint", "hint", "updatedAt", "outcome unknown"])),
  before: z.unknown().optional().meta({ description: "As reported; absent when the gateway does not show it." }),
  after: z.unknown().meta({ description: "As desired; a secret shows as the reference to it." }),
});

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

/** A plan as it is read from a file. */
export type PlanDocument = z.output<typeof planDocument>;
