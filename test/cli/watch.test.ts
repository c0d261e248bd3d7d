import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { watch } from "../../src/cli/commands/watch.ts";
import type { Host } from "../../src/cli/host.ts";
import { type Journal, openJournal } from "../../src/sync/index.ts";
import type { Sandbox } from "../../src/testing/index.ts";
import {
  eventsOf,
  type FleetOptions,
  fleetConfig,
  fleetId,
  fleetSeed,
  JOURNAL,
  journalLines,
  writesOf,
} from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, testRuntime, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const INTERVAL = 40_000;
const ID = fleetId("ngrok", 1);

/** What happens in each pause, in turn: the watch is ended in the pause after the last. */
type Pause = () => unknown;

async function fleet(count = 1, options: FleetOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(count) });
  const { yaml, environment } = fleetConfig(sandbox, count, { gateways: ["ngrok"], ...options });
  directory.write("gatefold.yaml", yaml);
  const variables = { ...environment };
  /** Runs a watch whose pauses take no time. The waits for earlier requests are shorter than any pause. */
  async function watched(pauses: readonly Pause[], ...argv: readonly string[]) {
    const ending = new AbortController();
    const waits: number[] = [];
    let slept = 0;
    const sleep = async (milliseconds: number) => {
      slept += milliseconds;
      if (milliseconds < 0.9 * INTERVAL) return true;
      const pause = pauses[waits.length];
      waits.push(milliseconds);
      if (pause === undefined) ending.abort();
      await pause?.();
      return !ending.signal.aborted;
    };
    const ran = await gatefold(["apply", "--watch", "--interval", `${INTERVAL / 1000}s`, ...argv], {
      environment: variables,
      directory: directory.path,
      signal: ending.signal,
      runtime: { sleep, now: () => Date.now() + slept },
    });
    return { ...ran, waits };
  }
  return { sandbox, yaml, variables, watched };
}

const linesOf = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** Somebody gives a key another name at the gateway itself. */
async function renameElsewhere({ urls, tokens }: Sandbox, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${tokens.ngrok}`, "content-type": "application/json" };
  const reply = await fetch(`${urls.ngrok}/provider-keys/${ID}`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({ name }),
  });
  expect(reply.status).toBe(200);
}

const nameOf = (sandbox: Sandbox) => sandbox.stored("ngrok", ID)?.name;

describe("a watch", () => {
  it("prints one line of JSON for each round, and repairs what was changed in between", async () => {
    const { sandbox, watched } = await fleet();
    const rename = () => renameElsewhere(sandbox, "by hand");
    const { exit, stdout, stderr, waits } = await watched([() => {}, rename], "--json");
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(linesOf(stdout)).toMatchObject([
      { version: 1, rows: [{ status: "done", writes: ["name"] }] },
      { version: 1, rows: [] },
      { version: 1, rows: [{ status: "done", writes: ["name"] }] },
    ]);
    expect(nameOf(sandbox)).toBe("New");
    expect(waits).toHaveLength(3);
    expect(eventsOf(directory.path, "run")).toHaveLength(2);
  });

  it("prints the text of each round otherwise", async () => {
    const { watched } = await fleet();
    const { exit, stdout } = await watched([() => {}]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^done .*\n1 done, 0 failed, 0 blocked, 0 unknown\.\n0 done, 0 failed, 0 blocked, 0 unknown\.\n$/,
    );
  });

  it.each([
    [0, 36_000],
    [0.5, 40_000],
    [1, 44_000],
  ])("waits the interval and up to a tenth less or more: at random %d, %d ms", async (random, expected) => {
    const { variables } = await fleet();
    const waits: number[] = [];
    const { signal } = new AbortController();
    const sleep = async (milliseconds: number) => {
      waits.push(milliseconds);
      return waits.length < 2;
    };
    const host: Host = {
      stdout: () => undefined,
      stderr: () => undefined,
      isTerminal: false,
      environment: variables,
      workingDirectory: directory.path,
      runtime: testRuntime({ sleep }),
      signal,
      force: signal,
    };
    const options = { config: ["gatefold.yaml"], interval: INTERVAL };
    expect(await watch(host, "text", options, () => random)).toBe(0);
    expect(waits.map(Math.round)).toEqual([expected, expected]);
  });

  it("reads the config again for each round, and keeps the last good one while it is broken", async () => {
    const { sandbox, yaml, watched } = await fleet();
    const { exit, stdout, stderr } = await watched(
      [
        () => directory.write("gatefold.yaml", yaml.replace("name: New", "name: Newer")),
        async () => {
          directory.write("gatefold.yaml", yaml.replace("name: New", "nam: New"));
          await renameElsewhere(sandbox, "by hand");
        },
        () => {
          expect(nameOf(sandbox)).toBe("Newer");
          directory.write("gatefold.yaml", yaml.replace("name: New", "name: Newest"));
        },
      ],
      "--json",
    );
    expect(exit).toBe(0);
    expect(linesOf(stdout)).toMatchObject(Array(4).fill({ rows: [{ status: "done", writes: ["name"] }] }));
    expect(stderr).toMatch(
      /^The config is broken, the last good one is used:\ngatefold\.yaml:\d+:\d+: providers\.p1\.nam: unknown field\n {2}fix: .*name.*\n$/,
    );
    expect(nameOf(sandbox)).toBe("Newest");
  });

  it("goes on when the file is gone for a while", async () => {
    const { sandbox, yaml, watched } = await fleet();
    const gone = () => directory.write("gatefold.yaml", "");
    const { exit, stderr } = await watched([
      gone,
      () => directory.write("gatefold.yaml", yaml.replace("New", "Newer")),
    ]);
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^The config is broken, the last good one is used:\n/);
    expect(nameOf(sandbox)).toBe("Newer");
  });

  it("is not ended by a gateway that fails, reading or writing", async () => {
    const { sandbox, watched } = await fleet();
    sandbox.inject("ngrok", { kind: "status", status: 503, method: "GET" });
    const { exit, stdout } = await watched(
      [
        () => sandbox.inject("ngrok", { kind: "status", status: 401, method: "GET" }),
        () => sandbox.inject("ngrok", { kind: "lost-reply", method: "PATCH" }),
        () => {},
      ],
      "--json",
    );
    expect(exit).toBe(0);
    expect(linesOf(stdout)).toMatchObject([
      { rows: [{ status: "failed", error: { name: "UnavailableError" } }] },
      { rows: [{ status: "failed", error: { name: "AuthenticationError" } }] },
      { rows: [{ status: "unknown", error: { name: "NetworkError" } }] },
      { rows: [], settled: [{ happening: { applied: ["name"] } }] },
    ]);
    expect(writesOf(sandbox)).toHaveLength(1);
  });

  it("is not ended by a token that is gone for a while", async () => {
    const { sandbox, variables, watched } = await fleet();
    const token = variables.NGROK_TOKEN;
    const { exit, stdout, stderr } = await watched(
      [
        () => {
          variables.NGROK_TOKEN = "";
        },
        async () => {
          variables.NGROK_TOKEN = token;
          await renameElsewhere(sandbox, "by hand");
        },
      ],
      "--json",
    );
    expect(exit).toBe(0);
    expect(linesOf(stdout)).toMatchObject([
      { rows: [{ status: "done" }] },
      { error: { name: "ConfigError", kind: "credentials" } },
      { rows: [{ status: "done" }] },
    ]);
    expect(stderr).toMatch(/NGROK_TOKEN is empty/);
  });

  it("is not ended by a journal that another run holds, from the start or later", async () => {
    const { sandbox, watched } = await fleet();
    const hold = () => openJournal(join(directory.path, JOURNAL), testRuntime(), { command: "apply" });
    let holder: Journal | undefined = await hold();
    const { exit, stdout, stderr } = await watched(
      [
        () => holder?.close(),
        async () => {
          holder = await hold();
          await renameElsewhere(sandbox, "by hand");
        },
        () => holder?.close(),
      ],
      "--json",
    );
    expect(exit).toBe(0);
    const locked = { error: { name: "JournalError", kind: "locked" } };
    const done = { rows: [{ status: "done" }] };
    expect(linesOf(stdout)).toMatchObject([locked, done, locked, done]);
    expect(stderr.match(/is in use by tester/g)).toHaveLength(2);
    expect(nameOf(sandbox)).toBe("New");
  });

  it("writes nothing while a limit is exceeded, and goes on", async () => {
    const { sandbox, yaml, watched } = await fleet(4, { top: "limits: { update: { count: 2 } }" });
    const raise = () => directory.write("gatefold.yaml", yaml.replace("count: 2", "count: 4, percent: 100"));
    const { exit, stdout } = await watched([raise], "--json");
    expect(exit).toBe(0);
    expect(linesOf(stdout)).toMatchObject([
      { exceeded: [{ kind: "update", gateway: "ngrok-prod", planned: 4, most: 2 }] },
      { rows: Array(4).fill({ status: "done" }) },
    ]);
    expect(writesOf(sandbox)).toHaveLength(4);
  });
});

it("a watch that is ended in the middle of its work finishes what is under way, and ends with 8", async () => {
  const { sandbox, variables } = await fleet(3, { settings: { ngrok: "concurrency: 1" } });
  sandbox.inject("ngrok", { kind: "latency", ms: 50, method: "PATCH" });
  const ending = new AbortController();
  const running = gatefold(["apply", "--watch", "--json"], {
    environment: variables,
    directory: directory.path,
    signal: ending.signal,
  });
  while (writesOf(sandbox).length === 0) await new Promise((resolve) => setImmediate(resolve));
  ending.abort();
  const { exit, stdout } = await running;
  expect(exit).toBe(8);
  const blocked = { status: "blocked", reason: "cancelled before it was sent" };
  expect(linesOf(stdout)).toMatchObject([{ cancelled: true, rows: [{ status: "done" }, blocked, blocked] }]);
  expect(writesOf(sandbox)).toHaveLength(1);
  expect(journalLines(directory.path).at(-1)).toMatchObject({ type: "end", done: 1, blocked: 2, cancelled: true });
});

describe("what is wrong from the start ends a watch at once:", () => {
  it("a token that is not there", async () => {
    const { variables, watched } = await fleet();
    variables.NGROK_TOKEN = undefined;
    const { exit, stdout, stderr, waits } = await watched([]);
    expect({ exit, stdout, waits }).toEqual({ exit: 5, stdout: "", waits: [] });
    expect(stderr).toMatch(/NGROK_TOKEN is not set/);
  });

  it("a config that is broken", async () => {
    const { watched } = await fleet();
    directory.write("gatefold.yaml", "version: 2");
    expect(await watched([])).toMatchObject({ exit: 1, stdout: "", waits: [] });
  });

  it("a config that asks for trust", async () => {
    const { sandbox, yaml, watched } = await fleet();
    directory.write("gatefold.yaml", yaml.replace(sandbox.urls.ngrok, "https://elsewhere.test"));
    expect(await watched([])).toMatchObject({ exit: 3, stdout: "", waits: [] });
  });

  it("a journal that was changed", async () => {
    const { watched } = await fleet();
    await watched([]);
    appendFileSync(join(directory.path, JOURNAL), '{"type":"end"}\n');
    const { exit, stdout, stderr, waits } = await watched([]);
    expect({ exit, stdout, waits }).toEqual({ exit: 1, stdout: "", waits: [] });
    expect(stderr).toMatch(/Restore the file from a copy/);
  });

  it.each(["0s", "5", "1d", "25h", "-5m", "5 m", "1.5h", "", "5M", "9999999s", "five"])(
    "an interval of %j",
    async (interval) => {
      const { sandbox, variables } = await fleet();
      const { exit, stdout, stderr } = await gatefold(["apply", "--watch", "--interval", interval], {
        environment: variables,
        directory: directory.path,
        runtime: { sleep: async () => false },
      });
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr).toBe("--interval:1:1: expected a time of at most 24h, such as 30s, 5m, 1h\n");
      expect(sandbox.requests).toEqual([]);
    },
  );

  it.each([[["plan.json"]], [["--out", "result.json"]]])("%j beside it", async (more) => {
    const { sandbox, variables } = await fleet();
    const { exit, stdout, stderr } = await gatefold(["apply", ...more, "--watch"], {
      environment: variables,
      directory: directory.path,
      runtime: { sleep: async () => false },
    });
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(/^--watch:1:1: takes neither a saved plan nor --out/);
    expect(sandbox.requests).toEqual([]);
  });
});
