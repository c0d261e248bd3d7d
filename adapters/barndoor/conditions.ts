import type { Field, Issue, ProviderUpdate } from "../../src/index.ts";
import { parseUuid } from "./id.ts";
import { newerProviderConditions, newerRoleConditions, WITH_SECRET } from "./newer-platform.ts";
import type { BarndoorSettings } from "./settings.ts";

const WITHOUT_SECRET = new Set(["google_adc", "oauth_passthrough"]);

/** The conditions of an update, or of a creation, that need no read. */
export function conditions(
  { platform }: Pick<BarndoorSettings, "platform">,
  update: ProviderUpdate,
  _given: readonly Field[],
): Issue[] {
  const { credential, connectionId, native } = update;
  const issues: Issue[] = [];
  if (typeof connectionId === "string" && "problem" in parseUuid(connectionId)) {
    issues.push({ path: "connectionId", message: "expected the UUID of a connection" });
  }
  if (platform === "newer") issues.push(...newerProviderConditions(update), ...newerRoleConditions(update));
  else if (connectionId === null && credential !== undefined && WITHOUT_SECRET.has(credential.scheme)) {
    const message = `a detach is documented with a new api_key or credentials only, and ${credential.scheme} has neither`;
    issues.push({ path: "credential", message });
  }
  if (native?.billing_mode === "not_metered" && native.billing_reason === null) {
    issues.push({ path: "native.billing_reason", message: "cannot be cleared while billing_mode is not_metered" });
  }
  return issues;
}

/** What may help after a 400: newer platforms refuse what the page this adapter follows allows. */
export function advise(
  { platform }: Pick<BarndoorSettings, "platform">,
  status: number,
  { credential, connectionId }: ProviderUpdate,
): string | undefined {
  const hasKey = credential !== undefined && WITH_SECRET.has(credential.scheme);
  if (platform === "newer" || status !== 400 || !(hasKey || connectionId === null)) return undefined;
  const what = connectionId === null ? "detaching from a connection" : "keys on a provider";
  return `newer Barndoor platforms refuse ${what}; if yours does, set connectionId to a connection that holds the key, and the setting platform to newer`;
}
