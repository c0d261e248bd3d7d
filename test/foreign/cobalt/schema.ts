import { isSecret, type Secret } from "gatefold";
import { type CommonSettings, commonSettings, wireTime } from "gatefold/kit";
import { z } from "zod";

/** Settings of Cobalt: the common ones. */
export type CobaltSettings = CommonSettings;

export const settingsSchema = z.strictObject(commonSettings);

/** `headers` is the JSON text of all extra headers, name to value; `null` removes them all. */
export const nativeSchema = z.strictObject({
  headers: z
    .custom<Secret>(isSecret, { error: "expected a Secret: the JSON text of a map of header names and values" })
    .nullable(),
});

export type CobaltNative = z.output<typeof nativeSchema>;

// README.md, "GET /connections". Loose: a write must know of every member that it would reset.
export const connectionSchema = z.looseObject({
  provider: z.string().min(1),
  label: z.string().min(1),
  note: z.string().optional(),
  timeoutMs: z.int().positive().optional(),
  idleTimeoutMs: z.int().positive().optional(),
  active: z.boolean(),
  displaySecret: z.string().optional(),
  headerNames: z.array(z.string()).optional(),
  revision: z.int(),
  modifiedAt: wireTime,
});

/** A connection as Cobalt replies it; no reply holds its secret or the values of its headers. */
export type CobaltConnection = z.output<typeof connectionSchema>;

// README.md, "PUT /connections"
export const replySchema = z.object({ connection: connectionSchema }).transform(({ connection }) => connection);

export const pageSchema = z
  .object({ connections: z.array(connectionSchema), total: z.int().min(0) })
  .transform(({ connections, total }) => ({ items: connections, total }));
