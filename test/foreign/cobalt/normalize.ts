import type { ListedProvider } from "gatefold";
import type { CobaltConnection } from "./schema.ts";

/** What is empty is absent from a reply. Half seconds stay what they are: rounded, a plan would not see them. */
export function normalize(reply: CobaltConnection): ListedProvider<string> {
  const { provider, label, note, timeoutMs, idleTimeoutMs, active, displaySecret, headerNames = [] } = reply;
  return {
    id: provider,
    name: label,
    description: note ?? null,
    requestTimeout: seconds(timeoutMs),
    streamIdleTimeout: seconds(idleTimeoutMs),
    enabled: active,
    credential:
      displaySecret === undefined ? { kind: "none" } : { kind: "inline", scheme: "api_key", hint: displaySecret },
    ...(headerNames.length === 0 ? {} : { native: { headers: { withheld: true }, headerNames } }),
    updatedAt: reply.modifiedAt,
  };
}

const seconds = (milliseconds: number | undefined) => (milliseconds === undefined ? null : milliseconds / 1000);
