import { adapters } from "../../adapters/index.ts";
import { type AdapterDirectory, adapterOf, type CheckedConfig, checkConfig, loadConfig } from "../sync/index.ts";
import { adaptersOf, type TrustOptions } from "./adapters.ts";
import type { Host } from "./host.ts";
import { warnOfConfigModes } from "./modes.ts";

// Apart from what opens gateways and journals: to check a config none of that need be loaded.

/** Where the config is, and whether its code may run. */
export interface ConfigOptions extends TrustOptions {
  /** Files and folders. */
  readonly config: readonly string[];
}

/** Reads and checks a config of these files and folders, without any secret. */
export async function readConfig(host: Host, options: ConfigOptions): Promise<CheckedConfig> {
  return (await readWithAdapters(host, options)).checked;
}

/** The same with the adapters of its gateways. */
export async function readWithAdapters(
  host: Host,
  options: ConfigOptions,
): Promise<{ readonly checked: CheckedConfig; readonly adapters: AdapterDirectory }> {
  const config = await loadConfig(options.config, host.workingDirectory);
  await warnOfConfigModes(host, config);
  const found = await adaptersOf(host, config, options);
  return { checked: checkConfig(config, found), adapters: found };
}

/**
 * The same for a command that needs nothing of the gateways: an adapter that is a file or a package is not loaded, and what it
 * would judge is not judged.
 */
export async function readWithoutCode(host: Host, files: readonly string[]): Promise<CheckedConfig> {
  const config = await loadConfig(files, host.workingDirectory);
  await warnOfConfigModes(host, config);
  const named = config.gateways.filter((entry) => "adapter" in adapterOf(entry.adapter, adapters));
  const bindings = config.bindings.filter(({ gateway }) => named.some(({ name }) => name === gateway));
  return checkConfig({ ...config, gateways: named, bindings }, adapters);
}
