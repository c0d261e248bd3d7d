import { adapters } from "../../adapters/index.ts";
import { type Field, type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import type { ApplyResult, PlanRow } from "../../src/sync/index.ts";
import type { Fault, SandboxOptions } from "../../src/testing/index.ts";
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

const KEY = "sk-the-desired-key-0001";
const STRANGERS_KEY = "sk-the-key-of-a-stranger-0003";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";

interface Kind {
  readonly adapter: string;
  readonly server: "respan" | "barndoor" | "ngrok";
  readonly id: ProviderId;
  readonly storedKey: string;
  /** The method of the first request that writes. */
  readonly method: string;
}

const ngrok: Kind = { adapter: "ngrok", server: "ngrok", id: "aigpk_openai", storedKey: "value", method: "POST" };
const respan: Kind = { adapter: "respan", server: "respan", id: 101, storedKey: "api_key", method: "PATCH" };
const barndoor: Kind = { ...respan, adapter: "barndoor", server: "barndoor", id: BARNDOOR_ID };
const connection: Kind = { ...barndoor, adapter: "barndoor-connection", id: CONNECTION_ID, method: "PUT" };

/** One object with these fields, on one clock with its gateway: waiting moves it on. */
async function start(kind: Kind, fields: string, switches: SandboxOptions["switches"] = {}) {
  let time = Date.UTC(2026, 10, 22, 8);
  const now = () => {
    time += 10;
    return time;
  };
  const sandbox = await open({ seed, switches, now });
  const { environment } = gatewaysOf(sandbox);
  const entry = { baseUrl: sandbox.urls[kind.server], rateLimit: false, retry: { attempts: 0 } };
  const adapter = adapters.find(({ name }) => name === kind.adapter);
  const stranger = adapter?.open({ ...entry, token: secret(sandbox.tokens[kind.server]) });
  const write = (own: string) => {
    const gateway = JSON.stringify({
      adapter: kind.adapter,
      token: `env:${kind.server.toUpperCase()}_TOKEN`,
      ...entry,
    });
    const text = `version: 1
fingerprintKey: env:FINGERPRINT_KEY
gateways: { one: ${gateway} }
providers: { p: { gateways: { one: { id: ${JSON.stringify(kind.id)}, ${own} } } } }
`;
    directory.write("gatefold.yaml", text);
  };
  write(fields);
  const run = async (line: string) => {
    const before = sandbox.requests.length;
    const ran = await gatefold([...line.split(" "), "--json"], {
      directory: directory.path,
      environment: { ...environment, KEY, FINGERPRINT_KEY: "a-random-text-that-nobody-guesses" },
      runtime: {
        now,
        sleep: async (milliseconds) => {
          time += milliseconds;
          return true;
        },
      },
    });
    const sent = sandbox.requests.slice(before).filter(({ method }) => method !== "GET");
    return { exit: ran.exit, document: jsonOf(ran.stdout), stderr: ran.stderr, sent: sent.map(({ method }) => method) };
  };
  return {
    sandbox,
    write,
    strike: (fault: Fault) => sandbox.inject(kind.server, { method: kind.method, ...fault }),
    wait(milliseconds: number) {
      time += milliseconds;
    },
    async apply(line = "apply") {
      const { exit, document, sent, stderr } = await run(line);
      const { settled, rows } = asResult(document);
      const said = settled.map(({ happening: { applied, undecided } }) => ({ applied, undecided }));
      return { exit, settled: said, statuses: rows.map(({ status }) => status), sent, stderr };
    },
    async plan(line = "plan") {
      const { exit, document } = await run(line);
      const row = rowOf(document);
      const verdicts = row.fields.map(({ field, verdict, evidence }) => [field, verdict, ...evidence].join(" "));
      return { exit, verdicts, writes: row.writes, reason: row.reason };
    },
    async byStranger(update: ProviderUpdate) {
      await stranger?.update(stranger.parseId(kind.id), update);
    },
    storedKey: () => sandbox.stored(kind.server, kind.id)?.[kind.storedKey],
  };
}

function asResult(document: Record<string, unknown>): Pick<ApplyResult, "settled" | "rows"> {
  const { settled, rows } = document;
  if (!Array.isArray(settled) || !Array.isArray(rows)) throw new Error("expected the result of an apply");
  return { settled, rows };
}

function rowOf({ rows }: Record<string, unknown>): PlanRow {
  if (!Array.isArray(rows) || rows.length !== 1) throw new Error("expected a plan with one row");
  return rows[0];
}

const key = (apiKey: string): ProviderUpdate => ({ credential: { scheme: "api_key", apiKey: secret(apiKey) } });
const settledAs = (applied: readonly Field[], undecided: readonly Field[] = []) => [{ applied, undecided }];
const lost: Fault = { kind: "lost-reply" };
const never: Fault = { kind: "reset" };
const inSync = (kind: Kind) =>
  `credential in-sync fingerprint ${kind === ngrok || kind === connection ? "hint" : "updatedAt"}`;

const all = [
  ["ngrok", ngrok],
  ["barndoor", barndoor],
  ["barndoor-connection", connection],
  ["respan", respan],
] as const;

describe.each(all)("a write of a name and a key to %s without an answer", (_title, kind) => {
  const fields = `name: New, ${CREDENTIAL}`;

  it("is unknown, and holds back what else is to be written until it is surely over", async () => {
    const world = await start(kind, fields);
    world.strike(lost);
    const first = await world.apply("apply --write-unverified");
    expect(first).toMatchObject({ exit: 1, settled: [], statuses: ["unknown"], sent: [kind.method] });
    const { reason } = await world.plan();
    expect(reason).toMatch(/outcome of an earlier write is not known; the next apply settles it/);
    expect((await world.apply()).stderr).toMatch(/waits for requests of an earlier run until \S+ \(30 s\)/);
  });

  it("took effect: the next apply sees it, and writes nothing", async () => {
    const world = await start(kind, fields);
    world.strike(lost);
    await world.apply("apply --write-unverified");
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs(["name", "credential"]), statuses: [], sent: [] });
    expect(await world.plan("plan --strict")).toMatchObject({ exit: 0, verdicts: ["name in-sync read", inSync(kind)] });
  });

  it("took no effect: the next apply sees it, and knows no more of the key than before", async () => {
    const world = await start(kind, fields);
    world.strike(never);
    await world.apply("apply --write-unverified");
    const next = await world.apply("apply --write-unverified");
    expect(next).toMatchObject({ exit: 0, settled: settledAs([]), statuses: ["done"], sent: [kind.method] });
    expect(world.storedKey()).toBe(KEY);
    expect(await world.plan("plan --strict")).toMatchObject({ exit: 0, verdicts: ["name in-sync read", inSync(kind)] });
  });

  it("took no effect, and somebody else wrote a key since: that is not taken for ours", async () => {
    const world = await start(kind, fields);
    world.strike(never);
    await world.apply("apply --write-unverified");
    await world.byStranger({ name: "By a stranger", ...key(STRANGERS_KEY) });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs([], ["credential"]), statuses: ["done"] });
    expect(world.storedKey()).toBe(KEY);
  });

  it("took effect, and somebody else wrote a key since: the key is written again", async () => {
    const world = await start(kind, fields);
    world.strike(lost);
    await world.apply("apply --write-unverified");
    await world.byStranger({ name: "New", ...key(STRANGERS_KEY) });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs(["name"], ["credential"]), statuses: ["done"] });
    expect(world.storedKey()).toBe(KEY);
    expect(await world.plan("plan --strict")).toMatchObject({ exit: 0, writes: [] });
  });
});

describe("a write of a key alone without an answer", () => {
  it.each([respan, barndoor])(
    "is not believed of $adapter because somebody else wrote something later",
    async (kind) => {
      const world = await start(kind, CREDENTIAL);
      world.strike(never);
      await world.apply("apply --write-unverified");
      await world.byStranger({ name: "By a stranger" });
      const next = await world.apply();
      expect(next).toMatchObject({ exit: 0, settled: settledAs([], ["credential"]), statuses: ["done"] });
      expect(world.storedKey()).toBe(KEY);
    },
  );

  it("cannot be told where the gateway shows no time: it has changed for all that is known", async () => {
    const world = await start(barndoor, CREDENTIAL, { barndoor: { replyFields: "sample" } });
    world.strike(lost);
    await world.apply("apply --write-unverified");
    world.wait(30_000);
    expect(await world.plan()).toMatchObject({ exit: 2, verdicts: ["credential changed outcome unknown"] });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs([], ["credential"]), statuses: ["done"] });
    expect(await world.plan()).toMatchObject({ exit: 0, verdicts: ["credential unverifiable fingerprint"] });
  });

  it.each([ngrok, connection])("over drift at $adapter is not believed because the time moved", async (kind) => {
    const world = await start(kind, CREDENTIAL);
    await world.apply("apply --write-unverified");
    await world.byStranger({ name: "By a stranger", ...key(STRANGERS_KEY) });
    world.strike(never);
    await world.apply();
    await world.byStranger({ name: "By a stranger again" });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs([]), statuses: ["done"] });
    expect(world.storedKey()).toBe(KEY);
  });
});

describe("a write of a name without an answer", () => {
  async function lostName(kind: Kind) {
    const world = await start(kind, `name: First, ${CREDENTIAL}`);
    await world.apply("apply --write-unverified");
    world.write(`name: Second, ${CREDENTIAL}`);
    world.strike(lost);
    expect((await world.apply()).statuses).toEqual(["unknown"]);
    return world;
  }

  it.each([respan, barndoor])("leaves the key of $adapter in sync", async (kind) => {
    const world = await lostName(kind);
    expect(await world.apply()).toMatchObject({ settled: settledAs(["name"]), sent: [] });
    expect((await world.plan()).verdicts).toEqual(["name in-sync read", inSync(kind)]);
  });

  it.each([respan, barndoor])("does not hide that somebody else wrote to $adapter later", async (kind) => {
    const world = await lostName(kind);
    await world.byStranger(key(STRANGERS_KEY));
    expect(await world.apply()).toMatchObject({ settled: settledAs(["name"]), sent: [] });
    expect((await world.plan()).verdicts).toEqual(["name in-sync read", "credential suspected updatedAt"]);
  });
});

describe("a write that needs two requests", () => {
  const fields = `name: New, description: "New too", ${CREDENTIAL}`;

  it("and lost the second answer is settled as a whole", async () => {
    const world = await start(ngrok, fields);
    world.strike({ ...lost, method: "PATCH" });
    expect(await world.apply("apply --write-unverified")).toMatchObject({ exit: 4, sent: ["POST", "PATCH"] });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs(["name", "description", "credential"]), sent: [] });
    expect(await world.plan("plan --strict")).toMatchObject({ exit: 0, writes: [] });
  });

  it("and was refused the second is known to have written the first, and only the rest is written again", async () => {
    const world = await start(ngrok, fields);
    world.strike({ kind: "status", status: 422, method: "PATCH" });
    expect(await world.apply("apply --write-unverified")).toMatchObject({ exit: 4, sent: ["POST", "PATCH"] });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs(["name", "credential"]), sent: ["PATCH"] });
    expect(await world.plan("plan --strict")).toMatchObject({ exit: 0, writes: [] });
  });

  it("and was refused the second is not believed about the first when somebody else wrote a key since", async () => {
    const world = await start(ngrok, fields);
    world.strike({ kind: "status", status: 422, method: "PATCH" });
    await world.apply("apply --write-unverified");
    await world.byStranger({ name: "New", ...key(STRANGERS_KEY) });
    const next = await world.apply();
    expect(next).toMatchObject({ exit: 0, settled: settledAs(["name"], ["credential"]), sent: ["POST", "PATCH"] });
    expect(world.storedKey()).toBe(KEY);
  });
});
