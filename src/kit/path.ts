/** A path that was built by {@link path}, so that every value in it is encoded. */
export interface Path {
  /** Encoded, from the base URL on. */
  readonly text: string;
}

/**
 * Builds a path from literal text and values: each value becomes exactly one segment's text, percent-encoded.
 * @throws Error for an empty value, `.` and `..`: encoding leaves the dots, and a client would resolve them away.
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | number)[]): Path {
  let [text = ""] = literals;
  for (const [index, given] of values.entries()) {
    const value = String(given);
    if (value === "" || value === "." || value === "..") throw new Error("a path segment is empty or a dot segment");
    text += encodeURIComponent(value) + literals[index + 1];
  }
  return { text };
}
