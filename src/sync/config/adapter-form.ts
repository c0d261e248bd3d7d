import type { z } from "zod";
import { boundedJson } from "../../contract/json.ts";
import { isSecret } from "../../contract/secret.ts";
import type { Binding } from "./config.ts";
import { placeholder, withSecrets } from "./desired.ts";

/**
 * The binding with its `native` as the adapter's own schema gives it back: a list whose order means nothing has one order then,
 * the one in which a state reports it. References stay as they were written.
 */
export function inAdapterForm(binding: Binding, schema: z.ZodType | undefined): Binding {
  const { native: written } = binding.fields;
  // What holds itself is not JSON, and is refused by the gateway.
  if (schema === undefined || !isObject(written) || !isJson(written)) return binding;
  const filled = withSecrets(binding, ["native"], (_reference, member) => placeholder(member)).native;
  const parsed = parsedBy(schema, filled);
  // What the schema would not take again, or would change again, is no form of what was written.
  if (parsed === undefined || !isSame(parsedBy(schema, parsed), parsed)) return binding;
  const members = Object.entries(written).map(([name, value]) => {
    const given = parsed[name];
    return [name, given === undefined || isSecret(given) || !isJson(given) ? value : given];
  });
  return { ...binding, fields: { ...binding.fields, native: Object.fromEntries(members) } };
}

function parsedBy(schema: z.ZodType, value: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const { data } = schema.safeParse(value);
    return isObject(data) ? data : undefined;
  } catch {
    // The schema may be of an adapter that is not built in: what is wrong with it is for the gateway to say.
    return undefined;
  }
}

const isJson = (value: unknown) => boundedJson(value) !== undefined;

function isSame(one: Readonly<Record<string, unknown>> | undefined, other: Readonly<Record<string, unknown>>): boolean {
  if (one === undefined || Object.keys(one).length !== Object.keys(other).length) return false;
  return Object.entries(other).every(
    ([name, value]) => one[name] === value || (isJson(value) && boundedJson(one[name]) === boundedJson(value)),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
