import { lstat, open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { ConfigError, configJsonSchema, fileProblem } from "../sync/index.ts";
import type { Host } from "./host.ts";
import { failureCode } from "./output.ts";

/** A file that is to be written, and must not be there yet. */
export interface NewFile {
  /** As it was given. */
  readonly name: string;
  readonly path: string;
}

/** The schema that editors check a config by: it lies beside the config, so that it is found without a network. */
const SCHEMA_FILE = "gatefold.schema.json";

/** The first line of a config, by which editors with the YAML language server find its schema. */
const SCHEMA_LINE = `# yaml-language-server: $schema=${SCHEMA_FILE}\n`;

/** The file of that name, from the working directory. */
export function newFile({ workingDirectory }: Pick<Host, "workingDirectory">, name: string): NewFile {
  return { name, path: resolve(workingDirectory, name) };
}

/** @throws ConfigError when the file is there; `instead` says what to do then */
export async function refuseExisting({ name, path }: NewFile, instead: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw alreadyThere(name, instead);
}

/**
 * Writes a config that is not there yet, and beside it the schema for editors where there is none: both whole, or nothing.
 * @throws ConfigError
 */
export async function writeNewConfig(file: NewFile, text: string, instead: string): Promise<void> {
  await writeNew(file, SCHEMA_LINE + text, instead);
  const schema = { name: join(dirname(file.name), SCHEMA_FILE), path: join(dirname(file.path), SCHEMA_FILE) };
  try {
    await writeNew(schema, `${JSON.stringify(configJsonSchema(adapters), null, 2)}\n`, instead);
  } catch (error) {
    const isThere = await lstat(schema.path).catch(() => undefined);
    if (isThere !== undefined) return;
    await rm(file.path, { force: true });
    throw error;
  }
}

async function writeNew({ name, path }: NewFile, text: string, instead: string): Promise<void> {
  const failed = (error: unknown) => {
    const code = failureCode(error);
    return code === "EEXIST" ? alreadyThere(name, instead) : refusal(name, `cannot be written (${code})`);
  };
  const file = await open(path, "wx").catch((error: unknown) => {
    throw failed(error);
  });
  try {
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    await rm(path, { force: true });
    throw failed(error);
  }
}

const refusal = (name: string, message: string) => new ConfigError("invalid", [fileProblem(name, message)]);
const alreadyThere = (name: string, instead: string) =>
  refusal(name, `is there already, and nothing is overwritten: ${instead}`);
