import { adapters } from "../../adapters/index.ts";
import {
  bindingsInScope,
  type CheckedBinding,
  type CheckedConfig,
  type Connections,
  checkConfig,
  connect,
  loadConfig,
  requireTrust,
  type Scope,
} from "../sync/index.ts";
import type { Host } from "./host.ts";

/** The flags of every command that works on gateways. */
export interface SessionOptions {
  readonly config: string;
  readonly gateway?: readonly string[];
  readonly provider?: readonly string[];
  readonly tag?: readonly string[];
  readonly trustConfig?: boolean;
}

/** A checked config with its gateways in scope opened. */
export interface Session {
  readonly checked: CheckedConfig;
  readonly bindings: readonly CheckedBinding[];
  readonly connections: Connections;
}

/** The variable that stands for `--trust-config`. */
export const TRUST_VARIABLE = "GATEFOLD_TRUST_CONFIG";

/** Reads and checks a config, without any secret. */
export async function readConfig(host: Host, file: string): Promise<CheckedConfig> {
  return checkConfig(await loadConfig(file, host.workingDirectory), adapters);
}

/** Reads a config and opens the gateways in scope. Only their tokens are resolved, and only after the trust check. */
export async function openSession(host: Host, options: SessionOptions): Promise<Session> {
  const checked = await readConfig(host, options.config);
  const scope: Scope = { gateways: options.gateway ?? [], providers: options.provider ?? [], tags: options.tag ?? [] };
  const bindings = bindingsInScope(checked, scope);
  requireTrust(checked, bindings, options.trustConfig === true || isSet(host.environment[TRUST_VARIABLE]));
  const connections = await connect(checked, bindings, host.environment, { proxy: "environment" });
  return { checked, bindings, connections };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
