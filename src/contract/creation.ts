import type { Issue } from "./errors.ts";
import { type Field, givenFields, type ParsedUpdate, type ProviderUpdate, parseUpdate } from "./update.ts";

/** A new object: the fields of an update, none of them null, and what is fixed once it exists. */
export interface ProviderCreation extends ProviderUpdate {
  readonly name: string;
  /** The readable id, where it is chosen by whoever creates: {@link ProviderState.slug}. */
  readonly slug?: string;
  /** The upstream's kind in the vendor's words: {@link ProviderState.upstream}. */
  readonly upstream?: string;
}

/** The name of a field of {@link ProviderCreation}. */
export type CreationField = Field | "slug" | "upstream";

const FIXED = ["slug", "upstream"] as const;

/** A creation taken apart, as {@link ParsedUpdate}: `update` has its fields, and what is fixed once it exists stands beside them. */
export interface ParsedCreation extends ParsedUpdate {
  readonly slug?: string;
  readonly upstream?: string;
}

/** Parses a creation: the rules of an update, a name, and nothing that clears. */
export function parseCreation(value: unknown): ParsedCreation {
  try {
    return parseParts(value);
  } catch {
    // A getter or a proxy of the caller's threw.
    return { update: {}, given: [], issues: [{ path: "", message: "cannot be read: expected plain data" }] };
  }
}

function parseParts(value: unknown): ParsedCreation {
  const copy: Record<string, unknown> = typeof value === "object" && value !== null ? { ...value } : {};
  const fixed: { slug?: string; upstream?: string } = {};
  const issues: Issue[] = [];
  for (const name of FIXED.filter((each) => Object.hasOwn(copy, each))) {
    const text = copy[name];
    if (typeof text === "string" && text !== "") fixed[name] = text;
    else issues.push({ path: name, message: "expected a text that is not empty" });
    delete copy[name];
  }
  if (!Object.hasOwn(copy, "name")) issues.push({ path: "name", message: "is required to create" });
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // What is lacking is said already: an update without fields would be called one that does nothing.
  const isBare = isObject && Object.keys(copy).length === 0;
  const parsed = isBare ? { update: {}, given: [], issues: [] } : parseUpdate(isObject ? copy : value);
  const cleared = givenFields(parsed.update).filter((field) => parsed.update[field] === null);
  issues.push(...cleared.map((path) => ({ path, message: "has nothing to clear in a creation: leave it out" })));
  return { ...parsed, ...fixed, issues: [...parsed.issues, ...issues] };
}
