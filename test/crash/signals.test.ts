import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allowLoopback } from "../support/loopback.ts";
import { type CliProcess, type Ended, eventually, useCli } from "../support/process.ts";
import { endingOf, rowsOf, wholeEnding } from "./ending.ts";
import { APPLY, type Scene, useScenes } from "./scene.ts";
import { ofMany } from "./soak.ts";
import { KEYS, thingsOf } from "./things.ts";

allowLoopback();
const startCli = useCli();
const openScene = useScenes();

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const NEVER_MS = 3_600_000;
/** No request ends by itself here, and the next run waits that long for those of an earlier one, by a clock of its own. */
const PACE = { timeoutMs: 60_000, concurrency: 1 };
/** Two keys of one gateway, where one change at a time is under way. */
const open = () => openScene({ ...PACE, things: thingsOf({ ngrok: 2, barndoor: 0, respan: 0 }) });

function start(scene: Scene, argv: readonly string[] = APPLY): CliProcess {
  return startCli(argv, { ...scene.process, preload: [join(__dirname, "tell-signals.cjs")] });
}

const rotateOf = (scene: Scene) => {
  return eventually("the rotate", () => scene.writes.some(({ path }) => path.endsWith("/rotate")));
};

async function interrupt(cli: CliProcess, signal: NodeJS.Signals): Promise<void> {
  const count = () => cli.stderr.split(`[${signal}]`).length;
  const before = count();
  cli.send(signal);
  await eventually(signal, () => count() > before || cli.hasEnded);
}

const rows = ({ stdout }: Pick<Ended, "stdout">) => {
  return rowsOf(stdout).map(({ id, status, reason, error }) => ({ id, status, reason, error }));
};
const outcomes = (scene: Scene) => scene.events().filter(({ type }) => type === "outcome");

/** Lets the next run finish, which sends again what never took effect, and nothing else. */
async function finish(scene: Scene, repeated: readonly string[] = []): Promise<void> {
  expect(await scene.apply()).toMatchObject({ exit: 0 });
  const stored = [{ value: KEYS.NGROK_KEY, description: "rotated" }, { metadata: '{"team":"ml"}' }];
  const ending = { ...wholeEnding(stored.map((each) => expect.objectContaining(each))), repeated };
  expect(await endingOf(scene)).toEqual(ending);
}

describe.each(SIGNALS)("one %s", (signal) => {
  it("lets the write that is under way finish, and begins no other", async () => {
    const scene = await open();
    scene.sandbox.inject("ngrok", { kind: "latency", ms: 2000, method: "POST" });
    const cli = start(scene);
    await rotateOf(scene);
    await interrupt(cli, signal);
    const ended = await cli.ended;

    expect(ended).toMatchObject({ exit: 8, signal: null });
    expect(rows(ended)).toEqual([
      { id: "aigpk_0", status: "done" },
      { id: "aigpk_1", status: "blocked", reason: "cancelled before it was sent" },
    ]);
    expect(outcomes(scene).at(-1)).toMatchObject({ status: "done", applied: ["description", "credential"] });
    expect(scene.events().at(-1)).toMatchObject({ type: "end", done: 1, blocked: 1, unknown: 0, cancelled: true });
    expect(scene.lockNames()).toEqual([]);
    await finish(scene);
  });
});

// What becomes of a signal is asked of both above: one of them each is enough where a process ends at once.
it.each(ofMany(SIGNALS, 1))("%s ends a plan at once, and nothing is written anywhere", async (signal) => {
  const scene = await open();
  const journal = readFileSync(scene.journal);
  scene.sandbox.inject("ngrok", { kind: "latency", ms: NEVER_MS, path: "limit=" });
  const already = scene.sandbox.requests.length;
  const cli = start(scene, ["plan", "--write-unverified", "--json"]);
  await eventually("a read", () => scene.sandbox.requests.length > already);
  await interrupt(cli, signal);

  expect(await cli.ended).toMatchObject({ exit: 8, signal: null });
  expect(scene.writes).toEqual([]);
  expect(readFileSync(scene.journal)).toEqual(journal);
  expect(scene.lockNames()).toEqual([]);
});

it.each(ofMany([...SIGNALS].reverse(), 1))(
  "%s ends an apply that still reads, which leaves no trace",
  async (signal) => {
    const scene = await open();
    const journal = readFileSync(scene.journal);
    scene.sandbox.inject("ngrok", { kind: "latency", ms: NEVER_MS, path: "limit=" });
    const already = scene.sandbox.requests.length;
    const cli = start(scene);
    await eventually("a read", () => scene.sandbox.requests.length > already);
    await interrupt(cli, signal);

    expect(await cli.ended).toMatchObject({ exit: 8, signal: null });
    expect(scene.writes).toEqual([]);
    expect(readFileSync(scene.journal)).toEqual(journal);
    expect(scene.lockNames()).toEqual([]);
  },
);

describe("a second signal", () => {
  it.each([
    [
      "the gateway never handles",
      { kind: "latency", ms: NEVER_MS } as const,
      ["ngrok POST /provider-keys/aigpk_0/rotate"],
    ],
    ["took effect without a whole answer", { kind: "slow-body" } as const, []],
  ])("ends at once a write that %s, and the next run finds out", async (_what, fault, repeated) => {
    const scene = await open();
    scene.sandbox.inject("ngrok", { ...fault, method: "POST" });
    const cli = start(scene);
    await rotateOf(scene);
    await interrupt(cli, "SIGINT");
    await interrupt(cli, "SIGINT");
    const ended = await cli.ended;

    // No answer was waited for, nor the end of the time that there is for one.
    expect(ended).toMatchObject({ exit: 8, signal: null });
    expect(rows(ended)).toEqual([
      {
        id: "aigpk_0",
        status: "unknown",
        error: expect.objectContaining({ name: "AbortedError", outcome: "unknown" }),
      },
      { id: "aigpk_1", status: "blocked", reason: "cancelled before it was sent" },
    ]);
    expect(outcomes(scene).at(-1)).toMatchObject({ status: "unknown", applied: [], error: { name: "AbortedError" } });
    expect(scene.events().at(-1)).toMatchObject({ type: "end", done: 0, blocked: 1, unknown: 1, cancelled: true });
    expect(scene.lockNames()).toEqual([]);

    await finish(scene, repeated);
  });

  it("may be of the other kind", async () => {
    const scene = await open();
    scene.sandbox.inject("ngrok", { kind: "latency", ms: NEVER_MS, method: "POST" });
    const cli = start(scene);
    await rotateOf(scene);
    await interrupt(cli, "SIGINT");
    await interrupt(cli, "SIGTERM");
    expect(await cli.ended).toMatchObject({ exit: 8, signal: null });
    expect(outcomes(scene).at(-1)).toMatchObject({ status: "unknown" });
  });
});

it("a signal ends the wait for an earlier run's requests, and nothing is sent", async () => {
  const scene = await open();
  scene.sandbox.inject("ngrok", { kind: "latency", ms: NEVER_MS, method: "POST" });
  const killed = start(scene);
  await rotateOf(scene);
  killed.send("SIGKILL");
  await killed.ended;
  const already = scene.sandbox.requests.length;
  const cli = start(scene);
  await eventually("the wait", () => cli.stderr.includes("(60 s)"));
  await interrupt(cli, "SIGINT");

  expect(await cli.ended).toMatchObject({ exit: 8, signal: null });
  expect(scene.sandbox.requests).toHaveLength(already);
  expect(scene.events().at(-1)).toMatchObject({ type: "intent" });
  expect(scene.lockNames()).toEqual([]);
});
