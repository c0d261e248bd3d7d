import { metadataText, opaqueId } from "../../src/kit/index.ts";
import { readError } from "./errors.ts";
import type { NgrokSettings } from "./schema.ts";

const HOST = "api.ngrok.ai";

export const hosts = [HOST];

/** The pages of one resource's operations. */
export const pagesOf = (resource: string, ...operations: readonly string[]): readonly string[] =>
  operations.map((operation) => `https://ngrok.com/docs/ai-gateway/api-reference/${resource}/${operation}`);

/** The largest page of a list. */
export const PAGE_SIZE = 100;

/** The vendor's parts that are the same for keys and custom providers. */
export const sharedParts = (settings: NgrokSettings) => ({
  baseUrl: (settings.baseUrl ?? `https://${HOST}`).replace(/\/+$/, ""),
  parseId: opaqueId,
  readError,
});

/** Metadata as it is stored: one opaque text. */
export function storedMetadata(metadata: Parameters<typeof metadataText>[0] | null | undefined) {
  return metadata === undefined || metadata === null ? metadata : metadataText(metadata);
}
