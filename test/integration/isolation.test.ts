import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayError, secret } from "../../src/index.ts";
import { applyExit, applyPlan, JournalState, openJournal } from "../../src/sync/index.ts";
import { type Fault, type Sandbox, startSandbox } from "../../src/testing/index.ts";
import {
  eventsOf,
  type FleetGateway,
  fleetConfig,
  fleetGateways,
  fleetId,
  fleetSeed,
  isWrite,
  JOURNAL,
  writesOf,
} from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";
import {
  checked,
  gatefold,
  jsonOf,
  opened,
  planned,
  standIns,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const COUNT = 5;
const nameMember = { respan: "provider_name", barndoor: "name", ngrok: "name" } as const;
const storedName = (sandbox: Sandbox, gateway: FleetGateway, number: number) =>
  sandbox.stored(gateway, fleetId(gateway, number))?.[nameMember[gateway]];

interface ResultRow {
  readonly gateway: string;
  readonly id: string | number | null;
  readonly status: string;
  readonly reason?: string;
  readonly error?: { readonly name: GatewayError["name"] };
}

function rowsOf(stdout: string): readonly ResultRow[] {
  const { rows } = jsonOf(stdout);
  if (!Array.isArray(rows)) throw new Error("expected rows");
  return rows;
}

const ofGateway = (rows: readonly ResultRow[], gateway: FleetGateway) =>
  rows.filter((row) => row.gateway === `${gateway}-prod`);

/** Every object of the other gateways is done, and stored so. */
function expectOthersDone(sandbox: Sandbox, rows: readonly ResultRow[], victim: FleetGateway): void {
  for (const gateway of fleetGateways.filter((name) => name !== victim)) {
    expect(ofGateway(rows, gateway).map(({ status }) => status)).toEqual(Array(COUNT).fill("done"));
    for (let number = 1; number <= COUNT; number++) expect(storedName(sandbox, gateway, number)).toBe("New");
  }
}

/** A fleet with its config in the folder; `setting` replaces one of the victim's. */
async function fleet(victim: FleetGateway, setting = "", concurrency = 1) {
  const sandbox = await open({ seed: fleetSeed(COUNT) });
  const own = `${victim === "barndoor" ? "updateMethod: PATCH, " : ""}concurrency: ${concurrency}`;
  const { yaml, environment } = fleetConfig(sandbox, COUNT, { settings: { [victim]: own } });
  const lines = yaml.split("\n").map((line) => (line.startsWith(`  ${victim}-prod:`) ? replaced(line, setting) : line));
  directory.write("gatefold.yaml", lines.join("\n"));
  const apply = (changed: Readonly<Record<string, string>> = {}) =>
    gatefold(["apply", "--json"], { environment: { ...environment, ...changed }, directory: directory.path });
  return { sandbox, apply };
}

function replaced(line: string, setting: string): string {
  const [name = ""] = setting.split(":", 1);
  return setting === "" ? line : line.replace(new RegExp(`${name}: ("[^"]*"|[^,]+)`), setting);
}

const status = (code: number): Fault => ({ kind: "status", status: code, times: 999 });

describe("the other gateways are done when", () => {
  it.each(fleetGateways)("%s cannot be reached", async (victim) => {
    const gone = await startSandbox();
    await gone.close();
    const { sandbox, apply } = await fleet(victim, `baseUrl: "${gone.urls[victim]}"`);
    const { exit, stdout } = await apply();
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, victim);
    const failure = { status: "failed", error: { name: "NetworkError", gateway: `${victim}-prod` } };
    expect(ofGateway(rows, victim)).toMatchObject(Array(COUNT).fill(failure));
  });

  it.each(fleetGateways)("%s does not take the token", async (victim) => {
    const { sandbox, apply } = await fleet(victim);
    const { exit, stdout } = await apply({ [`${victim.toUpperCase()}_TOKEN`]: "wrong" });
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, victim);
    const failure = { status: "failed", error: { name: "AuthenticationError" } };
    expect(ofGateway(rows, victim)).toMatchObject(Array(COUNT).fill(failure));
    expect(writesOf(sandbox, victim)).toEqual([]);
  });

  const reads: readonly [FleetGateway, string, Fault, GatewayError["name"], string][] = [
    ["respan", "answers 429 for ever", status(429), "RateLimitError", ""],
    ["barndoor", "answers 500 for ever", status(500), "UnavailableError", ""],
    ["ngrok", "answers with web pages", { kind: "html", times: 999 }, "InvalidResponseError", ""],
    ["respan", "drops every connection", { kind: "reset", times: 999 }, "NetworkError", ""],
    ["barndoor", "never finishes an answer", { kind: "slow-body", times: 999 }, "TimeoutError", "timeoutMs: 300"],
  ];
  it.each(reads)("%s %s", async (victim, _title, fault, name, setting) => {
    const { sandbox, apply } = await fleet(victim, setting);
    sandbox.inject(victim, fault);
    const { exit, stdout } = await apply();
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, victim);
    expect(ofGateway(rows, victim)).toMatchObject(Array(COUNT).fill({ status: "failed", error: { name } }));
    expect(writesOf(sandbox, victim)).toEqual([]);
  });
});

describe("at the first write", () => {
  it.each<[FleetGateway, string, Fault, GatewayError["name"], string]>([
    ["respan", "the token", status(401), "AuthenticationError", "not sent: the gateway refused the token before"],
    ["barndoor", "the token", status(401), "AuthenticationError", "not sent: the gateway refused the token before"],
    ["ngrok", "more requests", status(429), "RateLimitError", "not sent: the gateway refused more requests before"],
  ])("%s refuses %s, and the rest of it is blocked with that reason", async (victim, _title, fault, name, reason) => {
    const { sandbox, apply } = await fleet(victim);
    sandbox.inject(victim, { ...fault, method: "PATCH" });
    const { exit, stdout } = await apply();
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, victim);
    const [first, ...others] = ofGateway(rows, victim);
    expect(first).toMatchObject({ status: "failed", error: { name } });
    expect(others).toMatchObject(Array(COUNT - 1).fill({ status: "blocked", reason }));
    expect(writesOf(sandbox, victim)).toHaveLength(1);
  });

  it("a gateway refuses the token of all that are under way, and nothing follows them", async () => {
    const { sandbox, apply } = await fleet("ngrok", "", 4);
    sandbox.inject("ngrok", { ...status(401), method: "PATCH" });
    const rows = ofGateway(rowsOf((await apply()).stdout), "ngrok");
    const failed = rows.filter((row) => row.status === "failed");
    expect(failed).toHaveLength(writesOf(sandbox, "ngrok").length);
    expect(failed.length).toBeLessThanOrEqual(4);
    expect(rows.filter((row) => row.status === "blocked")).toHaveLength(COUNT - failed.length);
  });
});

it.each<[FleetGateway, string, Fault, "unknown" | "failed", string]>([
  ["respan", "answers 503 to each write", status(503), "unknown", ""],
  ["barndoor", "answers each write with a web page", { kind: "html", times: 999 }, "unknown", ""],
  ["ngrok", "never finishes the answer to a write", { kind: "slow-body", times: 999 }, "unknown", "timeoutMs: 2000"],
  ["respan", "refuses each write", status(400), "failed", ""],
  ["barndoor", "takes the right to write away", status(403), "failed", ""],
])("each row of %s is tried when it %s, and the other gateways are done", async (...given) => {
  const [victim, _title, fault, ending, setting] = given;
  const { sandbox, apply } = await fleet(victim, setting, COUNT);
  sandbox.inject(victim, { ...fault, method: "PATCH" });
  const { exit, stdout } = await apply();
  expect(exit).toBe(4);
  const rows = rowsOf(stdout);
  expectOthersDone(sandbox, rows, victim);
  expect(ofGateway(rows, victim).map((row) => row.status)).toEqual(Array(COUNT).fill(ending));
  expect(writesOf(sandbox, victim)).toHaveLength(COUNT);
});

it("a gateway that cannot be reached any more blocks the rest of its own rows", async () => {
  const sandbox = await open({ seed: fleetSeed(COUNT) });
  const leaving = await startSandbox({ seed: fleetSeed(COUNT) });
  const { yaml, environment } = fleetConfig(sandbox, COUNT, { settings: { ngrok: "concurrency: 1" } });
  const { config, bindings, connections } = await opened(
    yaml.replace(sandbox.urls.ngrok, leaving.urls.ngrok),
    environment,
  );
  const runtime = testRuntime();
  const journal = await openJournal(join(directory.path, "journal.jsonl"), runtime, { command: "apply" });
  try {
    const made = await planned(config, connections, {}, { journal: new JournalState([]) });
    await leaving.close();
    const secretOf = () => {
      throw new Error("no secret is written here");
    };
    const { rows } = await applyPlan({ planned: made, bindings, connections, secretOf, journal, runtime });
    expectOthersDone(sandbox, rows, "ngrok");
    expect(ofGateway(rows, "ngrok")).toMatchObject([
      { status: "failed", error: { name: "NetworkError", outcome: "not-sent" } },
      ...Array(COUNT - 1).fill({ status: "blocked", reason: "not sent: the gateway could not be reached before" }),
    ]);
  } finally {
    await journal.close();
  }
});

it("an adapter that fails as none may blocks the rest of its own rows, and its message is not told", async () => {
  const text = (gateway: string) => `${gateway}: { adapter: ngrok, token: env:T, concurrency: 1 }`;
  const bound = [1, 2, 3].map(
    (id) => `  p${id}: { name: New, gateways: { a: { id: "a${id}" }, b: { id: "b${id}" } } }`,
  );
  const config = checked(`version: 1
limits: { update: { percent: 100 } }
gateways: { ${text("a")}, ${text("b")} }
providers:
${bound.join("\n")}
`);
  const update = () => {
    throw new TypeError("cannot use sk-secret");
  };
  const { connections, updates } = standIns(config, { a: { update } });
  const runtime = testRuntime();
  const journal = await openJournal(join(directory.path, JOURNAL), runtime, { command: "apply" });
  try {
    const made = await planned(config, connections);
    const { bindings } = config;
    const secretOf = () => secret("unused");
    const result = await applyPlan({ planned: made, bindings, connections, secretOf, journal, runtime });
    const reason = "the adapter failed in a way that no error of it may: TypeError";
    const ending = ({ gateway, status: ended, reason: why }: ResultRow) => [gateway, ended, why];
    const blocked = ["a", "blocked", `not sent: before, ${reason}`];
    const done = ["b", "done", undefined];
    expect(result.rows.map(ending)).toEqual([["a", "unknown", reason], done, blocked, done, blocked, done]);
    expect(updates.filter(({ gateway }) => gateway === "a")).toHaveLength(1);
    expect(JSON.stringify([result, journal.events])).not.toContain("sk-secret");
    expect(eventsOf(directory.path, "outcome").filter(({ status: ended }) => ended === "unknown")).toMatchObject([
      { error: { name: "TypeError", code: "UNEXPECTED" } },
    ]);
    expect(applyExit(result)).toBe(4);
  } finally {
    await journal.close();
  }
});

describe("a saved plan", () => {
  async function savedPlan() {
    const sandbox = await open({ seed: fleetSeed(COUNT) });
    const { yaml, environment } = fleetConfig(sandbox, COUNT);
    directory.write("gatefold.yaml", yaml);
    const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
    return { sandbox, run };
  }

  it("that could not look at one gateway is carried out at the others", async () => {
    const { sandbox, run } = await savedPlan();
    sandbox.inject("ngrok", { kind: "status", status: 503 });
    expect((await run("plan", "--out", "plan.json")).exit).toBe(1);
    const { exit, stdout } = await run("apply", "plan.json", "--json");
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, "ngrok");
    const reason = expect.stringMatching(/^the plan could not read it: UnavailableError: /);
    expect(ofGateway(rows, "ngrok")).toMatchObject(Array(COUNT).fill({ status: "blocked", reason }));
  });

  it("is carried out at the others when one gateway is down by then", async () => {
    const { sandbox, run } = await savedPlan();
    expect((await run("plan", "--out", "plan.json")).exit).toBe(2);
    sandbox.inject("ngrok", status(503));
    const { exit, stdout } = await run("apply", "plan.json", "--json");
    expect(exit).toBe(4);
    const rows = rowsOf(stdout);
    expectOthersDone(sandbox, rows, "ngrok");
    const failure = { status: "failed", error: { name: "UnavailableError" } };
    expect(ofGateway(rows, "ngrok")).toMatchObject(Array(COUNT).fill(failure));
  });
});

describe("whatever goes wrong with whichever writes", () => {
  type Expected = "done" | "failed" | "unknown";
  interface Trouble {
    readonly fault: Fault | undefined;
    readonly ending: Expected;
    /** Whether the write took effect. */
    readonly isStored: boolean;
    /** Whether nothing more is sent to that gateway after it. */
    readonly closes?: true;
  }
  const refused = (code: number): Trouble => ({ fault: status(code), ending: "failed", isStored: false });
  const lost = (kind: "lost-reply" | "html" | "truncated"): Trouble => {
    return { fault: { kind }, ending: "unknown", isStored: true };
  };
  const troubles: readonly Trouble[] = [
    { fault: undefined, ending: "done", isStored: true },
    ...[400, 403, 409, 422].map(refused),
    { ...refused(401), closes: true },
    { ...refused(429), closes: true },
    lost("lost-reply"),
    lost("html"),
    lost("truncated"),
    { fault: { kind: "reset" }, ending: "unknown", isStored: false },
    { fault: status(503), ending: "unknown", isStored: false },
  ];
  const trouble = fc.oneof(
    { weight: 3, arbitrary: fc.constant(troubles[0]) },
    { weight: 4, arbitrary: fc.constantFrom(...troubles) },
  );
  const perGateway = fc.array(trouble, { minLength: 1, maxLength: 6 });
  const everything = fc.record({
    respan: perGateway,
    barndoor: perGateway,
    ngrok: perGateway,
    concurrency: fc.constantFrom(1, 2, 8),
  });

  it("each row ends once, as what happened to it, and no gateway troubles another", async () => {
    await fc.assert(
      fc.asyncProperty(everything, async ({ concurrency, ...byGateway }) => {
        const folder = mkdtempSync(join(tmpdir(), "gatefold-isolation-"));
        const count = Math.max(...fleetGateways.map((name) => byGateway[name].length));
        const sandbox = await startSandbox({ seed: fleetSeed(count) });
        try {
          const setting = `concurrency: ${concurrency}`;
          const settings = { respan: setting, barndoor: `updateMethod: PATCH, ${setting}`, ngrok: setting };
          const { yaml, environment } = fleetConfig(sandbox, count, { settings });
          writeFileSync(join(folder, "gatefold.yaml"), yaml);
          const surroundings = { environment, directory: folder };
          const plan = await gatefold(["plan", "--json"], surroundings);
          for (const name of fleetGateways) {
            for (const [index, each] of byGateway[name].entries()) {
              const path = `/${fleetId(name, index + 1)}`;
              if (each?.fault !== undefined) sandbox.inject(name, { ...each.fault, method: "PATCH", path });
            }
          }
          const { exit, stdout } = await gatefold(["apply", "--json"], surroundings);
          const rows = rowsOf(stdout);

          const place = ({ gateway, id }: ResultRow) => `${gateway} ${id}`;
          expect(rows.map(place)).toEqual(rowsOf(plan.stdout).map(place));
          for (const name of fleetGateways) {
            const closes = byGateway[name].some((each) => each?.closes);
            for (const [index, row] of ofGateway(rows, name).entries()) {
              const { ending, isStored } = byGateway[name][index] ?? { ending: "done", isStored: true };
              const path = `/${fleetId(name, index + 1)}`;
              const writes = writesOf(sandbox, name).filter((request) => `${request.path}/`.includes(`${path}/`));
              const isBlocked = row.status === "blocked";
              if (isBlocked) expect(closes).toBe(true);
              else expect(row.status).toBe(ending);
              expect(writes).toHaveLength(isBlocked ? 0 : 1);
              expect(storedName(sandbox, name, index + 1)).toBe(isStored && !isBlocked ? "New" : "Old");
            }
          }
          const outcomes = eventsOf(folder, "outcome").map(({ intent, status: ended }) => ({ intent, ended }));
          expect(outcomes).toHaveLength(sandbox.requests.filter(isWrite).length);
          const howMany = (ended: string) => rows.filter((row) => row.status === ended).length;
          const [end] = eventsOf(folder, "end");
          expect(end).toMatchObject({
            done: howMany("done"),
            failed: howMany("failed"),
            blocked: howMany("blocked"),
            unknown: howMany("unknown"),
          });
          const allDone = howMany("done") === rows.length;
          const isMixed = howMany("done") > 0 && !allDone;
          const isRefused = rows.some(
            (row) => row.error?.name === "AuthenticationError" || row.error?.name === "PermissionDeniedError",
          );
          expect(exit).toBe(allDone ? 0 : isMixed ? 4 : isRefused ? 5 : 1);
        } finally {
          await sandbox.close();
          rmSync(folder, { recursive: true });
        }
      }),
      runs(8),
    );
  });
});
