import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Sandbox } from "../../src/testing/index.ts";
import { type FleetOptions, fleetConfig, fleetSeed, writesOf } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, type Surroundings, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

async function fleet(count = 2, options: FleetOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(count) });
  const { yaml, environment } = fleetConfig(sandbox, count, { gateways: ["barndoor", "ngrok"], ...options });
  directory.write("gatefold.yaml", yaml);
  const runWith = (surroundings: Surroundings, ...argv: string[]) =>
    gatefold(argv, {
      directory: directory.path,
      ...surroundings,
      environment: { ...environment, ...surroundings.environment },
    });
  return { sandbox, run: (...argv: string[]) => runWith({}, ...argv), runWith };
}

const pathOf = (name: string) => join(directory.path, name);
const read = (name: string) => readFileSync(pathOf(name), "utf8");
const EVERY_FORM = ["--out", "out.json", "--out", "out.md", "--out", "out.txt"];

/** Waits for the first request, so that the next thing happens in the middle of the work. */
async function firstRequest({ requests }: Sandbox): Promise<void> {
  while (requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe("--out", () => {
  it.each([["plan"], ["drift"]])("of %s writes every form at once, each as it would be printed", async (command) => {
    const { run } = await fleet();
    const { exit, stdout, stderr } = await run(command, ...EVERY_FORM);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: "" });
    expect(read("out.txt")).toBe(stdout);
    expect(read("out.json")).toBe((await run(command, "--json")).stdout);
    expect(read("out.md")).toBe((await run(command, "--format", "markdown")).stdout);
    expect(readdirSync(directory.path).sort()).toEqual(["gatefold.yaml", "out.json", "out.md", "out.txt"]);
  });

  it("of apply writes every form at once", async () => {
    const { run } = await fleet();
    const { exit, stdout } = await run("apply", "--json", ...EVERY_FORM);
    expect(exit).toBe(0);
    expect(read("out.json")).toBe(stdout);
    expect(read("out.txt")).toMatch(/^done .*\n[\s\S]*4 done, 0 failed, 0 blocked, 0 unknown\.\n$/);
    expect(read("out.md")).toMatch(/^<!-- gatefold apply -->\n### gatefold apply: 4 done/);
  });

  it("tells the form by the end of the name, in capitals too", async () => {
    const { run } = await fleet(1);
    await run("plan", "--out", "A.JSON", "--out", "b.markdown", "--out", "./c.TXT");
    expect(jsonOf(read("A.JSON"))).toMatchObject({ version: 1 });
    expect(read("b.markdown")).toMatch(/^<!-- gatefold plan -->\n### gatefold plan/);
    expect(read("c.TXT")).toMatch(/1 binding|2 bindings/);
  });

  it.each(["plan.yaml", "plan", "plan.json.bak", ".json", "plan.pdf", "plan."])(
    "refuses %s before anything is read or sent",
    async (name) => {
      const { sandbox, run } = await fleet(1);
      for (const command of ["plan", "drift", "apply"]) {
        const { exit, stdout, stderr } = await run(command, "--out", "fine.json", "--out", name);
        expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
        expect(stderr).toBe(
          `${name}:1:1: cannot tell the form: expected a name that ends in .json, .md, .markdown, .txt, .html, .htm\n`,
        );
      }
      expect(sandbox.requests).toEqual([]);
      expect(readdirSync(directory.path)).toEqual(["gatefold.yaml"]);
    },
  );

  it("refuses every place that takes no file, together and before anything is sent", async () => {
    const { sandbox, run } = await fleet(1);
    mkdirSync(pathOf("folder.json"));
    const places = ["no/such/plan.json", "gatefold.yaml/plan.md", "folder.json"];
    const { exit, stdout, stderr } = await run("apply", "--json", ...places.flatMap((place) => ["--out", place]));
    expect(exit).toBe(1);
    expect(stderr).toBe(
      [
        "no/such/plan.json:1:1: cannot be written: its folder takes no file (ENOENT)",
        "gatefold.yaml/plan.md:1:1: cannot be written: its folder takes no file (ENOTDIR)",
        "folder.json:1:1: cannot be written: it is a folder",
        "",
      ].join("\n"),
    );
    expect(jsonOf(stdout)).toMatchObject({ error: { name: "ConfigError", problems: [{}, {}, {}] } });
    expect(sandbox.requests).toEqual([]);
  });

  it("that cannot be written in the end leaves the result on standard output, and the other files", async () => {
    const { sandbox, run } = await fleet(1, { gateways: ["ngrok"] });
    mkdirSync(pathOf("gone"));
    sandbox.inject("ngrok", { kind: "latency", ms: 50 });
    const running = run("apply", "--json", "--out", "gone/result.json", "--out", "result.json");
    await firstRequest(sandbox);
    rmSync(pathOf("gone"), { recursive: true });
    const { exit, stdout, stderr } = await running;
    expect(exit).toBe(1);
    expect(stderr).toBe("gone/result.json:1:1: cannot be written (ENOENT)\n");
    expect(jsonOf(stdout)).toMatchObject({ rows: [{ status: "done" }] });
    expect(read("result.json")).toBe(stdout);
    expect(writesOf(sandbox)).toHaveLength(1);
  });

  it("leaves nothing behind when the file cannot take its place", async () => {
    const { sandbox, run } = await fleet(1, { gateways: ["ngrok"] });
    sandbox.inject("ngrok", { kind: "latency", ms: 50 });
    const running = run("plan", "--out", "plan.json");
    await firstRequest(sandbox);
    mkdirSync(pathOf("plan.json"));
    expect(await running).toMatchObject({ exit: 1, stderr: "plan.json:1:1: cannot be written (EISDIR)\n" });
    expect(readdirSync(directory.path).sort()).toEqual(["gatefold.yaml", "plan.json"]);
  });

  it("replaces a file as a whole: whoever reads the old one sees the old one", async () => {
    const { run } = await fleet(1);
    directory.write("plan.json", "the old plan");
    const reader = openSync(pathOf("plan.json"), "r");
    try {
      expect((await run("plan", "--out", "plan.json")).exit).toBe(2);
      expect(readFileSync(reader, "utf8")).toBe("the old plan");
    } finally {
      closeSync(reader);
    }
    expect(jsonOf(read("plan.json"))).toMatchObject({ version: 1 });
  });

  it("takes the place of a link, and does not write through it", async () => {
    const { run } = await fleet(1);
    writeFileSync(pathOf("elsewhere"), "kept");
    symlinkSync(pathOf("elsewhere"), pathOf("plan.json"));
    expect((await run("plan", "--out", "plan.json")).exit).toBe(2);
    expect(read("elsewhere")).toBe("kept");
    expect(jsonOf(read("plan.json"))).toMatchObject({ version: 1 });
  });
});

describe("colour", () => {
  const ESCAPE = "\u001b[";
  const terminal = { isTerminal: true };

  it.each([["plan"], ["drift"], ["apply"]])("is in the text of %s on a terminal, and nowhere else", async (command) => {
    const { runWith } = await fleet();
    const { stdout } = await runWith(terminal, command, ...EVERY_FORM);
    expect(stdout).toContain(ESCAPE);
    for (const name of ["out.json", "out.md", "out.txt"]) expect(read(name)).not.toContain(ESCAPE);
    expect(read("out.txt")).toBe(stripVTControlCharacters(stdout));
  });

  it.each([
    ["without a terminal", {}, []],
    ["with NO_COLOR", { ...terminal, environment: { NO_COLOR: "1" } }, []],
    ["on a terminal that cannot show it", { ...terminal, environment: { TERM: "dumb" } }, []],
    ["in JSON on a terminal", terminal, ["--json"]],
    ["in Markdown on a terminal", terminal, ["--format", "markdown"]],
  ])("is not there %s", async (_title, surroundings, more) => {
    const { runWith } = await fleet(1);
    const { exit, stdout } = await runWith(surroundings, "plan", ...more);
    expect(exit).toBe(2);
    expect(stdout).not.toContain(ESCAPE);
  });

  it("is in no error", async () => {
    const { runWith } = await fleet(1);
    const { exit, stdout, stderr } = await runWith({ ...terminal, environment: { NGROK_TOKEN: "" } }, "plan");
    expect({ exit, stdout }).toEqual({ exit: 5, stdout: "" });
    expect(stderr).not.toContain(ESCAPE);
  });
});

describe("--format", () => {
  it("json is what --json is short for", async () => {
    const { run } = await fleet(1);
    const { stdout } = await run("plan", "--json");
    expect((await run("plan", "--format", "json")).stdout).toBe(stdout);
    expect((await run("plan", "--format=json")).stdout).toBe(stdout);
  });

  it("text is the default", async () => {
    const { run } = await fleet(1);
    expect((await run("plan", "--format", "text")).stdout).toBe((await run("plan")).stdout);
  });

  it("refuses another form, and says which there are", async () => {
    const { sandbox, run } = await fleet(1);
    const { exit, stdout, stderr } = await run("plan", "--format", "yaml");
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(/--format <form>' argument 'yaml' is invalid.*text, json, markdown/);
    expect(sandbox.requests).toEqual([]);
  });
});

it("what a stranger wrote cannot move the cursor or begin a line, in no error", async () => {
  await fleet(1);
  directory.write("gatefold.yaml", 'version: 1\n"\\e[2J\\n::error::x": 1\ngateways: {}\n');
  const { exit, stderr } = await gatefold(["plan"], { directory: directory.path });
  expect(exit).toBe(1);
  expect(stderr).not.toContain("\u001b");
  expect(stderr).not.toMatch(/^::/m);
});
