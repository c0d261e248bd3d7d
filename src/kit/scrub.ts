import { parseJsonObject } from "../contract/json.ts";
import type { Secret } from "../contract/secret.ts";

const SHORTEST = 4;
const LONGEST_MESSAGE = 1000;
const REDACTED = "[redacted]";

/**
 * A vendor's words, safe to show: every known secret is taken out in all the forms an echo may have
 * (plain, URL-, base64-, JSON-escaped), then control and direction characters, and only then it is cut to 1,000 characters.
 * A secret under 4 characters is not searched for: it would blank out ordinary text.
 */
export function scrub(text: string, secrets: readonly Secret[]): string {
  const forms = secrets.flatMap((secret) => secretTexts(secret.reveal()).flatMap(echoes));
  const longestFirst = [...new Set(forms)].sort((left, right) => right.length - left.length);
  const clean = longestFirst.reduce((shown, form) => shown.replaceAll(form, REDACTED), text);
  const printable = clean.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  return printable.length > LONGEST_MESSAGE ? `${printable.slice(0, LONGEST_MESSAGE)}…` : printable;
}

// A service account's file is echoed in parts: its private key is searched for by itself.
function secretTexts(text: string): string[] {
  const privateKey = parseJsonObject(text)?.private_key;
  const parts = typeof privateKey === "string" ? [text, privateKey, privateKey.trim()] : [text];
  return parts.filter((part) => part.length >= SHORTEST);
}

function echoes(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const encoded = encodeURIComponent(text);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase()),
    encoded.replaceAll("%20", "+"),
    encodeURI(text),
    json,
    JSON.stringify(json).slice(1, -1),
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ];
}
