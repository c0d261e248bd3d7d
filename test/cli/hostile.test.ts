import childProcess from "node:child_process";
import { existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../src/testing/index.ts";
import { FLEET_KEY, type FleetOptions, fleetConfig, fleetId, fleetSeed, JOURNAL } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { refusedPlaces } from "../support/no-network.ts";
import { gatefold, jsonOf, marked, TRUST_LINES, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();
const outside = () => `${directory.path}-outside`;
afterEach(() => rmSync(outside(), { recursive: true, force: true }));

const WITH_KEY = "credential: { scheme: api_key, apiKey: env:FLEET_KEY }";
const MARKER = "ran";
const commands: readonly (readonly [string, ...string[]])[] = [
  ["plan"],
  ["drift"],
  ["apply", "--write-unverified"],
  ["adopt", "--key"],
];

/** Everything that leaves this process or starts another one. */
function watchProcess() {
  const started: unknown[] = [];
  // Every way to start a process but the synchronous ones ends here.
  const spawn = Reflect.get(childProcess.ChildProcess.prototype, "spawn");
  beforeEach(() => {
    started.length = 0;
    refusedPlaces.length = 0;
    Reflect.set(childProcess.ChildProcess.prototype, "spawn", function (this: unknown, options: unknown) {
      started.push(options);
      return Reflect.apply(spawn, this, [options]);
    });
  });
  afterEach(() => {
    Reflect.set(childProcess.ChildProcess.prototype, "spawn", spawn);
  });
  return { started, left: refusedPlaces };
}

const { started, left } = watchProcess();

/** A command that leaves a mark when it runs, and prints a secret. */
function trap(printed: string): string {
  const script = `require("fs").writeFileSync(${JSON.stringify(join(directory.path, MARKER))}, ""); console.log(${JSON.stringify(printed)})`;
  return `exec:"${process.execPath}" "${directory.write("trap.js", script)}"`;
}

/** Two gateways, and a config for them that can be spoilt: the mark » goes before what is refused. */
async function fleet(spoil: (yaml: string, sandbox: Sandbox) => string, options: FleetOptions = {}) {
  const sandbox = await open({ seed: fleetSeed(1) });
  const fixed = {
    gateways: ["barndoor", "ngrok"] as const,
    top: "fingerprintKey: env:FLEET_FINGERPRINT_KEY",
    fields: WITH_KEY,
  };
  const { yaml, environment } = fleetConfig(sandbox, 1, { ...fixed, ...options });
  const { text, line, column } = marked(spoil(yaml, sandbox));
  directory.write("gatefold.yaml", text);
  const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
  return { sandbox, run, place: `gatefold.yaml:${line}:${column}` };
}

function expectNothingHappened({ requests }: Sandbox): void {
  expect(requests).toEqual([]);
  expect(left).toEqual([]);
  expect(started).toEqual([]);
  expect(existsSync(join(directory.path, MARKER))).toBe(false);
}

const quoted = (text: string) => JSON.stringify(text);

type Spoil = (yaml: string, sandbox: Sandbox) => string;
const refused: readonly [string, Spoil, string, FleetOptions?][] = [
  [
    "a command for a token",
    (yaml, sandbox) => yaml.replace("token: env:NGROK_TOKEN", `token: »${quoted(trap(sandbox.tokens.ngrok))}`),
    "gateways.ngrok-prod.token: runs a command: that needs --trust-config",
  ],
  [
    "a command for a key",
    (yaml) => yaml.replace("apiKey: env:FLEET_KEY", `apiKey: »${quoted(trap(FLEET_KEY))}`),
    "providers.p1.credential.apiKey: runs a command: that needs --trust-config",
  ],
  [
    "a command for the key of the fingerprints",
    (yaml) => yaml.replace("env:FLEET_FINGERPRINT_KEY", `»${quoted(trap("a random text of some length"))}`),
    "fingerprintKey: runs a command: that needs --trust-config",
  ],
  [
    "another host",
    (yaml, { urls }) => yaml.replace(quoted(urls.ngrok), "»https://elsewhere.test"),
    "gateways.ngrok-prod.baseUrl: elsewhere.test is none of the vendor's documented hosts: " +
      "sending the token there needs --trust-config",
  ],
  [
    "the vendor's host without encryption",
    (yaml, { urls }) => yaml.replace(quoted(urls.ngrok), "»http://api.ngrok.ai"),
    "gateways.ngrok-prod.baseUrl: sends the token unencrypted: that needs --trust-config",
  ],
  [
    "a journal elsewhere",
    (yaml) => `journal: »../outside-${process.pid}.jsonl\n${yaml}`,
    "journal: leads outside the folder of the config: writing there needs --trust-config",
  ],
];

describe.each(refused)("a stranger's file with %s", (_title, spoil, message, options) => {
  it.each(commands)("is refused with its place by %s, and nothing happens", async (...argv: readonly string[]) => {
    const { sandbox, run, place } = await fleet(spoil, options);
    const { exit, stdout, stderr } = await run(...argv);
    expect({ exit, stdout, stderr }).toEqual({ exit: 3, stdout: "", stderr: `${place}: ${message}\n${TRUST_LINES}` });
    expectNothingHappened(sandbox);
  });

  it("is refused as data, too, and nothing is written to files", async () => {
    const { sandbox, run } = await fleet(spoil, options);
    const { exit, stdout } = await run("plan", "--json", "--out", "plan.json");
    expect(exit).toBe(3);
    expect(jsonOf(stdout)).toMatchObject({ error: { name: "ConfigError", kind: "untrusted" } });
    expectNothingHappened(sandbox);
    expect(readdirSync(directory.path).filter((name) => !["gatefold.yaml", "trap.js"].includes(name))).toEqual([]);
  });

  it("can be looked at by commands that need no trust", async () => {
    const { sandbox, run } = await fleet(spoil, options);
    for (const argv of [["validate"], ["explain", "ngrok-prod", "aigpk_1", "{ name: N }"], ["capabilities"]]) {
      expect(await run(...argv)).toMatchObject({ exit: 0, stderr: "" });
    }
    expectNothingHappened(sandbox);
  });
});

it("all that asks for trust is told at once, and that of other gateways only when they are in scope", async () => {
  const { sandbox, run } = await fleet((yaml, { urls }) =>
    yaml
      .replace("token: env:NGROK_TOKEN", `token: ${quoted(trap("token"))}`)
      .replace(quoted(urls.barndoor), "»https://elsewhere.test"),
  );
  const everything = await run("plan");
  expect(everything.exit).toBe(3);
  expect(everything.stderr.trimEnd().split("\n")).toHaveLength(4);
  const part = await run("plan", "--gateway", "ngrok-prod");
  expect(part.stderr).toMatch(
    /^gatefold\.yaml:\d+:\d+: gateways\.ngrok-prod\.token: runs a command: [^\n]*\n {2}why: [^\n]*\n {2}fix: [^\n]*\n$/,
  );
  expectNothingHappened(sandbox);
});

const plant = (name: string) =>
  directory.write(name, `require("fs").writeFileSync(${quoted(join(directory.path, MARKER))}, "")`);

it.each([
  ["../evil.js", "there is no such file"],
  ["/evil.js", "there is no such file"],
  ["node:child_process", "unknown adapter; there are "],
  ["child_process", "unknown adapter; there are "],
  ["constructor", "unknown adapter; there are "],
  ["__proto__", "unknown adapter; there are "],
])("an adapter called %s does not exist, and nothing is loaded for it", async (name, message) => {
  plant("evil.js");
  const { sandbox, run, place } = await fleet((yaml) => yaml.replace("adapter: ngrok", `adapter: »${quoted(name)}`));
  for (const argv of [["plan"], ["apply", "--trust-config"], ["validate"]]) {
    const { exit, stdout, stderr } = await run(...argv);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^${place}: gateways\\.ngrok-prod\\.adapter: ${message}`));
  }
  expectNothingHappened(sandbox);
});

it("an adapter that is a file is not loaded without trust, whatever the command", async () => {
  plant("evil.js");
  const { sandbox, run, place } = await fleet((yaml) => yaml.replace("adapter: ngrok", "adapter: »./evil.js"));
  const key = ["adopt", "--key"];
  const explain = ["explain", "ngrok-prod", "aigpk_1", "{ name: N }"];
  const commands = [["plan"], ["apply"], ["drift"], ["validate"], ["import", "--gateway", "ngrok-prod"], key, explain];
  for (const argv of commands) {
    const ran = await run(...argv);
    const message = "is code that the config names: running it needs --trust-config";
    expect(ran).toEqual({
      exit: 3,
      stdout: "",
      stderr: `${place}: gateways.ngrok-prod.adapter: ${message}\n${TRUST_LINES}`,
    });
  }
  expect((await run("capabilities", "./evil.js")).exit).toBe(3);
  expectNothingHappened(sandbox);
});

it("an adapter that is a file is not loaded to look at the journal", async () => {
  plant("evil.js");
  const { sandbox, run } = await fleet((yaml) => yaml.replace("adapter: ngrok", "adapter: »./evil.js"));
  const { exit, stderr } = await run("journal", "show");
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining("there is no journal here") });
  expectNothingHappened(sandbox);
});

describe("with --trust-config", () => {
  it("commands run, for the token, the key and the fingerprints", async () => {
    const { sandbox, run } = await fleet((yaml) => {
      const token = trap("sandbox-ngrok-token");
      const spoilt = yaml.replace("token: env:NGROK_TOKEN", `token: »${quoted(token)}`);
      const key = `exec:"${process.execPath}" "${directory.write("key.js", `console.log(${quoted(FLEET_KEY)})`)}"`;
      return spoilt
        .replace("apiKey: env:FLEET_KEY", `apiKey: ${quoted(key)}`)
        .replace("env:FLEET_FINGERPRINT_KEY", quoted(key));
    });
    expect(await run("apply", "--write-unverified", "--trust-config")).toMatchObject({ exit: 0, stderr: "" });
    expect(sandbox.stored("ngrok", fleetId("ngrok", 1))?.value).toBe(FLEET_KEY);
    expect(existsSync(join(directory.path, MARKER))).toBe(true);
    expect(started).toHaveLength(3);
  });

  it("the token goes to another host", async () => {
    const { run } = await fleet((yaml, { urls }) => yaml.replace(quoted(urls.ngrok), "»https://elsewhere.test"));
    // Nothing leaves this machine here: its row fails, which shows that it was tried.
    const { exit, stdout } = await run("plan", "--trust-config", "--gateway", "ngrok-prod", "--json");
    expect(exit).toBe(1);
    expect(jsonOf(stdout)).toMatchObject({ rows: [{ status: "failed", error: { name: "NetworkError" } }] });
    expect(left).toEqual(["elsewhere.test:443"]);
  });

  it("the journal is written elsewhere", async () => {
    const { run } = await fleet(
      (yaml) => `journal: »../${directory.path.split("/").at(-1)}-outside/journal.jsonl\n${yaml}`,
    );
    expect((await run("apply", "--write-unverified", "--trust-config")).exit).toBe(0);
    expect(existsSync(join(outside(), "journal.jsonl"))).toBe(true);
    expect(existsSync(join(directory.path, JOURNAL))).toBe(false);
  });
});

describe("a journal that the command line names", () => {
  it("needs no trust, be it outside", async () => {
    const { run } = await fleet((yaml) => `»${yaml}`);
    const mine = join(outside(), "mine.jsonl");
    expect((await run("apply", "--write-unverified", "--journal", mine)).exit).toBe(0);
    expect(existsSync(mine)).toBe(true);
    expect(existsSync(join(directory.path, JOURNAL))).toBe(false);
  });

  it("stands for one that would need it", async () => {
    const { run } = await fleet((yaml) => `journal: »${outside()}/theirs.jsonl\n${yaml}`);
    expect((await run("plan")).exit).toBe(3);
    for (const argv of [["plan"], ["drift"], ["apply", "--write-unverified"], ["adopt", "--key"]]) {
      expect([0, 2]).toContain((await run(...argv, "--journal", "mine.jsonl")).exit);
    }
    expect(existsSync(join(directory.path, "mine.jsonl"))).toBe(true);
    expect(existsSync(join(outside(), "theirs.jsonl"))).toBe(false);
  });

  it("says nothing of the rest of the file: commands still need trust", async () => {
    const { sandbox, run } = await fleet((yaml) => yaml.replace("env:FLEET_FINGERPRINT_KEY", `»${quoted(trap("x"))}`));
    expect((await run("plan", "--journal", "mine.jsonl")).exit).toBe(3);
    expectNothingHappened(sandbox);
  });

  it("by the default path through a link is not the command line's choice", async () => {
    const { sandbox, run } = await fleet((yaml) => `»${yaml}`);
    symlinkSync("/", join(directory.path, ".gatefold"));
    expect((await run("apply", "--write-unverified")).exit).toBe(3);
    expectNothingHappened(sandbox);
  });
});
