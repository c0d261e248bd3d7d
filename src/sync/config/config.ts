import type { Field } from "../../contract/update.ts";
import { nameAdvice } from "./advice.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigSources } from "./config-sources.ts";
import type { ConfigLimits } from "./limits.ts";
import type { LoginSecret } from "./login.ts";
import type { SecretReference } from "./reference.ts";

/** A gateway of the config. */
export interface GatewayEntry {
  readonly name: string;
  readonly path: ConfigPath;
  readonly adapter: string;
  /** The references by which it is reached: of `token`, or in `auth`. */
  readonly secrets: readonly LoginSecret[];
  /** How many changes of this gateway may be in flight at once, 1 to 64. */
  readonly concurrency: number;
  /** The adapter's settings but for the token. `auth` in them has its references as they were written. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a binding says of the object that is to be made, besides its fields: fixed once it exists. */
export interface WrittenCreation {
  /** The readable id of what is made. */
  readonly slug?: string;
  /** The upstream's kind in the gateway's own words. */
  readonly upstream?: string;
}

/** An entry of `providers`, whether it is bound to anything or not. */
export interface ProviderEntry {
  readonly name: string;
  /** The gateways that it names; undefined where it has no `gateways`, and so says nothing of what is there. */
  readonly gateways: readonly string[] | undefined;
}

/** One logical provider on one gateway. */
export interface Binding {
  readonly provider: string;
  /** The provider's, by which a run can be restricted. */
  readonly tags: readonly string[];
  readonly gateway: string;
  readonly path: ConfigPath;
  /** As it was written: the adapter decides what it takes. Undefined where the object is to be made. */
  readonly id: unknown;
  /** How the object is made where there is no id; undefined where it must have one. */
  readonly creation?: WrittenCreation;
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
  /** In the order of the files. */
  readonly gateways: readonly GatewayEntry[];
  /** In the order of the files. */
  readonly providers: readonly ProviderEntry[];
  /** Every provider at every gateway that it names. */
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
  const problem = config.sources.problem(["gateways"], `no gateway is called ${name}`);
  throw new ConfigError("invalid", [{ ...problem, ...nameAdvice(name, names) }]);
}
