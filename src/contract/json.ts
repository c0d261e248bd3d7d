/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

const MAX_DEPTH = 64;
// Without a bound a value that holds itself twice would be endless: 64 levels of it are 2^64 texts.
const MAX_NODES = 10_000;

/**
 * The one text of a JSON value: members sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 * @param depth how many levels lie above it, where it is a part of a greater value
 * @returns undefined when the value is not JSON (a Date, NaN, undefined, a Secret, a cycle) or is nested deeper than 64 levels.
 */
export function canonicalJson(value: unknown, depth = 0): string | undefined {
  return render(value, depth, { left: Number.POSITIVE_INFINITY });
}

/** The same for what a caller gave: undefined also when it has more than 10,000 values, or holds itself. */
export function boundedJson(value: unknown): string | undefined {
  return render(value, 0, { left: MAX_NODES });
}

/** A deep copy of a JSON object, or undefined when the value is none or has more than 10,000 values. */
export function copyJsonObject(value: unknown): JsonObject | undefined {
  const text = isPlainObject(value) ? boundedJson(value) : undefined;
  return text === undefined ? undefined : parseJsonObject(text);
}

/** The object that a text holds, or undefined when the text is not JSON or not an object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  // A key is tried here, too, and an error costs more than all else that is done with it.
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The text that a vendor stores for metadata: a text as it is, an object as its canonical JSON. */
export function metadataText(metadata: string | JsonObject): string {
  return typeof metadata === "string" ? metadata : (canonicalJson(metadata) ?? "");
}

/** Metadata as read back: an object only if the stored text is exactly that object's canonical JSON. */
export function metadataFromText(text: string): string | JsonObject {
  const value = parseJsonObject(text);
  return value !== undefined && canonicalJson(value) === text ? value : text;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

// Holds for what JSON.parse gives.
function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && !Array.isArray(value);
}

// Fingerprints and digests render whole plans: text is put together as it comes, without a list of its parts.
function render(value: unknown, depth: number, budget: { left: number }): string | undefined {
  budget.left -= 1;
  if (depth > MAX_DEPTH || budget.left < 0) return undefined;
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (Array.isArray(value)) return renderArray(value, depth, budget);
  return isPlainObject(value) ? renderObject(value, depth, budget) : undefined;
}

// What stands in its quotes as it is: most texts do, and need no call out of the language's own machine.
const PLAIN = /^[ !#-[\]-~]*$/;

const quoted = (text: string) => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function renderArray(items: readonly unknown[], depth: number, budget: { left: number }): string | undefined {
  let text = "[";
  // By index: an item that is not there is no JSON.
  for (let index = 0; index < items.length; index++) {
    const item = render(items[index], depth + 1, budget);
    if (item === undefined) return undefined;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function renderObject(
  value: Readonly<Record<string, unknown>>,
  depth: number,
  budget: { left: number },
): string | undefined {
  let text = "{";
  for (const key of sorted(Object.keys(value))) {
    const member = render(value[key], depth + 1, budget);
    if (member === undefined) return undefined;
    text += `${text === "{" ? "" : ","}${quoted(key)}:${member}`;
  }
  return `${text}}`;
}

// Beyond so many, going through them again and again would be the slower way.
const FEW = 16;

// As sort() does, without the memory that it takes up for itself.
function sorted(keys: string[]): string[] {
  if (keys.length > FEW) return keys.sort();
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next] ?? "";
    let place = next;
    for (let before = keys[place - 1]; before !== undefined && before > key; before = keys[place - 1]) {
      keys[place] = before;
      place -= 1;
    }
    keys[place] = key;
  }
  return keys;
}
