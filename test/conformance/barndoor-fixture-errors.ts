import type { ErrorFixture } from "../../src/testing/index.ts";

const DOCS = "https://docs.barndoor.ai/api-reference/llm-gateway";

/** A body as the vendor's own clients read it, for a status of the introduction. */
function documented(
  status: number,
  name: ErrorFixture["name"],
  says: string,
  body: unknown,
  more: Pick<ErrorFixture, "vendorCode" | "headers" | "retryAfterMs" | "source"> = {},
): ErrorFixture {
  return { status, name, says, body, source: `${DOCS}/introduction`, ...more };
}

function typed(status: number, name: ErrorFixture["name"], message: string, type: string): ErrorFixture {
  return documented(status, name, message, { error: { message, type } }, { vendorCode: type });
}

/** Every shape that the documents and the vendor's clients tell of. */
export const errors: readonly ErrorFixture[] = [
  typed(400, "RejectedError", "settings must be an object", "invalid_request_error"),
  typed(401, "AuthenticationError", "invalid token", "authentication_error"),
  typed(403, "PermissionDeniedError", "admin role required", "permission_error"),
  typed(404, "NotFoundError", "nothing with this id was found", "not_found_error"),
  typed(409, "ConflictError", "conflicts with existing data", "conflict_error"),
  documented(400, "RejectedError", "no type", { error: { message: "no type" } }),
  documented(400, "RejectedError", "at the top", { message: "at the top" }),
  documented(403, "PermissionDeniedError", "as a text", { error: "as a text" }),
  documented(409, "ConflictError", "in detail", { detail: "in detail" }),
  documented(404, "NotFoundError", "404 page not found", "404 page not found"),
  documented(500, "UnavailableError", "internal error", { error: { message: "internal error" } }),
  // No wait is documented, and the vendor's own client honours the header's.
  documented(429, "RateLimitError", "slow down", { error: { message: "slow down" } }),
  documented(
    429,
    "RateLimitError",
    "slow down",
    { error: { message: "slow down" } },
    { headers: { "retry-after": "20" }, retryAfterMs: 20_000, source: "barndoor-ai/barndoor-go-sdk, README.md" },
  ),
];
