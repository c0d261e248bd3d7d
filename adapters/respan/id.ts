/** The integer primary key, as a number or as plain decimal digits. `brand` is for the message. */
export function parsePrimaryKey(value: unknown, brand: string): { readonly id: number } | { readonly problem: string } {
  const id = typeof value === "string" && /^[1-9]\d*$/.test(value) ? Number(value) : value;
  if (typeof id === "number" && Number.isSafeInteger(id) && id > 0) return { id };
  const expected = "expected the integer primary key";
  if (typeof value !== "string" || value === "") return { problem: `${expected}, a positive whole number` };
  const advice = `this looks like a ${brand} provider_id; to use those, set identifier: "provider_id"`;
  return { problem: /^[\d.+-]+$/.test(value) ? `${expected}, a positive whole number` : `${expected}; ${advice}` };
}
