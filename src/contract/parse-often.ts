import { z } from "zod";

// Compiling takes milliseconds: as much as it saves in some hundred parses, which are slowest at first.
const WORTH_COMPILING = 300;

interface Use {
  times: number;
  schema: z.ZodType;
}

const uses = new WeakMap<z.ZodType, Use>();

/**
 * `schema.safeParse(value)`; by compiled code once the schema has been used some hundred times. Values and problems stay the
 * same: what compiled code does not take is judged by the schema itself, and so is all where code may not be made at run time.
 */
export function parseOften<Value>(schema: z.ZodType<Value>, value: unknown): z.ZodSafeParseResult<Value>;
export function parseOften(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  const use = uses.get(schema) ?? { times: 0, schema };
  if (use.times === 0) uses.set(schema, use);
  use.times += 1;
  if (use.times === WORTH_COMPILING) use.schema = z.compile(schema);
  return use.schema.safeParse(value);
}
