import type { AnyAdapter, Gateway, ProviderId } from "../contract/gateway.ts";
import type { Hooks } from "../contract/hooks.ts";
import type { Secret } from "../contract/secret.ts";
import { secretAdvice } from "./config/advice.ts";
import type { CheckedConfig, CheckedGateway } from "./config/check.ts";
import { issuesIn, pathParts } from "./config/check.ts";
import type { ConfigPath } from "./config/config-document.ts";
import { ConfigError, type ConfigProblem } from "./config/config-error.ts";
import { withLogin } from "./config/login.ts";
import {
  type ReferenceSources,
  referenceKey,
  resolveReference,
  type SecretReference,
  type SecretResolver,
} from "./config/reference.ts";
import { hostOf, isLoopback } from "./config/trust.ts";
import { Fingerprints, fingerprintKeyProblem } from "./journal/fingerprint.ts";

/** Every gateway that some binding in scope needs, by name. */
export type Connections = ReadonlyMap<string, Gateway<ProviderId>>;

/** A secret to be resolved, and the place that asks for it. */
export interface WantedSecret {
  readonly path: ConfigPath;
  readonly reference: SecretReference;
}

/** The resolved secrets, by reference. */
export interface ResolvedSecrets {
  (reference: SecretReference): Secret;
  /** All of them: what no answer of a gateway may show. */
  readonly all?: readonly Secret[];
}

/**
 * Resolves secrets, each reference once. `resolver` gives those of `vault:` references.
 * @throws ConfigError of kind `credentials` with every one that is unset, empty or unreadable
 */
export async function resolveSecrets(
  { config }: Pick<CheckedConfig, "config">,
  wanted: readonly WantedSecret[],
  environment: ReferenceSources["environment"],
  resolver?: SecretResolver,
): Promise<ResolvedSecrets> {
  const sources = { environment, directory: config.sources.directoryOf([]), resolver };
  const places = new Map(wanted.map((secret) => [referenceKey(secret.reference), secret]));
  const problems: ConfigProblem[] = [];
  const secrets = new Map<string, Secret>();
  for (const [key, { path, reference }] of places) {
    const resolved = await resolveReference(reference, sources);
    if ("secret" in resolved) {
      secrets.set(key, resolved.secret);
      continue;
    }
    problems.push({ ...config.sources.problem(path, resolved.problem), ...secretAdvice(reference) });
  }
  if (problems.length > 0) throw new ConfigError("credentials", problems);
  const secretOf = (reference: SecretReference): Secret => {
    const found = secrets.get(referenceKey(reference));
    if (found === undefined) throw new Error(`a secret was used that nobody asked for: ${reference.kind} reference`);
    return found;
  };
  return Object.assign(secretOf, { all: [...secrets.values()] });
}

/**
 * The fingerprints of a config: without a `fingerprintKey` in it they cover no secret.
 * @throws ConfigError of kind `credentials` when the key is not there, or is shorter than 16 characters
 */
export async function openFingerprints(
  checked: Pick<CheckedConfig, "config">,
  environment: ReferenceSources["environment"],
  resolver?: SecretResolver,
): Promise<Fingerprints> {
  const { fingerprintKey: reference, sources } = checked.config;
  if (reference === undefined) return new Fingerprints();
  const path = ["fingerprintKey"];
  const key = (await resolveSecrets(checked, [{ path, reference }], environment, resolver))(reference);
  const problem = fingerprintKeyProblem(key);
  if (problem !== undefined) throw new ConfigError("credentials", [sources.problem(path, problem)]);
  return new Fingerprints(key);
}

/** What else gateways are opened with. */
export interface ConnectOptions {
  /** What is told of each gateway's work, by its name in the config, where its adapter can tell. */
  readonly hooksFor?: ((gateway: string) => Hooks | readonly Hooks[]) | undefined;
  /** Gives the secrets of `vault:` references. */
  readonly resolver?: SecretResolver | undefined;
}

/**
 * Opens the gateways of the bindings in scope. `defaults` are settings that an entry may override, for the adapters that
 * take them.
 * @throws ConfigError when a token is not there or is malformed
 */
export async function connect(
  checked: CheckedConfig,
  bindings: readonly CheckedGateway[],
  environment: ReferenceSources["environment"],
  defaults: Readonly<Record<string, unknown>>,
  { hooksFor, resolver }: ConnectOptions = {},
): Promise<Connections> {
  const needed = new Map(bindings.map((binding) => [binding.entry.name, binding]));
  const wanted = [...needed.values()].flatMap(({ entry }) =>
    entry.secrets.map(({ path, reference }) => ({ path: [...entry.path, ...path], reference })),
  );
  const secretOf = await resolveSecrets(checked, wanted, environment, resolver);
  const connections = new Map<string, Gateway<ProviderId>>();
  for (const { entry, adapter } of needed.values()) {
    try {
      // A proxy does not know this machine's own addresses.
      const host = hostOf(entry.settings.baseUrl);
      const direct = host !== undefined && isLoopback(host) ? { proxy: false } : {};
      const settings = withLogin(entry, secretOf);
      const reached = withDefaults(adapter, settings, { ...defaults, ...direct });
      const hooks = hooksFor === undefined ? {} : { hooks: hooksFor(entry.name) };
      connections.set(entry.name, adapter.open(withDefaults(adapter, reached, hooks)));
    } catch (error) {
      const problems = issuesIn(error).map(({ path, message }) =>
        checked.config.sources.problem([...entry.path, ...pathParts(path)], message),
      );
      throw new ConfigError("credentials", problems);
    }
  }
  return connections;
}

// An adapter from elsewhere may know no such setting, and take none that it does not know.
function withDefaults(adapter: AnyAdapter, settings: object, defaults: object): object {
  const complete = { ...defaults, ...settings };
  return adapter.settings.safeParse(complete).success ? complete : settings;
}
