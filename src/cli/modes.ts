import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type BoundBinding,
  type CheckedConfig,
  type Config,
  type GuardedUse,
  modeProblem,
  type SecretReference,
  secretsOf,
} from "../sync/index.ts";
import type { Host } from "./host.ts";
import { printNote } from "./output.ts";
import { printable } from "./render/shown.ts";

/** A file whose mode matters. */
interface GuardedFile {
  readonly use: GuardedUse;
  /** As it is shown. */
  readonly name: string;
  readonly path: string;
}

// A command that reads its config again and again says it once.
const warned = new WeakMap<Host, Set<string>>();

/** Warns of files of the config that others may write: who does could have the keys sent elsewhere. */
export async function warnOfConfigModes(host: Host, { sources, gateways, bindings }: Config): Promise<void> {
  const paths = [
    [],
    ["journal"],
    ["fingerprintKey"],
    ["limits"],
    ...[...gateways, ...bindings].map(({ path }) => path),
  ];
  const names = new Set(paths.map((path) => sources.place(path).file));
  await warn(
    host,
    [...names].map((name) => ({ use: "config", name, path: resolve(host.workingDirectory, name) })),
  );
}

/** Warns of a journal that others may read or write. */
export async function warnOfJournalMode(host: Host, journal: string): Promise<void> {
  await warn(host, [{ use: "journal", name: journal, path: journal }]);
}

/** Warns of a journal, and of files of secrets that these bindings need, that others may read. */
export async function warnOfSecretModes(
  host: Host,
  { config }: CheckedConfig,
  bindings: readonly BoundBinding[],
  journal: string,
): Promise<void> {
  const references = [
    ...(config.fingerprintKey === undefined ? [] : [config.fingerprintKey]),
    ...bindings.flatMap((binding) => [
      ...binding.entry.secrets.map(({ reference }) => reference),
      ...secretsOf(binding).uses.map(({ reference }) => reference),
    ]),
  ];
  await warn(host, [
    { use: "journal", name: journal, path: journal },
    ...references.flatMap((reference) => secretFile(reference, config.sources.directoryOf([]))),
  ]);
}

function secretFile({ kind, target, directory }: SecretReference, folder: string): GuardedFile[] {
  return kind === "file" ? [{ use: "secret", name: target, path: resolve(directory ?? folder, target) }] : [];
}

async function warn(host: Host, files: readonly GuardedFile[]): Promise<void> {
  if (host.ignoresModes === true) return;
  const told = warned.get(host) ?? new Set();
  warned.set(host, told);
  for (const { use, name, path } of files) {
    const key = `${use} ${path}`;
    if (told.has(key)) continue;
    told.add(key);
    // What is not there is told by whoever needs it.
    const mode = await stat(path).then(
      (found) => (found.isFile() ? found.mode : 0),
      () => 0,
    );
    const problem = modeProblem(use, name, mode);
    if (problem !== undefined) printNote(host, `warning: ${printable(problem)}`);
  }
}
