import { z } from "zod";
import { updateFields } from "../../contract/update.ts";

const field = z.enum(updateFields);
const text = z.string();
const time = z.iso.datetime();
/** Place of an event in its journal, from 1. */
const sequence = z.int().min(1);

/** One provider at one gateway. The address is part of it: what is known of one account says nothing of another. */
const object = z.strictObject({
  gateway: text,
  adapter: text,
  /** The setting `baseUrl`, or null where the vendor's own is used. */
  baseUrl: text.nullable(),
  id: z.union([z.string(), z.number()]),
});

/** What a gateway showed of an object: never a secret. Absent is what it does not show. */
const evidence = z.strictObject({
  hint: text.exactOptional(),
  updatedAt: text.exactOptional(),
  slug: text.exactOptional(),
});

/** Fingerprints by field, see `Fingerprints`. A field that holds a secret has one only where there is a key for it. */
const fingerprints = z.partialRecord(field, text);

const failure = z.strictObject({ name: text, code: text, status: z.int().exactOptional() });

const shapes = [
  /** A run begins: who, why, and which plan. */
  z.strictObject({
    type: z.literal("run"),
    command: text,
    actor: text,
    host: text,
    pid: z.int(),
    reason: text.exactOptional(),
    /** The digest of the plan that is carried out. */
    plan: text.exactOptional(),
    /** What was allowed beyond the limits, as it was given. */
    allow: z.array(text).exactOptional(),
  }),
  /** An update is about to be sent. */
  z.strictObject({
    type: z.literal("intent"),
    object,
    provider: text,
    fields: z.array(field),
    /** The fields of each request, in the order in which they are sent. */
    requests: z.array(z.array(field)).exactOptional(),
    fingerprints,
    before: evidence,
    /** Milliseconds after which a request that was sent can no longer take effect by itself. */
    timeoutMs: z.int(),
  }),
  /** What became of it. `applied` are the fields that certainly took effect. */
  z.strictObject({
    type: z.literal("outcome"),
    intent: sequence,
    status: z.enum(["done", "failed", "unknown"]),
    applied: z.array(field),
    after: evidence.exactOptional(),
    /** Fields that were accepted and are shown otherwise: the fingerprint of what is shown. */
    unechoed: fingerprints.exactOptional(),
    error: failure.exactOptional(),
  }),
  /** What a later look says about an intent whose outcome was not known. */
  z.strictObject({
    type: z.literal("settled"),
    intent: sequence,
    applied: z.array(field),
    /** Fields of which the look tells nothing either. */
    undecided: z.array(field),
    after: evidence,
  }),
  /** Somebody says that the gateway holds these values already. */
  z.strictObject({
    type: z.literal("adopted"),
    object,
    provider: text,
    fields: z.array(field),
    fingerprints,
    after: evidence,
  }),
  /** The readable id of an object whose list entry shows nothing else. */
  z.strictObject({ type: z.literal("observed"), object, slug: text }),
  /** The last line was torn by a crash and was taken out. */
  z.strictObject({ type: z.literal("repaired"), droppedBytes: z.int() }),
  /** A run ended: its rows by what became of them. */
  z.strictObject({
    type: z.literal("end"),
    done: z.int(),
    failed: z.int(),
    blocked: z.int(),
    unknown: z.int(),
    cancelled: z.boolean(),
  }),
] as const;

/** What happened: the part of a journal's line that has a meaning. */
export const happeningSchema = z.discriminatedUnion("type", shapes);
export type Happening = z.output<typeof happeningSchema>;

/** What every line has besides: its place, its time, the run it belongs to, and the hashes that chain it. */
export const frameSchema = z.looseObject({
  seq: sequence,
  at: time,
  /** The run that wrote it. */
  run: text,
  /** SHA-256 of the line before, in hexadecimal; of the first line: zeros. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** One line of a journal. */
export type JournalEvent = Happening & {
  readonly seq: number;
  readonly at: string;
  readonly run: string;
};

export type ObjectKey = z.output<typeof object>;
export type Evidence = z.output<typeof evidence>;
export type FieldFingerprints = z.output<typeof fingerprints>;
export type IntentEvent = Extract<JournalEvent, { type: "intent" }>;
