import { adapters } from "../../../adapters/index.ts";
import { nearestName } from "../../contract/nearest.ts";
import { ConfigError, configJsonSchema, documentSchema, EXIT, fileProblem } from "../../sync/index.ts";
import type { Report } from "../output.ts";

/** What has a schema: the config file, and what `plan` and `apply` print as JSON. */
export type SchemaName = "config" | "plan" | "apply";

/** What makes each schema. */
export type SchemaGenerators = Readonly<Partial<Record<SchemaName, () => object>>>;

const known: SchemaGenerators = {
  config: () => configJsonSchema(adapters),
  plan: () => documentSchema("plan"),
  apply: () => documentSchema("apply"),
};

/**
 * Prints a JSON Schema: for an editor, or for whoever reads the JSON of another command.
 * @throws ConfigError for a name that has none
 */
export function schema(name: string, generators: SchemaGenerators = known): Report {
  const generate = Object.entries(generators).find(([each]) => each === name)?.[1];
  if (generate === undefined) {
    const names = Object.keys(generators);
    const meant = nearestName(name, names);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    throw new ConfigError("invalid", [fileProblem(name, `has no schema${hint}; there are ${names.join(", ")}`)]);
  }
  const data = generate();
  return { data, text: JSON.stringify(data, null, 2), exit: EXIT.done };
}
