import { hostname } from "node:os";
import { allowLoopback } from "../support/loopback.ts";
import { eventually, useCli } from "../support/process.ts";
import { endingOf, rowsOf, wholeEnding } from "./ending.ts";
import { APPLY, useScenes } from "./scene.ts";
import { KEYS, thingsOf } from "./things.ts";

allowLoopback();
const startCli = useCli();
const openScene = useScenes();

const NEVER_MS = 3_600_000;

it("while a run has the journal another one is refused, a plan is not, and a killed run stands in nobody's way", async () => {
  const things = thingsOf({ ngrok: 2, barndoor: 1, respan: 1 });
  const scene = await openScene({ timeoutMs: 600_000, things });
  const { sandbox } = scene;
  sandbox.inject("ngrok", { kind: "latency", ms: NEVER_MS, method: "POST" });
  const first = startCli(APPLY, scene.process);
  // One is that of the earlier run.
  await eventually("the other gateways' outcomes", () => {
    return scene.events().filter(({ type }) => type === "outcome").length === scene.things.length;
  });
  const already = sandbox.requests.length;

  const second = await startCli(["apply", "--write-unverified"], scene.process).ended;
  expect(second).toMatchObject({ exit: 1, signal: null, stdout: "" });
  const holder = `is in use by crash-test, who runs apply as process ${first.pid} on ${hostname()}, since `;
  expect(second.stderr).toContain(holder);
  const { at } =
    scene
      .events()
      .filter(({ type }) => type === "run")
      .at(-1) ?? {};
  const since = second.stderr.split(holder)[1]?.slice(0, "2026-11-22T10:00:00.000Z".length) ?? "";
  // It took the lock before it wrote its first line, both by the same clock.
  expect(new Date(since).toISOString()).toBe(since);
  expect(since <= String(at)).toBe(true);
  expect(sandbox.requests).toHaveLength(already);

  const plan = await startCli(["plan", "--json"], scene.process).ended;
  expect(plan).toMatchObject({ exit: 2, signal: null });
  expect(rowsOf(plan.stdout).map(({ gateway, status }) => [gateway, status])).toEqual([
    ["ngrok", "changed"],
    ["ngrok", "in-sync"],
    ["barndoor", "in-sync"],
    ["respan", "in-sync"],
  ]);
  expect(rowsOf(plan.stdout)[0]).toMatchObject({
    reason: "the outcome of an earlier write is not known; the next apply settles it by reading back",
  });
  expect(sandbox.requests.slice(already).map(({ method }) => method)).not.toContain("PATCH");
  expect(first.hasEnded).toBe(false);

  first.send("SIGKILL");
  await first.ended;
  expect(scene.lockNames()).toEqual([expect.stringContaining(`.lock-${first.pid}-`)]);
  expect(await scene.apply()).toMatchObject({ exit: 0 });
  // The gateway never handled the first rotate.
  const repeated = ["ngrok POST /provider-keys/aigpk_0/rotate"];
  const stored = [
    { value: KEYS.NGROK_KEY, description: "rotated" },
    { metadata: '{"team":"ml"}' },
    { api_key: KEYS.BARNDOOR_KEY, name: "Renamed 0" },
    { api_key: KEYS.RESPAN_KEY, provider_name: "Renamed 0" },
  ].map((each) => expect.objectContaining(each));
  expect(await endingOf(scene)).toEqual({ ...wholeEnding(stored), repeated });
});
