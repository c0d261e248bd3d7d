import type { ListedProvider } from "../../../src/index.ts";
import { metadataFromText, present } from "../../../src/kit/index.ts";
import { type NgrokProvider, type NgrokSurface, sortedModels } from "./schema.ts";

/** A reply may lack what is empty: that is empty, not unknown. */
export function normalize(reply: NgrokProvider): ListedProvider<string> {
  return {
    id: reply.id,
    slug: reply.providerId,
    name: reply.name,
    metadata: reply.metadata ? metadataFromText(reply.metadata) : null,
    baseUrl: reply.baseUrl,
    credential: { kind: "none" },
    native: {
      supportedApiSurfaces: (reply.supportedApiSurfaces ?? []).map(reportedSurface),
      models: sortedModels(reply.models ?? []),
    },
    createdAt: reply.createdAt,
    updatedAt: reply.updatedAt,
  };
}

function reportedSurface({ format, surface, supportedParams }: NgrokSurface) {
  return present({
    format,
    surface: surface ?? undefined,
    supportedParams: supportedParams?.length ? supportedParams : undefined,
  });
}
