import { nearestName } from "../../contract/nearest.ts";
import type { Field } from "../../contract/update.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigSources } from "./config-sources.ts";
import type { ConfigLimits } from "./limits.ts";
import type { SecretReference } from "./reference.ts";

/** A gateway of the config. */
export interface GatewayEntry {
  readonly name: string;
  readonly path: ConfigPath;
  readonly adapter: string;
  readonly token: SecretReference;
  /** How many changes of this gateway may be in flight at once, 1 to 64. */
  readonly concurrency: number;
  /** The adapter's settings but for the token. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** One logical provider on one gateway. */
export interface Binding {
  readonly provider: string;
  readonly tags: readonly string[];
  readonly gateway: string;
  readonly path: ConfigPath;
  /** As it was written: the adapter decides what it takes. */
  readonly id: unknown;
  /** Whether fields are written too that the gateway does not show. */
  readonly writeUnverified: boolean;
  /** The provider's fields under the binding's own, without the omitted ones; secrets are still references. */
  readonly fields: Readonly<Partial<Record<Field, unknown>>>;
  /** Where each field stands. */
  readonly fieldPaths: Readonly<Partial<Record<Field, ConfigPath>>>;
  /** The folder of the file: references in the fields start there. */
  readonly directory: string;
}

/** A checked config, of one file or several. What adapters know is not judged yet: see `checkConfig`. */
export interface Config {
  /** Where everything was written. */
  readonly sources: ConfigSources;
  /** The absolute path of the journal. */
  readonly journal: string;
  /** The key of the fingerprints; absent: none are kept. Its path is `fingerprintKey`. */
  readonly fingerprintKey?: SecretReference;
  readonly limits: ConfigLimits;
  readonly gateways: readonly GatewayEntry[];
  readonly bindings: readonly Binding[];
}

/**
 * The gateway's entry.
 * @throws ConfigError when the config has none of that name
 */
export function gatewayOf(config: Config, name: string): GatewayEntry {
  const entry = config.gateways.find((gateway) => gateway.name === name);
  if (entry !== undefined) return entry;
  const names = config.gateways.map((gateway) => gateway.name);
  const meant = nearestName(name, names);
  const message = `no gateway is called ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  throw new ConfigError("invalid", [config.sources.problem(["gateways"], message)]);
}
