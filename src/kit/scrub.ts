import { parseJsonObject } from "../contract/json.ts";
import type { Secret } from "../contract/secret.ts";

const SHORTEST = 4;
const LONGEST_MESSAGE = 1000;
const REDACTED = "[redacted]";
// Controls, line ends, and characters that turn the direction of what follows.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * A vendor's words, safe to show: every known secret is taken out in all the forms an echo may have, then control and
 * direction characters, and only then it is cut to 1,000 characters.
 * A secret under 4 characters is not searched for: it would blank out ordinary text.
 */
export function scrub(text: string, secrets: readonly Secret[]): string {
  return shorten(redact(text, secrets).replace(UNPRINTABLE, " ").trim());
}

/** A text of at most 1,000 characters. */
export function shorten(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

/** A reply's data with every known secret taken out of its texts. */
export function redactData<Data>(data: Data, secrets: readonly Secret[]): Data {
  return hasEcho(data, secrets) ? (withoutSecrets(data, secrets) as Data) : data;
}

/** The same as a copy of its own, in which a wrapped secret shows as `[redacted]`, too. */
export function redactedCopy<Data extends object>(data: Data, secrets: readonly Secret[]): Data {
  const copy: Data = JSON.parse(JSON.stringify(data));
  return hasEcho(copy, secrets) ? (withoutSecrets(copy, secrets) as Data) : copy;
}

function hasEcho(data: unknown, secrets: readonly Secret[]): boolean {
  return holdsAny(
    data,
    secrets.map((secret) => ({ secret, shortest: shortestOf(secret) })),
  );
}

interface Searched {
  readonly secret: Secret;
  readonly shortest: number;
}

// Most texts are shorter than any key: they need no search, and the key's forms are not even made.
function holdsAny(value: unknown, searched: readonly Searched[]): boolean {
  if (typeof value === "string") {
    for (const { secret, shortest } of searched) {
      if (value.length >= shortest && formsOf(secret).some((form) => value.includes(form))) return true;
    }
    return false;
  }
  if (typeof value !== "object" || value === null) return false;
  for (const member of Object.values(value)) if (holdsAny(member, searched)) return true;
  for (const name of Object.keys(value)) if (holdsAny(name, searched)) return true;
  return false;
}

/** The length of the shortest form: none is shorter than the text that it is a form of. */
function shortestOf(secret: Secret): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const { length } of secretTexts(secret.reveal())) shortest = Math.min(shortest, length);
  return shortest;
}

function withoutSecrets(value: unknown, secrets: readonly Secret[]): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [redact(key, secrets), withoutSecrets(member, secrets)]);
  return Object.fromEntries(members);
}

function redact(text: string, secrets: readonly Secret[]): string {
  const longestFirst = secrets.flatMap(formsOf).sort((left, right) => right.length - left.length);
  return longestFirst.reduce((shown, form) => shown.replaceAll(form, REDACTED), text);
}

const knownForms = new WeakMap<Secret, readonly string[]>();

function formsOf(secret: Secret): readonly string[] {
  const known = knownForms.get(secret);
  if (known !== undefined) return known;
  const distinct = new Set<string>();
  for (const text of secretTexts(secret.reveal())) for (const form of echoes(text)) distinct.add(form);
  const forms = [...distinct];
  knownForms.set(secret, forms);
  return forms;
}

// A service account's file is echoed in parts: its private key is searched for by itself.
function secretTexts(text: string): string[] {
  const privateKey = parseJsonObject(text)?.private_key;
  const parts = typeof privateKey === "string" ? [text, privateKey, privateKey.trim()] : [text];
  return parts.filter((part) => part.length >= SHORTEST);
}

// What most keys are made of: no URL, JSON or HTML writes these in another way.
const UNESCAPED = /^[\w.~-]*$/;

function echoes(text: string): string[] {
  if (UNESCAPED.test(text)) return [text, ...base64Forms(btoa(text))];
  // Half characters cannot be encoded: no encoded form of them exists either.
  const whole = text.replace(/\p{Cs}/gu, "\ufffd");
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    ...urlForms(whole),
    json,
    json.replaceAll("/", "\\/"),
    JSON.stringify(json).slice(1, -1),
    htmlForm(text),
    ...base64Forms(Buffer.from(whole, "utf8").toString("base64")),
  ];
}

function base64Forms(base64: string): string[] {
  const unpadded = base64.replace(/=+$/, "");
  return [base64, unpadded, unpadded.replaceAll("+", "-").replaceAll("/", "_")];
}

function urlForms(text: string): string[] {
  const encoded = encodeURIComponent(text);
  const asForm = encoded.replaceAll("%20", "+");
  const forms = [encoded, asForm, encoded.replaceAll("%2F", "/"), encodeURI(text)];
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function htmlForm(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
}
