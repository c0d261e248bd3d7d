import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  eventsOf,
  FLEET_KEY,
  type FleetOptions,
  fleetConfig,
  fleetId,
  fleetSeed,
  JOURNAL,
  journalLines,
  writesOf,
} from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const DEFAULT_LIMITS = "# the limits are the default ones";
const WITH_KEY = "name: New, credential: { scheme: api_key, apiKey: env:FLEET_KEY }";

async function fleet(count: number, options: FleetOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(count) });
  const fixed = { top: DEFAULT_LIMITS, gateways: ["barndoor", "ngrok"] as const };
  const { yaml, environment } = fleetConfig(sandbox, count, { ...fixed, ...options });
  directory.write("gatefold.yaml", yaml);
  const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
  return { sandbox, run };
}

const allowing = (...limits: readonly string[]) => limits.flatMap((limit) => ["--allow", limit]);
const refusal = (planned: number, bindings: number, where: string, most: number, allow: string, what = "objects") =>
  `refused: ${planned} ${what} of ${bindings} would be written ${where}, and the limit is ${most}\n  fix: if this is meant, say --allow ${allow}`;
const refusalsIn = (stdout: string) => stdout.match(/^refused: .*\n {2}fix: .*$/gm) ?? [];

/** Twelve objects at two gateways, all to be written, beyond every limit. */
const everywhere = [
  refusal(24, 24, "in total", 12, "update=24"),
  refusal(12, 12, "at barndoor-prod", 6, "update:barndoor-prod=12"),
  refusal(12, 12, "at ngrok-prod", 6, "update:ngrok-prod=12"),
];
const all = ["update=24", "update:barndoor-prod=12", "update:ngrok-prod=12"];

describe("beyond a limit", () => {
  it("a plan is shown with what it goes beyond, and still written to files", async () => {
    const { run } = await fleet(12);
    const files = ["--out", "plan.json", "--out", "plan.md", "--out", "plan.txt"];
    const { exit, stdout, stderr } = await run("plan", ...files);
    expect({ exit, stderr }).toEqual({ exit: 3, stderr: "" });
    expect(refusalsIn(stdout)).toEqual(everywhere);
    expect(stdout).toContain("24 bindings: 24 changed; apply would write 24, and is refused.");
    const read = (name: string) => readFileSync(join(directory.path, name), "utf8");
    expect(read("plan.txt")).toBe(stdout);
    expect(read("plan.md")).toContain("and is refused");
    expect(JSON.parse(read("plan.json")).exceeded).toEqual([
      { kind: "update", gateway: null, planned: 24, bindings: 24, most: 12 },
      { kind: "update", gateway: "barndoor-prod", planned: 12, bindings: 12, most: 6 },
      { kind: "update", gateway: "ngrok-prod", planned: 12, bindings: 12, most: 6 },
    ]);
  });

  it("an apply shows the same, and writes nothing anywhere", async () => {
    const { sandbox, run } = await fleet(12);
    const plan = await run("plan");
    expect(await run("apply")).toEqual(plan);
    const asJson = await run("apply", "--json", "--out", "plan.json");
    expect(asJson.exit).toBe(3);
    expect(asJson.stdout).toBe((await run("plan", "--json")).stdout);
    expect(readFileSync(join(directory.path, "plan.json"), "utf8")).toBe(asJson.stdout);
    expect(writesOf(sandbox)).toEqual([]);
    expect(journalLines(directory.path)).toEqual([]);
  });

  it("a saved plan is not carried out either", async () => {
    const { sandbox, run } = await fleet(12);
    expect((await run("plan", "--out", "plan.json")).exit).toBe(3);
    const { exit, stdout } = await run("apply", "plan.json");
    expect(exit).toBe(3);
    expect(refusalsIn(stdout)).toEqual(everywhere);
    expect(writesOf(sandbox)).toEqual([]);
    expect(journalLines(directory.path)).toEqual([]);
  });

  it("drift only tells what differs", async () => {
    const { run } = await fleet(12);
    const { exit, stdout } = await run("drift");
    expect(exit).toBe(2);
    expect(refusalsIn(stdout)).toEqual([]);
  });

  it("keys have their own limit", async () => {
    const { sandbox, run } = await fleet(12, {
      top: "limits: { update: { percent: 100 }, total: { update: { percent: 100 } } }",
      fields: WITH_KEY,
    });
    expect((await run("plan")).exit).toBe(2);
    const { exit, stdout } = await run("apply", "--write-unverified");
    expect(exit).toBe(3);
    expect(refusalsIn(stdout)).toEqual([
      refusal(24, 24, "in total", 12, "key=24", "keys"),
      refusal(12, 12, "at barndoor-prod", 6, "key:barndoor-prod=12", "keys"),
      refusal(12, 12, "at ngrok-prod", 6, "key:ngrok-prod=12", "keys"),
    ]);
    expect(writesOf(sandbox)).toEqual([]);
  });

  it("a part of the config is judged by all its bindings", async () => {
    const { run } = await fleet(12);
    const six = ["p1", "p2", "p3", "p4", "p5", "p6"];
    expect((await run("plan", "--provider", ...six)).exit).toBe(2);
    const seven = await run("plan", "--provider", ...six, "p7", "--gateway", "ngrok-prod");
    expect(seven.exit).toBe(3);
    expect(refusalsIn(seven.stdout)).toEqual([refusal(7, 12, "at ngrok-prod", 6, "update:ngrok-prod=7")]);
  });
});

describe("an allowance", () => {
  it("lets exactly as much through, and is in the plan and in the journal", async () => {
    const { sandbox, run } = await fleet(12);
    const plan = await run("plan", ...allowing(...all), "--json");
    expect(plan.exit).toBe(2);
    expect(jsonOf(plan.stdout)).toMatchObject({ allow: all, exceeded: [] });
    expect((await run("apply", ...allowing(...all))).exit).toBe(0);
    expect(writesOf(sandbox)).toHaveLength(24);
    expect(eventsOf(directory.path, "run")).toMatchObject([{ command: "apply", allow: all }]);
  });

  it("for keys is one of its own", async () => {
    const { sandbox, run } = await fleet(4, {
      gateways: ["ngrok"],
      top: "limits: { key: { atLeast: 0 } }",
      fields: WITH_KEY,
    });
    const argv = ["apply", "--write-unverified"];
    const updates = ["update:ngrok-prod=4"];
    expect((await run(...argv, ...allowing(...updates))).exit).toBe(3);
    expect((await run(...argv, ...allowing("key:ngrok-prod=4"))).exit).toBe(3);
    expect(writesOf(sandbox)).toEqual([]);
    expect((await run(...argv, ...allowing(...updates, "key:ngrok-prod=4"))).exit).toBe(0);
    expect(sandbox.stored("ngrok", fleetId("ngrok", 4))?.value).toBe(FLEET_KEY);
  });

  it("that is smaller than what is planned refuses still", async () => {
    const { sandbox, run } = await fleet(12);
    const { exit, stdout } = await run(
      "apply",
      ...allowing("update=24", "update:barndoor-prod=12", "update:ngrok-prod=11"),
    );
    expect(exit).toBe(3);
    expect(refusalsIn(stdout)).toEqual([refusal(12, 12, "at ngrok-prod", 11, "update:ngrok-prod=12")]);
    expect(writesOf(sandbox)).toEqual([]);
  });

  it("can forbid what the limit would let through", async () => {
    const { run } = await fleet(2, { gateways: ["ngrok"] });
    expect((await run("plan")).exit).toBe(2);
    expect((await run("plan", ...allowing("update=1"))).exit).toBe(3);
  });

  it("of a saved plan holds for its apply, and one given then counts before it", async () => {
    const { sandbox, run } = await fleet(12);
    expect((await run("plan", ...allowing(...all), "--out", "plan.json")).exit).toBe(2);
    const refused = await run("apply", "plan.json", ...allowing("update:ngrok-prod=3"));
    expect(refused.exit).toBe(3);
    expect(refusalsIn(refused.stdout)).toEqual([refusal(12, 12, "at ngrok-prod", 3, "update:ngrok-prod=12")]);
    expect(writesOf(sandbox)).toEqual([]);
    expect((await run("apply", "plan.json")).exit).toBe(0);
    expect(eventsOf(directory.path, "run")).toMatchObject([{ allow: all }]);
  });

  it.each([
    ["12", "expected update, key or remove, a gateway and how many"],
    ["all", "expected update, key or remove, a gateway and how many"],
    ["update", "expected update, key or remove, a gateway and how many"],
    ["update=", "expected update, key or remove, a gateway and how many"],
    ["update=many", "expected update, key or remove, a gateway and how many"],
    ["update=-1", "expected update, key or remove, a gateway and how many"],
    ["update=1.5", "expected update, key or remove, a gateway and how many"],
    ["update:=3", "expected update, key or remove, a gateway and how many"],
    ["delete=3", "expected update, key or remove, a gateway and how many"],
    ["update:ngrok-prod=9999999999", "expected update, key or remove, a gateway and how many"],
    ["update:ngrok-prd=3", "no gateway ngrok-prd has bindings"],
  ])("%j is refused, and nothing is read or sent", async (limit, message) => {
    const { sandbox, run } = await fleet(1);
    for (const command of ["plan", "apply"]) {
      const { exit, stdout, stderr } = await run(command, "--allow", limit);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr).toMatch(new RegExp(`^--allow:1:1: ${limit.replace(/[.]/g, "\\.")}: ${message}`));
    }
    expect(sandbox.requests).toEqual([]);
  });

  it("given twice for one limit is refused", async () => {
    const { sandbox, run } = await fleet(1);
    const { exit, stderr } = await run("apply", ...allowing("update:ngrok-prod=3", "update:ngrok-prod=4"));
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "--allow:1:1: update:ngrok-prod=4: is given twice\n" });
    expect(sandbox.requests).toEqual([]);
  });

  it.each(["--force", "--yes", "-y", "-f", "--no-limits", "--allow-all"])(
    "for everything does not exist: %s",
    async (flag) => {
      const { sandbox, run } = await fleet(12);
      const { exit, stdout, stderr } = await run("apply", flag);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr).toMatch(/unknown option/);
      expect(sandbox.requests).toEqual([]);
      expect(existsSync(join(directory.path, JOURNAL))).toBe(false);
    },
  );
});
