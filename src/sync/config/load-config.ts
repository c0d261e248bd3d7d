import { resolve } from "node:path";
import type { Config } from "./config.ts";
import { type ParseBudget, parseBudget } from "./config-bounds.ts";
import { parseConfigDocument } from "./config-document.ts";
import { readGateway, readProvider } from "./config-entries.ts";
import { ConfigError, type ConfigProblem, describePlace } from "./config-error.ts";
import { rootFields } from "./config-fields.ts";
import { type ConfigText, type ConfigTexts, readConfigFiles } from "./config-files.ts";
import { ConfigReader } from "./config-reader.ts";
import { type ConfigFile, configSources } from "./config-sources.ts";
import { resolveLimits } from "./limits.ts";

const DEFAULT_JOURNAL = ".gatefold/journal.jsonl";
const ENTRY_FIELDS = ["gateways", "providers"] as const;
const ROOT_FIELDS = new Set<string>([...Object.keys(rootFields), ...ENTRY_FIELDS]);
// Of the config as a whole: two files that say it would contradict each other.
const SINGLE_FIELDS = ["journal", "fingerprintKey", "limits"] as const;

/**
 * Reads and checks a config of several files. A folder stands for the YAML and JSON files in it.
 * @throws ConfigError with every problem of every file and its place
 */
export async function loadConfig(files: readonly string[], workingDirectory: string): Promise<Config> {
  return assembleConfig(await readConfigFiles(files, workingDirectory));
}

/**
 * Checks a config's text. `directory` is where relative references start.
 * @throws ConfigError with every problem and its place
 */
export function parseConfig(file: string, text: string, directory: string): Config {
  return assembleConfig({ texts: [{ file, text, directory, path: resolve(directory, file) }], problems: [] });
}

/** One file: its mapping, and what reads it. */
interface Part {
  readonly file: ConfigFile;
  readonly reader: ConfigReader;
  readonly root: Readonly<Record<string, unknown>>;
}

function assembleConfig({ texts, problems: unreadable }: ConfigTexts): Config {
  const problems = [...unreadable];
  const budget = parseBudget();
  const parts = texts.flatMap((text) => readPart(text, problems, budget));
  // Where a file could not be read, nothing is known to be missing.
  const isWhole = unreadable.length === 0 && parts.length === texts.length;
  refuseSecondPlaces(parts);
  const names = new Set(parts.flatMap(({ root }) => namesIn(root.gateways)));
  if (isWhole && names.size === 0) parts[0]?.reader.report(["gateways"], "no gateway is defined");
  const gateways = readEntries(parts, "gateways", readGateway);
  const providers = readEntries(parts, "providers", (reader, name, value) =>
    readProvider(reader, name, value, isWhole ? names : undefined),
  );
  const journal = readMember(parts, "journal", ({ reader, root }) => journalPath(reader, root.journal));
  const fingerprintKey = readMember(parts, "fingerprintKey", ({ reader, root }) =>
    reader.reference(root.fingerprintKey, ["fingerprintKey"]),
  );
  const limits = readMember(parts, "limits", ({ reader, root }) =>
    reader.read(rootFields.limits, root.limits, ["limits"]),
  );
  const [first, ...others] = parts.map(({ file }) => file);
  if (first === undefined || problems.length > 0) throw new ConfigError("invalid", problems);
  return {
    sources: configSources(first, others),
    journal: journal ?? resolve(first.directory, DEFAULT_JOURNAL),
    ...(fingerprintKey === undefined ? {} : { fingerprintKey }),
    limits: resolveLimits(limits ?? {}, new Map(gateways.map((gateway) => [gateway.entry.name, gateway.limits]))),
    gateways: gateways.map(({ entry }) => entry),
    providers: providers.map(({ entry }) => entry),
    bindings: providers.flatMap(({ bindings }) => bindings),
  };
}

function readPart(
  { file, text, directory, path }: ConfigText,
  problems: ConfigProblem[],
  budget: ParseBudget,
): readonly Part[] {
  try {
    // Once it is read, what was parsed is kept no longer.
    const { value, hasPlainNumbers, ...document } = parseConfigDocument(file, text, budget);
    const reader = new ConfigReader({ document, directory, hasPlainNumbers }, problems);
    const root = reader.fields(value, [], ROOT_FIELDS);
    if (root === undefined) return [];
    reader.read(rootFields.version, root.version, ["version"]);
    if (Object.hasOwn(root, "$schema")) reader.read(rootFields.$schema, root.$schema, ["$schema"]);
    return [{ file: { document, directory, text, path }, reader, root }];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

/** Reports every gateway, provider and single member that an earlier file has already. */
function refuseSecondPlaces(parts: readonly Part[]): void {
  if (parts.length < 2) return;
  const first = new Map<string, ConfigReader>();
  for (const { reader, root } of parts) {
    const entries = ENTRY_FIELDS.flatMap((field) => namesIn(root[field]).map((name) => [field, name]));
    const members = SINGLE_FIELDS.filter((field) => Object.hasOwn(root, field)).map((field) => [field]);
    for (const path of [...members, ...entries]) {
      const key = path.join(" ");
      const other = first.get(key);
      if (other === undefined) first.set(key, reader);
      else reader.report(path, `is defined already at ${describePlace(other.document.place(path, "key"))}`, "key");
    }
  }
}

function readEntries<Entry>(
  parts: readonly Part[],
  field: (typeof ENTRY_FIELDS)[number],
  read: (reader: ConfigReader, name: string, value: unknown) => readonly Entry[],
): readonly Entry[] {
  return parts.flatMap(({ reader, root }) => {
    const entries = Object.hasOwn(root, field) ? reader.named(root[field], [field]) : [];
    // No further problem is shown.
    return entries.flatMap(([name, value]) => (reader.isFull ? [] : read(reader, name, value)));
  });
}

function readMember<Value>(
  parts: readonly Part[],
  field: (typeof SINGLE_FIELDS)[number],
  read: (part: Part) => Value,
): Value | undefined {
  const part = parts.find(({ root }) => Object.hasOwn(root, field));
  return part === undefined ? undefined : read(part);
}

function journalPath(reader: ConfigReader, value: unknown): string | undefined {
  const path = reader.read(rootFields.journal, value, ["journal"]);
  return path === undefined ? undefined : resolve(reader.directory, path);
}

function namesIn(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
