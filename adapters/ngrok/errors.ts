import { z } from "zod";
import { present, type VendorError } from "../../src/kit/index.ts";

const text = z.string().optional().catch(undefined);

// openapi/ai-gateway.yaml of ngrok/ngrok-docs, schema of an error; https://ngrok.com/docs/api has the snake_case twin.
const errorSchema = z.looseObject({ msg: text, errorCode: text, error_code: text });

/** `{statusCode, msg, details, errorCode?}`. What `details` holds is not documented, and no wait is. */
export function readError(body: unknown): VendorError {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return {};
  const { msg, errorCode, error_code } = parsed.data;
  return present({ message: msg, code: errorCode ?? error_code });
}
