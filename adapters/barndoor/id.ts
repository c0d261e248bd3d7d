import { z } from "zod";

const uuid = z.guid();

/** A UUID of any version, in lower case. */
export function parseUuid(value: unknown): { readonly id: string } | { readonly problem: string } {
  const result = uuid.safeParse(value);
  return result.success ? { id: result.data.toLowerCase() } : { problem: "expected a UUID" };
}
