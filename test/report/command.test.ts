import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  FLEET_FINGERPRINT_KEY,
  FLEET_KEY,
  type FleetOptions,
  fleetConfig,
  fleetSeed,
  writesOf,
} from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const KEYED: FleetOptions = {
  fields: "name: New, credential: { scheme: api_key, apiKey: env:FLEET_KEY }",
  top: "fingerprintKey: env:FLEET_FINGERPRINT_KEY\nlimits: { update: { percent: 100 }, key: { percent: 100 }, total: { update: { percent: 100 }, key: { percent: 100 } } }",
};

async function fleet(count = 2, options: FleetOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(count) });
  const { yaml, environment } = fleetConfig(sandbox, count, { gateways: ["barndoor", "ngrok"], ...options });
  directory.write("gatefold.yaml", yaml);
  return {
    sandbox,
    environment,
    run: (...argv: string[]) => gatefold(argv, { directory: directory.path, environment }),
  };
}

const pathOf = (name: string) => join(directory.path, name);
const read = (name: string) => readFileSync(pathOf(name), "utf8");

describe("gatefold report", () => {
  it("writes a page and says in one line where it is and what it says; it writes nothing else", async () => {
    const { run, sandbox } = await fleet();
    expect(await run("report")).toEqual({
      exit: 2,
      stdout: "gatefold-report.html: 4 bindings: 4 changed; apply writes 4.\n",
      stderr: "",
    });
    expect(read("gatefold-report.html")).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(read("gatefold-report.html")).toContain("<h1>4 of 4 bindings not plainly in sync</h1>");
    expect(writesOf(sandbox)).toEqual([]);
    expect(readdirSync(directory.path).sort()).toEqual(["gatefold-report.html", "gatefold.yaml"]);
  });

  it("exits with 0 where everything is in sync, and gives the plan as JSON", async () => {
    const { run } = await fleet();
    await run("apply");
    const { exit, stdout } = await run("report", "--html", "page.htm", "--json");
    expect(exit).toBe(0);
    expect(jsonOf(stdout)).toEqual(jsonOf((await run("plan", "--json")).stdout));
    expect(read("page.htm")).toContain("<h1>All 4 bindings are in sync</h1>");
  });

  it("is about the part that it is told to be about", async () => {
    const { run } = await fleet();
    expect((await run("report", "--gateway", "ngrok-prod", "--provider", "p1")).stdout).toContain(
      "1 binding: 1 changed",
    );
    expect(read("gatefold-report.html")).not.toContain("barndoor-prod");
  });

  it("refuses a name that is no page's before it asks any gateway", async () => {
    const { run, sandbox } = await fleet();
    const { exit, stderr } = await run("report", "--html", "report.json");
    expect(exit).toBe(1);
    expect(stderr).toContain("expected a name that ends in .html, .htm");
    expect(sandbox.requests).toEqual([]);
  });

  it("tells ages and reasons from the journal", async () => {
    const { run } = await fleet(1, KEYED);
    await run("apply", "--write-unverified", "--reason", "first keys");
    await run("report");
    expect(read("gatefold-report.html")).toContain("Written by gatefold less than a minute ago.");
    expect(read("gatefold-report.html")).toContain("reason: <bdi>first keys</bdi>");
  });
});

describe("--out of a page", () => {
  it.each([
    ["plan", "Apply writes 4"],
    ["drift", "4 of 4 bindings not plainly in sync"],
    ["apply", "4 done, 0 failed, 0 blocked, 0 unknown"],
  ])("is written by %s", async (command, headline) => {
    const { run } = await fleet();
    await run(command, "--out", "out.HTML", "--out", "out.json");
    expect(read("out.HTML")).toContain(`<title>gatefold ${command}: ${headline}</title>`);
    expect(jsonOf(read("out.json"))).toMatchObject({ version: 1 });
  });

  it("shows the plan where an apply is refused for its limits", async () => {
    const { run } = await fleet(9, { top: "limits: { update: { count: 1 } }" });
    expect((await run("apply", "--out", "out.html")).exit).toBe(3);
    expect(read("out.html")).toMatch(/<h1>Apply would write 18, and is refused<\/h1>[\s\S]*<p class="alert">Refused: /);
  });
});

it("nothing secret stands in any page", async () => {
  const { run, environment } = await fleet(2, KEYED);
  await run("report", "--html", "before.html");
  await run("plan", "--write-unverified", "--out", "plan.html");
  await run("apply", "--write-unverified", "--out", "apply.html");
  await run("drift", "--out", "drift.html");
  const tokens = Object.entries(environment).flatMap(([name, value]) =>
    name.endsWith("_TOKEN") && value ? [value] : [],
  );
  const stored = ["barndoor", "ngrok"].flatMap((name) => [`sk-old-${name}-1`, `sk-old-${name}-2`]);
  const secrets = [FLEET_KEY, FLEET_FINGERPRINT_KEY, ...tokens, ...stored];
  for (const name of ["before.html", "plan.html", "apply.html", "drift.html"]) {
    expect(existsSync(pathOf(name))).toBe(true);
    const page = read(name);
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
    ]);
    expect({ name, found: forms.filter((form) => page.includes(form)) }).toEqual({ name, found: [] });
    // Nor a fingerprint of one.
    expect(page).not.toMatch(/[0-9a-f]{64}/);
  }
});
