const LONGEST = 1024;

/**
 * An id that only the vendor understands: any text that can be one segment of a path.
 * No vendor documents a length; over 1,024 characters is refused here, before a server refuses the whole request.
 */
export function opaqueId(value: unknown): { readonly id: string } | { readonly problem: string } {
  if (typeof value !== "string") return { problem: `expected a text, got a ${typeof value}; in YAML, quote it` };
  if (value === "" || value === "." || value === "..")
    return { problem: "expected an id, got an empty or a dot segment" };
  if (/[\p{Cc}\p{Cs}]/u.test(value)) return { problem: "has a line break or another character that no id has" };
  if (value.length > LONGEST) return { problem: `has ${value.length} characters, expected at most ${LONGEST}` };
  return { id: value };
}
