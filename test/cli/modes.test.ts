import { chmodSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../../src/cli/host.ts";
import { warnOfJournalMode } from "../../src/cli/modes.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, gatewaysOf, jsonOf, seed, testRuntime, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const CONFIG = "warning: gatefold.yaml may be written by others (mode 0666): chmod go-w gatefold.yaml\n";
const secretWarning = (file: string) => `warning: ${file} may be read by others (mode 0644): chmod go-rwx ${file}\n`;

/** A config with a token and a key in files, and a journal: all of them as tight as they should be. */
async function scene() {
  const sandbox = await open({ seed });
  const { yaml, environment } = gatewaysOf(sandbox);
  directory.write(
    "gatefold.yaml",
    `${yaml.replace("env:NGROK_TOKEN", "file:token").replace("env:RESPAN_TOKEN", "file:spare-token")}providers:
  p: { credential: { scheme: api_key, apiKey: "file:key" }, gateways: { ngrok-prod: { id: aigpk_openai } } }
fingerprintKey: file:fingerprint-key
`,
  );
  directory.write("token", sandbox.tokens.ngrok ?? "");
  directory.write("spare-token", "unused");
  directory.write("key", "sk-new-key-0123456789");
  directory.write("fingerprint-key", "a random text that nobody guesses");
  mkdirSync(join(directory.path, ".gatefold"));
  const journal = directory.write(".gatefold/journal.jsonl", "");
  const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
  const loosen = (file: string, mode: number) => chmodSync(join(directory.path, file), mode);
  return { run, loosen, journal };
}

it("nothing is said of files that are tight", async () => {
  const { run } = await scene();
  expect(await run("plan")).toMatchObject({ exit: 0, stderr: "" });
});

it("every loose file is named once on standard error, and the exit code and the output stay as they are", async () => {
  const { run, loosen, journal } = await scene();
  const tight = await run("plan");
  loosen("gatefold.yaml", 0o666);
  for (const file of ["token", "spare-token", "key", "fingerprint-key"]) loosen(file, 0o644);
  loosen(".gatefold/journal.jsonl", 0o644);
  const loose = await run("plan");
  expect({ exit: loose.exit, stdout: loose.stdout }).toEqual({ exit: tight.exit, stdout: tight.stdout });
  expect(loose.stderr).toBe(
    CONFIG +
      `warning: ${journal} may be read or written by others (mode 0644): chmod go-rwx ${journal}\n` +
      secretWarning("fingerprint-key") +
      secretWarning("token") +
      secretWarning("key"),
  );
  const json = await run("plan", "--json");
  expect(json.stderr).toBe(loose.stderr);
  expect(jsonOf(json.stdout)).toMatchObject({ version: 1 });
});

it.each([
  ["apply", []],
  ["drift", []],
  ["adopt", ["--key"]],
  ["import", ["--gateway", "ngrok-prod"]],
] as const)("%s names a loose token", async (command, more) => {
  const { run, loosen } = await scene();
  loosen("token", 0o644);
  expect((await run(command, ...more)).stderr).toBe(secretWarning("token"));
});

it.each([
  ["validate", []],
  ["explain", ["ngrok-prod", "aigpk_openai", "{ name: N }"]],
  ["journal", ["verify"]],
] as const)("%s, which resolves nothing, names a loose config alone", async (command, more) => {
  const { run, loosen } = await scene();
  loosen("token", 0o644);
  loosen("gatefold.yaml", 0o666);
  expect((await run(command, ...more)).stderr).toBe(CONFIG);
});

it.each(["verify", "show"])(
  "journal %s names a loose journal, also one that the command line names",
  async (command) => {
    const { run, loosen, journal } = await scene();
    loosen(".gatefold/journal.jsonl", 0o660);
    const warning = `warning: ${journal} may be read or written by others (mode 0660): chmod go-rwx ${journal}\n`;
    expect((await run("journal", command)).stderr).toBe(warning);
    expect((await run("journal", command, "--journal", ".gatefold/journal.jsonl")).stderr).toBe(warning);
  },
);

it("each of several files of a config is looked at", async () => {
  mkdirSync(join(directory.path, "config"));
  directory.write("config/a.yaml", "version: 1\ngateways: { one: { adapter: ngrok, token: env:T } }\n");
  directory.write("config/b.yaml", "version: 1\nproviders: { p: { name: N, gateways: { one: { id: x } } } }\n");
  chmodSync(join(directory.path, "config", "a.yaml"), 0o664);
  chmodSync(join(directory.path, "config", "b.yaml"), 0o602);
  const { exit, stderr } = await gatefold(["validate", "--config", "config"], { directory: directory.path });
  expect(exit).toBe(0);
  expect(stderr).toBe(
    "warning: config/a.yaml may be written by others (mode 0664): chmod go-w config/a.yaml\n" +
      "warning: config/b.yaml may be written by others (mode 0602): chmod go-w config/b.yaml\n",
  );
});

it("each file is named once by one command, and by none where modes mean nothing", async () => {
  const journal = directory.write("journal.jsonl", "");
  chmodSync(journal, 0o644);
  let told = "";
  const host: Host = {
    stdout: () => {},
    stderr: (text) => {
      told += text;
    },
    isTerminal: false,
    environment: {},
    workingDirectory: realpathSync(directory.path),
    runtime: testRuntime(),
    signal: new AbortController().signal,
    force: new AbortController().signal,
  };
  await warnOfJournalMode({ ...host, ignoresModes: true }, journal);
  expect(told).toBe("");
  await warnOfJournalMode(host, journal);
  await warnOfJournalMode(host, journal);
  expect(told.split("\n")).toHaveLength(2);
});
