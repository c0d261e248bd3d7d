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
import { type Report, textsOf } from "../output.ts";
import { errorPlaces } from "../render/places.ts";
import { renderAdopt } from "../render.ts";
import { openSession, progressOf, type Session, type SessionOptions } from "../session.ts";

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
    const result = await adoptThings(
      { ...input, ...progressOf(host), ...(reason === undefined ? {} : { reason }) },
      { signal },
    );
    const places = errorPlaces(checked);
    const texts = textsOf(host, (style, view) => renderAdopt(result, style, { ...view, places }));
    return { data: result, ...texts, exit: adoptExit(result) };
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
  const problem = checked.config.sources.problem(["fingerprintKey"], "is missing");
  const why = "without it nothing of a key can be kept";
  const advice = "add fingerprintKey: env:GATEFOLD_FINGERPRINT_KEY, and set that to a random text";
  throw new ConfigError("invalid", [{ ...problem, why, advice }]);
}
