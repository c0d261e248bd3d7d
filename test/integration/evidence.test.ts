import { adapters } from "../../adapters/index.ts";
import { type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import type { FieldComparison, PlanRow } from "../../src/sync/index.ts";
import type { RecordedRequest, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  gatefold,
  gatewaysOf,
  jsonOf,
  seed,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

interface Kind {
  readonly adapter: string;
  readonly server: "respan" | "barndoor" | "ngrok";
  readonly id: ProviderId;
  /** Settings of the gateway's entry, and what the vendor does accordingly. */
  readonly settings?: object;
  readonly switches?: SandboxOptions["switches"];
  /** Whether the gateway shows a redacted form of the key. */
  readonly hint: boolean;
  readonly storedKey: string;
}

const ngrok: Kind = { adapter: "ngrok", server: "ngrok", id: "aigpk_openai", hint: true, storedKey: "value" };
const barndoor: Kind = { adapter: "barndoor", server: "barndoor", id: BARNDOOR_ID, hint: false, storedKey: "api_key" };
const connection: Kind = { ...barndoor, adapter: "barndoor-connection", id: CONNECTION_ID, hint: true };
const respan: Kind = { adapter: "respan", server: "respan", id: 101, hint: false, storedKey: "api_key" };
const respanByName: Kind = {
  ...respan,
  id: "openai",
  settings: { identifier: "provider_id" },
  switches: { respan: { identifier: "provider_id" } },
};

const KEY = "sk-the-desired-key-0001";
const OTHER_KEY = "sk-another-desired-key-0002";
const STRANGERS_KEY = "sk-the-key-of-a-stranger-0003";
const FINGERPRINT_KEY = "a-random-text-that-nobody-guesses";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";

/** A clock that goes on with every look, so that no two writes have the same time. */
function tickingClock() {
  let time = Date.UTC(2026, 10, 22, 8);
  return () => {
    time += 1000;
    return time;
  };
}

/** One gateway of a kind, its config, and somebody else who has access to it. */
async function start(kind: Kind, switches: SandboxOptions["switches"] = {}) {
  const now = tickingClock();
  const sandbox = await open({ seed, switches: { ...kind.switches, ...switches }, now });
  const { environment } = gatewaysOf(sandbox);
  const everything = { ...environment, KEY, FINGERPRINT_KEY };
  const adapter = adapters.find(({ name }) => name === kind.adapter);
  const baseUrl = sandbox.urls[kind.server];
  const entry = { baseUrl, rateLimit: false, retry: { attempts: 0 }, ...kind.settings };
  const stranger = adapter?.open({ ...entry, token: secret(sandbox.tokens[kind.server]) });
  const write = (fields: string, { name = "one", url = baseUrl, top = "fingerprintKey: env:FINGERPRINT_KEY" } = {}) => {
    const token = `env:${kind.server.toUpperCase()}_TOKEN`;
    const gateway = JSON.stringify({ adapter: kind.adapter, token, ...entry, baseUrl: url });
    const binding = `{ id: ${JSON.stringify(kind.id)}, ${fields} }`;
    const gateways = `gateways: { ${name}: ${gateway} }`;
    const providers = `providers: { p: { gateways: { ${name}: ${binding} } } }`;
    directory.write("gatefold.yaml", ["version: 1", top, gateways, providers, ""].join("\n"));
  };
  const run = async (line: string, changes: Readonly<Record<string, string>> = {}) => {
    const before = sandbox.requests.length;
    const ran = await gatefold([...line.split(" "), "--json"], {
      directory: directory.path,
      environment: { ...everything, ...changes },
      runtime: { now },
    });
    return { ...ran, writes: sandbox.requests.slice(before).filter(isWrite) };
  };
  return {
    sandbox,
    write,
    run,
    /** What a plan says, and its exit code. */
    async plan(line = "plan", changes: Readonly<Record<string, string>> = {}) {
      const { exit, stdout, writes } = await run(line, changes);
      expect(writes).toEqual([]);
      return { exit, ...onlyRow(jsonOf(stdout)) };
    },
    async apply(line = "apply", changes: Readonly<Record<string, string>> = {}) {
      const ran = await run(line, changes);
      expect(ran).toMatchObject({ exit: 0 });
      return ran;
    },
    async byStranger(update: ProviderUpdate) {
      await stranger?.update(stranger.parseId(kind.id), update);
    },
    storedKey: () => sandbox.stored(kind.server, kind.id)?.[kind.storedKey],
  };
}

const isWrite = ({ method }: RecordedRequest) => method !== "GET";

function onlyRow({ rows }: Record<string, unknown>): Pick<PlanRow, "status" | "fields" | "writes"> {
  if (!Array.isArray(rows) || rows.length !== 1) throw new Error("expected a plan with one row");
  return rows[0];
}

/** Verdict and evidence of a field. */
function verdictOf({ fields }: { fields: readonly FieldComparison[] }, field = "credential") {
  const found = fields.find((each) => each.field === field);
  return found === undefined ? undefined : [found.verdict, ...found.evidence];
}

const key = (apiKey: string): ProviderUpdate => ({ credential: { scheme: "api_key", apiKey: secret(apiKey) } });

describe.each([
  ["ngrok", ngrok],
  ["barndoor", barndoor],
  ["barndoor-connection", connection],
  ["respan by its number", respan],
  ["respan by its name", respanByName],
])("the key at %s", (_title, kind) => {
  const inSync = ["in-sync", "fingerprint", kind.hint ? "hint" : "updatedAt"];
  const movedOutside = kind.hint ? ["drift", "hint"] : ["suspected", "updatedAt"];

  /** With the key written by an apply. */
  async function written(fields = CREDENTIAL, options: Parameters<Awaited<ReturnType<typeof start>>["write"]>[1] = {}) {
    const world = await start(kind);
    world.write(fields, options);
    await world.apply("apply --write-unverified");
    expect(world.storedKey()).toBe(KEY);
    return world;
  }

  it("is unverifiable at first sight, and not written unless that is asked for", async () => {
    const world = await start(kind);
    world.write(CREDENTIAL);
    const plan = await world.plan();
    expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([0, ["unverifiable"], []]);
    expect((await world.apply()).writes).toEqual([]);
    const asked = await world.plan("plan --write-unverified");
    expect([asked.exit, verdictOf(asked), asked.writes]).toEqual([2, ["unverifiable"], ["credential"]]);
  });

  it("is in sync after it was written", async () => {
    const world = await written();
    for (const line of ["plan", "plan --strict --write-unverified", "drift"]) {
      const plan = await world.plan(line);
      expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([0, inSync, []]);
    }
  });

  it("has changed when another one is desired, and is written then", async () => {
    const world = await written();
    const plan = await world.plan("plan", { KEY: OTHER_KEY });
    expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([2, ["changed", "fingerprint"], ["credential"]]);
    await world.apply("apply", { KEY: OTHER_KEY });
    expect(world.storedKey()).toBe(OTHER_KEY);
    expect(verdictOf(await world.plan("plan", { KEY: OTHER_KEY }))).toEqual(inSync);
  });

  it("is seen to have been rotated by somebody else, as far as the gateway shows it", async () => {
    const world = await written();
    await world.byStranger(key(STRANGERS_KEY));
    const plan = await world.plan();
    expect([plan.exit, verdictOf(plan)]).toEqual([kind.hint ? 2 : 0, movedOutside]);
    expect((await world.plan("drift")).exit).toBe(kind.hint ? 2 : 0);
    const strict = await world.plan("plan --strict");
    expect([strict.exit, verdictOf(strict), strict.writes]).toEqual([2, movedOutside, ["credential"]]);
    await world.apply();
    expect(world.storedKey()).toBe(kind.hint ? KEY : STRANGERS_KEY);
    await world.apply("apply --strict");
    expect(world.storedKey()).toBe(KEY);
    expect(verdictOf(await world.plan())).toEqual(inSync);
  });

  it("is only suspected where nothing but the time tells, when somebody else changes another field", async () => {
    const world = await written();
    await world.byStranger({ name: "By a stranger" });
    const plan = await world.plan();
    expect([plan.exit, verdictOf(plan)]).toEqual([0, kind.hint ? inSync : movedOutside]);
  });

  it("stays in sync when we write another field ourselves", async () => {
    const world = await written(`name: First, ${CREDENTIAL}`);
    world.write(`name: Second, ${CREDENTIAL}`);
    const { writes } = await world.apply();
    expect(writes).toHaveLength(1);
    const plan = await world.plan("plan --strict");
    expect([plan.exit, verdictOf(plan)]).toEqual([0, inSync]);
  });

  it("stays as it was seen when we write another field over somebody else's change", async () => {
    const world = await written(`name: First, ${CREDENTIAL}`);
    await world.byStranger(key(STRANGERS_KEY));
    world.write(`name: Second, ${CREDENTIAL}`);
    await world.apply();
    // Drift is written with it; what is only suspected is not, and not forgotten either.
    expect(world.storedKey()).toBe(kind.hint ? KEY : STRANGERS_KEY);
    expect(verdictOf(await world.plan())).toEqual(kind.hint ? inSync : movedOutside);
  });

  it("is never in sync without a key for the fingerprints", async () => {
    const world = await written(CREDENTIAL, { top: "" });
    const plan = await world.plan("plan", { KEY: OTHER_KEY });
    expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([0, ["unverifiable"], []]);
    await world.byStranger(key(STRANGERS_KEY));
    expect(verdictOf(await world.plan())).toEqual(movedOutside);
  });

  it("is unverifiable, not changed, under another key for the fingerprints", async () => {
    const world = await written();
    const plan = await world.plan("plan", { FINGERPRINT_KEY: "another-text-that-nobody-guesses" });
    expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([0, ["unverifiable"], []]);
  });

  it("is at first sight again under another name of the gateway, and at another address", async () => {
    const world = await written();
    world.write(CREDENTIAL, { name: "renamed" });
    expect(verdictOf(await world.plan())).toEqual(["unverifiable"]);
    const moved = await open({ seed, switches: kind.switches ?? {} });
    world.write(CREDENTIAL, { url: moved.urls[kind.server] });
    expect(verdictOf(await world.plan())).toEqual(["unverifiable"]);
    expect(moved.requests).toHaveLength(1);
    world.write(CREDENTIAL);
    expect(verdictOf(await world.plan())).toEqual(inSync);
  });

  it("is the same one under another reference with the same value", async () => {
    const world = await written();
    world.write("credential: { scheme: api_key, apiKey: env:RENAMED }");
    expect(verdictOf(await world.plan("plan", { RENAMED: KEY }))).toEqual(inSync);
    expect(verdictOf(await world.plan("plan", { RENAMED: OTHER_KEY }))).toEqual(["changed", "fingerprint"]);
  });

  it.each(["fingerprintKey: env:FINGERPRINT_KEY", ""])(
    "is written once where the config asks for what was never written, under '%s'",
    async (top) => {
      const world = await start(kind);
      world.write(`writeUnverified: true, ${CREDENTIAL}`, { top });
      const plan = await world.plan();
      expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([2, ["unverifiable"], ["credential"]]);
      expect((await world.apply()).writes).toHaveLength(1);
      expect((await world.apply()).writes).toEqual([]);
      await world.byStranger({ name: "By a stranger" });
      expect((await world.apply()).writes).toEqual([]);
    },
  );
});

describe("a key at a gateway that shows no time", () => {
  it("is unverifiable, and nothing better, after it was written", async () => {
    const world = await start(barndoor, { barndoor: { replyFields: "sample" } });
    world.write(`writeUnverified: true, ${CREDENTIAL}`);
    await world.apply();
    const plan = await world.plan("plan --strict");
    expect([plan.exit, verdictOf(plan), plan.writes]).toEqual([0, ["unverifiable", "fingerprint"], []]);
    expect(verdictOf(await world.plan("plan", { KEY: OTHER_KEY }))).toEqual(["changed", "fingerprint"]);
  });
});

describe("a value that the gateway takes and does not show", () => {
  const extra = (timeout: number) => `baseUrl: https://a.test/v1, requestTimeout: ${timeout}`;
  const inSync = ["in-sync", "fingerprint", "updatedAt"];

  it.each(["fingerprintKey: env:FINGERPRINT_KEY", ""])(
    "is in sync after it was written, under '%s', until another one is desired or somebody else writes",
    async (top) => {
      const world = await start(respan);
      world.write(extra(90), { top });
      const first = await world.plan();
      expect([first.exit, first.status, first.writes]).toEqual([0, "unreadable", []]);
      await world.apply("apply --write-unverified");
      expect(world.sandbox.stored("respan", 101)?.extra_kwargs).toEqual({ base_url: "https://a.test/v1", timeout: 90 });
      const second = await world.plan("plan --strict --write-unverified");
      expect([second.exit, verdictOf(second, "baseUrl"), verdictOf(second, "requestTimeout")]).toEqual([
        0,
        inSync,
        inSync,
      ]);
      world.write(extra(60), { top });
      const changed = await world.plan();
      expect([changed.exit, verdictOf(changed, "requestTimeout"), changed.writes]).toEqual([
        2,
        ["changed", "fingerprint"],
        ["baseUrl", "requestTimeout"],
      ]);
      await world.apply();
      expect((await world.apply()).writes).toEqual([]);
      await world.byStranger({ name: "By a stranger" });
      expect(verdictOf(await world.plan(), "baseUrl")).toEqual(["suspected", "updatedAt"]);
    },
  );
});

describe("a value that the gateway takes and shows otherwise", () => {
  const note = (text: string) => `native: { billing_note: "${text}" }`;

  it("is noted when it is written, and is planned again only when what is desired or what is shown changes", async () => {
    const world = await start(barndoor);
    await world.byStranger({ native: { billing_note: "by a stranger" } });
    world.write(note("  by sync  "));
    expect((await world.plan()).writes).toEqual(["native"]);
    const { stdout } = await world.apply();
    expect(jsonOf(stdout)).toMatchObject({ rows: [{ status: "done", notes: [{}, { code: "not-echoed" }] }] });
    const second = await world.plan("plan --strict");
    expect([second.exit, verdictOf(second, "native"), second.writes]).toEqual([0, ["unreadable", "fingerprint"], []]);
    expect((await world.apply()).writes).toEqual([]);

    world.write(note("  by somebody  "));
    expect(verdictOf(await world.plan(), "native")).toEqual(["changed", "read"]);
    world.write(note("  by sync  "));
    await world.byStranger({ native: { billing_note: "by another stranger" } });
    const shownOtherwise = await world.plan();
    expect([shownOtherwise.exit, verdictOf(shownOtherwise, "native"), shownOtherwise.writes]).toEqual([
      2,
      ["changed", "read"],
      ["native"],
    ]);
  });

  it.each(["connection", "own"] as const)(
    "leaves no second write behind an attachment, whose base URL is its %s",
    async (attachedBaseUrl) => {
      const world = await start(barndoor, { barndoor: { attachedBaseUrl } });
      await world.byStranger({ baseUrl: "https://own.test/v1" });
      world.write(`connectionId: ${CONNECTION_ID}, baseUrl: https://own.test/v1`);
      await world.apply();
      const second = await world.plan();
      expect([second.exit, second.status, second.writes]).toEqual([0, "in-sync", []]);
      expect(world.sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({ base_url: "https://own.test/v1" });
    },
  );
});
