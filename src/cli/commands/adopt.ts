import {
  adoptExit,
  adoptSecrets,
  ConfigError,
  openJournal,
  readersOf,
  resolveSecrets,
  secretsToCompare,
} from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { renderAdopt } from "../render.ts";
import { openSession, type SessionOptions } from "../session.ts";
import { plainStyle, styleFor } from "../style.ts";

/** Options of `adopt`. */
export interface AdoptOptions extends SessionOptions {
  /** Why it is done, for the journal. */
  readonly reason?: string;
}

/** Records, without writing, that the gateways hold already the keys that the references give. */
export async function adopt(host: Host, options: AdoptOptions): Promise<Report> {
  const { checked, bindings, connections, fingerprints, journalFile } = await openSession(host, options);
  if (fingerprints.keyId === undefined) {
    const message =
      "is missing: without it nothing of a key can be kept. Add fingerprintKey: env:GATEFOLD_FINGERPRINT_KEY, a random text";
    throw new ConfigError("invalid", [checked.config.sources.problem(["fingerprintKey"], message)]);
  }
  const secretOf = await resolveSecrets(checked, secretsToCompare(bindings, true), host.environment);
  const journal = await openJournal(journalFile, host.runtime, { command: "adopt" });
  try {
    const { reason } = options;
    const readers = readersOf(connections);
    const { runtime, signal } = host;
    const input = { bindings, readers, journal, fingerprints, secretOf, runtime };
    const result = await adoptSecrets({ ...input, ...(reason === undefined ? {} : { reason }) }, { signal });
    const text = renderAdopt(result, plainStyle);
    return { data: result, text, coloured: renderAdopt(result, styleFor(host)), exit: adoptExit(result) };
  } finally {
    await journal.close();
  }
}
