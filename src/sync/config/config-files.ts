import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readBounded } from "./bounded-file.ts";
import { MOST_CONFIG_BYTES, TOO_LARGE } from "./config-bounds.ts";
import { ConfigError, type ConfigProblem, fileProblem } from "./config-error.ts";

/** One file of a config, read. */
export interface ConfigText {
  /** As it is shown. */
  readonly file: string;
  readonly text: string;
  /** Its folder. */
  readonly directory: string;
  /** Its absolute path. */
  readonly path: string;
}

/** What could be read of a config's files, and what could not. */
export interface ConfigTexts {
  readonly texts: readonly ConfigText[];
  readonly problems: readonly ConfigProblem[];
}

// A schema for editors is no config, wherever it lies.
const CONFIG_FILE = /^[^.].*(?<!\.schema)\.(yaml|yml|json)$/;

/** Reads files and folders, each file once. Of a folder: its own YAML and JSON files, in the order of their names. */
export async function readConfigFiles(given: readonly string[], workingDirectory: string): Promise<ConfigTexts> {
  const texts = new Map<string, ConfigText>();
  const problems: ConfigProblem[] = [];
  if (given.length === 0) problems.push(fileProblem(workingDirectory, "no file of the config was named"));
  for (const name of given) {
    try {
      for (const file of await filesOf(name, workingDirectory)) {
        // One file may have several names.
        const path = resolve(workingDirectory, file);
        const identity = await reading(file, () => realpath(path));
        if (texts.has(identity)) continue;
        const text = await reading(file, () => readBounded(path, MOST_CONFIG_BYTES));
        if (text === undefined) throw new ConfigError("invalid", [fileProblem(file, TOO_LARGE)]);
        texts.set(identity, { file, text, directory: dirname(path), path });
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { texts: [...texts.values()], problems };
}

/** The files that a name stands for: itself, or what is in the folder. */
async function filesOf(name: string, workingDirectory: string): Promise<readonly string[]> {
  const look = (file: string) => reading(file, () => stat(resolve(workingDirectory, file)));
  if (!(await look(name)).isDirectory()) return [name];
  const children = await reading(name, () => readdir(resolve(workingDirectory, name)));
  const files: string[] = [];
  for (const child of children.filter((each) => CONFIG_FILE.test(each)).sort()) {
    const file = join(name, child);
    const found = await look(file);
    // Whoever can add to the folder could link to what never ends, such as a terminal.
    if (!found.isDirectory() && !found.isFile())
      throw new ConfigError("invalid", [fileProblem(file, "is no regular file")]);
    if (!found.isDirectory()) files.push(file);
  }
  if (files.length > 0) return files;
  throw new ConfigError("invalid", [fileProblem(name, "is a folder without a .yaml, .yml or .json file")]);
}

async function reading<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError("invalid", [fileProblem(file, `cannot be read (${code})`)]);
  }
}
