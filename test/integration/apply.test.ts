import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { secret } from "../../src/index.ts";
import { applyPlan, type Journal, JournalError, openJournal } from "../../src/sync/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import {
  eventsOf,
  FLEET_FINGERPRINT_KEY,
  FLEET_KEY,
  type FleetOptions,
  fleetConfig,
  fleetId,
  fleetSeed,
  JOURNAL,
  journalLines,
  lockFiles,
  writesOf,
} from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  checked,
  gatefold,
  jsonOf,
  planned,
  standIns,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const KEYED = "fingerprintKey: env:FLEET_FINGERPRINT_KEY";
const WITH_KEY = "credential: { scheme: api_key, apiKey: env:FLEET_KEY }";

/** A sandbox with so many objects at each gateway, its config in the folder, and what runs a command line on it. */
async function fleet(count: number, options: FleetOptions = {}, sandboxOptions: SandboxOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(count), ...sandboxOptions });
  const { yaml, environment } = fleetConfig(sandbox, count, options);
  directory.write("gatefold.yaml", yaml);
  const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
  return { sandbox, environment, run };
}

const rowsOf = (stdout: string) => jsonOf(stdout).rows;

/** Looks at the journal whenever a write is being handled: at that moment, its intent must be on the disk. */
function watchJournal(sandbox: () => Sandbox | undefined) {
  const seen: { readonly path: string; readonly intents: readonly unknown[]; readonly outcomes: readonly unknown[] }[] =
    [];
  const now = () => {
    const current = sandbox()?.requests.at(-1);
    if (current !== undefined && current.method !== "GET") {
      const intents = eventsOf(directory.path, "intent");
      const outcomes = eventsOf(directory.path, "outcome").map(({ intent }) => intent);
      const open = intents.filter(({ seq }) => !outcomes.includes(seq));
      seen.push({ path: current.path, intents: open, outcomes });
    }
    return Date.now();
  };
  return { seen, now };
}

describe("the journal of an apply", () => {
  it("has the intent on the disk before each write is sent, and its outcome after", async () => {
    let sandbox: Sandbox | undefined;
    const { seen, now } = watchJournal(() => sandbox);
    const made = await fleet(4, { gateways: ["ngrok"], settings: { ngrok: "concurrency: 1" } }, { now });
    sandbox = made.sandbox;
    expect((await made.run("apply")).exit).toBe(0);

    expect(writesOf(sandbox)).toHaveLength(4);
    expect(new Set(seen.map(({ path }) => path)).size).toBe(4);
    for (const { path, intents } of seen) {
      expect(intents).toHaveLength(1);
      expect(intents).toMatchObject([{ object: { gateway: "ngrok-prod", id: path.split("/").at(-1) } }]);
    }
    const lines = journalLines(directory.path);
    expect(lines.map(({ type }) => type)).toEqual([
      "run",
      ...Array.from({ length: 4 }, () => ["intent", "outcome"]).flat(),
      "end",
    ]);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, index) => index + 1));
    expect(lines.filter(({ type }) => type === "outcome").map(({ intent }) => intent)).toEqual([2, 4, 6, 8]);
  });

  it("says who ran which plan and why, what was allowed, and how it ended; no secret is in it", async () => {
    const { sandbox, environment, run } = await fleet(12, {
      gateways: ["ngrok", "barndoor"],
      top: KEYED,
      fields: `name: New, ${WITH_KEY}`,
    });
    sandbox.inject("ngrok", { kind: "status", status: 400, method: "POST" });
    const allow = ["update:ngrok-prod=12", "update:barndoor-prod=12", "update=24", "key:ngrok-prod=12"]
      .concat("key:barndoor-prod=12", "key=24")
      .flatMap((each) => ["--allow", each]);
    const plan = jsonOf((await run("plan", "--write-unverified", ...allow, "--json")).stdout);
    const applied = await run("apply", "--write-unverified", ...allow, "--reason", "quarterly rotation", "--json");
    expect(applied.exit).toBe(4);

    const [begin, ...others] = journalLines(directory.path);
    expect(begin).toMatchObject({
      type: "run",
      command: "apply",
      actor: "tester",
      host: "test-host",
      reason: "quarterly rotation",
      plan: plan.digest,
      allow: allow.filter((each) => each !== "--allow"),
    });
    expect(jsonOf(applied.stdout)).toMatchObject({ plan: plan.digest, run: begin?.run });
    expect(others.at(-1)).toMatchObject({ type: "end", done: 23, failed: 1, blocked: 0, unknown: 0, cancelled: false });
    expect(eventsOf(directory.path, "outcome").filter(({ status }) => status === "failed")).toMatchObject([
      { applied: [], error: { name: "RejectedError", status: 400 } },
    ]);
    const text = readFileSync(join(directory.path, JOURNAL), "utf8");
    const secrets = [FLEET_KEY, FLEET_FINGERPRINT_KEY, ...Object.values(environment)];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/sk-old/);
  });

  it("carries the digest of a saved plan", async () => {
    const { run } = await fleet(2);
    expect((await run("plan", "--out", "plan.json")).exit).toBe(2);
    const { digest } = JSON.parse(readFileSync(join(directory.path, "plan.json"), "utf8"));
    expect((await run("apply", "plan.json")).exit).toBe(0);
    expect(eventsOf(directory.path, "run").at(-1)).toMatchObject({ command: "apply", plan: digest });
  });

  it("gets no line from a run that has nothing to do", async () => {
    const { run } = await fleet(2, { gateways: ["barndoor", "ngrok"] });
    expect((await run("apply")).exit).toBe(0);
    const before = readFileSync(join(directory.path, JOURNAL), "utf8");
    expect(await run("apply", "--reason", "again")).toMatchObject({ exit: 0, stderr: "" });
    expect(await run("plan")).toMatchObject({ exit: 0, stderr: "" });
    expect(readFileSync(join(directory.path, JOURNAL), "utf8")).toBe(before);
  });

  it("stops everything when it cannot be opened: nothing is read or sent", async () => {
    const { sandbox, run } = await fleet(2);
    directory.write("file", "");
    const { exit, stdout, stderr } = await run("apply", "--journal", "file/journal.jsonl", "--json");
    expect({ exit, stdout: jsonOf(stdout) }).toEqual({ exit: 1, stdout: { error: expect.anything() } });
    expect(stderr).toMatch(/file\/journal\.jsonl/);
    expect(sandbox.requests).toEqual([]);
  });
});

describe("a journal that cannot be written any more", () => {
  /** Somebody removes the run's lock, once, while the first request of this method is handled. */
  async function unlockedDuring(method: string) {
    let sandbox: Sandbox | undefined;
    let isLeft = true;
    const now = () => {
      if (isLeft && sandbox?.requests.at(-1)?.method === method) {
        isLeft = false;
        for (const file of lockFiles(directory.path)) rmSync(file);
      }
      return Date.now();
    };
    const settings = { ngrok: "concurrency: 1" };
    const made = await fleet(4, { gateways: ["ngrok"], settings }, { now });
    sandbox = made.sandbox;
    return made;
  }

  it("before the first write blocks every row", async () => {
    const { sandbox, run } = await fleet(3);
    const untouched = sandbox.requests;
    const { exit, stdout } = await gatefoldWithout(run, sandbox);
    expect(exit).toBe(1);
    expect(untouched.filter(({ method }) => method !== "GET")).toEqual([]);
    const result = jsonOf(stdout);
    expect(result.journalError).toMatch(/lock of this run was taken away/);
    expect(result.rows).toHaveLength(9);
    for (const row of [result.rows].flat()) {
      expect(row).toMatchObject({ status: "blocked", reason: expect.stringMatching(/^not sent: .*taken away/) });
    }
    expect(journalLines(directory.path)).toEqual([]);
  });

  // The reads of a plan come before the first line: a slow one leaves time to take the lock.
  async function gatefoldWithout(run: (...argv: string[]) => ReturnType<typeof gatefold>, sandbox: Sandbox) {
    sandbox.inject("ngrok", { kind: "latency", ms: 200 });
    const running = run("apply", "--json");
    while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const file of lockFiles(directory.path)) rmSync(file);
    return running;
  }

  it("in the middle of a write keeps that write's result, and sends no more", async () => {
    const { sandbox, run } = await unlockedDuring("PATCH");
    const { exit, stdout } = await run("apply", "--json");
    expect(exit).toBe(4);
    expect(rowsOf(stdout)).toMatchObject([
      { status: "done", reason: expect.stringMatching(/^the outcome is not in the journal: /) },
      { status: "blocked" },
      { status: "blocked" },
      { status: "blocked" },
    ]);
    expect(writesOf(sandbox)).toHaveLength(1);
    expect(journalLines(directory.path).map(({ type }) => type)).toEqual(["run", "intent"]);

    const next = await run("apply", "--json");
    expect(next.exit).toBe(0);
    expect(jsonOf(next.stdout)).toMatchObject({ settled: [{ happening: { applied: ["name"] } }] });
    expect(writesOf(sandbox)).toHaveLength(4);
  });
});

it("a write whose intent cannot be kept is not sent, and none after it", async () => {
  const bound = [1, 2, 3].map((number) => `  p${number}: { name: New, gateways: { one: { id: "k${number}" } } }`);
  const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T, concurrency: 1 } }
providers:
${bound.join("\n")}
`);
  const { connections, updates } = standIns(config, {});
  const runtime = testRuntime();
  const journal = await openJournal(join(directory.path, "journal.jsonl"), runtime, { command: "apply" });
  let lines = 0;
  const full: Journal = {
    ...journal,
    run: journal.run,
    events: [],
    append: async (happening) => {
      lines += 1;
      // The run, and intent and outcome of the first.
      if (lines <= 3) return journal.append(happening);
      throw new JournalError({ kind: "unwritable", file: "journal.jsonl", message: "no space is left" });
    },
  };
  const { bindings } = config;
  const secretOf = () => secret("unused");
  const made = await planned(config, connections);
  const result = await applyPlan({ planned: made, bindings, connections, secretOf, journal: full, runtime });
  await journal.close();
  const blocked = { status: "blocked", reason: "not sent: journal.jsonl: no space is left" };
  expect(result.rows).toMatchObject([{ status: "done" }, blocked, blocked]);
  expect(result.journalError).toBe("journal.jsonl: no space is left");
  expect(updates.map(({ id }) => id)).toEqual(["k1"]);
});

describe("a rotation whose reply is lost", () => {
  const rotations = (sandbox: Sandbox) => writesOf(sandbox, "ngrok").filter(({ path }) => path.endsWith("/rotate"));
  const id = fleetId("ngrok", 1);

  it.each([
    ["with fingerprints", KEYED],
    ["without", "# no key"],
  ])("is settled by the next apply, which does not rotate again: %s", async (_title, top) => {
    const { sandbox, run } = await fleet(1, { gateways: ["ngrok"], top, fields: WITH_KEY });
    sandbox.inject("ngrok", { kind: "lost-reply", path: "/rotate" });
    const lost = await run("apply", "--write-unverified", "--json");
    expect(lost.exit).toBe(1);
    expect(rowsOf(lost.stdout)).toMatchObject([
      { status: "unknown", error: { name: "NetworkError", outcome: "unknown" } },
    ]);
    expect(sandbox.stored("ngrok", id)?.value).toBe(FLEET_KEY);

    const next = await run("apply", "--json");
    expect(next).toMatchObject({
      exit: 0,
      stderr: expect.stringMatching(/^\S+ {2}waits for requests of an earlier run until \S+ \(30 s\)\n$/),
    });
    expect(jsonOf(next.stdout)).toMatchObject({ rows: [], settled: [{ happening: { applied: ["credential"] } }] });
    expect(rotations(sandbox)).toHaveLength(1);
    expect(eventsOf(directory.path, "settled")).toHaveLength(1);
    expect((await run("apply", "--json")).stderr).toBe("");
    expect(rotations(sandbox)).toHaveLength(1);
  });

  it("is done again when the next apply sees that it never took effect", async () => {
    const { sandbox, run } = await fleet(1, { gateways: ["ngrok"], top: KEYED, fields: WITH_KEY });
    sandbox.inject("ngrok", { kind: "reset", path: "/rotate" });
    expect((await run("apply", "--write-unverified", "--json")).exit).toBe(1);
    expect(sandbox.stored("ngrok", id)?.value).toBe("sk-old-ngrok-1");

    const next = await run("apply", "--write-unverified", "--json");
    expect(next.exit).toBe(0);
    expect(jsonOf(next.stdout)).toMatchObject({
      settled: [{ happening: { applied: [], undecided: [] } }],
      rows: [{ status: "done", writes: ["credential"] }],
    });
    expect(rotations(sandbox)).toHaveLength(2);
    expect(sandbox.stored("ngrok", id)?.value).toBe(FLEET_KEY);
  });

  it("stays open while the gateway cannot be read, and nothing is written over it", async () => {
    const { sandbox, run } = await fleet(1, { gateways: ["ngrok"], top: KEYED, fields: WITH_KEY });
    sandbox.inject("ngrok", { kind: "lost-reply", path: "/rotate" });
    await run("apply", "--write-unverified");
    sandbox.inject("ngrok", { kind: "status", status: 503, method: "GET" });
    const down = await run("apply", "--write-unverified", "--json");
    expect(down.exit).toBe(1);
    expect(rowsOf(down.stdout)).toMatchObject([{ status: "failed", error: { name: "UnavailableError" } }]);
    expect(eventsOf(directory.path, "settled")).toEqual([]);
    expect(await run("apply", "--json")).toMatchObject({ exit: 0 });
    expect(eventsOf(directory.path, "settled")).toHaveLength(1);
    expect(rotations(sandbox)).toHaveLength(1);
  });
});

describe("requests under way at once", () => {
  /** The most writes that were open together: of one object, and of one gateway. */
  async function mostOpen(sandbox: Sandbox, running: Promise<unknown>) {
    const most = { object: 0, gateway: 0 };
    let isRunning = true;
    running.finally(() => {
      isRunning = false;
    });
    while (isRunning) {
      const open = writesOf(sandbox).filter(({ status }) => status === undefined);
      most.gateway = Math.max(most.gateway, mostAlike(open.map(({ gateway }) => gateway)));
      most.object = Math.max(
        most.object,
        mostAlike(open.map(({ gateway, path }) => gateway + path.replace("/rotate", ""))),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    return most;
  }

  function mostAlike(names: readonly string[]): number {
    return Math.max(0, ...names.map((name) => names.filter((other) => other === name).length));
  }

  it.each([1, 8])("are at most the concurrency of %i for a gateway, and one for an object", async (atOnce) => {
    const concurrency = `concurrency: ${atOnce}`;
    const settings = { respan: concurrency, barndoor: `updateMethod: PATCH, ${concurrency}`, ngrok: concurrency };
    const { sandbox, run } = await fleet(12, { settings, fields: `name: New, ${WITH_KEY}` });
    for (const name of ["respan", "barndoor", "ngrok"] as const) {
      for (const method of ["PATCH", "POST"]) sandbox.inject(name, { kind: "latency", ms: 100, times: 99, method });
    }
    const running = run("apply", "--write-unverified", "--json");
    const most = await mostOpen(sandbox, running);
    expect(most.object).toBe(1);
    expect(most.gateway).toBeLessThanOrEqual(atOnce);
    expect(most.gateway).toBeGreaterThanOrEqual(Math.min(atOnce, 2));
    expect((await running).exit).toBe(0);
    expect(writesOf(sandbox)).toHaveLength(36);

    const open = new Map<unknown, unknown>();
    for (const event of journalLines(directory.path)) {
      if (event.type === "outcome") open.delete(event.intent);
      if (event.type !== "intent") continue;
      open.set(event.seq, JSON.stringify(event.object));
      expect(new Set(open.values()).size).toBe(open.size);
      expect(open.size).toBeLessThanOrEqual(3 * atOnce);
    }
  });
});

describe("a key that only the gateway's answer calls for", () => {
  const id = String(fleetId("barndoor", 1));

  async function otherScheme() {
    const role = { auth_type: "aws_role", credentials: { iam_role_arn: "arn:aws:iam::123456789012:role/gateway" } };
    const provider = { id, name: "Old", model_provider: "bedrock", base_url: "https://bedrock.test", ...role };
    const sandbox = await open({ seed: { barndoor: { providers: [provider] } } });
    const fields = "credential: { scheme: bedrock_api_key, apiKey: env:FLEET_KEY }";
    const { yaml, environment } = fleetConfig(sandbox, 1, { gateways: ["barndoor"], fields });
    directory.write("gatefold.yaml", yaml);
    const apply = (changes: object = {}) =>
      gatefold(["apply", "--json"], { environment: { ...environment, ...changes }, directory: directory.path });
    return { sandbox, apply };
  }

  it("is written, though no evidence of it was kept", async () => {
    const { sandbox, apply } = await otherScheme();
    const { exit, stdout, stderr } = await apply();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(rowsOf(stdout)).toMatchObject([{ status: "done", writes: ["credential"] }]);
    expect(sandbox.stored("barndoor", id)).toMatchObject({ auth_type: "bedrock_api_key", api_key: FLEET_KEY });
  });

  it("is asked for before anything is written", async () => {
    const { sandbox, apply } = await otherScheme();
    const { exit, stdout, stderr } = await apply({ FLEET_KEY: undefined });
    expect({ exit, stdout: jsonOf(stdout) }).toMatchObject({ exit: 5, stdout: { error: { kind: "credentials" } } });
    expect(stderr).toMatch(/FLEET_KEY is not set/);
    expect(writesOf(sandbox)).toEqual([]);
    expect(journalLines(directory.path)).toEqual([]);
  });
});
