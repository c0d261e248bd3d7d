import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { type ImportOptions, importConfig } from "../../src/cli/commands/import.ts";
import type { Host } from "../../src/cli/host.ts";
import { ConfigError, configJsonSchema, loadConfig } from "../../src/sync/index.ts";
import { openJournal } from "../../src/sync/journal/journal.ts";
import type { Sandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  checked,
  configErrorOf,
  gatewayErrorOf,
  gatewaysOf,
  seed,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

function hostOf(environment: Host["environment"], changes: Partial<Host> = {}): Host {
  return {
    stdout: () => {},
    stderr: () => {},
    isTerminal: false,
    environment,
    workingDirectory: directory.path,
    runtime: testRuntime(),
    signal: new AbortController().signal,
    force: new AbortController().signal,
    ...changes,
  };
}

/** Writes the config for a sandbox, and gives what runs the command on it. */
function configure(sandbox: Sandbox, providers = "") {
  const { yaml, environment } = gatewaysOf(sandbox);
  directory.write("gatefold.yaml", yaml + providers);
  return (options: Partial<ImportOptions> & { gateway: string }, changes: Partial<Host> = {}) =>
    importConfig(hostOf(environment, changes), { config: ["gatefold.yaml"], ...options });
}

const fileAt = (name: string) => readFileSync(join(directory.path, name), "utf8");

describe("import", () => {
  it("prints a config of what a gateway holds, from a config that binds nothing", async () => {
    const report = await configure(await open({ seed }))({ gateway: "ngrok-prod" });
    expect(report.exit).toBe(0);
    const { bindings } = checked(report.text);
    expect(bindings.map(({ provider, providerId }) => [provider, providerId])).toEqual([["openai", "aigpk_openai"]]);
    expect(report.data).toEqual({ gateway: "ngrok-prod", config: report.text, providers: 1, withoutId: 0 });
  });

  it("reaches for the token of that gateway only", async () => {
    const sandbox = await open({ seed });
    const { yaml, environment } = gatewaysOf(sandbox);
    directory.write("gatefold.yaml", yaml);
    const host = hostOf({ NGROK_TOKEN: environment.NGROK_TOKEN });
    const options = { config: ["gatefold.yaml"] };
    expect((await importConfig(host, { ...options, gateway: "ngrok-prod" })).exit).toBe(0);
    const error = await configErrorOf(() => importConfig(host, { ...options, gateway: "respan-prod" }));
    expect({ kind: error.kind, problems: error.problems.map(({ path }) => path) }).toEqual({
      kind: "credentials",
      problems: ["gateways.respan-prod.token"],
    });
    expect(sandbox.requests.every(({ gateway }) => gateway === "ngrok")).toBe(true);
  });

  it("writes a new file, and never over one that is there", async () => {
    const sandbox = await open({ seed });
    const run = configure(sandbox);
    const printed = await run({ gateway: "respan-prod" });
    const report = await run({ gateway: "respan-prod", out: "imported.yaml" });
    const line = "# yaml-language-server: $schema=gatefold.schema.json\n";
    expect(fileAt("imported.yaml")).toBe(line + printed.text);
    expect(JSON.parse(fileAt("gatefold.schema.json"))).toEqual(configJsonSchema(adapters));
    expect(report.text).toBe("imported.yaml is written. Providers of respan-prod in it: 1; without an id: 1.");
    expect(report.data).toEqual(printed.data);
    const before = sandbox.requests.length;
    const error = await configErrorOf(() => run({ gateway: "ngrok-prod", out: "imported.yaml" }));
    expect(error.message).toBe("imported.yaml:1:1: is there already, and nothing is overwritten: name another file");
    expect(sandbox.requests).toHaveLength(before);
    expect(fileAt("imported.yaml")).toBe(line + printed.text);
  });

  it("leaves a schema alone that is there, and writes none where the config itself could not be written", async () => {
    const run = configure(await open({ seed }));
    directory.write("gatefold.schema.json", "mine");
    await run({ gateway: "ngrok-prod", out: "imported.yaml" });
    expect(fileAt("gatefold.schema.json")).toBe("mine");
    rmSync(join(directory.path, "gatefold.schema.json"));
    await configErrorOf(() => run({ gateway: "ngrok-prod", out: "imported.yaml" }));
    expect(existsSync(join(directory.path, "gatefold.schema.json"))).toBe(false);
  });

  it("writes into a folder of a config, which reads what was written and not the schema", async () => {
    const run = configure(await open({ seed }));
    mkdirSync(join(directory.path, "all"));
    await run({ gateway: "ngrok-prod", out: "all/ngrok.yaml" });
    expect(existsSync(join(directory.path, "all", "gatefold.schema.json"))).toBe(true);
    const config = await loadConfig(["all"], directory.path);
    expect(config.bindings.map(({ provider }) => provider)).toEqual(["openai"]);
  });

  it("does not write over a file that came while it read", async () => {
    const { yaml, environment } = gatewaysOf(await open({ seed }));
    directory.write("gatefold.yaml", yaml);
    const late = {
      get NGROK_TOKEN() {
        directory.write("late.yaml", "mine");
        return environment.NGROK_TOKEN;
      },
    };
    const options = { config: ["gatefold.yaml"], gateway: "ngrok-prod", out: "late.yaml" };
    const error = await configErrorOf(() => importConfig(hostOf(late), options));
    expect(error.message).toContain("is there already");
    expect(fileAt("late.yaml")).toBe("mine");
  });

  it("says why a file cannot be written, and leaves none where the gateway cannot be read", async () => {
    const sandbox = await open({ seed, faults: { respan: [{ kind: "status", status: 500 }] } });
    const run = configure(sandbox);
    const error = await configErrorOf(() => run({ gateway: "ngrok-prod", out: "missing/imported.yaml" }));
    expect(error.message).toBe("missing/imported.yaml:1:1: cannot be written (ENOENT)");
    const unread = await gatewayErrorOf(() => run({ gateway: "respan-prod", out: "imported.yaml" }));
    expect([unread.name, unread.gateway]).toEqual(["UnavailableError", "respan-prod"]);
    expect(existsSync(join(directory.path, "imported.yaml"))).toBe(false);
  });

  it("leaves out what the config binds, unless all is asked for", async () => {
    const run = configure(
      await open({ seed }),
      "providers: { mine: { name: x, gateways: { ngrok-prod: { id: aigpk_openai } } } }\n",
    );
    expect((await run({ gateway: "ngrok-prod" })).data).toMatchObject({ providers: 0 });
    const { text, data } = await run({ gateway: "ngrok-prod", all: true });
    expect(data).toMatchObject({ providers: 1 });
    expect(checked(text).bindings.map(({ provider }) => provider)).toEqual(["mine"]);
  });

  it.each([
    [undefined, ".gatefold/journal.jsonl"],
    ["other.jsonl", "other.jsonl"],
  ])("takes ids that no list tells from the journal (--journal %s)", async (option, file) => {
    const sandbox = await open({ seed });
    const journal = await openJournal(join(directory.path, file), testRuntime(), { command: "apply" });
    const baseUrl = new URL(sandbox.urls.respan).href;
    const object = { gateway: "respan-prod", adapter: "respan", baseUrl, id: 101 };
    await journal.append({ type: "observed", object, slug: "openai" });
    await journal.close();
    const report = await configure(sandbox)({
      gateway: "respan-prod",
      ...(option === undefined ? {} : { journal: option }),
    });
    expect(report.data).toMatchObject({ withoutId: 0 });
    expect(checked(report.text).bindings.map(({ providerId }) => providerId)).toEqual([101]);
  });

  it("names the gateway that was meant", async () => {
    const run = configure(await open({ seed }));
    const error = await configErrorOf(() => run({ gateway: "ngrok-prd" }));
    expect(error.message).toBe("gatefold.yaml:3:3: gateways: no gateway is called ngrok-prd; did you mean ngrok-prod?");
  });

  it("ends when it is told to", async () => {
    const run = configure(await open({ seed }));
    const error = await gatewayErrorOf(() => run({ gateway: "ngrok-prod" }, { signal: AbortSignal.abort() }));
    expect(error.name).toBe("AbortedError");
  });
});

describe("trust", () => {
  const config = (settings: string) => {
    directory.write("gatefold.yaml", `version: 1\ngateways: { one: { adapter: ngrok, ${settings} } }\n`);
  };
  const run = (options: Partial<ImportOptions> = {}, environment: Host["environment"] = {}) =>
    importConfig(hostOf(environment), { config: ["gatefold.yaml"], gateway: "one", ...options });

  it.each([
    ["token: 'exec:cat token'", "gateways.one.token: runs a command: that needs --trust-config"],
    [
      "token: env:T, baseUrl: https://evil.test",
      "gateways.one.baseUrl: evil.test is none of the vendor's documented hosts: sending the token there needs --trust-config",
    ],
  ])("is needed for a gateway that nothing is bound to: %s", async (settings, message) => {
    config(settings);
    const error = await configErrorOf(() => run());
    expect(error.kind).toBe("untrusted");
    expect(error.message).toContain(message);
  });

  it.each<[string, Partial<ImportOptions>, Host["environment"]]>([
    ["the option", { trustConfig: true }, {}],
    ["the variable", {}, { GATEFOLD_TRUST_CONFIG: "1" }],
  ])("is given by %s", async (_by, options, environment) => {
    config("token: 'exec:false'");
    const error = await configErrorOf(() => run(options, environment));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.kind).toBe("credentials");
  });
});
