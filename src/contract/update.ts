import { z } from "zod";
import { type Credential, credentialSchema, keyProblem } from "./credential.ts";
import type { Issue } from "./errors.ts";
import { boundedJson, copyJsonObject, type JsonObject } from "./json.ts";
import { suggestion } from "./nearest.ts";
import { parseOften } from "./parse-often.ts";
import { isSecret } from "./secret.ts";

/**
 * The normalized partial update: a field that is omitted is left alone, `null` clears it, a value sets it.
 * Strict: an unknown field is an error, an explicit `undefined` is an error, and `null` is allowed only where it may clear.
 */
export interface ProviderUpdate {
  readonly name?: string;
  /** A text for people. */
  readonly description?: string | null;
  /** Vendors store text: an object is sent as canonical JSON, and read back as an object only if the text is that JSON. */
  readonly metadata?: string | JsonObject | null;
  /** Where the upstream provider is reached: http or https, without user info. */
  readonly baseUrl?: string;
  readonly credential?: Credential;
  /** `null` detaches from a shared credential, and needs `credential` in the same update; a value excludes `credential`. */
  readonly connectionId?: string | null;
  /** Whole seconds; `null` is the gateway's default. */
  readonly requestTimeout?: number | null;
  /** Whole seconds; `null` is the gateway's default. */
  readonly streamIdleTimeout?: number | null;
  /** Whether the gateway uses the provider. */
  readonly enabled?: boolean;
  /** What only this vendor has, checked by the adapter's own strict schema. A value may be a Secret. */
  readonly native?: Readonly<Record<string, unknown>>;
}

/** The name of a field of {@link ProviderUpdate}. */
export type Field = keyof ProviderUpdate;

// What nearly every base URL is: nothing in it could be wrong but a host or a port.
const PLAIN_URL = /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./~-]*)?$/;

/** What is wrong with a base URL, or undefined. The URL itself is never part of the text. */
export function baseUrlProblem(value: string): string | undefined {
  if (PLAIN_URL.test(value) && URL.canParse(value)) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || /[\s\\\p{Cc}]/u.test(value)) return "expected an absolute http or https URL";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "expected an http or https URL";
  const authority = value.replace(/^[a-z]+:\/*/i, "").split(/[/?#]/, 1)[0] ?? "";
  if (authority.includes("@")) return "holds user info: credentials do not belong in a URL";
  if (url.hash !== "" || value.includes("#")) return "has a fragment, which no server ever sees";
  return undefined;
}

/** An http or https URL without user info, as a setting and as a field. */
export const baseUrlSchema = z.string({ error: "expected a URL" }).superRefine((value, context) => {
  const message = baseUrlProblem(value);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

const notClearable = (expected: string) => (issue: { input?: unknown }) =>
  issue.input === null ? `cannot be cleared; ${expected}` : expected;
const seconds = z
  .int({ error: "expected whole seconds, as a number, or null for the gateway's default" })
  .min(1, "expected at least 1 second")
  .nullable();

const metadataSchema = z.unknown().transform((value, context): string | JsonObject | null => {
  if (value === null) return null;
  if (typeof value === "string" && value !== "") return value;
  const copy = copyJsonObject(value);
  if (copy !== undefined) return copy;
  const message = value === "" ? "is empty; use null to clear it" : "expected a text, a JSON object or null";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

// Each value is a Secret or JSON: copied, so that nothing the caller still holds can change what is sent.
const nativeSchema = z.unknown().transform((value, context): Record<string, unknown> => {
  const copy: [string, unknown][] = [];
  if (typeof value !== "object" || value === null || Array.isArray(value) || isSecret(value)) {
    context.addIssue({ code: "custom", message: "expected an object" });
    return z.NEVER;
  }
  for (const [key, member] of Object.entries(value)) {
    const text = isSecret(member) ? undefined : boundedJson(member);
    const problem = isSecret(member) ? keyProblem(member) : text === undefined && "expected JSON or a Secret";
    if (problem) context.addIssue({ code: "custom", path: [key], message: problem });
    // Schemas pass over this one key without a word.
    if (key === "__proto__") context.addIssue({ code: "custom", path: [key], message: "is no name that can be sent" });
    copy.push([key, text === undefined ? member : JSON.parse(text)]);
  }
  if (copy.length === 0) context.addIssue({ code: "custom", message: "is empty; leave it out" });
  return Object.fromEntries(copy);
});

const name = "expected a text";
const fields = {
  name: z.string({ error: notClearable(name) }).min(1, "is empty"),
  description: z.string({ error: "expected a text or null" }).min(1, "is empty; use null to clear it").nullable(),
  metadata: metadataSchema,
  baseUrl: z.string({ error: notClearable("expected a URL") }).pipe(baseUrlSchema),
  credential: credentialSchema,
  connectionId: z.string({ error: "expected a connection's id or null" }).min(1, "is empty").nullable(),
  requestTimeout: seconds,
  streamIdleTimeout: seconds,
  enabled: z.boolean({ error: notClearable("expected true or false") }),
  native: nativeSchema,
} satisfies Record<Field, z.ZodType>;

/** Every field, in the order in which tables show them. */
export const updateFields = Object.keys(fields).filter(isField);

/** The fields that an update has, `null` ones included. */
export function givenFields(update: Readonly<Partial<Record<Field, unknown>>>): Field[] {
  return updateFields.filter((field) => Object.hasOwn(update, field));
}

function isField(key: string): key is Field {
  return Object.hasOwn(fields, key);
}

/** The strict schema of {@link ProviderUpdate}, without the rules that span fields: see {@link parseUpdate}. */
export const providerUpdateSchema = z.strictObject({
  name: fields.name.exactOptional(),
  description: fields.description.exactOptional(),
  metadata: fields.metadata.exactOptional(),
  baseUrl: fields.baseUrl.exactOptional(),
  credential: fields.credential.exactOptional(),
  connectionId: fields.connectionId.exactOptional(),
  requestTimeout: fields.requestTimeout.exactOptional(),
  streamIdleTimeout: fields.streamIdleTimeout.exactOptional(),
  enabled: fields.enabled.exactOptional(),
  native: fields.native.exactOptional(),
});

/** An update taken apart: the valid fields, the names of all fields that were given, and every problem. */
export interface ParsedUpdate {
  /** A copy. Holds every given field that is valid by itself. */
  readonly update: ProviderUpdate;
  readonly given: readonly Field[];
  readonly issues: readonly Issue[];
}

/** Parses an update, and judges the rules of the contract that span fields even when a field is invalid by itself. */
export function parseUpdate(value: unknown): ParsedUpdate {
  const refuse = (message: string): ParsedUpdate => ({ update: {}, given: [], issues: [{ path: "", message }] });
  try {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? parseFields({ ...value }) : refuse("expected an update: an object with fields");
  } catch {
    // A getter or a proxy of the caller's threw, or the nesting is endless.
    return refuse("cannot be read: expected plain data");
  }
}

function parseFields(copy: Record<string, unknown>): ParsedUpdate {
  const given = Object.keys(copy).filter(isField);
  const result = parseOften(providerUpdateSchema, copy);
  if (result.success) return { update: result.data, given, issues: spanning(copy) };
  const invalid = new Set(result.error.issues.flatMap(topLevelKeys));
  const valid = Object.fromEntries(Object.entries(copy).filter(([key]) => !invalid.has(key)));
  const issues = [...issuesOf(result.error, updateFields), ...spanning(copy)];
  return { update: providerUpdateSchema.parse(valid), given, issues };
}

// What has more unknown fields than this was never meant to be an update.
const MOST_UNKNOWN = 100;

/** The problems that zod found, as the contract shows them. `names` are offered for a mistyped key. */
export function issuesOf(error: z.ZodError, names: Iterable<string> = [], prefix: readonly string[] = []): Issue[] {
  const known = [...names];
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map((part) => shownKey(String(part)))];
    if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
    return issue.keys.slice(0, MOST_UNKNOWN).map((key) => ({
      path: [...path, shownKey(key)].join("."),
      message: `unknown field${suggestion(key, known)}`,
    }));
  });
}

// A key that reads like a field's name may be shown; one that could be pasted content is not.
function shownKey(key: string): string {
  const isName = /^(\d{1,6}|[A-Za-z_]\w{0,39})$/.test(key) && key.replace(/\D/g, "").length <= 6;
  return isName ? key : "(a key not shown)";
}

function topLevelKeys(issue: z.core.$ZodIssue): string[] {
  if (issue.path.length > 0) return [String(issue.path[0])];
  return issue.code === "unrecognized_keys" ? issue.keys : [];
}

function spanning(copy: Record<string, unknown>): Issue[] {
  const hasCredential = Object.hasOwn(copy, "credential");
  const issues: Issue[] = [];
  if (Object.keys(copy).length === 0) issues.push({ path: "", message: "nothing to do: the update is empty" });
  if (Object.hasOwn(copy, "connectionId")) {
    if (copy.connectionId === null && !hasCredential) {
      const message = "null detaches from the shared credential, and needs the new credential in the same update";
      issues.push({ path: "connectionId", message });
    }
    if (copy.connectionId !== null && hasCredential) {
      issues.push({ path: "connectionId", message: "a connection replaces the credential: give one of the two" });
    }
  }
  return issues;
}
