import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { adapters } from "../../adapters/index.ts";
import { configJsonSchema, parseConfigDocument } from "../../src/sync/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { checked, gatefold, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const byText: SandboxOptions["switches"] = { respan: { identifier: "provider_id", returnsExtraKwargs: true } };

/** A gateway of a sandbox, as flags tell it. */
function flagsOf(sandbox: Sandbox, name: string, adapter: "respan" | "keywordsai" | "barndoor" | "ngrok"): string[] {
  const token = `${adapter.toUpperCase()}_TOKEN`;
  return [
    ...["--gateway", `${name}=${adapter}`, "--token", `${name}=env:${token}`],
    ...["--setting", `${name}.baseUrl=${sandbox.urls[adapter]}`, "--setting", `${name}.retry.attempts=0`],
  ];
}

const tokensOf = (sandbox: Sandbox) =>
  Object.fromEntries(Object.entries(sandbox.tokens).map(([name, token]) => [`${name.toUpperCase()}_TOKEN`, token]));

const init = (environment: Readonly<Record<string, string | undefined>>, ...flags: string[]) =>
  gatefold(["init", ...flags], { environment, directory: directory.path });

const fileAt = (name: string) => readFileSync(join(directory.path, name), "utf8");
const written = () => readdirSync(directory.path).sort();

describe("init by flags alone", () => {
  it("writes what the gateways hold, shows the first plan, and says what is left to do", async () => {
    const sandbox = await open({ seed, switches: byText });
    const environment = tokensOf(sandbox);
    const ids = ["--setting", "respan-prod.identifier=provider_id"];
    const ran = await init(
      environment,
      ...flagsOf(sandbox, "respan-prod", "respan"),
      ...ids,
      ...flagsOf(sandbox, "ngrok-prod", "ngrok"),
    );
    expect({ exit: ran.exit, stderr: ran.stderr }).toEqual({
      exit: 0,
      stderr: "respan-prod works: 1 object.\nngrok-prod works: 1 object.\n",
    });
    expect(written()).toEqual(["gatefold.schema.json", "gatefold.yaml"]);
    expect(fileAt("gatefold.yaml")).toBe(`\
# yaml-language-server: $schema=gatefold.schema.json
# What these gateways hold, as a config: a plan over it proposes nothing.
# No gateway shows a key: each credential names a variable of its own, to be set before the key is written.

version: 1
fingerprintKey: env:GATEFOLD_FINGERPRINT_KEY
gateways:
  respan-prod:
    adapter: respan
    baseUrl: ${sandbox.urls.respan}
    retry:
      attempts: 0
    identifier: provider_id
    token: env:RESPAN_TOKEN
  ngrok-prod:
    adapter: ngrok
    baseUrl: ${sandbox.urls.ngrok}
    retry:
      attempts: 0
    token: env:NGROK_TOKEN
providers:
  openai-respan-prod:
    name: OpenAI
    baseUrl: https://api.openai.com/v1
    credential: { scheme: api_key, apiKey: env:RESPAN_PROD_OPENAI_KEY }
    requestTimeout: 60
    gateways:
      respan-prod:
        id: openai

  openai-ngrok-prod:
    name: OpenAI
    description: primary
    metadata:
      team: ml
    # the gateway shows ***-key
    credential: { scheme: api_key, apiKey: env:NGROK_PROD_OPENAI_KEY }
    gateways:
      ngrok-prod:
        id: aigpk_openai
`);
    expect(ran.stdout).toContain("gatefold.yaml is written. Gateways in it: 2; providers: 2; without an id: 0.\n");
    expect(ran.stdout).toContain("2 bindings: 2 unverifiable; nothing to write.");
    expect(ran.stdout).toContain(`
Next:
  1. Keep a random text as a secret, and set GATEFOLD_FINGERPRINT_KEY to it:
     openssl rand -hex 32
  2. Set the keys that the gateways hold:
     RESPAN_PROD_OPENAI_KEY, NGROK_PROD_OPENAI_KEY
  3. Record that the gateways hold these keys, which writes nothing there:
     gatefold adopt --key --reason "first run"
  4. From then on this is clean, and shows what drifts:
     gatefold plan
`);
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    for (const token of Object.values(environment)) expect(ran.stdout + ran.stderr).not.toContain(token);
  });

  it("leads, by the steps that it names, to a plan that is clean", async () => {
    const sandbox = await open({ seed });
    const tokens = tokensOf(sandbox);
    await init(tokens, ...flagsOf(sandbox, "main", "ngrok"));
    const environment = {
      ...tokens,
      MAIN_OPENAI_KEY: "sk-old-ngrok-key",
      GATEFOLD_FINGERPRINT_KEY: "a random text of 32",
    };
    const run = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
    expect(await run("validate")).toMatchObject({ exit: 0 });
    expect(await run("adopt", "--key", "--reason", "first run")).toMatchObject({ exit: 0 });
    const { exit, stdout } = await run("plan", "--json");
    expect({ exit, ...jsonOf(stdout) }).toMatchObject({ exit: 0, rows: [{ provider: "openai", status: "in-sync" }] });
  });

  it("is brief where only essentials are asked for", async () => {
    const sandbox = await open({ seed });
    const { exit, stdout, stderr } = await init(tokensOf(sandbox), "--quiet", ...flagsOf(sandbox, "main", "ngrok"));
    expect({ exit, stderr, saysNext: stdout.includes("Next:") }).toEqual({ exit: 0, stderr: "", saysNext: false });
    expect(stdout).toContain("gatefold.yaml is written.");
  });

  it("gives all of it as JSON", async () => {
    const sandbox = await open({ seed });
    const { exit, stdout } = await init(tokensOf(sandbox), "--json", ...flagsOf(sandbox, "main", "ngrok"));
    expect(exit).toBe(0);
    const { plan, ...rest } = jsonOf(stdout);
    expect(rest).toEqual({
      config: "gatefold.yaml",
      gateways: [{ name: "main", adapter: "ngrok", listed: 1 }],
      providers: 1,
      withoutId: 0,
      variables: ["GATEFOLD_FINGERPRINT_KEY", "MAIN_OPENAI_KEY"],
    });
    expect(plan).toMatchObject({ rows: [{ gateway: "main", provider: "openai", status: "unverifiable" }] });
  });

  it("writes the schema that editors check the config by, and leaves one alone that is there", async () => {
    const sandbox = await open({ seed });
    await init(tokensOf(sandbox), ...flagsOf(sandbox, "main", "barndoor"));
    const schema = JSON.parse(fileAt("gatefold.schema.json"));
    expect(schema).toEqual(configJsonSchema(adapters));
    const { value } = parseConfigDocument("gatefold.yaml", fileAt("gatefold.yaml"));
    expect(new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)(value)).toBe(true);
    directory.write("gatefold.schema.json", "{}");
    const again = await init(tokensOf(sandbox), "--config", "other.yml", ...flagsOf(sandbox, "main", "barndoor"));
    expect(again).toMatchObject({ exit: 0 });
    expect(again.stdout).toContain("gatefold adopt --key --config other.yml --reason");
    expect(fileAt("gatefold.schema.json")).toBe("{}");
  });

  it("says where the ids are to be filled in that no reply tells, and by which setting one does", async () => {
    const sandbox = await open({ seed });
    const { exit, stdout } = await init(tokensOf(sandbox), ...flagsOf(sandbox, "main", "respan"));
    expect(exit).toBe(0);
    expect(stdout).toContain(`\
gatefold.yaml is written. Gateways in it: 1; providers: 1; without an id: 1.
The list of main tells no ids: fill them in, or begin again with --setting main.identifier=provider_id, if that gateway takes them.

Next:
  1. Fill in the ids; this names each line that lacks one:
     gatefold validate
`);
    expect(await gatefold(["validate"], { directory: directory.path })).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining(
        "gatefold.yaml:23:13: providers.openai.gateways.main.id: expected the provider's id",
      ),
    });
  });

  it("imports nothing with --no-import, and asks nobody for anything with --no-check", async () => {
    const sandbox = await open({ seed });
    const flags = flagsOf(sandbox, "main", "ngrok");
    const bare = await init(tokensOf(sandbox), "--no-import", ...flags);
    expect(bare).toMatchObject({ exit: 0, stderr: "main works: 1 object.\n" });
    expect(checked(fileAt("gatefold.yaml")).bindings).toEqual([]);
    expect(bare.stdout).toContain("gatefold import --gateway NAME");
    const before = sandbox.requests.length;
    const unchecked = await init({}, "--no-check", "--config", "other.yaml", ...flags);
    expect(unchecked).toMatchObject({ exit: 0, stderr: "" });
    expect(sandbox.requests).toHaveLength(before);
    expect(fileAt("other.yaml")).toBe(fileAt("gatefold.yaml"));
    expect(checked(fileAt("other.yaml")).gateways.map(({ entry }) => entry.name)).toEqual(["main"]);
  });

  it("speaks of git only in a work tree that does not leave the journal out", async () => {
    const sandbox = await open({ seed });
    const said = async (name: string) =>
      (await init(tokensOf(sandbox), "--config", name, ...flagsOf(sandbox, "main", "ngrok"))).stdout.includes(
        ".gitignore",
      );
    mkdirSync(join(directory.path, ".git"));
    expect(await said("one.yaml")).toBe(true);
    directory.write(".gitignore", "node_modules/\n.gatefold/\n");
    expect(await said("two.yaml")).toBe(false);
  });
});

describe("init refuses, and leaves nothing behind", () => {
  const nothing: Readonly<Record<string, string>> = {};

  it.each<[string, string[], string[]]>([
    ["no gateway", [], ["--gateway", "is required where nobody can be asked: expected NAME=ADAPTER"]],
    ["a gateway without a token", ["--gateway", "a=ngrok"], ["--token", "a has none: give --token a=env:VARIABLE"]],
    [
      "one that could log in",
      ["--gateway", "a=barndoor", "--setting", "a.baseUrl=https://x.platform.barndoor.ai"],
      ["--token", "a has none: give --token a=env:VARIABLE, or --setting a.auth.KEY=VALUE for a login"],
    ],
    [
      "a required setting",
      ["--gateway", "a=barndoor", "--token", "a=env:T"],
      ["--setting", "a.baseUrl is required: give --setting a.baseUrl=VALUE"],
    ],
    [
      "a part of a login",
      ["--gateway", "a=barndoor", "--setting", "a.baseUrl=http://127.0.0.1", "--setting", "a.auth.clientId=c"],
      ["--setting", "a.auth.clientSecret is required: give --setting a.auth.clientSecret=VALUE"],
    ],
    [
      "an unknown adapter",
      ["--gateway", "a=ngrk", "--token", "a=env:T"],
      ["--gateway", "a: unknown adapter; did you mean ngrok?"],
    ],
    [
      "an unknown setting",
      ["--gateway", "a=ngrok", "--token", "a=env:T", "--setting", "a.timeoutMS=5"],
      ["--setting", "a.timeoutMS: unknown field fix: did you mean timeoutMs?"],
    ],
    ["a name twice", ["--gateway", "a=ngrok", "--gateway", "a=respan"], ["--gateway", "each name once"]],
    ["a setting of no gateway", ["--gateway", "a=ngrok", "--setting", "b.x=1"], ["--setting", "names no gateway"]],
    [
      "a token as a setting",
      ["--gateway", "a=ngrok", "--setting", "a.token=env:T"],
      ["--setting", "a.token is given by --token"],
    ],
    ["a value that is no YAML", ["--gateway", "a=ngrok", "--setting", "a.retry={"], ["--setting", "is not valid YAML"]],
    ["another kind of file", ["--config", "gatefold.json"], ["gatefold.json", "ends in .yaml or .yml"]],
  ])("%s", async (_what, flags, [flag = "", message = ""]) => {
    const { exit, stdout, stderr } = await init(nothing, ...flags);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr.replace(/\s+/g, " ")).toContain(message);
    expect(stderr).toContain(`${flag}:1:1`);
    expect(written()).toEqual([]);
  });

  it("a secret in the place of a reference, without showing it", async () => {
    const pasted = "sk-live-8d7c6b5a4f3e";
    const rows = [
      ["--gateway", "a=ngrok", "--token", `a=${pasted}`],
      ["--gateway", "a=ngrok", "--token", pasted],
      ["--gateway", "a=ngrok", "--token", `${pasted}=`],
      ["--gateway", "a=ngrok", "--setting", `${pasted}=x`],
      ["--gateway", `a b=${pasted}`],
      ["--gateway", "a=ngrok", "--setting", `a.token=${pasted}`],
      ["--gateway", "a=ngrok", "--token", "a=env:T", "--setting", `a.timeoutMs=${pasted}`],
      [
        ...["--gateway", "a=barndoor", "--setting", "a.baseUrl=http://127.0.0.1", "--setting", "a.auth.clientId=c"],
        ...["--setting", `a.auth.clientSecret=${pasted}`],
      ],
    ];
    for (const flags of rows) {
      const { exit, stdout, stderr } = await init(nothing, ...flags);
      expect({ flags, exit, shown: (stdout + stderr).includes(pasted) }).toEqual({ flags, exit: 1, shown: false });
    }
    expect(written()).toEqual([]);
  });

  it("a config that is there", async () => {
    const sandbox = await open({ seed });
    directory.write("gatefold.yaml", "mine");
    const { exit, stderr } = await init(tokensOf(sandbox), ...flagsOf(sandbox, "main", "ngrok"));
    expect({ exit, requests: sandbox.requests.length }).toEqual({ exit: 1, requests: 0 });
    expect(stderr).toContain("is there already, and nothing is overwritten");
    expect(stderr).toContain("gatefold import");
    expect([fileAt("gatefold.yaml"), written()]).toEqual(["mine", ["gatefold.yaml"]]);
  });

  it("gateways that cannot be read, each with its reason", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "status", status: 500 }] } });
    const environment = { ...tokensOf(sandbox), RESPAN_TOKEN: "wrong" };
    const ran = await init(
      environment,
      ...flagsOf(sandbox, "one", "respan"),
      ...flagsOf(sandbox, "two", "ngrok"),
      ...flagsOf(sandbox, "three", "barndoor"),
      ...["--gateway", "four=keywordsai", "--token", "four=env:NOT_SET"],
    );
    expect(ran.exit).toBe(5);
    expect(ran.stderr).toContain("three works: 2 objects.\n");
    for (const part of ["AuthenticationError", "UnavailableError", "the environment variable NOT_SET is not set"]) {
      expect(ran.stderr).toContain(part);
    }
    expect(ran.stderr).toContain("Nothing is written. --no-check writes the config without asking the gateways.\n");
    expect(written()).toEqual([]);
  });

  it("a host that its vendor does not document, until the user vouches for it", async () => {
    const flags = ["--gateway", "a=ngrok", "--token", "a=env:T", "--setting", "a.baseUrl=https://keys.example.com"];
    const refused = await init({ T: "t" }, ...flags);
    expect(refused.exit).toBe(3);
    expect(refused.stderr).toContain("a.baseUrl: keys.example.com is none of the vendor's documented hosts");
    expect(written()).toEqual([]);
    const unchecked = await init({}, "--no-check", ...flags);
    expect(unchecked.exit).toBe(0);
    expect(unchecked.stdout).toContain(
      "Every command that reads these gateways needs --trust-config:\na.baseUrl: keys",
    );
  });

  it("an adapter that is a file, until the user vouches for it", async () => {
    directory.write("mine.js", "throw new Error('it ran')");
    const { exit, stderr } = await init({}, "--no-check", "--gateway", "a=./mine.js", "--token", "a=env:T");
    expect({ exit, written: existsSync(join(directory.path, "gatefold.yaml")) }).toEqual({ exit: 3, written: false });
    expect(stderr).toContain("--trust-config");
  });

  it("a run that is ended while it reads", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "latency", ms: 60_000 }] } });
    const ending = new AbortController();
    const environment = {
      ...tokensOf(sandbox),
      get NGROK_TOKEN() {
        ending.abort();
        return sandbox.tokens.ngrok;
      },
    };
    const argv = ["init", ...flagsOf(sandbox, "main", "ngrok")];
    const { exit } = await gatefold(argv, { environment, directory: directory.path, signal: ending.signal });
    expect({ exit, written: written() }).toEqual({ exit: 8, written: [] });
  });
});
