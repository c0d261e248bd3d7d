import { resolve } from "node:path";
import { adapters } from "../../adapters/index.ts";
import {
  bindingsInScope,
  type CheckedBinding,
  type CheckedConfig,
  ConfigError,
  type Connections,
  checkConfig,
  connect,
  Fingerprints,
  fingerprintKeyProblem,
  loadConfig,
  requireTrust,
  resolveSecrets,
  type Scope,
} from "../sync/index.ts";
import type { Host } from "./host.ts";

/** The flags of every command that works on gateways. */
export interface SessionOptions {
  readonly config: readonly string[];
  readonly gateway?: readonly string[];
  readonly provider?: readonly string[];
  readonly tag?: readonly string[];
  readonly trustConfig?: boolean;
  /** The journal, in place of the config's. */
  readonly journal?: string;
}

/** A checked config with its gateways in scope opened. */
export interface Session {
  readonly checked: CheckedConfig;
  readonly scope: Required<Scope>;
  /** Those in scope. */
  readonly bindings: readonly CheckedBinding[];
  readonly connections: Connections;
  readonly fingerprints: Fingerprints;
  /** An absolute path. */
  readonly journalFile: string;
}

/** The variable that stands for `--trust-config`. */
export const TRUST_VARIABLE = "GATEFOLD_TRUST_CONFIG";

/** Reads and checks a config of these files and folders, without any secret. */
export async function readConfig(host: Host, files: readonly string[]): Promise<CheckedConfig> {
  return checkConfig(await loadConfig(files, host.workingDirectory), adapters);
}

/** Reads a config and opens the gateways in scope. Only their tokens are resolved, and only after the trust check. */
export async function openSession(host: Host, options: SessionOptions): Promise<Session> {
  return openChecked(host, await readConfig(host, options.config), options);
}

/** The same for a config that is read already. */
export async function openChecked(host: Host, checked: CheckedConfig, options: SessionOptions): Promise<Session> {
  const scope = { gateways: options.gateway ?? [], providers: options.provider ?? [], tags: options.tag ?? [] };
  const bindings = bindingsInScope(checked, scope);
  // A journal that the command line names is the user's own choice.
  requireTrust(checked, bindings, isTrusted(host, options), { usesJournal: options.journal === undefined });
  const fingerprints = await openFingerprints(host, checked);
  const connections = await connect(checked, bindings, host.environment, { proxy: "environment" });
  const journalFile = resolve(host.workingDirectory, options.journal ?? checked.config.journal);
  return { checked, scope, bindings, connections, fingerprints, journalFile };
}

/** Whether the user vouches for the config. */
export function isTrusted({ environment }: Host, { trustConfig }: Pick<SessionOptions, "trustConfig">): boolean {
  return trustConfig === true || isSet(environment[TRUST_VARIABLE]);
}

async function openFingerprints(host: Host, checked: CheckedConfig): Promise<Fingerprints> {
  const { fingerprintKey: reference, sources } = checked.config;
  if (reference === undefined) return new Fingerprints();
  const path = ["fingerprintKey"];
  const key = (await resolveSecrets(checked, [{ path, reference }], host.environment))(reference);
  const problem = fingerprintKeyProblem(key);
  if (problem !== undefined) throw new ConfigError("credentials", [sources.problem(path, problem)]);
  return new Fingerprints(key);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
