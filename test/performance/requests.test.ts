import { connect, JournalState, type Planned } from "../../src/sync/index.ts";
import type { Sandbox } from "../../src/testing/index.ts";
import { type FleetGateway, fleetConfig, fleetSeed } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { checked, planned, useSandbox } from "../support/sync.ts";

allowLoopback();

const OBJECTS = 250;
const start = useSandbox();

/** Plans a fleet of one gateway that is as described, and tells what was sent for it. */
async function requestsOf(sandbox: Sandbox, gateway: FleetGateway, journal: JournalState, more = "") {
  const { yaml, environment } = fleetConfig(sandbox, OBJECTS, { gateways: [gateway], fields: "name: Old" });
  const config = checked(yaml + more);
  const connections = await connect(config, config.gateways, environment, {});
  const before = sandbox.requests.length;
  const { plan, observed } = await planned(config, connections, {}, { journal, unmade: config.unmade });
  const statuses = new Set(plan.rows.map(({ status }) => status));
  const sent = sandbox.requests.slice(before).map(({ method, path }) => `${method} ${path}`);

  return { sent, observed, statuses: [...statuses] };
}

const nothing = () => new JournalState([]);
const having = (observed: Planned["observed"]) =>
  new JournalState(
    observed.map((happening, index) => ({ ...happening, seq: index + 1, at: "2026-11-22T10:00:00.000Z", run: "r" })),
  );

describe("a plan of 250 objects that are as described", () => {
  it("reads them in one request where a list is one", async () => {
    const sandbox = await start({ seed: fleetSeed(OBJECTS) });
    const { sent, statuses } = await requestsOf(sandbox, "barndoor", nothing());
    expect([sent, statuses]).toEqual([["GET /api/llm-gateway/admin/providers"], ["in-sync"]]);
  });

  it("reads each page once", async () => {
    const sandbox = await start({ seed: fleetSeed(OBJECTS) });
    const { sent, statuses } = await requestsOf(sandbox, "ngrok", nothing());
    expect(sent).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^GET \/provider-keys\?/)));
    expect([new Set(sent).size, statuses]).toEqual([3, ["in-sync"]]);
  });

  it("reads each by itself where a list tells no ids, and lists once a journal knows which entry is which", async () => {
    const sandbox = await start({ seed: fleetSeed(OBJECTS) });
    const first = await requestsOf(sandbox, "respan", nothing());
    expect([new Set(first.sent).size, first.sent.length, first.observed.length]).toEqual([OBJECTS, OBJECTS, OBJECTS]);
    const later = await requestsOf(sandbox, "respan", having(first.observed));
    expect([later.sent, later.statuses]).toEqual([["GET /api/providers/"], ["in-sync"]]);
  });

  it("looks in the same pages for what is to be made", async () => {
    const sandbox = await start({ seed: fleetSeed(OBJECTS) });
    const made =
      "  new: { name: New, credential: { scheme: api_key, apiKey: env:K }, gateways: { ngrok-prod: { create: true, upstream: openai } } }\n";
    const { sent, statuses } = await requestsOf(sandbox, "ngrok", nothing(), made);
    expect(sent).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^GET \/provider-keys\?/)));
    expect([new Set(sent).size, statuses]).toEqual([3, ["in-sync", "create"]]);
  });
});
