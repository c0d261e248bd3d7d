import type { ListedProvider } from "../../src/index.ts";
import { metadataFromText, present } from "../../src/kit/index.ts";
import type { NgrokKey } from "./schema.ts";

/** After a clear the field is absent from the reply: that is empty, not unknown. */
export function normalize(reply: NgrokKey): ListedProvider<string> {
  return {
    id: reply.id,
    name: reply.name,
    upstream: reply.providerId,
    description: reply.description || null,
    metadata: reply.metadata ? metadataFromText(reply.metadata) : null,
    credential: { kind: "inline", hint: reply.keyRedacted },
    ...present({ lastUsedAt: reply.lastUsed, createdAt: reply.createdAt, updatedAt: reply.updatedAt }),
  };
}
