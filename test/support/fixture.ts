import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A vendor's reply, from test/fixtures. */
export function fixture(name: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(join(__dirname, "..", "fixtures", `${name}.json`), "utf8"));
  if (typeof value !== "object" || value === null) throw new Error(`${name} is not a JSON object`);
  return { ...value };
}
