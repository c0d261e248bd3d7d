import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { nearestName, suggestion } from "../../contract/nearest.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import { type ConfigDocument, type ConfigPath, parseConfigDocument } from "./config-document.ts";
import { ConfigError } from "./config-error.ts";
import { ConfigReader } from "./config-reader.ts";
import { parseReference, type SecretReference } from "./reference.ts";

/** A gateway of the config. */
export interface GatewayEntry {
  readonly name: string;
  readonly path: ConfigPath;
  readonly adapter: string;
  readonly token: SecretReference;
  /** The adapter's settings but for the token. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One logical provider on one gateway. */
export interface Binding {
  readonly provider: string;
  readonly tags: readonly string[];
  readonly gateway: string;
  readonly path: ConfigPath;
  /** As it was written: the adapter decides what it takes. */
  readonly id: unknown;
  /** The provider's fields under the binding's own, without the omitted ones; secrets are still references. */
  readonly fields: Readonly<Partial<Record<Field, unknown>>>;
  /** Where each field stands. */
  readonly fieldPaths: Readonly<Partial<Record<Field, ConfigPath>>>;
}

/** A checked config. What adapters know is not judged yet: see `checkConfig`. */
export interface Config {
  readonly document: ConfigDocument;
  /** The folder of the file: relative references start there. */
  readonly directory: string;
  readonly gateways: readonly GatewayEntry[];
  readonly bindings: readonly Binding[];
}

const ROOT_FIELDS = ["version", "journal", "fingerprintKey", "gateways", "providers"];
const PROVIDER_FIELDS = [...updateFields, "tags", "gateways"];
const BINDING_FIELDS = [...updateFields, "id", "omit"];

/** What is said wherever a secret must be a reference and is none. */
export const REFERENCE_EXPECTED =
  "expected a reference: env:NAME, file:PATH or exec:COMMAND; a key itself does not belong in the file";

const version = z.literal(1, { error: "expected 1, the version of this format" });
const journal = z.string({ error: "expected a path" }).min(1, "is empty").exactOptional();
const adapterName = z.string({ error: "expected the name of an adapter" });
const tagList = z.array(z.string({ error: "expected a text" }), { error: "expected a list of texts" });
const bindingId = z.union([z.string(), z.number()], { error: "expected the provider's id at this gateway" });
const fieldName = z.enum(updateFields, {
  error: (issue) => `unknown field${suggestion(String(issue.input), updateFields)}`,
});
const omitList = z.array(fieldName, { error: "expected a list of fields" });
const reference = z.unknown().transform((value, context): SecretReference => {
  const parsed = parseReference(value);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: REFERENCE_EXPECTED });
  return z.NEVER;
});

/**
 * Reads and checks a config file.
 * @throws ConfigError with every problem and its place
 */
export async function loadConfig(file: string, workingDirectory: string): Promise<Config> {
  const path = resolve(workingDirectory, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError("invalid", [{ file, line: 1, column: 1, path: "", message: `cannot be read (${code})` }]);
  }
  return parseConfig(file, text, dirname(path));
}

/**
 * Checks a config's text. `directory` is where relative references start.
 * @throws ConfigError with every problem and its place
 */
export function parseConfig(file: string, text: string, directory: string): Config {
  const document = parseConfigDocument(file, text);
  const reader = new ConfigReader(document);
  const root = reader.fields(document.value, [], ROOT_FIELDS) ?? {};
  reader.read(version, root.version, ["version"]);
  if (Object.hasOwn(root, "journal")) reader.read(journal, root.journal, ["journal"]);
  if (Object.hasOwn(root, "fingerprintKey")) reader.read(reference, root.fingerprintKey, ["fingerprintKey"]);
  const namedGateways = reader.named(root.gateways, ["gateways"]);
  const gateways = namedGateways.flatMap(([name, value]) => readGateway(reader, name, value));
  const gatewayNames = namedGateways.map(([name]) => name);
  const bindings = reader
    .named(root.providers, ["providers"])
    .flatMap(([name, value]) => readProvider(reader, document, name, value, gatewayNames));
  reader.finish();
  return { document, directory, gateways, bindings };
}

function readGateway(reader: ConfigReader, name: string, value: unknown): GatewayEntry[] {
  const path = ["gateways", name];
  const fields = reader.fields(value, path);
  if (fields === undefined) return [];
  const { adapter: givenAdapter, token: givenToken, ...settings } = fields;
  const adapter = reader.read(adapterName, givenAdapter, [...path, "adapter"]);
  const token = reader.read(reference, givenToken, [...path, "token"]);
  return adapter === undefined || token === undefined ? [] : [{ name, path, adapter, token, settings }];
}

function readProvider(
  reader: ConfigReader,
  document: ConfigDocument,
  provider: string,
  value: unknown,
  gatewayNames: readonly string[],
): Binding[] {
  const path = ["providers", provider];
  const given = reader.fields(value, path, PROVIDER_FIELDS);
  if (given === undefined) return [];
  const { tags: givenTags = [], gateways, ...shared } = given;
  const tags = reader.read(tagList, givenTags, [...path, "tags"]) ?? [];
  const bound = reader.named(gateways, [...path, "gateways"]);
  if (bound.length === 0) reader.report([...path, "gateways"], "is bound to no gateway");
  return bound.flatMap(([gateway, binding]): Binding[] => {
    const bindingPath = [...path, "gateways", gateway];
    if (!gatewayNames.includes(gateway)) {
      reader.report(bindingPath, `unknown gateway${suggestion(gateway, gatewayNames)}`, "key");
    }
    const fields = reader.fields(binding, bindingPath, BINDING_FIELDS);
    if (fields === undefined) return [];
    const { id: givenId, omit: givenOmit = [], ...own } = fields;
    const id = reader.read(bindingId, givenId, [...bindingPath, "id"]);
    const omit = reader.read(omitList, givenOmit, [...bindingPath, "omit"]);
    if (id === undefined || omit === undefined) return [];
    for (const field of omit.filter((name) => Object.hasOwn(own, name))) {
      reader.report([...bindingPath, field], "is omitted and given in the same binding");
    }
    // A number's own text: what YAML makes of 0123 is not the id that was written.
    const written = typeof id === "number" ? (document.source([...bindingPath, "id"]) ?? id) : id;
    const place = { provider, tags, gateway, path: bindingPath, id: written };
    return [{ ...place, ...mergedFields(shared, path, own, bindingPath, omit) }];
  });
}

function mergedFields(
  shared: Record<string, unknown>,
  sharedPath: ConfigPath,
  own: Record<string, unknown>,
  ownPath: ConfigPath,
  omit: readonly Field[],
): Pick<Binding, "fields" | "fieldPaths"> {
  const fields: Partial<Record<Field, unknown>> = {};
  const fieldPaths: Partial<Record<Field, ConfigPath>> = {};
  for (const field of updateFields) {
    const isOwn = Object.hasOwn(own, field);
    if (!isOwn && (!Object.hasOwn(shared, field) || omit.includes(field))) continue;
    fields[field] = isOwn ? own[field] : shared[field];
    fieldPaths[field] = [...(isOwn ? ownPath : sharedPath), field];
  }
  return { fields, fieldPaths };
}

/** The gateway's entry. */
export function gatewayOf(config: Config, name: string): GatewayEntry {
  const entry = config.gateways.find((gateway) => gateway.name === name);
  if (entry !== undefined) return entry;
  const names = config.gateways.map((gateway) => gateway.name);
  const meant = nearestName(name, names);
  const message = `no gateway is called ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  const { file } = config.document;
  throw new ConfigError("invalid", [{ file, ...config.document.position(["gateways"]), path: "gateways", message }]);
}
