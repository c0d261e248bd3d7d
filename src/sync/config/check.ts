import { type Issue, isGatewayError } from "../../contract/errors.ts";
import type { AnyAdapter, Gateway, ProviderId } from "../../contract/gateway.ts";
import { suggestion } from "../../contract/nearest.ts";
import { secret } from "../../contract/secret.ts";
import { givenFields } from "../../contract/update.ts";
import type { Binding, Config, GatewayEntry } from "./config.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { REFERENCE_EXPECTED } from "./config-fields.ts";
import { placeholder, secretsOf, withSecrets } from "./desired.ts";
import { referenceKey } from "./reference.ts";

/** A binding that its adapter takes. */
export interface CheckedBinding extends Binding {
  readonly adapter: AnyAdapter;
  /** Its `adapter` is the adapter's own name, however the config names it. */
  readonly entry: GatewayEntry;
  readonly providerId: ProviderId;
}

/** A config that every adapter in it takes. */
export interface CheckedConfig {
  readonly config: Config;
  readonly bindings: readonly CheckedBinding[];
}

/** An adapter, or why there is none of that name. */
export type FoundAdapter = { readonly adapter: AnyAdapter } | { readonly problem: string };

/** The adapters of a config's gateways: see `loadAdapters`. */
export interface AdapterDirectory {
  adapterOf(entry: GatewayEntry): FoundAdapter;
}

/**
 * Judges a config by what the adapters know, with placeholders for every secret: it needs no token, no key and no network.
 * @param adapters those that are known by name, or what `loadAdapters` gave where the config may name files and packages
 * @throws ConfigError with every problem and its place
 */
export function checkConfig(config: Config, adapters: readonly AnyAdapter[] | AdapterDirectory): CheckedConfig {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, message) => problems.push(config.sources.problem(path, message));
  const opened = new Map<string, OpenedEntry>();
  const find =
    "adapterOf" in adapters ? adapters.adapterOf : (entry: GatewayEntry) => adapterOf(entry.adapter, adapters);
  for (const entry of config.gateways) {
    const gateway = openUnresolved(entry, find(entry), report);
    if (gateway !== undefined) opened.set(entry.name, gateway);
  }
  const managed = new Map<string, Binding>();
  const bindings = config.bindings.flatMap((binding): CheckedBinding[] => {
    const target = opened.get(binding.gateway);
    const providerId = target === undefined ? undefined : checkBinding(binding, target.gateway, report);
    if (target === undefined || providerId === undefined) return [];
    const object = JSON.stringify([accountOf(target.entry), providerId]);
    const other = managed.get(object);
    if (other === undefined) managed.set(object, binding);
    else report([...binding.path, "id"], managedMessage(other, binding));
    return [{ ...binding, adapter: target.adapter, entry: target.entry, providerId }];
  });
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  return { config, bindings };
}

interface OpenedEntry {
  readonly entry: GatewayEntry;
  readonly adapter: AnyAdapter;
  readonly gateway: Gateway<ProviderId>;
}

type Report = (path: ConfigPath, message: string) => void;

/** The same for entries that are evidently one account; what differs in writing may still be one. */
function accountOf({ adapter, settings: { baseUrl }, token }: GatewayEntry): string {
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href.replace(/\/+$/, "") : null;
  return JSON.stringify([adapter, url, referenceKey(token)]);
}

// Two updates of one object at once would each undo what the other wrote.
function managedMessage(other: Binding, binding: Binding): string {
  const account = `${other.gateway} is the same account: its adapter, base URL and token are the same`;
  return `is managed by ${other.provider} already${other.gateway === binding.gateway ? "" : `; ${account}`}`;
}

/** The adapter of that name, or what is said when there is none. */
export function adapterOf(name: string, adapters: readonly AnyAdapter[]): FoundAdapter {
  const adapter = adapters.find((candidate) => candidate.name === name);
  if (adapter !== undefined) return { adapter };
  const names = adapters.map((candidate) => candidate.name);
  return { problem: `unknown adapter${suggestion(name, names)}; there are ${names.join(", ")}` };
}

/** A gateway without its token: it can check and explain, and every request of it would be refused. */
export function openWithoutToken(adapter: AnyAdapter, settings: object): Gateway<ProviderId> {
  return adapter.open({ ...settings, token: secret("unresolved") });
}

function openUnresolved(written: GatewayEntry, found: FoundAdapter, report: Report): OpenedEntry | undefined {
  const { path: at, settings } = written;
  if ("problem" in found) {
    report([...at, "adapter"], found.problem);
    return undefined;
  }
  const { adapter } = found;
  try {
    // From here on the adapter has its own name: a path or a package may be written in several ways.
    const entry = written.adapter === adapter.name ? written : { ...written, adapter: adapter.name };
    return { entry, adapter, gateway: openWithoutToken(adapter, settings) };
  } catch (error) {
    for (const { path, message } of issuesIn(error)) report([...at, ...pathParts(path)], message);
    return undefined;
  }
}

function checkBinding(binding: Binding, gateway: Gateway<ProviderId>, report: Report): ProviderId | undefined {
  const { literals } = secretsOf(binding);
  for (const { path } of literals) report(path, REFERENCE_EXPECTED);
  try {
    const providerId = gateway.parseId(binding.id);
    if (literals.length > 0) return undefined;
    const fields = givenFields(binding.fields);
    if (fields.length === 0) report(binding.path, "has no fields: there is nothing to keep in line");
    else
      gateway.explain(
        providerId,
        withSecrets(binding, fields, (_reference, member) => placeholder(member)),
      );
    return providerId;
  } catch (error) {
    for (const { path, message } of issuesIn(error)) {
      const [field = "", ...rest] = pathParts(path);
      const at = fieldPath(binding, field);
      const advice = at !== undefined && isUnsupported(error, path) ? omitAdvice(binding, at, field) : "";
      report(at === undefined ? [...binding.path, ...pathParts(path)] : [...at, ...rest], message + advice);
    }
    return undefined;
  }
}

function fieldPath(binding: Binding, field: string): ConfigPath | undefined {
  return Object.entries(binding.fieldPaths).find(([name]) => name === field)?.[1];
}

// A binding's own field is taken out where it stands; a shared one stays for the other gateways.
function omitAdvice(binding: Binding, at: ConfigPath, field: string): string {
  const isShared = at.length < binding.path.length;
  return isShared ? `; leave it out for ${binding.gateway} with omit: [${field}]` : "; take it out";
}

function isUnsupported(error: unknown, path: string): boolean {
  return isGatewayError(error) && error.name === "UnsupportedFieldError" && error.fields.includes(path);
}

/** The names of a dotted path; none of an empty one. */
export const pathParts = (path: string): readonly string[] => (path === "" ? [] : path.split("."));

/** What a GatewayError of a check says, problem by problem. Anything else is not ours to explain. */
export function issuesIn(error: unknown): readonly Issue[] {
  if (!isGatewayError(error)) throw error;
  if (error.name === "InvalidInputError") return error.issues;
  if (error.name === "MissingSettingError") return error.settings.map((path) => ({ path, message: "is required" }));
  if (error.name === "UnsupportedFieldError") return error.issues;
  throw error;
}
