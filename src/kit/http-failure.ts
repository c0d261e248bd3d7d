/** What came of an attempt without a complete reply. `sent: false` only where nothing can have reached the gateway. */
export type NoReply =
  | NetworkFailure
  | { readonly kind: "timeout" | "too-large"; readonly sent: true }
  | { readonly kind: "aborted"; readonly sent: boolean };

export interface NetworkFailure {
  readonly kind: "network";
  readonly sent: boolean;
  readonly code: string;
}

// Failures of connecting, of finding the host and of trusting it: the request itself was never written.
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** The failure that an error of the connection is. Only its code is kept: the error itself may hold the request. */
export function networkFailure(error: unknown): NetworkFailure {
  const code = memberOf(error, "code") ?? "UNKNOWN";
  return { kind: "network", sent: memberOf(error, "syscall") !== "connect" && !NEVER_SENT.has(code), code };
}

function memberOf(error: unknown, name: "code" | "syscall"): string | undefined {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === "string" ? value : undefined;
}
