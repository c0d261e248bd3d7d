import { isSecret, type Secret } from "../../contract/secret.ts";

/** Takes secrets out of what a stranger's adapter says, in all the forms an echo may have. */
export interface Redaction {
  /** A text without the secrets. */
  text(text: string, secrets: readonly Secret[]): string;
  /** Plain data without the secrets, in names and in values. */
  data<Data>(data: Data, secrets: readonly Secret[]): Data;
}

/** For whoever has no better one: where a text could hold a secret, none of it is shown. */
export const withholding: Redaction = {
  text: () => "(not shown: it could hold a secret)",
  data: (data) => data,
};

const LONGEST = 200;

/** A stranger's text for one line: its first line, without what a terminal acts on, at most 200 characters. */
export function shortLine(text: string): string {
  const [first = ""] = text.trim().split(/[\n\r\p{Zl}\p{Zp}]/u);
  const characters = [...first.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : characters.join("");
}

/** What something that was thrown says of itself. */
export function thrownText(thrown: unknown): string {
  try {
    if (typeof thrown === "string") return thrown;
    if (typeof thrown !== "object" || thrown === null) return "";
    const { message, name } = { message: Reflect.get(thrown, "message"), name: Reflect.get(thrown, "name") };
    return typeof message === "string" && message !== "" ? message : typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

/** The same for one line; never nothing. */
export function thrownLine(thrown: unknown, secrets: readonly Secret[], redaction: Redaction): string {
  const text = thrownText(thrown);
  // Before it is cut: half a secret is found by nobody.
  return shortLine(secrets.length === 0 ? text : redaction.text(text, secrets)) || "it did not say why";
}

const DEEPEST = 64;

/** Every secret in an update or in settings. */
export function secretsIn(value: unknown, depth = 0): readonly Secret[] {
  if (isSecret(value)) return [value];
  if (typeof value !== "object" || value === null || depth > DEEPEST) return [];
  return Object.values(value).flatMap((member) => secretsIn(member, depth + 1));
}
