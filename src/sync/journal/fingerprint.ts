import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "../../contract/json.ts";
import { isSecret, type Secret } from "../../contract/secret.ts";
import type { Field } from "../../contract/update.ts";
import type { ObjectKey } from "./event.ts";

const MIN_KEY_LENGTH = 16;

/** What is wrong with a key for fingerprints, or undefined: under a guessed key, guessed secrets could be tried. */
export function fingerprintKeyProblem(key: Secret): string | undefined {
  const isShort = [...key.reveal()].length < MIN_KEY_LENGTH;
  return isShort
    ? `has fewer than ${MIN_KEY_LENGTH} characters; use a random text, such as 32 bytes in base64`
    : undefined;
}

/**
 * Fingerprints of field values, to tell later whether a value is still the same without keeping it.
 * A value that holds a secret gets one only with a key (HMAC-SHA256): without the key the journal answers no guess. Any other
 * value is visible in every plan anyway and gets a plain SHA-256. Each covers the object and the field, so that equal secrets
 * in two places do not look alike.
 */
export class Fingerprints {
  readonly #key: string | undefined;
  /** Tells keys apart: a fingerprint under another key says nothing. Undefined where there is no key. */
  readonly keyId: string | undefined;

  constructor(key?: Secret) {
    this.#key = key?.reveal();
    this.keyId = this.#key === undefined ? undefined : hmac(this.#key, "gatefold key id").slice(0, 12);
  }

  /** The fingerprint of a value, its secrets resolved; undefined where there can be none. */
  of(object: ObjectKey, field: Field, value: unknown): string | undefined {
    const text = canonicalJson([object, field, withTexts(value)]);
    if (text === undefined) return undefined;
    if (!holdsSecret(value)) return `plain:${createHash("sha256").update(text).digest("hex")}`;
    return this.#key === undefined ? undefined : `keyed:${this.keyId}:${hmac(this.#key, text)}`;
  }
}

/** Whether two secrets are one text. */
export const isSameSecret = (left: Secret, right: Secret): boolean => left.reveal() === right.reveal();

/** Whether two fingerprints can be compared: both plain, or both under the same key. */
export function areComparable(left: string | undefined, right: string | undefined): left is string {
  return left !== undefined && right !== undefined && kindOf(left) === kindOf(right);
}

const kindOf = (fingerprint: string) => fingerprint.slice(0, fingerprint.lastIndexOf(":"));

const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");

function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

function withTexts(value: unknown): unknown {
  if (isSecret(value)) return value.reveal();
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member)]));
}
