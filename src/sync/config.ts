import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { nearestName, suggestion } from "../contract/nearest.ts";
import { type Field, updateFields } from "../contract/update.ts";
import { type ConfigDocument, type ConfigPath, parseConfigDocument } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
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

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
const object = z.looseObject({}, { error: "expected a mapping" });
const named = z.record(
  z.string().regex(NAME, "expected a name of letters, digits, dot, hyphen and underscore, at most 100"),
  object,
  { error: "expected a mapping of names" },
);
const reference = z
  .string({ error: "expected a reference: env:NAME, file:PATH or exec:COMMAND" })
  .refine((text) => parseReference(text) !== undefined, {
    error: "expected a reference: env:NAME, file:PATH or exec:COMMAND; a key itself does not belong in the file",
  });
const rootSchema = z.strictObject({
  version: z.literal(1, { error: "expected 1, the version of this format" }),
  journal: z.string({ error: "expected a path" }).min(1, "is empty").exactOptional(),
  fingerprintKey: reference.exactOptional(),
  gateways: named,
  providers: named,
});
const gatewaySchema = z.looseObject({
  adapter: z.string({ error: "expected the name of an adapter" }),
  token: reference,
});
const providerSchema = z.looseObject({
  tags: z.array(z.string({ error: "expected a text" }), { error: "expected a list of texts" }).exactOptional(),
  gateways: named,
});
const bindingSchema = z.looseObject({
  id: z.union([z.string(), z.number()], { error: "expected the provider's id at this gateway" }),
  omit: z
    .array(
      z.enum(updateFields, { error: (issue) => `unknown field${suggestion(String(issue.input), updateFields)}` }),
      { error: "expected a list of fields" },
    )
    .exactOptional(),
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
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, message: string, part?: "key" | "value") => {
    problems.push({ file, ...document.position(path, part), path: path.join("."), message });
  };
  const check = <Value>(schema: z.ZodType<Value>, value: unknown, path: ConfigPath, names: readonly string[]) =>
    checked(schema, value, path, names, report);

  const root = check(rootSchema, document.value, [], Object.keys(rootSchema.shape));
  if (root === undefined) throw new ConfigError("invalid", problems);
  const gateways = Object.entries(root.gateways).flatMap(([name, value]): GatewayEntry[] => {
    const path = ["gateways", name];
    const gateway = check(gatewaySchema, value, path, ["adapter", "token"]);
    const token = parseReference(gateway?.token);
    if (gateway === undefined || token === undefined) return [];
    const { adapter, token: _token, ...settings } = gateway;
    return [{ name, path, adapter, token, settings }];
  });
  const gatewayNames = Object.keys(root.gateways);
  const bindings = Object.entries(root.providers).flatMap(([name, value]) => {
    const path = ["providers", name];
    const provider = check(providerSchema, value, path, [...updateFields, "tags", "gateways"]);
    if (provider === undefined) return [];
    const { tags = [], gateways: bound, ...fields } = provider;
    reportUnknown(fields, path, [...updateFields, "tags", "gateways"], report);
    if (Object.keys(bound).length === 0) report([...path, "gateways"], "is bound to no gateway");
    return Object.entries(bound).flatMap(([gateway, binding]): Binding[] => {
      const bindingPath = [...path, "gateways", gateway];
      if (!gatewayNames.includes(gateway)) {
        report(bindingPath, `unknown gateway${suggestion(gateway, gatewayNames)}`, "key");
      }
      const parsed = check(bindingSchema, binding, bindingPath, [...updateFields, "id", "omit"]);
      if (parsed === undefined) return [];
      const { id, omit = [], ...own } = parsed;
      reportUnknown(own, bindingPath, [...updateFields, "id", "omit"], report);
      const place = { provider: name, tags, gateway, path: bindingPath };
      // A number's own text: what YAML makes of 0123 is not the id that was written.
      const written = typeof id === "number" ? (document.source([...bindingPath, "id"]) ?? id) : id;
      return [{ ...place, id: written, ...mergedFields(fields, path, own, bindingPath, omit) }];
    });
  });
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  return { document, directory, gateways, bindings };
}

type Report = (path: ConfigPath, message: string, part?: "key" | "value") => void;

function checked<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
  path: ConfigPath,
  names: readonly string[],
  report: Report,
): Value | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const place = [...path, ...issue.path.map(String)];
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) report([...place, key], `unknown field${suggestion(key, names)}`, "key");
    } else if (issue.code === "invalid_key") {
      report(place, issue.issues[0]?.message ?? issue.message, "key");
    } else {
      report(place, issue.message);
    }
  }
  return undefined;
}

function reportUnknown(fields: object, path: ConfigPath, names: readonly string[], report: Report): void {
  for (const key of Object.keys(fields).filter((name) => !names.includes(name))) {
    report([...path, key], `unknown field${suggestion(key, names)}`, "key");
  }
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
