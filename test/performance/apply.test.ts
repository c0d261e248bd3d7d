import { join } from "node:path";
import {
  applyPlan,
  JournalState,
  openFingerprints,
  openJournal,
  resolveSecrets,
  secretsToWrite,
} from "../../src/sync/index.ts";
import { type FleetGateway, type FleetOptions, fleetConfig, fleetSeed } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { opened, planned, testRuntime, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const OBJECTS = 12;
const KEY = "credential: { scheme: api_key, apiKey: env:FLEET_KEY }";
const ALL = "{ update: { percent: 100 }, key: { percent: 100 } }";
const TOP = `fingerprintKey: env:FLEET_FINGERPRINT_KEY
limits: { update: { percent: 100 }, key: { percent: 100 }, total: ${ALL} }`;

/** The requests of an apply beyond those of its plan and of the one after it, and the fields that the journal says go together. */
async function requestsOf(gateway: FleetGateway, fields: string) {
  const options: FleetOptions = { gateways: [gateway], fields: `writeUnverified: true, ${fields}`, top: TOP };
  const sandbox = await open({ seed: fleetSeed(OBJECTS) });
  const { yaml, environment } = fleetConfig(sandbox, OBJECTS, options);
  const { config, bindings, connections } = await opened(yaml, environment);
  const fingerprints = await openFingerprints(config, environment);
  const together = new Set<string>();
  const apply = async () => {
    const runtime = testRuntime();
    const journal = await openJournal(join(directory.path, "journal.jsonl"), runtime, { command: "apply" });
    const known = new JournalState(journal.events);
    const wanted = secretsToWrite(bindings, { writeUnverified: false, isFingerprinted: true, journal: known });
    const secretOf = await resolveSecrets(config, wanted, environment);
    const plan = await planned(config, connections, {}, { journal: known, fingerprints, secretOf });
    const before = sandbox.requests.length;
    await applyPlan({ planned: plan, bindings, connections, secretOf, fingerprints, journal, runtime });
    await journal.close();
    for (const event of journal.events) if (event.type === "intent") together.add(JSON.stringify(event.requests ?? []));
    const sent = sandbox.requests.slice(before);
    const reads = sent.filter(({ method }) => method === "GET").length;
    return { writes: sent.length - reads, reads };
  };
  return {
    first: await apply(),
    again: await apply(),
    together: [...together].map((text): unknown => JSON.parse(text)),
  };
}

it.each([
  ["respan", "name and key", `name: New, ${KEY}`, { writes: 1, reads: 0 }],
  ["barndoor", "name and key", `name: New, ${KEY}`, { writes: 1, reads: 0 }],
  ["ngrok", "name and key", `name: New, ${KEY}`, { writes: 1, reads: 0 }],
  [
    "ngrok",
    "name, key and description",
    `name: New, description: New, ${KEY}`,
    { writes: 2, reads: 0, together: [["credential", "name"], ["description"]] },
  ],
  ["ngrok", "key, whose name is read first", KEY, { writes: 1, reads: 1 }],
] as const)(
  "an apply to %s sends no request that the vendor does not need: %s",
  async (gateway, _what, fields, each) => {
    expect(await requestsOf(gateway, fields)).toEqual({
      first: { writes: OBJECTS * each.writes, reads: OBJECTS * each.reads },
      again: { writes: 0, reads: 0 },
      together: ["together" in each ? each.together : []],
    });
  },
);
