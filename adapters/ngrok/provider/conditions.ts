import type { Field, Issue, ProviderUpdate } from "../../../src/index.ts";
import type { CreationParts } from "../../../src/kit/index.ts";

const LONGEST_SLUG = 255;

// https://ngrok.com/docs/ai-gateway/concepts/custom-providers
/** An external host must be https; plain http is for the internal endpoints of the account. */
export function conditions({ baseUrl }: ProviderUpdate, _given: readonly Field[]): Issue[] {
  if (baseUrl === undefined) return [];
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === "https:" || hostname.endsWith(".internal")) return [];
  return [{ path: "baseUrl", message: "expected https; ngrok takes http only for a host that ends in .internal" }];
}

// https://ngrok.com/docs/ai-gateway/api-reference/providers/create
export function creationConditions({ update, slug }: CreationParts, given: readonly Field[]): Issue[] {
  const length = [...(slug ?? "")].length;
  const message = `has ${length} characters, expected at most ${LONGEST_SLUG}`;
  const slugIssues = length > LONGEST_SLUG ? [{ path: "slug", message }] : [];
  return [...slugIssues, ...conditions(update, given)];
}
