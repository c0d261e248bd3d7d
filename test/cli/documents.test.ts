import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { commands } from "../support/command-lines.ts";
import { FLEET_KEY, fleetConfig, fleetSeed } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, type Surroundings, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const NEW_KEY = "sk-the-next-key-2026";

const schemas = new Map<string, ReturnType<Ajv2020["compile"]>>();

/** What `gatefold schema NAME` says against a document. */
async function complaints(name: string, document: unknown): Promise<unknown> {
  const known = schemas.get(name) ?? new Ajv2020({ strict: false }).compile(jsonOf((await schema(name)).stdout));
  schemas.set(name, known);
  return known(document) ? [] : known.errors;
}

const schema = (name: string) => gatefold(["schema", name]);

/** Every object of a document that a stranger's member could hide in; free values and errors have members of their own. */
function strictObjects(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  const free = new Set(["error", "before", "after", "body", "headers", "fields", "schemes"]);
  const members = Object.entries(value).filter(([name]) => !free.has(name));
  const inner = members.flatMap(([, member]) => strictObjects(member));
  return Array.isArray(value) ? inner : [value, ...inner];
}

/** A fleet of one object at each of two gateways, with keys that are adopted. */
async function scene(): Promise<(argv: readonly string[], more?: Surroundings) => ReturnType<typeof gatefold>> {
  const sandbox = await open({ seed: fleetSeed(1) });
  const { yaml, environment } = fleetConfig(sandbox, 1, {
    top: "fingerprintKey: env:FLEET_FINGERPRINT_KEY",
    gateways: ["barndoor", "ngrok"],
    fields: "name: Old, credential: { scheme: api_key, apiKey: env:FLEET_KEY }",
  });
  directory.write("gatefold.yaml", yaml);
  const given = { directory: directory.path, environment: { ...environment, NEW_KEY } };
  const run = (argv: readonly string[], more: Surroundings = {}) => gatefold(argv, { ...given, ...more });
  await run(["adopt", "--key"]);
  return run;
}

const ROTATE = ["rotate", "p1", "--to", "env:NEW_KEY", "--from", "env:FLEET_KEY"];

/** Each command that prints JSON, with the name of its schema; the exit code tells that it did its work. */
const printing: readonly [schema: string, argv: readonly string[], exit: number][] = [
  ["plan", ["plan"], 0],
  ["drift", ["drift"], 0],
  ["apply", ["apply"], 0],
  ["adopt", ["adopt", "--key", "--object"], 0],
  ["rotate", ROTATE, 0],
  ["validate", ["validate"], 0],
  ["import", ["import", "--gateway", "ngrok-prod", "--all"], 0],
  ["explain", ["explain", "ngrok-prod", "aigpk_000000000001", "{name: New}"], 0],
  ["capabilities", ["capabilities"], 0],
  ["journal-verify", ["journal", "verify"], 0],
  ["journal-verify", ["journal", "verify", "--head", "f".repeat(64)], 1],
  ["journal-show", ["journal", "show"], 0],
  ["new-adapter", ["new-adapter", "acme"], 0],
  ["report", ["report", "--html", "report.html"], 0],
  ["init", ["init", "--config", "new.yaml", "--gateway", "main=ngrok", "--token", "main=env:T", "--no-check"], 0],
];

describe("what a command prints as JSON", () => {
  it.each(printing)("is what schema %s says: %j", async (name, argv, exit) => {
    const run = await scene();
    const ran = await run([...argv, "--json"]);
    expect({ exit: ran.exit, stderr: ran.stderr }).toEqual({ exit, stderr: "" });
    const document = jsonOf(ran.stdout);
    expect(document).not.toHaveProperty("error");
    expect(await complaints(name, document)).toEqual([]);
    // Nothing that the schema does not tell of goes through.
    for (let index = 0; index < strictObjects(document).length; index++) {
      const changed = jsonOf(ran.stdout);
      Object.assign(strictObjects(changed)[index] ?? {}, { surprise: 1 });
      expect(await complaints(name, changed)).not.toEqual([]);
    }
  });

  it.each([...new Set(printing.map(([name]) => name))])("may be an error, by schema %s", async (name) => {
    expect(await complaints(name, { error: { name: "ConfigError", message: "cannot be read" } })).toEqual([]);
    expect(await complaints(name, { error: { message: "no name" } })).not.toEqual([]);
  });

  it("is what schema sandbox says, while it runs", async () => {
    const ending = new AbortController();
    const ran = await gatefold(["sandbox", "--json"], { signal: ending.signal, onOutput: () => ending.abort() });
    expect(await complaints("sandbox", jsonOf(ran.stdout))).toEqual([]);
  });

  it("has a schema for every journal of every command", async () => {
    const run = await scene();
    await run(["apply", "--write-unverified", "--reason", "first"]);
    await run(ROTATE);
    const { stdout } = await run(["journal", "show", "--json"]);
    expect(stdout).toMatch(/"type": "rotated"/);
    expect(await complaints("journal-show", jsonOf(stdout))).toEqual([]);
  });
});

describe("a rotation's report", () => {
  it("can be had as JSON, Markdown and text in files, none of which holds a key", async () => {
    const run = await scene();
    const outputs = ["r.json", "r.md", "r.txt"].flatMap((file) => ["--out", file]);
    const ran = await run([...ROTATE, "--format", "markdown", ...outputs]);
    expect(ran.exit).toBe(0);
    const read = (file: string) => readFileSync(join(directory.path, file), "utf8");
    expect(ran.stdout).toBe(read("r.md"));
    expect(ran.stdout).toMatch(/^<!-- gatefold rotate -->\n### gatefold rotate: All 2 hold the new key\n/);
    expect(await complaints("rotate", jsonOf(read("r.json")))).toEqual([]);
    expect(read("r.txt")).toContain("All 2 hold the new key.");
    for (const file of ["r.json", "r.md", "r.txt"]) {
      expect(read(file)).not.toContain(NEW_KEY);
      expect(read(file)).not.toContain(FLEET_KEY);
    }
  });

  it("is a document when it was undone, too", async () => {
    const sandbox = await open({ seed: fleetSeed(1) });
    const { yaml, environment } = fleetConfig(sandbox, 1, {
      gateways: ["barndoor", "ngrok"],
      fields: "credential: { scheme: api_key, apiKey: env:FLEET_KEY }",
    });
    directory.write("gatefold.yaml", yaml);
    sandbox.inject("ngrok", { kind: "status", status: 400, method: "POST", times: 9 });
    const surroundings = { directory: directory.path, environment: { ...environment, NEW_KEY } };
    const ran = await gatefold([...ROTATE, "--json"], surroundings);
    expect(jsonOf(ran.stdout)).toMatchObject({ status: "all-old", failure: expect.any(String) });
    expect(await complaints("rotate", jsonOf(ran.stdout))).toEqual([]);
    expect(ran.exit).toBe(1);
  });

  it("refuses a file whose form cannot be told before anything is read", async () => {
    const run = await scene();
    const { exit, stderr } = await run([...ROTATE, "--out", "r.xyz"]);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringMatching(/r\.xyz.*cannot tell the form/s) });
  });
});

describe("schema", () => {
  it("has one for every command that prints JSON", async () => {
    // A show for people, and one whose document is a schema.
    const without = ["demo", "schema"];
    const all = commands().filter(({ command }) => command.options.some(({ long }) => long === "--json"));
    const names = all.map(({ path }) => path.replace(" ", "-")).filter((name) => !without.includes(name));
    expect(names.length).toBeGreaterThan(13);
    for (const name of names) expect({ name, exit: (await schema(name)).exit }).toEqual({ name, exit: 0 });
    for (const name of without) expect((await schema(name)).exit).toBe(1);
  });

  it("names what it has when asked for another", async () => {
    const { exit, stderr } = await schema("rotat");
    expect(exit).toBe(1);
    expect(stderr).toMatch(/rotat.*has no schema\n {2}fix: did you mean rotate\?/);
  });
});
