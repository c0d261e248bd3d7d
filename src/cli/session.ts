import { resolve } from "node:path";
import {
  type CheckedBinding,
  type CheckedConfig,
  type Connections,
  connect,
  type Fingerprints,
  type InScope,
  JournalState,
  openFingerprints,
  partInScope,
  readJournal,
  removableObjects,
  requireTrust,
  type Scope,
  type UnmadeBinding,
} from "../sync/index.ts";
import { isTrusted } from "./adapters.ts";
import type { Host } from "./host.ts";
import { warnOfSecretModes } from "./modes.ts";
import { type ConfigOptions, readConfig } from "./read-config.ts";

/** The flags of every command that works on gateways. */
export interface SessionOptions extends ConfigOptions {
  readonly gateway?: readonly string[];
  readonly provider?: readonly string[];
  readonly tag?: readonly string[];
  /** The journal, in place of the config's. */
  readonly journal?: string;
}

/** A checked config with its gateways in scope opened. */
export interface Session {
  readonly checked: CheckedConfig;
  readonly scope: Required<Scope>;
  /** Those in scope. */
  readonly bindings: readonly CheckedBinding[];
  /** Those in scope without an id in the config. */
  readonly unmade: readonly UnmadeBinding[];
  /** What is removed, where that was asked for. */
  readonly removals: readonly CheckedBinding[];
  readonly connections: Connections;
  readonly fingerprints: Fingerprints;
  /** An absolute path. */
  readonly journalFile: string;
}

/** Reads a config and opens the gateways in scope. Only their tokens are resolved, and only after the trust check. */
export async function openSession(
  host: Host,
  options: SessionOptions & { readonly prune?: boolean },
): Promise<Session> {
  return openChecked(host, await readConfig(host, options), options);
}

/** The same for a config that is read already. */
export async function openChecked(
  host: Host,
  checked: CheckedConfig,
  options: SessionOptions & { readonly prune?: boolean },
): Promise<Session> {
  const scope = { gateways: options.gateway ?? [], providers: options.provider ?? [], tags: options.tag ?? [] };
  const removable = options.prune === true ? await removableOf(host, checked, options) : [];
  return openBindings(host, checked, { scope, ...partInScope(checked, scope, removable) }, options);
}

/** What may be removed, as the journal says before any gateway is opened: their tokens are needed, too. */
async function removableOf(
  host: Host,
  checked: CheckedConfig,
  options: SessionOptions,
): Promise<readonly CheckedBinding[]> {
  requireTrust(checked, [], isTrusted(host, options), { usesJournal: options.journal === undefined });
  const events = await readJournal(resolve(host.workingDirectory, options.journal ?? checked.config.journal));
  return events === undefined ? [] : removableObjects(checked, new JournalState(events));
}

/** The same for these bindings and no other. */
export async function openBindings(
  host: Host,
  checked: CheckedConfig,
  { scope, bindings, unmade = [], removals = [] }: Pick<Session, "scope" | "bindings"> & Partial<InScope>,
  options: SessionOptions,
): Promise<Session> {
  const all = [...bindings, ...unmade, ...removals];
  // A journal that the command line names is the user's own choice.
  requireTrust(checked, all, isTrusted(host, options), { usesJournal: options.journal === undefined });
  const journalFile = resolve(host.workingDirectory, options.journal ?? checked.config.journal);
  await warnOfSecretModes(host, checked, all, journalFile);
  const fingerprints = await openFingerprints(checked, host.environment);
  const { hooksFor } = host;
  const connections = await connect(checked, all, host.environment, { proxy: "environment" }, { hooksFor });
  return { checked, scope, bindings, unmade, removals, connections, fingerprints, journalFile };
}

/** What a run that reports its progress is given. */
export const progressOf = ({ onProgress }: Host) => (onProgress === undefined ? {} : { onProgress });
