import type { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import { type Field, providerUpdateSchema, updateFields } from "../../contract/update.ts";
import type { Binding, GatewayEntry, ProviderEntry, WrittenCreation } from "./config.ts";
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
import { type LoginSecret, referencesIn } from "./login.ts";

const PROVIDER_FIELDS = [...updateFields, ...Object.keys(providerFields), "gateways"];
const BINDING_FIELDS = [...updateFields, ...Object.keys(bindingFields)];

const NOWHERE =
  "is bound to no gateway: take the provider out, or leave gateways out where nothing is to be said of it";

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
  const { adapter: givenAdapter, token: _token, concurrency: givenConcurrency, limits, ...settings } = fields;
  const adapter = reader.read(gatewayFields.adapter, givenAdapter, [...path, "adapter"]);
  const secrets = readLogin(reader, path, fields);
  const own = Object.hasOwn(fields, "limits") ? reader.read(gatewayFields.limits, limits, [...path, "limits"]) : {};
  const concurrency = Object.hasOwn(fields, "concurrency")
    ? reader.read(gatewayFields.concurrency, givenConcurrency, [...path, "concurrency"])
    : DEFAULT_CONCURRENCY;
  if (adapter === undefined || secrets === undefined || concurrency === undefined) return [];
  return [{ entry: { name, path, adapter, secrets, concurrency, settings }, limits: own ?? {} }];
}

/** The references by which a gateway is reached; undefined after a report. What else `auth` holds is judged by its adapter. */
function readLogin(
  reader: ConfigReader,
  path: ConfigPath,
  fields: Readonly<Record<string, unknown>>,
): readonly LoginSecret[] | undefined {
  if (!Object.hasOwn(fields, "auth")) {
    const reference = reader.reference(fields.token, [...path, "token"]);
    return reference === undefined ? undefined : [{ path: ["token"], reference }];
  }
  if (Object.hasOwn(fields, "token")) {
    reader.report([...path, "auth"], "is given beside token: give one of the two", "key");
    return undefined;
  }
  const auth = reader.fields(fields.auth, [...path, "auth"]);
  return auth === undefined ? undefined : referencesIn(auth, reader.directory);
}

/** An entry of `providers` as it was written, and its bindings. */
export interface WrittenProvider {
  readonly entry: ProviderEntry;
  readonly bindings: readonly Binding[];
}

/** Reads one entry of `providers`; none after a report. Without `gatewayNames` any gateway may be bound. */
export function readProvider(
  reader: ConfigReader,
  provider: string,
  value: unknown,
  gatewayNames: readonly string[] | undefined,
): readonly WrittenProvider[] {
  const path = ["providers", provider];
  const given = reader.fields(value, path, PROVIDER_FIELDS);
  if (given === undefined) return [];
  const { tags: givenTags = [], gateways, writeUnverified = false, ...shared } = given;
  const tags = reader.read(providerFields.tags, givenTags, [...path, "tags"]) ?? [];
  const common = reader.read(providerFields.writeUnverified, writeUnverified, [...path, "writeUnverified"]) ?? false;
  const saysWhere = Object.hasOwn(given, "gateways");
  const bound = saysWhere ? reader.named(gateways, [...path, "gateways"]) : [];
  if (saysWhere && bound.length === 0) reader.report([...path, "gateways"], NOWHERE);
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
  return [{ entry: { name: provider, gateways: saysWhere ? bound.map(([name]) => name) : undefined }, bindings }];
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

interface WrittenBinding extends Pick<Binding, "id" | "creation" | "writeUnverified"> {
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
  const { id: _id, create: _create, slug: _slug, upstream: _upstream, ...others } = fields;
  const { omit: givenOmit = [], writeUnverified: givenUnverified = inherited, ...own } = others;
  const identity = readIdentity(reader, path, fields);
  const omit = reader.read(bindingFields.omit, givenOmit, [...path, "omit"]);
  const writeUnverified = reader.read(bindingFields.writeUnverified, givenUnverified, [...path, "writeUnverified"]);
  if (identity === undefined || omit === undefined || writeUnverified === undefined) return undefined;
  for (const field of omit.filter((name) => Object.hasOwn(own, name))) {
    reader.report([...path, field], "is omitted and given in the same binding");
  }
  return { ...identity, writeUnverified, own, omit };
}

/** Which object a binding is about: one that has an id, or one that is to be made. */
function readIdentity(
  reader: ConfigReader,
  path: ConfigPath,
  fields: Readonly<Record<string, unknown>>,
): Pick<WrittenBinding, "id" | "creation"> | undefined {
  const read = <Value>(name: "id" | "create" | "slug" | "upstream", schema: z.ZodType<Value>) =>
    Object.hasOwn(fields, name) ? { value: reader.read(schema, fields[name], [...path, name]) } : undefined;
  const id = read("id", bindingFields.id);
  const create = read("create", bindingFields.create);
  const fixed = { slug: read("slug", bindingFields.slug), upstream: read("upstream", bindingFields.upstream) };
  const isSound = [id, create, fixed.slug, fixed.upstream].every(
    (each) => each === undefined || each.value !== undefined,
  );
  if (!isSound) return undefined;
  const isMade = create?.value === true;
  if (id === undefined && !isMade) {
    const message = "expected the provider's id at this gateway, or create: true to have one made";
    reader.report([...path, "id"], message);
    return undefined;
  }
  for (const name of isMade ? [] : (["slug", "upstream"] as const)) {
    if (fixed[name] === undefined) continue;
    reader.report([...path, name], "is for what is made: it needs create: true at the same binding", "key");
  }
  // A number's own text: what YAML makes of 0123 is not the id that was written.
  const written = typeof id?.value === "number" ? (reader.document.source([...path, "id"]) ?? id.value) : id?.value;
  const creation: WrittenCreation = {
    ...(fixed.slug?.value === undefined ? {} : { slug: fixed.slug.value }),
    ...(fixed.upstream?.value === undefined ? {} : { upstream: fixed.upstream.value }),
  };
  return { id: written, ...(isMade ? { creation } : {}) };
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
