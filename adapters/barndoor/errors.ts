import { z } from "zod";
import { present, type VendorError } from "../../src/kit/index.ts";

const text = z.string().optional().catch(undefined);

// https://docs.barndoor.ai/api-reference/llm-gateway/introduction describes the statuses; the shape is the one that the
// vendor's own clients read (barndoor-ai/terraform-provider-barndoor, internal/client/client.go).
const errorSchema = z.looseObject({
  error: z
    .union([z.string(), z.looseObject({ message: text, type: text })])
    .optional()
    .catch(undefined),
  message: text,
  detail: text,
});

/** `{"error": {"message", "type"}}`, or `message`, `error` or `detail` as a text. No wait is documented. */
export function readError(body: unknown): VendorError {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return {};
  const { error, message, detail } = parsed.data;
  const inner = typeof error === "object" ? error : undefined;
  return present({
    message: inner?.message ?? message ?? (typeof error === "string" ? error : detail),
    code: inner?.type,
  });
}
