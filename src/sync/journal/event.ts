import { z } from "zod";
import { updateFields } from "../../contract/update.ts";

const field = z.enum(updateFields);
const text = z.string();
const time = z.iso.datetime();
/** Place of an event in its journal, from 1. */
const sequence = z.int().min(1);

/** One account. The address is part of it: what is known of one says nothing of another. */
const account = z.strictObject({
  gateway: text,
  adapter: text,
  /** The setting `baseUrl`, or null where the vendor's own is used. */
  baseUrl: text.nullable(),
});

/** One provider at one gateway. */
const object = z.strictObject({ ...account.shape, id: z.union([z.string(), z.number()]) });

/** What a gateway showed of an object: never a secret. Absent is what it does not show. */
const evidence = z.strictObject({
  hint: text.exactOptional(),
  updatedAt: text.exactOptional(),
  slug: text.exactOptional(),
});

/** Fingerprints by field, see `Fingerprints`. A field that holds a secret has one only where there is a key for it. */
const fingerprints = z.partialRecord(field, text);

/** Where a secret is kept, as `SecretReference`. */
const reference = z.strictObject({
  kind: z.enum(["env", "file", "exec", "vault"]),
  target: text,
  directory: text.exactOptional(),
});

/** One object of a rotation as it was before. */
const rotationTarget = z.strictObject({
  object,
  provider: text,
  /** Those that hold the key. */
  fields: z.array(field),
  before: evidence,
  health: z.strictObject({ status: text, checkedAt: text.exactOptional() }).exactOptional(),
  /** Of the credential with either key, where there can be one. */
  fingerprints: z.strictObject({ new: text.exactOptional(), old: text.exactOptional() }),
});

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
    /** Where it is part of a rotation: which, and which of its keys is written. */
    rotation: z.strictObject({ of: sequence, key: z.enum(["new", "old"]) }).exactOptional(),
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
  /** A key is about to be changed at all of these, or at none. */
  z.strictObject({
    type: z.literal("rotation"),
    targets: z.array(rotationTarget),
    /** Where the keys are kept, to go on after a crash; never a key. */
    to: reference,
    from: reference.exactOptional(),
    /** What a failure leads to. */
    onFailure: z.enum(["restore", "keep"]),
    /** Whether the user's own check is part of it. */
    verifies: z.boolean(),
  }),
  /** From here on a rotation puts the old key back. */
  z.strictObject({ type: z.literal("turned"), rotation: sequence, because: text }),
  /** How a rotation ended, and which key each of its targets holds, in their order. */
  z.strictObject({
    type: z.literal("rotated"),
    rotation: sequence,
    status: z.enum(["all-new", "all-old", "needs-operator"]),
    holds: z.array(z.enum(["new", "old", "unknown"])),
  }),
  /** An object is about to be made. */
  z.strictObject({
    type: z.literal("creation"),
    account,
    provider: text,
    name: text,
    slug: text.exactOptional(),
    upstream: text.exactOptional(),
    /** What its metadata carries, so that it is found again after a reply that was lost. */
    marker: text.exactOptional(),
    fields: z.array(field),
    /** As if the object had the id that a plan gives to what is not made yet. */
    fingerprints,
    timeoutMs: z.int(),
  }),
  /** It was made: the reply said so, or a later look found it. */
  z.strictObject({
    type: z.literal("made"),
    creation: sequence,
    object,
    /** Those that it has since. */
    fields: z.array(field),
    fingerprints,
    after: evidence,
    unechoed: fingerprints.exactOptional(),
  }),
  /** Nothing was made, or nobody knows. */
  z.strictObject({
    type: z.literal("not-made"),
    creation: sequence,
    status: z.enum(["failed", "unknown"]),
    error: failure.exactOptional(),
  }),
  /** Somebody says that this object is managed by this provider's entry from now on. */
  z.strictObject({ type: z.literal("owned"), object, provider: text, after: evidence }),
  /** An object is about to be removed. */
  z.strictObject({ type: z.literal("removal"), object, provider: text, before: evidence, timeoutMs: z.int() }),
  /** What became of that. `done` is also what was gone already. */
  z.strictObject({
    type: z.literal("removed"),
    removal: sequence,
    status: z.enum(["done", "failed", "unknown"]),
    error: failure.exactOptional(),
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
/** Something that a run did, found or was told, without any secret. `type` tells which. */
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
  /** The number of the line, from 1. */
  readonly seq: number;
  /** When it was written, ISO 8601 in UTC. */
  readonly at: string;
  /** The run that wrote it. */
  readonly run: string;
};

export type AccountKey = z.output<typeof account>;
/** An object in the journal: its gateway, the account there and its id. */
export type ObjectKey = z.output<typeof object>;
/** What a gateway showed of an object, by which a later look tells whether it moved. */
export type Evidence = z.output<typeof evidence>;
/** Fingerprints of field values, by field: see `Fingerprints`. */
export type FieldFingerprints = z.output<typeof fingerprints>;
/** The line by which a rotation begins: its targets, and the references of its keys. */
export type RotationEvent = Extract<JournalEvent, { type: "rotation" }>;
export type RotationTarget = z.output<typeof rotationTarget>;
export type IntentEvent = Extract<JournalEvent, { type: "intent" }>;
export type CreationEvent = Extract<JournalEvent, { type: "creation" }>;
export type RemovalEvent = Extract<JournalEvent, { type: "removal" }>;
