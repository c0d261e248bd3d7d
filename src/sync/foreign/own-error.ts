import { z } from "zod";
import { type GatewayError, type Issue, isGatewayError } from "../../contract/errors.ts";
import type { Secret } from "../../contract/secret.ts";
import type { Redaction } from "./words.ts";

const text = z.string();
const issues = z.array(z.object({ path: text, message: text }));
const common = {
  code: text,
  adapter: text,
  message: text,
  outcome: z.enum(["not-sent", "not-applied", "unknown", "partial"]),
  retryable: z.boolean(),
  status: z.int().optional(),
  vendorCode: text.optional(),
};
const named = <Name extends string>(name: Name) => z.object({ ...common, name: z.literal(name) });

// What each class promises to have; see the classes.
const errorShape = z.discriminatedUnion("name", [
  named("UnsupportedFieldError").extend({ fields: z.array(text), issues }),
  named("InvalidInputError").extend({ issues }),
  named("MissingSettingError").extend({ settings: z.array(text) }),
  named("AuthenticationError"),
  named("PermissionDeniedError"),
  named("NotFoundError"),
  named("ConflictError"),
  named("RejectedError").extend({ fieldErrors: issues }),
  named("RateLimitError").extend({ retryAfterMs: z.number().optional() }),
  named("UnavailableError"),
  named("TimeoutError"),
  named("NetworkError"),
  named("AbortedError"),
  named("InvalidResponseError"),
  named("PartialUpdateError").extend({ applied: z.array(text), failed: z.array(text) }),
]);

/**
 * The error of the contract that a stranger's adapter threw, with the secrets of the call taken out of its words; undefined
 * for anything else, and for one that only seems to be one.
 */
export function ownError(thrown: unknown, secrets: readonly Secret[], redaction: Redaction): GatewayError | undefined {
  try {
    if (!isGatewayError(thrown) || Object.isFrozen(thrown) || !errorShape.safeParse(thrown).success) return undefined;
    if (thrown.name === "PartialUpdateError" && ownError(thrown.cause, secrets, redaction) === undefined) {
      return undefined;
    }
    if (secrets.length > 0) clean(thrown, (words) => redaction.text(words, secrets));
    return thrown;
  } catch {
    // A getter of the stranger's threw.
    return undefined;
  }
}

function clean(error: GatewayError, redact: (text: string) => string): void {
  const cleaned = (list: readonly Issue[]) => list.map(({ path, message }) => ({ path, message: redact(message) }));
  // The stack begins with the message.
  Object.defineProperties(error, {
    message: { value: redact(error.message), enumerable: false },
    stack: { value: undefined, enumerable: false },
  });
  if (error.vendorCode !== undefined) Object.assign(error, { vendorCode: redact(error.vendorCode) });
  if (error.name === "RejectedError") Object.assign(error, { fieldErrors: cleaned(error.fieldErrors) });
  if (error.name === "InvalidInputError" || error.name === "UnsupportedFieldError") {
    Object.assign(error, { issues: cleaned(error.issues) });
  }
}
