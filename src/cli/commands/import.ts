import { resolve } from "node:path";
import type { AnyAdapter } from "../../contract/gateway.ts";
import {
  type CheckedConfig,
  connect,
  EXIT,
  type GatewayEntry,
  type GatewayReader,
  gatewayOf,
  importGateway,
  readersOf,
  readJournal,
  requireTrust,
} from "../../sync/index.ts";
import { isTrusted } from "../adapters.ts";
import { bareBinding } from "../bare-binding.ts";
import type { Host } from "../host.ts";
import { warnOfSecretModes } from "../modes.ts";
import { newFile, refuseExisting, writeNewConfig } from "../new-file.ts";
import type { Report } from "../output.ts";
import { readWithAdapters } from "../read-config.ts";
import type { SessionOptions } from "../session.ts";

/** Options of `import`. */
export interface ImportOptions extends Pick<SessionOptions, "config" | "trustConfig" | "journal"> {
  /** The gateway's name in the config. */
  readonly gateway: string;
  /** A file that is not there yet; without it the config is printed. */
  readonly out?: string;
  /** Also what the config binds already. */
  readonly all?: boolean;
}

const INSTEAD = "name another file";

/** Writes a config from what a gateway holds. Reads only. */
export async function importConfig(host: Host, options: ImportOptions): Promise<Report> {
  const { gateway, out, all = false } = options;
  const file = out === undefined ? undefined : newFile(host, out);
  if (file !== undefined) await refuseExisting(file, INSTEAD);
  const opened = await openGateway(host, options);
  const { checked, reader } = opened;
  const journal = resolve(host.workingDirectory, options.journal ?? checked.config.journal);
  // Only where a list tells no ids does the journal know more than the list.
  const events = reader.capabilities.list === "ids" ? undefined : await readJournal(journal);
  const { text, entries, unknownIds } = await importGateway({ ...opened, events, all }, { signal: host.signal });
  if (file !== undefined) await writeNewConfig(file, text, INSTEAD);
  const counts = { providers: entries.length, withoutId: unknownIds };
  const summary = `${file?.name} is written. Providers of ${gateway} in it: ${counts.providers}; without an id: ${counts.withoutId}.`;
  return { data: { gateway, config: text, ...counts }, text: file === undefined ? text : summary, exit: EXIT.done };
}

interface OpenedGateway {
  readonly checked: CheckedConfig;
  readonly entry: GatewayEntry;
  readonly adapter: AnyAdapter;
  readonly reader: GatewayReader;
}

/**
 * Opens one gateway of the config to read it, whether anything is bound to it or not.
 * @throws ConfigError when the config is wrong or has no such gateway, asks for trust, or lacks the token
 */
async function openGateway(host: Host, options: ImportOptions): Promise<OpenedGateway> {
  const { checked, adapters } = await readWithAdapters(host, options);
  const entry = gatewayOf(checked.config, options.gateway);
  const found = adapters.adapterOf(entry);
  // A checked config has them all.
  if ("problem" in found) throw new Error(`${entry.adapter}: ${found.problem}`);
  const { adapter } = found;
  const targets = [bareBinding(checked, entry, adapter)];
  requireTrust(checked, targets, isTrusted(host, options), { usesJournal: options.journal === undefined });
  await warnOfSecretModes(
    host,
    checked,
    targets,
    resolve(host.workingDirectory, options.journal ?? checked.config.journal),
  );
  const { hooksFor } = host;
  const connections = await connect(checked, targets, host.environment, { proxy: "environment" }, { hooksFor });
  const reader = readersOf(connections).get(entry.name);
  if (reader === undefined) throw new Error(`the gateway ${entry.name} was not opened`);
  return { checked, entry, adapter, reader };
}
