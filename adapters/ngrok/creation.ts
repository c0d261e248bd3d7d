import { type Creation, type CreationParts, path, present } from "../../src/kit/index.ts";
import { storedMetadata } from "./shared-parts.ts";

// https://ngrok.com/docs/ai-gateway/api-reference/provider-keys/create
/** One request makes the key with everything that it can hold. */
export function translateCreation({ update, upstream }: CreationParts): Creation {
  const { name, description, metadata, credential } = update;
  const body = present({
    providerId: upstream,
    name,
    value: credential?.scheme === "api_key" ? credential.apiKey : undefined,
    description,
    metadata: storedMetadata(metadata),
  });
  return { method: "POST", path: path`/provider-keys`, body, notes: [] };
}
