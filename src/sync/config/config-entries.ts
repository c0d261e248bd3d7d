import type { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import { type Field, providerUpdateSchema, updateFields } from "../../contract/update.ts";
import type { Binding, GatewayEntry } from "./config.ts";
import type { ConfigPath } from "./config-document.ts";
import {
  bindingFields,
  DEFAULT_CONCURRENCY,
  gatewayFields,
  providerFields,
  REFERENCE_EXPECTED,
} from "./config-fields.ts";
import type { ConfigReader } from "./config-reader.ts";
import { placeholder, secretsOf, withSecrets } from "./desired.ts";
import type { RunLimits } from "./limits.ts";

const PROVIDER_FIELDS = [...updateFields, ...Object.keys(providerFields), "gateways"];
const BINDING_FIELDS = [...updateFields, ...Object.keys(bindingFields)];

/** An entry of `gateways` as it was written: with its own limits, where it has any. */
export interface WrittenGateway {
  readonly entry: GatewayEntry;
  readonly limits: Partial<RunLimits>;
}

/** Reads one entry of `gateways`; none after a report. */
export function readGateway(reader: ConfigReader, name: string, value: unknown): readonly WrittenGateway[] {
  const path = ["gateways", name];
  const fields = reader.fields(value, path);
  if (fields === undefined) return [];
  const { adapter: givenAdapter, token: givenToken, concurrency: givenConcurrency, limits, ...settings } = fields;
  const adapter = reader.read(gatewayFields.adapter, givenAdapter, [...path, "adapter"]);
  const token = reader.reference(givenToken, [...path, "token"]);
  const own = Object.hasOwn(fields, "limits") ? reader.read(gatewayFields.limits, limits, [...path, "limits"]) : {};
  const concurrency = Object.hasOwn(fields, "concurrency")
    ? reader.read(gatewayFields.concurrency, givenConcurrency, [...path, "concurrency"])
    : DEFAULT_CONCURRENCY;
  if (adapter === undefined || token === undefined || concurrency === undefined) return [];
  return [{ entry: { name, path, adapter, token, concurrency, settings }, limits: own ?? {} }];
}

/** Reads one entry of `providers`. Without `gatewayNames` any gateway may be bound. */
export function readProvider(
  reader: ConfigReader,
  provider: string,
  value: unknown,
  gatewayNames: readonly string[] | undefined,
): readonly Binding[] {
  const path = ["providers", provider];
  const given = reader.fields(value, path, PROVIDER_FIELDS);
  if (given === undefined) return [];
  const { tags: givenTags = [], gateways, writeUnverified = false, ...shared } = given;
  const tags = reader.read(providerFields.tags, givenTags, [...path, "tags"]) ?? [];
  const common = reader.read(providerFields.writeUnverified, writeUnverified, [...path, "writeUnverified"]) ?? false;
  const bound = reader.named(gateways, [...path, "gateways"]);
  if (bound.length === 0) reader.report([...path, "gateways"], "is bound to no gateway");
  const bindings = bound.flatMap(([gateway, binding]): Binding[] => {
    const bindingPath = [...path, "gateways", gateway];
    if (gatewayNames !== undefined && !gatewayNames.includes(gateway)) {
      reader.report(bindingPath, `unknown gateway${suggestion(gateway, gatewayNames)}`, "key");
    }
    const read = readBinding(reader, bindingPath, binding, common);
    if (read === undefined) return [];
    const { own, omit, ...rest } = read;
    const fields = mergedFields(shared, path, own, bindingPath, omit);
    return [{ provider, tags, gateway, path: bindingPath, ...rest, ...fields, directory: reader.directory }];
  });
  const used = new Set(bindings.flatMap(({ fieldPaths }) => Object.values(fieldPaths).map((at) => at.join("."))));
  const unused = updateFields.filter((field) => Object.hasOwn(shared, field) && !used.has([...path, field].join(".")));
  for (const field of unused) judgeUnused(reader, [...path, field], field, shared[field]);
  return bindings;
}

// A field that every binding overrides or omits reaches no adapter that would judge it, and may still hold a key.
function judgeUnused(reader: ConfigReader, path: ConfigPath, field: Field, value: unknown): void {
  const written = { fields: { [field]: value }, fieldPaths: { [field]: path } };
  const { literals } = secretsOf(written);
  for (const literal of literals) reader.report(literal.path, REFERENCE_EXPECTED);
  if (literals.length > 0) return;
  const resolved = withSecrets(written, [field], (_reference, member) => placeholder(member));
  const schema: z.ZodType = providerUpdateSchema.shape[field];
  reader.read(schema, resolved[field], path);
}

interface WrittenBinding extends Pick<Binding, "id" | "writeUnverified"> {
  readonly own: Record<string, unknown>;
  readonly omit: readonly Field[];
}

function readBinding(
  reader: ConfigReader,
  path: ConfigPath,
  value: unknown,
  inherited: boolean,
): WrittenBinding | undefined {
  const fields = reader.fields(value, path, BINDING_FIELDS);
  if (fields === undefined) return undefined;
  const { id: givenId, omit: givenOmit = [], writeUnverified: givenUnverified = inherited, ...own } = fields;
  const id = reader.read(bindingFields.id, givenId, [...path, "id"]);
  const omit = reader.read(bindingFields.omit, givenOmit, [...path, "omit"]);
  const writeUnverified = reader.read(bindingFields.writeUnverified, givenUnverified, [...path, "writeUnverified"]);
  if (id === undefined || omit === undefined || writeUnverified === undefined) return undefined;
  for (const field of omit.filter((name) => Object.hasOwn(own, name))) {
    reader.report([...path, field], "is omitted and given in the same binding");
  }
  // A number's own text: what YAML makes of 0123 is not the id that was written.
  const written = typeof id === "number" ? (reader.document.source([...path, "id"]) ?? id) : id;
  return { id: written, writeUnverified, own, omit };
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
