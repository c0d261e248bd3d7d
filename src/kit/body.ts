import { type Json, parseJsonObject } from "../contract/json.ts";
import { isSecret, type Secret } from "../contract/secret.ts";

/** The JSON that a secret's text holds, as a part of a body. It prints as `[redacted]`, like the secret. */
export class EmbeddedJson {
  /** The JSON, as a secret. */
  readonly text: Secret;

  constructor(text: Secret) {
    this.text = text;
  }

  /** `[redacted]`. */
  toJSON(): string {
    return this.text.toJSON();
  }
}

/** What a body is made of: JSON in which secrets stay wrapped until the moment they are sent. */
export type WireValue = Json | Secret | EmbeddedJson | readonly WireValue[] | WireBody;
/** A JSON object in which secrets stay wrapped. */
export type WireBody = { readonly [name: string]: WireValue };

/** Embeds the JSON object that a secret's text holds, e.g. a service account's key file. */
export function embedJson(text: Secret): EmbeddedJson {
  return new EmbeddedJson(text);
}

/** The text that goes over the wire. The only place where a body's secrets are revealed. */
export function renderBody(body: WireBody): string {
  return JSON.stringify(filled(body, revealed));
}

/** The members of a form, in their order, in which secrets stay wrapped until the moment they are sent. */
export type WireForm = { readonly [name: string]: string | Secret };

/** The text that a form is sent as: `application/x-www-form-urlencoded`. */
export function renderForm(form: WireForm): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) text.append(name, isSecret(value) ? value.reveal() : value);
  return text.toString();
}

/** The body with its secrets redacted, as plain data. */
export function previewBody(body: WireBody): unknown {
  return filled(body, redacted);
}

/** Every secret that an update or a body holds, at any depth. */
export function secretsIn(value: unknown): readonly Secret[] {
  const found: Secret[] = [];
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Secret[]): void {
  if (typeof value !== "object" || value === null) return;
  if (isSecret(value)) found.push(value);
  else for (const member of Object.values(value)) collect(member, found);
}

type Wrapped = Secret | EmbeddedJson;

const redacted = (wrapped: Wrapped): string => wrapped.toJSON();
const revealed = (wrapped: Wrapped): unknown =>
  wrapped instanceof EmbeddedJson ? parseJsonObject(wrapped.text.reveal()) : wrapped.reveal();

/** A copy with something in the place of every wrapped secret. */
function filled(value: unknown, inPlaceOf: (wrapped: Wrapped) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value) || value instanceof EmbeddedJson) return inPlaceOf(value);
  if (Array.isArray(value)) return value.map((item: unknown) => filled(item, inPlaceOf));
  // A copy has a member named __proto__ as its own already: assigning to it changes that, and no prototype.
  const copy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copy)) {
    const member = copy[name];
    if (member === undefined) delete copy[name];
    else if (typeof member === "object") copy[name] = filled(member, inPlaceOf);
  }
  return copy;
}
