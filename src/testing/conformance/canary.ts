import { inspect } from "node:util";
import { isSecret, type Secret, secret } from "../../contract/secret.ts";

// Letters and digits, so that no encoding of what stands around it can hide it.
const CORE = "Canary7b2e9f3a";

/** A text that no answer, error or output may show, in any form. */
export const CANARY = `sk-${CORE}`;

/** The texts of the secrets that a value holds. */
export function secretTexts(value: unknown): readonly string[] {
  if (isSecret(value)) return [value.reveal()];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

/** The same value with every secret marked. The text of a JSON object stays one, its texts marked. */
export function marked<Value>(value: Value): Value;
export function marked(value: unknown): unknown {
  if (isSecret(value)) return markedSecret(value);
  if (Array.isArray(value)) return value.map((item) => marked(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, marked(member)]));
}

function markedSecret(value: Secret): Secret {
  try {
    const parsed: unknown = JSON.parse(value.reveal());
    if (typeof parsed !== "object" || parsed === null) return secret(CANARY);
    const members = Object.entries(parsed).map(([name, text]) => [name, name === "private_key" ? CANARY : text]);
    return secret(JSON.stringify(Object.fromEntries(members)));
  } catch {
    return secret(CANARY);
  }
}

/** What a hostile gateway would answer: every text of a body followed by the canary in the forms that an echo may have. */
export function echoing(body: unknown): unknown {
  if (typeof body === "string") return `${body} ${echo}`;
  if (Array.isArray(body)) return body.map(echoing);
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, member]) => [name, echoing(member)]));
}

const bytes = Buffer.from(CANARY, "utf8");
const echo = [CANARY, encodeURIComponent(CANARY), bytes.toString("base64"), JSON.stringify({ key: CANARY })].join(
  " | ",
);

/** Base64 of the core, wherever it stands in what was encoded: the characters that do not depend on its neighbours. */
const encodedCores = [0, 1, 2].map((shift) => {
  const whole = Buffer.from("x".repeat(shift) + CORE).toString("base64");
  return whole.replace(/=+$/, "").slice(shift === 0 ? 0 : shift + 1, -2);
});
const needles = [CORE, ...encodedCores];

/** Whether a value shows the canary in any way in which a program may print it. */
export function shows(value: unknown): boolean {
  const error = value instanceof Error ? [value.message, value.stack ?? "", shownCause(value)] : [];
  const texts = [printed(() => String(value)), printed(() => JSON.stringify(value)), ...error, ...inspected(value)];
  return texts.some((text) => needles.some((needle) => text.includes(needle)));
}

const shownCause = ({ cause }: Error): string => (cause === undefined ? "" : inspected(cause).join(" "));

const inspected = (value: unknown) => [
  inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null, maxArrayLength: null }),
  inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, customInspect: false, maxStringLength: null }),
];

function printed(print: () => string | undefined): string {
  try {
    return print() ?? "";
  } catch {
    return "";
  }
}
