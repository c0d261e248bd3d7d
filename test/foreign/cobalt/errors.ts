import { present, type VendorError } from "gatefold/kit";
import { z } from "zod";

// README.md, "Errors"
const errorSchema = z.looseObject({
  ok: z.literal(false),
  fault: z.looseObject({
    status: z.int().min(400).max(599),
    text: z.string().optional().catch(undefined),
    wait: z.number().min(0).optional().catch(undefined),
  }),
});

/** Every error is answered with 200: the status that is meant stands in the body. */
export function refusedWith(body: unknown): number | undefined {
  const parsed = errorSchema.safeParse(body);
  return parsed.success ? parsed.data.fault.status : undefined;
}

/** `{ok: false, fault: {status, text, wait?}}`; the wait is in seconds. */
export function readError(body: unknown): VendorError {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return {};
  const { text, wait } = parsed.data.fault;
  return present({ message: text, retryAfterMs: wait === undefined ? undefined : wait * 1000 });
}
