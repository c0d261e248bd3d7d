import { type Json, parseJsonObject } from "../contract/json.ts";
import { isSecret, type Secret } from "../contract/secret.ts";

/** The JSON that a secret's text holds, as a part of a body. It prints as `[redacted]`, like the secret. */
export interface EmbeddedJson {
  readonly embedded: Secret;
  toJSON(): string;
}

/** What a body is made of: JSON in which secrets stay wrapped until the moment they are sent. */
export type WireValue = Json | Secret | EmbeddedJson | readonly WireValue[] | WireBody;
/** A JSON object in which secrets stay wrapped. */
export type WireBody = { readonly [name: string]: WireValue };

/** Embeds the JSON object that a secret's text holds, e.g. a service account's key file. */
export function embedJson(text: Secret): EmbeddedJson {
  return { embedded: text, toJSON: () => text.toJSON() };
}

/** The text that goes over the wire. The only place where a body's secrets are revealed. */
export function renderBody(body: WireBody): string {
  return JSON.stringify(revealed(body));
}

/** The body with its secrets redacted, as plain data. */
export function previewBody(body: WireBody): unknown {
  return JSON.parse(JSON.stringify(body));
}

/** Every secret that a body holds. */
export function secretsIn(value: WireValue): readonly Secret[] {
  if (isSecret(value)) return [value];
  if (isEmbedded(value)) return [value.embedded];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

function revealed(value: WireValue): unknown {
  if (isSecret(value)) return value.reveal();
  if (isEmbedded(value)) return parseJsonObject(value.embedded.reveal());
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revealed(member)]));
}

function isEmbedded(value: WireValue): value is EmbeddedJson {
  return typeof value === "object" && value !== null && "embedded" in value && isSecret(value.embedded);
}
