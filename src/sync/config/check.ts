import { type Issue, isGatewayError } from "../../contract/errors.ts";
import type { AnyAdapter, Gateway, ProviderId } from "../../contract/gateway.ts";
import { suggestion } from "../../contract/nearest.ts";
import { givenFields } from "../../contract/update.ts";
import { inAdapterForm } from "./adapter-form.ts";
import { creationIssues } from "./check-creation.ts";
import type { Binding, Config, GatewayEntry, WrittenCreation } from "./config.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { REFERENCE_EXPECTED } from "./config-fields.ts";
import { placeholder, secretsOf, withSecrets } from "./desired.ts";
import { hasLogin, loginKey, takesSecret, withoutSecrets } from "./login.ts";
import { parseReference } from "./reference.ts";
import { takesFunctions } from "./takes-functions.ts";

/** A gateway of the config, and what it is reached by. */
export interface CheckedGateway {
  readonly adapter: AnyAdapter;
  /** Its `adapter` is the adapter's own name, however the config names it. */
  readonly entry: GatewayEntry;
}

/** A binding that its adapter takes, whether its object is known or still to be made. */
export interface BoundBinding extends Binding, CheckedGateway {}

/** A binding whose object has an id. */
export interface CheckedBinding extends BoundBinding {
  readonly providerId: ProviderId;
}

/** A binding without an id: the journal may know its object; else it is made. */
export interface UnmadeBinding extends BoundBinding {
  readonly creation: WrittenCreation;
}

/** A config that every adapter in it takes. */
export interface CheckedConfig {
  readonly config: Config;
  /** Every gateway of the config. */
  readonly gateways: readonly CheckedGateway[];
  /** Those with an id. */
  readonly bindings: readonly CheckedBinding[];
  /** Those whose objects are made where the journal knows none. */
  readonly unmade: readonly UnmadeBinding[];
}

/** An adapter, or the `problem`: why there is none of that name. */
export type FoundAdapter = { readonly adapter: AnyAdapter } | { readonly problem: string };

/** The adapters of a config's gateways: see `loadAdapters`. */
export interface AdapterDirectory {
  /** The adapter of an entry, or why there is none. */
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
  const opened = new Map<string, OpenedEntry & { readonly managed: Managed }>();
  const find =
    "adapterOf" in adapters ? adapters.adapterOf : (entry: GatewayEntry) => adapterOf(entry.adapter, adapters);
  const accounts = new Map<string, Managed>();
  for (const written of config.gateways) {
    const gateway = openUnresolved(written, find(written), report);
    if (gateway === undefined) continue;
    const account = accountOf(gateway.entry);
    const managed = accounts.get(account) ?? { ids: new Map(), names: new Map(), slugs: new Map() };
    accounts.set(account, managed);
    opened.set(written.name, { ...gateway, managed });
  }
  const manage = (binding: Binding, objects: Map<ProviderId, Binding>, object: ProviderId, member: string) => {
    const other = objects.get(object);
    if (other === undefined) objects.set(object, binding);
    else report([...binding.path, member], managedMessage(other, binding, opened.get(binding.gateway)?.entry));
  };
  const bindings: CheckedBinding[] = [];
  const unmade: UnmadeBinding[] = [];
  for (const written of config.bindings) {
    const target = opened.get(written.gateway);
    if (target === undefined) continue;
    const { adapter, entry, managed } = target;
    const binding = inAdapterForm(written, adapter.native);
    const { creation } = binding;
    if (binding.id === undefined && creation !== undefined) {
      checkCreation(binding, target.gateway, report);
      const { name } = binding.fields;
      // Two of one name could not be told apart after a reply that was lost.
      if (typeof name === "string") manage(binding, managed.names, JSON.stringify([name, creation.upstream]), "create");
      if (creation.slug !== undefined) manage(binding, managed.slugs, creation.slug, "slug");
      unmade.push({ adapter, entry, ...binding, creation });
      continue;
    }
    const providerId = checkBinding(binding, target.gateway, report);
    if (providerId === undefined) continue;
    manage(binding, managed.ids, providerId, "id");
    // In this order V8 gives all of them one shape; the other way round each has its own, of 400 bytes.
    bindings.push({ adapter, entry, providerId, ...binding });
  }
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  const gateways = [...opened.values()].map(({ adapter, entry }) => ({ adapter, entry }));
  return { config, gateways, bindings, unmade };
}

interface OpenedEntry {
  readonly entry: GatewayEntry;
  readonly adapter: AnyAdapter;
  readonly gateway: Gateway<ProviderId>;
}

/** What is managed of one account, and by which binding. */
interface Managed {
  readonly ids: Map<ProviderId, Binding>;
  readonly names: Map<ProviderId, Binding>;
  readonly slugs: Map<ProviderId, Binding>;
}

type Report = (path: ConfigPath, message: string) => void;

/** The same for entries that are evidently one account; what differs in writing may still be one. */
export function accountOf({ adapter, settings, secrets }: GatewayEntry): string {
  const { baseUrl } = settings;
  const url = typeof baseUrl === "string" && URL.canParse(baseUrl) ? new URL(baseUrl).href.replace(/\/+$/, "") : null;
  return JSON.stringify([adapter, url, loginKey({ settings, secrets })]);
}

// Two updates of one object at once would each undo what the other wrote.
function managedMessage(other: Binding, binding: Binding, entry: GatewayEntry | undefined): string {
  const login = entry !== undefined && hasLogin(entry.settings) ? "auth" : "token";
  const account = `${other.gateway} is the same account: its adapter, base URL and ${login} are the same`;
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
  return adapter.open(withoutSecrets(settings));
}

function openUnresolved(written: GatewayEntry, found: FoundAdapter, report: Report): OpenedEntry | undefined {
  const { path: at, settings } = written;
  if ("problem" in found) {
    report([...at, "adapter"], found.problem);
    return undefined;
  }
  const { adapter } = found;
  const functions = Object.keys(settings).filter((name) => takesFunctions(adapter, name));
  for (const name of functions) report([...at, name], "takes functions, which a file cannot hold: it is set from code");
  if (functions.length > 0) return undefined;
  try {
    // From here on the adapter has its own name: a path or a package may be written in several ways.
    const entry = written.adapter === adapter.name ? written : { ...written, adapter: adapter.name };
    return { entry, adapter, gateway: openWithoutToken(adapter, settings) };
  } catch (error) {
    for (const { path, message } of issuesIn(error)) {
      if (path === "token" && hasLogin(settings)) {
        report([...at, "auth"], `the adapter ${adapter.name} takes no auth: give token`);
      } else report([...at, ...pathParts(path)], settingMessage(adapter, settings, path, message));
    }
    return undefined;
  }
}

/** What a setting is refused with, in the words of a file, where a secret is a reference. */
function settingMessage(
  adapter: AnyAdapter,
  settings: GatewayEntry["settings"],
  path: string,
  message: string,
): string {
  if (takesSecret(settings, path, (given) => problemPaths(adapter, given))) return REFERENCE_EXPECTED;
  const written = pathParts(path).reduce<unknown>(
    (value, name) => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined),
    settings,
  );
  const isReference = path.startsWith("auth.") && parseReference(written) !== undefined;
  return isReference ? `${message}; only a secret is given as a reference` : message;
}

function problemPaths(adapter: AnyAdapter, settings: object): readonly string[] {
  try {
    openWithoutToken(adapter, settings);
    return [];
  } catch (error) {
    return issuesIn(error).map(({ path }) => path);
  }
}

function checkCreation(binding: Binding, gateway: Gateway<ProviderId>, report: Report): void {
  const { literals } = secretsOf(binding);
  for (const { path } of literals) report(path, REFERENCE_EXPECTED);
  if (literals.length > 0) return;
  try {
    for (const { path, message } of creationIssues(binding, gateway)) {
      report(fieldPath(binding, path) ?? [...binding.path, path], message);
    }
  } catch (error) {
    reportIssues(error, binding, report);
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
    reportIssues(error, binding, report);
    return undefined;
  }
}

function reportIssues(error: unknown, binding: Binding, report: Report): void {
  for (const { path, message } of issuesIn(error)) {
    const [field = "", ...rest] = pathParts(path);
    const at = fieldPath(binding, field);
    const advice = at !== undefined && isUnsupported(error, path) ? omitAdvice(binding, at, field) : "";
    report(at === undefined ? [...binding.path, ...pathParts(path)] : [...at, ...rest], message + advice);
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
