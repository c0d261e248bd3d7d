import { adapters } from "../../../adapters/index.ts";
import { nameAdvice } from "../../sync/config/advice.ts";
import { ConfigError, configJsonSchema, documentSchema, EXIT, fileProblem } from "../../sync/index.ts";
import { cliSchemas } from "../documents.ts";
import type { Report } from "../output.ts";

/** What makes each schema: of the config file, and of what the commands print as JSON. */
export type SchemaGenerators = Readonly<Record<string, () => object>>;

const known: SchemaGenerators = {
  config: () => configJsonSchema(adapters),
  plan: () => documentSchema("plan"),
  drift: () => documentSchema("drift"),
  report: () => documentSchema("report"),
  apply: () => documentSchema("apply"),
  adopt: () => documentSchema("adopt"),
  rotate: () => documentSchema("rotate"),
  ...cliSchemas,
};

/**
 * Prints a JSON Schema: for an editor, or for whoever reads the JSON of another command.
 * @throws ConfigError for a name that has none
 */
export function schema(name: string, generators: SchemaGenerators = known): Report {
  const generate = Object.entries(generators).find(([each]) => each === name)?.[1];
  if (generate === undefined) {
    const advice = nameAdvice(name, Object.keys(generators));
    throw new ConfigError("invalid", [{ ...fileProblem(name, "has no schema"), ...advice }]);
  }
  const data = generate();
  return { data, text: JSON.stringify(data, null, 2), exit: EXIT.done };
}
