import { z } from "zod";
import type { Issue } from "../../src/index.ts";
import { present, type VendorError } from "../../src/kit/index.ts";

const text = z.string().optional().catch(undefined);
const seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .refine((wait) => wait >= 0 && wait <= 86_400)
  .optional()
  .catch(undefined);

// https://respan.ai/docs/documentation/resources/reference/error-handling
// https://respan.ai/docs/documentation/resources/reference/api-rate-limits (retry_after: seconds, in the body)
const errorSchema = z.looseObject({
  detail: text,
  message: text,
  details: text,
  error: z
    .union([z.string(), z.looseObject({ message: text, code: text })])
    .optional()
    .catch(undefined),
  errors: z.unknown().optional(),
  error_code: text,
  retry_after: seconds,
});

/** The documents show `detail`, `error` as text and as object, `errors` beside `detail`, and a bare map of fields. */
export function readError(body: unknown, status: number): VendorError {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return {};
  const { detail, message, details, error, errors, error_code, retry_after } = parsed.data;
  const inner = typeof error === "object" ? error : undefined;
  const words = detail ?? message ?? (typeof error === "string" ? error : inner?.message) ?? details;
  const isFieldMap = words === undefined && (status === 400 || status === 422);
  const fieldErrors = fieldMessages(errors ?? (isFieldMap ? body : undefined), []);
  return present({
    message: words,
    code: error_code ?? inner?.code,
    fieldErrors: fieldErrors.length > 0 ? fieldErrors : undefined,
    retryAfterMs: retry_after === undefined ? undefined : retry_after * 1000,
  });
}

const DEEPEST = 8;

// {"field": ["text"]}, and nested: {"inputs": {"input": ["text"]}}.
function fieldMessages(value: unknown, path: readonly string[], depth = 0): Issue[] {
  if (typeof value === "string") return [{ path: path.join("."), message: value }];
  if (typeof value !== "object" || value === null || depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => fieldMessages(item, path, depth + 1));
  return Object.entries(value).flatMap(([key, member]) => fieldMessages(member, [...path, key], depth + 1));
}
