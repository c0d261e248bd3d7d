import type { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import { type Field, givenFields, providerUpdateSchema, updateFields } from "../../contract/update.ts";
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

const PROVIDER_FIELDS = new Set([...updateFields, ...Object.keys(providerFields), "gateways"]);
const BINDING_FIELDS = new Set([...updateFields, ...Object.keys(bindingFields)]);
// Looking for the nearest of more than this takes long, for each name that is wrong.
const MOST_SUGGESTED = 200;

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
  const adapter = reader.read(gatewayFields.adapter, givenAdapter, path, "adapter");
  const secrets = readLogin(reader, path, fields);
  const own = Object.hasOwn(fields, "limits") ? reader.read(gatewayFields.limits, limits, path, "limits") : {};
  const concurrency = Object.hasOwn(fields, "concurrency")
    ? reader.read(gatewayFields.concurrency, givenConcurrency, path, "concurrency")
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
  gatewayNames: ReadonlySet<string> | undefined,
): readonly WrittenProvider[] {
  const path = ["providers", provider];
  const given = reader.fields(value, path, PROVIDER_FIELDS);
  if (given === undefined) return [];
  const { gateways } = given;
  const tags = readGiven(reader, given, path, "tags", providerFields.tags) ?? [];
  const common = readGiven(reader, given, path, "writeUnverified", providerFields.writeUnverified) ?? false;
  const saysWhere = Object.hasOwn(given, "gateways");
  const bound = saysWhere ? reader.named(gateways, [...path, "gateways"]) : [];
  if (saysWhere && bound.length === 0) reader.report([...path, "gateways"], NOWHERE);
  const shared = mergedFields({ fields: {}, fieldPaths: {} }, given, path, []);
  const bindings: Binding[] = [];
  for (const [gateway, binding] of bound) {
    if (reader.isFull) break;
    const bindingPath = ["providers", provider, "gateways", gateway];
    if (gatewayNames !== undefined && !gatewayNames.has(gateway)) {
      reader.report(bindingPath, unknownGateway(gateway, gatewayNames), "key");
    }
    const read = readBinding(reader, bindingPath, binding, common);
    if (read === undefined) continue;
    const { identity, writeUnverified, own, omit } = read;
    const { fields, fieldPaths } = mergedFields(shared, own, bindingPath, omit);
    const { directory } = reader;
    bindings.push({
      provider,
      tags,
      gateway,
      path: bindingPath,
      writeUnverified,
      fields,
      fieldPaths,
      directory,
      ...identity,
    });
  }
  for (const field of givenFields(shared.fields)) {
    const at = shared.fieldPaths[field];
    const isUsed = bindings.some(({ fieldPaths }) => fieldPaths[field] === at);
    if (!isUsed) judgeUnused(reader, [...path, field], field, shared.fields[field]);
  }
  return [{ entry: { name: provider, gateways: saysWhere ? bound.map(([name]) => name) : undefined }, bindings }];
}

function unknownGateway(name: string, known: ReadonlySet<string>): string {
  return `unknown gateway${known.size > MOST_SUGGESTED ? "" : suggestion(name, known)}`;
}

/** A member that may be left out; undefined without it, and after a report. */
function readGiven<Value>(
  reader: ConfigReader,
  fields: Readonly<Record<string, unknown>>,
  path: ConfigPath,
  name: string,
  schema: z.ZodType<Value>,
): Value | undefined {
  return Object.hasOwn(fields, name) ? reader.read(schema, fields[name], path, name) : undefined;
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

/** Which object a binding is about. */
type Identity = Pick<Binding, "id" | "creation">;

interface WrittenBinding extends Pick<Binding, "writeUnverified"> {
  readonly identity: Identity;
  readonly own: Readonly<Record<string, unknown>>;
  readonly omit: readonly Field[];
}

const NO_FIELDS: readonly Field[] = [];

function readBinding(
  reader: ConfigReader,
  path: ConfigPath,
  value: unknown,
  inherited: boolean,
): WrittenBinding | undefined {
  const own = reader.fields(value, path, BINDING_FIELDS);
  if (own === undefined) return undefined;
  const identity = readIdentity(reader, path, own);
  const omit = Object.hasOwn(own, "omit") ? reader.read(bindingFields.omit, own.omit, path, "omit") : NO_FIELDS;
  const writeUnverified = Object.hasOwn(own, "writeUnverified")
    ? reader.read(bindingFields.writeUnverified, own.writeUnverified, path, "writeUnverified")
    : inherited;
  if (identity === undefined || omit === undefined || writeUnverified === undefined) return undefined;
  for (const field of omit.filter((name) => Object.hasOwn(own, name))) {
    reader.report([...path, field], "is omitted and given in the same binding");
  }
  return { identity, writeUnverified, own, omit };
}

/** One that has an id, or one that is to be made. */
function readIdentity(
  reader: ConfigReader,
  path: ConfigPath,
  fields: Readonly<Record<string, unknown>>,
): Identity | undefined {
  const read = <Value>(name: "id" | "create" | "slug" | "upstream", schema: z.ZodType<Value>) =>
    Object.hasOwn(fields, name) ? { value: reader.read(schema, fields[name], path, name) } : undefined;
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
  const written = typeof id?.value === "number" ? reader.writtenNumber(id.value, path, "id") : id?.value;
  if (!isMade) return { id: written };
  const creation: WrittenCreation = {
    ...(fixed.slug?.value === undefined ? {} : { slug: fixed.slug.value }),
    ...(fixed.upstream?.value === undefined ? {} : { upstream: fixed.upstream.value }),
  };
  return { id: written, creation };
}

type Merged = Pick<Binding, "fields" | "fieldPaths">;

/** What is shared under what stands at `ownPath`, without the omitted fields. */
function mergedFields(
  shared: Merged,
  own: Readonly<Record<string, unknown>>,
  ownPath: ConfigPath,
  omit: readonly Field[],
): Merged {
  // Many a binding says nothing but its id: it has its provider's fields, and no copy of them.
  if (omit.length === 0 && !updateFields.some((field) => Object.hasOwn(own, field))) return shared;
  const fields: Partial<Record<Field, unknown>> = {};
  const fieldPaths: Partial<Record<Field, ConfigPath>> = {};
  for (const field of updateFields) {
    // As `concat` leaves no room for more: there are many of them.
    const path = Object.hasOwn(own, field) ? ownPath.concat(field) : shared.fieldPaths[field];
    if (path === undefined || (path === shared.fieldPaths[field] && omit.includes(field))) continue;
    fields[field] = path === shared.fieldPaths[field] ? shared.fields[field] : own[field];
    fieldPaths[field] = path;
  }
  return { fields, fieldPaths };
}
