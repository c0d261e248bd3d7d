import { adapters } from "../../adapters/index.ts";
import type { AnyAdapter } from "../contract/gateway.ts";
import { redactData, scrub } from "../kit/scrub.ts";
import {
  type AdapterDirectory,
  type AdapterLoading,
  adapterOf,
  type Config,
  ConfigError,
  fileProblem,
  findAdapter,
  loadAdapters,
} from "../sync/index.ts";
import type { Host } from "./host.ts";

/** The flag that lets a config run code. */
export interface TrustOptions {
  readonly trustConfig?: boolean;
}

/** The variable that stands for `--trust-config`. */
export const TRUST_VARIABLE = "GATEFOLD_TRUST_CONFIG";

/** Whether the user vouches for the config. */
export function isTrusted({ environment }: Host, { trustConfig }: TrustOptions): boolean {
  return trustConfig === true || isSet(environment[TRUST_VARIABLE]);
}

/**
 * The adapters of a config's gateways.
 * @throws ConfigError of kind `untrusted` when one is code that the user does not vouch for
 */
export async function adaptersOf(host: Host, config: Config, options: TrustOptions): Promise<AdapterDirectory> {
  return loadAdapters(config, loading(host, options));
}

/**
 * The adapter that the command line names: a known one, a file, or a package, from the working directory.
 * @throws ConfigError when there is none, or the user does not vouch for its code
 */
export async function requireAdapter(host: Host, name: string, options: TrustOptions): Promise<AnyAdapter> {
  const found = await namedAdapter(host, name, options);
  if (found !== undefined) return found;
  const { problem } = { problem: "", ...adapterOf(name, adapters) };
  throw new ConfigError("invalid", [fileProblem(name, `${problem}; and no package of that name was found`)]);
}

/** The same, or undefined for a name that nothing has. */
export async function namedAdapter(host: Host, name: string, options: TrustOptions): Promise<AnyAdapter | undefined> {
  return findAdapter(name, host.workingDirectory, loading(host, options));
}

function loading(host: Host, options: TrustOptions): AdapterLoading {
  const { importModule } = host;
  return {
    adapters,
    trusted: isTrusted(host, options),
    redaction: { text: scrub, data: redactData },
    ...(importModule === undefined ? {} : { importModule }),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
