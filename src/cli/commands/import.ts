import { lstat, open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { AnyAdapter } from "../../contract/gateway.ts";
import {
  type CheckedBinding,
  type CheckedConfig,
  ConfigError,
  connect,
  EXIT,
  fileProblem,
  type GatewayEntry,
  type GatewayReader,
  gatewayOf,
  importGateway,
  readersOf,
  readJournal,
  requireTrust,
} from "../../sync/index.ts";
import { isTrusted } from "../adapters.ts";
import type { Host } from "../host.ts";
import { warnOfSecretModes } from "../modes.ts";
import type { Report } from "../output.ts";
import { readWithAdapters, type SessionOptions } from "../session.ts";

/** Options of `import`. */
export interface ImportOptions extends Pick<SessionOptions, "config" | "trustConfig" | "journal"> {
  /** The gateway's name in the config. */
  readonly gateway: string;
  /** A file that is not there yet; without it the config is printed. */
  readonly out?: string;
  /** Also what the config binds already. */
  readonly all?: boolean;
}

/** Writes a config from what a gateway holds. Reads only. */
export async function importConfig(host: Host, options: ImportOptions): Promise<Report> {
  const { gateway, out, all = false } = options;
  const file = out === undefined ? undefined : { name: out, path: resolve(host.workingDirectory, out) };
  if (file !== undefined) await refuseExisting(file);
  const opened = await openGateway(host, options);
  const { checked, reader } = opened;
  const journal = resolve(host.workingDirectory, options.journal ?? checked.config.journal);
  // Only where a list tells no ids does the journal know more than the list.
  const events = reader.capabilities.list === "ids" ? undefined : await readJournal(journal);
  const { text, entries, unknownIds } = await importGateway({ ...opened, events, all }, { signal: host.signal });
  if (file !== undefined) await writeNew(file, text);
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
  const connections = await connect(checked, targets, host.environment, { proxy: "environment" });
  const reader = readersOf(connections).get(entry.name);
  if (reader === undefined) throw new Error(`the gateway ${entry.name} was not opened`);
  return { checked, entry, adapter, reader };
}

/** A gateway in the form of a binding that has no fields: it is judged and opened like one, and refers to no key. */
function bareBinding({ config }: CheckedConfig, entry: GatewayEntry, adapter: AnyAdapter): CheckedBinding {
  const { name: gateway, path } = entry;
  const nothing = {
    provider: "",
    tags: [],
    id: null,
    providerId: "",
    writeUnverified: false,
    fields: {},
    fieldPaths: {},
  };
  return { ...nothing, gateway, path, directory: config.sources.directoryOf(path), entry, adapter };
}

interface NewFile {
  readonly name: string;
  readonly path: string;
}

async function refuseExisting({ name, path }: NewFile): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw alreadyThere(name);
}

/** Writes a file that is not there yet: whole, or not at all. */
async function writeNew({ name, path }: NewFile, text: string): Promise<void> {
  const failed = (error: unknown) => {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
    return code === "EEXIST" ? alreadyThere(name) : refusal(name, `cannot be written (${code})`);
  };
  const file = await open(path, "wx").catch((error: unknown) => {
    throw failed(error);
  });
  try {
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    await rm(path, { force: true });
    throw failed(error);
  }
}

const refusal = (name: string, message: string) => new ConfigError("invalid", [fileProblem(name, message)]);
const alreadyThere = (name: string) => refusal(name, "is there already, and nothing is overwritten: name another file");
