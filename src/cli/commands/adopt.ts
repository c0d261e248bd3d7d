import {
  adoptExit,
  adopt as adoptThings,
  ConfigError,
  type Journal,
  JournalState,
  openJournal,
  readersOf,
  resolveSecrets,
  secretsToCompare,
  withKnownObjects,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { renderAdopt } from "../render.ts";
import { openSession, type Session, type SessionOptions } from "../session.ts";
import { plainStyle, styleFor } from "../style.ts";

/** Options of `adopt`. */
export interface AdoptOptions extends SessionOptions {
  /** That the gateways hold the keys. */
  readonly key?: boolean;
  /** That the objects are managed by the config; so is meant where nothing is given. */
  readonly object?: boolean;
  /** Why it is done, for the journal. */
  readonly reason?: string;
}

/** Records, without writing, that the gateways hold the config's keys already, or that their objects are the config's. */
export async function adopt(host: Host, options: AdoptOptions): Promise<Report> {
  const keys = options.key === true;
  const what = { keys, objects: options.object === true || !keys };
  const session = await openSession(host, options);
  const { checked, bindings, unmade, connections, fingerprints, journalFile } = session;
  if (keys) requireFingerprintKey(session);
  const secretOf = await resolveSecrets(
    checked,
    keys ? secretsToCompare([...bindings, ...unmade], true) : [],
    host.environment,
  );
  const journal = await openJournal(journalFile, host.runtime, { command: "adopt" });
  try {
    const { reason } = options;
    const readers = readersOf(connections);
    const { runtime, signal } = host;
    const input = { ...partOf(session, journal), readers, journal, fingerprints, secretOf, runtime, what };
    const result = await adoptThings({ ...input, ...(reason === undefined ? {} : { reason }) }, { signal });
    const text = renderAdopt(result, plainStyle);
    return { data: result, text, coloured: renderAdopt(result, styleFor(host)), exit: adoptExit(result) };
  } finally {
    await journal.close();
  }
}

function partOf({ checked, bindings, unmade }: Session, { events }: Journal) {
  const resolved = withKnownObjects(unmade, checked, new JournalState(events));
  return { bindings: [...bindings, ...resolved.known], unmade: resolved.unmade };
}

function requireFingerprintKey({ fingerprints, checked }: Session): void {
  if (fingerprints.keyId !== undefined) return;
  const message =
    "is missing: without it nothing of a key can be kept. Add fingerprintKey: env:GATEFOLD_FINGERPRINT_KEY, a random text";
  throw new ConfigError("invalid", [checked.config.sources.problem(["fingerprintKey"], message)]);
}
