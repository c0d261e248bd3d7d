import { z } from "zod";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { parseReference, placeholder } from "../../sync/index.ts";

/** What is known of a gateway that a config is to have. */
export interface GatewayAnswers {
  readonly name: string;
  /** As the config names it. */
  readonly adapter: string;
  /** As the config has them, secrets in `auth` as references. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A reference; absent where it is not known yet, and where `auth` stands instead. */
  readonly token?: string;
}

/** A setting that an adapter needs and nobody has given. */
export interface MissingSetting {
  readonly path: readonly string[];
  /** Whether it is a secret: then a reference is what is given. */
  readonly isSecret: boolean;
  /** What the adapter says of it. */
  readonly description?: string;
}

/** The settings that the adapter needs besides those of the answers; without the token. */
export function missingSettings(adapter: AnyAdapter, { settings }: GatewayAnswers): readonly MissingSetting[] {
  const issues = issuesWith(adapter, settings);
  const missing = issues.filter(({ path }) => path[0] !== "token" && memberAt(settings, path) === undefined);
  return missing.map(({ path }) => {
    const filled = withMember(settings, path, placeholder(path.at(-1) ?? ""));
    const description = describedAt(adapter.settings, path);
    const isSecret = !issuesWith(adapter, filled).some((issue) => startsWith(issue.path, path));
    return { path, isSecret, ...(description === undefined ? {} : { description }) };
  });
}

/** Why the adapter does not take a value of a setting, or undefined. */
export function settingProblem(
  adapter: AnyAdapter,
  settings: GatewayAnswers["settings"],
  path: readonly string[],
  value: unknown,
): string | undefined {
  return issuesWith(adapter, withMember(settings, path, value)).find((issue) => startsWith(issue.path, path))?.message;
}

/** Whether a machine can log in by itself there, by `auth` in place of a token. */
export function takesLogin({ settings }: AnyAdapter): boolean {
  return settings instanceof z.ZodObject && Object.hasOwn(settings.shape, "auth");
}

/** A setting under which the adapter's lists tell ids, where they tell none as it is set now. */
export function settingForIds(
  adapter: AnyAdapter,
  { settings }: GatewayAnswers,
): { readonly name: string; readonly value: string } | undefined {
  const tellsIds = (given: object) => adapter.capabilities(given).list === "ids";
  if (tellsIds(settings) || !(adapter.settings instanceof z.ZodObject)) return undefined;
  const choices = Object.entries(adapter.settings.shape).flatMap(([name, schema]) => {
    const inner = unwrapped(schema);
    return inner instanceof z.ZodEnum ? inner.options.map((value) => ({ name, value: String(value) })) : [];
  });
  return choices.find(({ name, value }) => tellsIds({ ...settings, [name]: value }));
}

/** The members with a value at a path; what is no mapping on the way becomes one. */
export function withMember(members: object, path: readonly string[], value: unknown): Record<string, unknown> {
  const [name, ...rest] = path;
  if (name === undefined) return { ...members };
  const inner: unknown = Object.hasOwn(members, name) ? Reflect.get(members, name) : undefined;
  return { ...members, [name]: rest.length === 0 ? value : withMember(isMapping(inner) ? inner : {}, rest, value) };
}

/** The answers without what questions tell: what only a flag can have told stays. */
export function withoutAsked(adapter: AnyAdapter, { name, adapter: named, settings }: GatewayAnswers): GatewayAnswers {
  const login = Object.hasOwn(settings, "auth") ? { auth: {} } : {};
  const asked = missingSettings(adapter, { name, adapter: named, settings: login });
  const kept = asked.reduce<object>((members, { path }) => withoutMember(members, path), settings);
  return { name, adapter: named, settings: { ...kept } };
}

/** The members without the one at a path, and without a mapping that is empty then. */
function withoutMember(members: object, [name, ...rest]: readonly string[]): object {
  const inner: unknown = name === undefined ? undefined : Reflect.get(members, name);
  const others = Object.entries(members).filter(([each]) => each !== name);
  const left = rest.length > 0 && isMapping(inner) ? withoutMember(inner, rest) : {};
  return Object.fromEntries(Object.keys(left).length === 0 ? others : [...others, [name ?? "", left]]);
}

interface PathIssue {
  readonly path: readonly string[];
  readonly message: string;
}

// Where a secret goes, a placeholder stands for what its reference gives.
function issuesWith(adapter: AnyAdapter, settings: GatewayAnswers["settings"]): readonly PathIssue[] {
  const { auth } = settings;
  const members = isMapping(auth) ? Object.entries(auth) : [];
  const filled = members.map(([name, value]) => [name, parseReference(value) ? placeholder(name) : value]);
  const login = Object.hasOwn(settings, "auth")
    ? { auth: isMapping(auth) ? Object.fromEntries(filled) : auth }
    : { token: placeholder("token") };
  const issues = adapter.settings.safeParse({ ...settings, ...login }).error?.issues ?? [];
  return issues.map(({ path, message }) => ({ path: path.map(String), message }));
}

function memberAt(members: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return members;
  return isMapping(members) && Object.hasOwn(members, name) ? memberAt(Reflect.get(members, name), rest) : undefined;
}

function describedAt(schema: unknown, [name, ...rest]: readonly string[]): string | undefined {
  if (name === undefined) return schema instanceof z.ZodType ? schema.description : undefined;
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? describedAt(inner.shape[name], rest) : undefined;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodExactOptional || schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema;
}

const startsWith = (path: readonly string[], start: readonly string[]) =>
  start.every((name, index) => path[index] === name);

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
