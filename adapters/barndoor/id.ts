import { z } from "zod";

/** A UUID of any version, in lower case. */
export function parseUuid(value: unknown): { readonly id: string } | { readonly problem: string } {
  if (typeof value !== "string" || !z.regexes.guid.test(value)) return { problem: "expected a UUID" };
  return { id: value.toLowerCase() };
}
