import { barndoor } from "gatefold/adapters/barndoor";
import { ngrok } from "gatefold/adapters/ngrok";
import { respan } from "gatefold/adapters/respan";
import * as sync from "gatefold/sync";

const environment = process.env;

try {
  const config = await sync.loadConfig([environment.GATEFOLD_CONFIG ?? "gatefold.yaml"], process.cwd());
  const written = sync.checkConfig(config, [barndoor, ngrok, respan]);
  sync.requireTrust(written, written.bindings, false);
  // What was written before is the evidence for keys, which no gateway shows.
  const events = await sync.readJournal(config.journal);
  const journal = events && new sync.JournalState(events);
  const checked = journal ? sync.withJournal(written, journal) : written;
  const { bindings, unmade } = checked;
  const fingerprints = await sync.openFingerprints(checked, environment);
  const wanted = sync.secretsToCompare([...bindings, ...unmade], fingerprints.keyId !== undefined);
  const secretOf = await sync.resolveSecrets(checked, wanted, environment);
  const connections = await sync.connect(checked, [...bindings, ...unmade], environment, { proxy: "environment" });
  const readers = sync.readersOf(connections);
  const { plan } = await sync.makePlan(
    { checked, bindings, unmade, readers, journal, fingerprints, secretOf },
    { signal: AbortSignal.timeout(600_000) },
  );
  const drift = sync.withoutProposal(plan);
  for (const { provider, gateway, status, fields, error } of drift.rows) {
    if (status === "in-sync") continue;
    const found = fields
      .filter(({ verdict }) => verdict !== "in-sync")
      .map(({ field, verdict }) => `${field}: ${verdict}`);
    console.error(provider, gateway, status, error?.message ?? found.join(", "));
  }
  // 0 is clean, 2 is drift; the others are as those of the command line.
  process.exitCode = sync.planExit(drift);
} catch (error) {
  if (!(error instanceof sync.ConfigError)) throw error;
  for (const problem of error.problems) console.error(sync.describeProblem(problem));
  process.exitCode = sync.configExit(error);
}
