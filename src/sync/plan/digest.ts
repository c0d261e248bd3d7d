import { createHash } from "node:crypto";
import { canonicalJson } from "../../contract/json.ts";

// What is hashed at once: a call for each row would cost more than its text.
const CHUNK = 64 * 1024;

/** SHA-256 over the canonical JSON of a plan without its digest. Of a large plan that text is never there as a whole. */
export function digestOf(plan: object): string {
  const { digest: _digest, ...body }: Readonly<Record<string, unknown>> = { ...plan };
  const hash = createHash("sha256");
  let chunk = "";
  for (const text of partsOf(body)) {
    // What is nested too deep has no canonical JSON, and so has the whole.
    if (text === undefined) return createHash("sha256").digest("hex");
    chunk += text;
    if (chunk.length < CHUNK) continue;
    hash.update(chunk);
    chunk = "";
  }
  return hash.update(chunk).digest("hex");
}

/** The canonical JSON of an object, its lists' items by themselves. */
function* partsOf(body: Readonly<Record<string, unknown>>): Generator<string | undefined> {
  const members = Object.entries(body).filter(([, value]) => value !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  let before = "{";
  for (const [name, value] of members) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ",";
    if (!Array.isArray(value)) {
      yield canonicalOf(value, 1);
      continue;
    }
    for (const [index, item] of value.entries()) {
      yield index === 0 ? "[" : ",";
      yield canonicalOf(item, 2);
    }
    yield value.length === 0 ? "[]" : "]";
  }
  yield members.length === 0 ? "{}" : "}";
}

// Most values are JSON as they are. Of the others, such as errors, it is what JSON makes of them.
function canonicalOf(value: unknown, depth: number): string | undefined {
  return canonicalJson(value, depth) ?? canonicalJson(asJson(value), depth);
}

function asJson(value: unknown): unknown {
  // In a list, where what has no JSON is null.
  const [made]: unknown[] = JSON.parse(JSON.stringify([value]));
  return made;
}
