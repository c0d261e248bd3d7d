import type { Field, Issue, ProviderUpdate } from "../../src/index.ts";
import { parseUuid } from "./id.ts";

const WITHOUT_SECRET = new Set(["google_adc", "oauth_passthrough"]);

/** The conditions of an update that need no read. */
export function conditions({ credential, connectionId, native }: ProviderUpdate, _given: readonly Field[]): Issue[] {
  const issues: Issue[] = [];
  if (typeof connectionId === "string" && "problem" in parseUuid(connectionId)) {
    issues.push({ path: "connectionId", message: "expected the UUID of a connection" });
  }
  if (connectionId === null && credential !== undefined && WITHOUT_SECRET.has(credential.scheme)) {
    const message = `a detach is documented with a new api_key or credentials only, and ${credential.scheme} has neither`;
    issues.push({ path: "credential", message });
  }
  if (native?.billing_mode === "not_metered" && native.billing_reason === null) {
    issues.push({ path: "native.billing_reason", message: "cannot be cleared while billing_mode is not_metered" });
  }
  return issues;
}

const WITH_SECRET = new Set(["api_key", "bedrock_api_key", "aws_keys", "google_service_account"]);

/** What may help after a 400: newer platforms refuse what the page this adapter follows allows. */
export function advise(status: number, { credential, connectionId }: ProviderUpdate): string | undefined {
  const hasKey = credential !== undefined && WITH_SECRET.has(credential.scheme);
  if (status !== 400 || !(hasKey || connectionId === null)) return undefined;
  const what = connectionId === null ? "detaching from a connection" : "keys on a provider";
  return `newer Barndoor platforms refuse ${what}; if yours does, set connectionId to a connection that holds the key`;
}
