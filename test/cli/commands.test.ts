import type { Sandbox } from "../../src/testing/index.ts";
import { allowLoopback, LOOPBACK } from "../support/loopback.ts";
import { allowHosts } from "../support/no-network.ts";
import {
  BARNDOOR_ID,
  gatefold,
  gatewaysOf,
  jsonOf,
  marked,
  OTHER_BARNDOOR_ID,
  type Ran,
  type Surroundings,
  seed,
  TRUST_LINES,
  until,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const NEW_KEY = "sk-the-new-key-2026";

/** Runs a command as text and as JSON: the exit code is the same, and JSON is one document and nothing else. */
async function both(
  argv: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ran & { data: Record<string, unknown> }> {
  const asText = await gatefold(argv, { directory: directory.path, ...surroundings });
  const asJson = await gatefold([...argv, "--json"], { directory: directory.path, ...surroundings });
  expect(asJson.exit).toBe(asText.exit);
  return { ...asText, data: jsonOf(asJson.stdout) };
}

const providers = `providers:
  openai-prod:
    tags: [prod]
    name: OpenAI Production
    credential: { scheme: api_key, apiKey: env:OPENAI_KEY }
    gateways:
      respan-prod: { id: 101 }
      barndoor-prod: { id: ${BARNDOOR_ID}, requestTimeout: 90 }
      ngrok-prod: { id: aigpk_openai, metadata: { team: ml } }
`;

function configure(sandbox: Sandbox, text = providers) {
  const { yaml, environment } = gatewaysOf(sandbox);
  directory.write("gatefold.yaml", yaml + text);
  const all: Record<string, string | undefined> = { ...environment, OPENAI_KEY: NEW_KEY };
  return { environment: all };
}

const rowsOf = (data: Record<string, unknown>) => data.rows;

describe("plan and apply", () => {
  it("show what differs, write it, and find nothing more to write", async () => {
    const sandbox = await open({ seed });
    const surroundings = configure(sandbox);

    const plan = await both(["plan"], surroundings);
    expect(plan).toMatchObject({ exit: 2, stderr: "" });
    expect(plan.stdout).toContain("~ openai-prod @ respan-prod (respan 101): changed");
    expect(plan.stdout).toMatch(/~ name +OpenAI -> OpenAI Production +\(changed, will be written\)/);
    expect(plan.stdout).toMatch(/\? credential .*\(unverifiable, left as it is\)/);
    expect(plan.stdout).toContain("--write-unverified");
    expect(rowsOf(plan.data)).toMatchObject([
      { gateway: "respan-prod", id: 101, status: "changed", writes: ["name"] },
      { gateway: "barndoor-prod", id: BARNDOOR_ID, status: "changed", writes: ["name", "requestTimeout"] },
      { gateway: "ngrok-prod", id: "aigpk_openai", status: "changed", writes: ["name"] },
    ]);
    expect(sandbox.requests.map(({ method }) => method)).not.toContain("PATCH");

    const applied = await gatefold(["apply"], { directory: directory.path, ...surroundings });
    expect(applied).toMatchObject({ exit: 0, stderr: "" });
    expect(applied.stdout).toContain("done    openai-prod @ respan-prod (respan 101): name");
    expect(applied.stdout).toContain("3 done, 0 failed, 0 blocked, 0 unknown.");
    expect(sandbox.stored("respan", 101)).toMatchObject({
      provider_name: "OpenAI Production",
      api_key: "sk-old-respan-key",
    });

    const second = await both(["plan"], surroundings);
    expect(second).toMatchObject({ exit: 0, stderr: "" });
    expect(second.stdout).toContain("3 bindings: 3 unverifiable; nothing to write.");
    const nothing = await both(["apply"], surroundings);
    expect(nothing).toMatchObject({ exit: 0, data: { version: 1, rows: [] } });
  });

  it("write keys when asked to, and every one is stored", async () => {
    const sandbox = await open({ seed });
    const surroundings = configure(sandbox);
    const plan = await both(["plan", "--write-unverified"], surroundings);
    expect(plan.exit).toBe(2);
    expect(plan.stdout).toMatch(/\? credential .*\(unverifiable, will be written\)/);
    const applied = await both(["apply", "--write-unverified"], surroundings);
    expect(applied.exit).toBe(0);
    expect(rowsOf(applied.data)).toMatchObject([{ status: "done" }, { status: "done" }, { status: "done" }]);
    expect(sandbox.stored("respan", 101)?.api_key).toBe(NEW_KEY);
    expect(sandbox.stored("barndoor", BARNDOOR_ID)?.api_key).toBe(NEW_KEY);
    expect(sandbox.stored("ngrok", "aigpk_openai")?.value).toBe(NEW_KEY);
    expect((await both(["plan"], surroundings)).exit).toBe(0);
  });

  it("keep to the gateways, providers and tags that are asked for", async () => {
    const sandbox = await open({ seed });
    const { environment } = configure(sandbox);
    const only = { environment: { NGROK_TOKEN: environment.NGROK_TOKEN } };
    const plan = await both(["plan", "--gateway", "ngrok-prod"], only);
    expect(plan.exit).toBe(2);
    expect(rowsOf(plan.data)).toMatchObject([{ gateway: "ngrok-prod" }]);
    expect(new Set(sandbox.requests.map(({ gateway }) => gateway))).toEqual(new Set(["ngrok"]));
    const two = await both(["plan", "--gateway", "ngrok-prod", "respan-prod", "--tag", "prod"], { environment });
    expect(rowsOf(two.data)).toMatchObject([{ gateway: "respan-prod" }, { gateway: "ngrok-prod" }]);
    const provider = await both(["plan", "--provider", "openai-prod"], { environment });
    expect(rowsOf(provider.data)).toHaveLength(3);
    const unknown = await both(["plan", "--provider", "openai-prd"], { environment });
    expect(unknown).toMatchObject({ exit: 1, stderr: expect.stringContaining("did you mean openai-prod?") });
  });

  it("say what blocks a key for a provider with a shared connection", async () => {
    const sandbox = await open({ seed });
    const { environment } = configure(sandbox, providers.replace(BARNDOOR_ID, OTHER_BARNDOOR_ID));
    const scope = ["--gateway", "barndoor-prod", "--write-unverified"];
    const plan = await both(["plan", ...scope], { environment });
    expect(plan.exit).toBe(1);
    expect(plan.stdout).toContain("add connectionId: null");
    const apply = await both(["apply", ...scope], { environment });
    expect(apply.exit).toBe(1);
    expect(rowsOf(apply.data)).toMatchObject([{ status: "blocked" }]);
    expect(sandbox.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  type Fault = Parameters<Sandbox["inject"]>[1];
  const status = (code: number, method?: string): Fault => {
    return { kind: "status", status: code, times: 9, ...(method === undefined ? {} : { method }) };
  };
  it.each<[string, "plan" | "apply", Fault, number, string]>([
    ["a refused token", "plan", status(401), 5, "AuthenticationError"],
    ["a missing right", "plan", status(403), 5, "PermissionDeniedError"],
    ["a provider that is not there", "plan", status(404), 1, "NotFoundError"],
    ["a gateway that is down", "plan", status(503), 1, "UnavailableError"],
    ["a gateway that limits", "plan", status(429), 1, "RateLimitError"],
    ["a web page in place of an answer", "plan", { kind: "html", times: 9 }, 1, "InvalidResponseError"],
    ["a missing right", "apply", status(403), 4, "PermissionDeniedError"],
    ["a write that is refused", "apply", status(400, "PATCH"), 4, "RejectedError"],
    ["a reply that is lost", "apply", { kind: "lost-reply", method: "PATCH", times: 9 }, 4, "NetworkError"],
  ])("go on after %s, and say so in %s", async (_title, command, fault, exit, error) => {
    const sandbox = await open({ seed });
    const { environment } = configure(sandbox);
    sandbox.inject("ngrok", fault);
    if (command === "plan") {
      const plan = await both(["plan"], { environment });
      expect(plan.exit).toBe(exit);
      expect(plan.stdout).toContain(error);
      expect(rowsOf(plan.data)).toMatchObject([
        { status: "changed" },
        { status: "changed" },
        { gateway: "ngrok-prod", status: "failed", error: { name: error, gateway: "ngrok-prod" } },
      ]);
      return;
    }
    const ran = await gatefold(["apply", "--json"], { environment, directory: directory.path });
    expect(ran.exit).toBe(exit);
    const expected = fault.kind === "lost-reply" ? "unknown" : "failed";
    expect(rowsOf(jsonOf(ran.stdout))).toMatchObject([
      { status: "done" },
      { status: "done" },
      { gateway: "ngrok-prod", status: expected, error: { name: error, gateway: "ngrok-prod" } },
    ]);
  });

  it("send nothing when a secret is not there, and name its place", async () => {
    const sandbox = await open({ seed });
    const { environment } = configure(sandbox);
    const noToken = await both(["plan"], { environment: { ...environment, NGROK_TOKEN: "" } });
    expect(noToken).toMatchObject({ exit: 5, stdout: "" });
    expect(noToken.stderr).toMatch(
      /^gatefold\.yaml:6:\d+: gateways\.ngrok-prod\.token: .*NGROK_TOKEN is empty\n {2}fix: set NGROK_TOKEN where [^\n]+\n$/,
    );
    expect(noToken.data).toMatchObject({ error: { name: "ConfigError", kind: "credentials" } });
    const withoutKey = { environment: { ...environment, OPENAI_KEY: undefined } };
    expect((await both(["apply", "--write-unverified"], withoutKey)).exit).toBe(5);
    expect(sandbox.requests).toEqual([]);
    expect((await both(["plan"], withoutKey)).exit).toBe(2);
  });

  it("end when they are cancelled", async () => {
    const sandbox = await open({ seed });
    const surroundings = { ...configure(sandbox), signal: AbortSignal.abort() };
    expect((await both(["plan"], surroundings)).exit).toBe(8);
    expect((await both(["apply", "--write-unverified"], surroundings)).exit).toBe(8);
    expect(sandbox.requests).toEqual([]);
  });

  it("end in the middle when they are cancelled", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "slow-body" }] } });
    const surroundings = configure(sandbox);
    const ending = new AbortController();
    const running = gatefold(["plan", "--gateway", "ngrok-prod", "--json"], {
      ...surroundings,
      directory: directory.path,
      signal: ending.signal,
    });
    await until(() => sandbox.requests.length > 0);
    ending.abort();
    const { exit, stdout } = await running;
    expect(exit).toBe(8);
    expect(rowsOf(jsonOf(stdout))).toMatchObject([{ status: "failed", error: { name: "AbortedError" } }]);
  });

  it("ask for trust before a command runs or a token leaves for another host", async () => {
    const trap = `${process.execPath} ${directory.write("trap.js", "require('fs').writeFileSync('ran', ''); console.log('t')")}`;
    directory.write(
      "gatefold.yaml",
      `version: 1
gateways:
  one: { adapter: ngrok, token: "exec:${trap}", retry: { attempts: 0 } }
  two: { adapter: ngrok, token: env:T, baseUrl: "https://elsewhere.test", retry: { attempts: 0 } }
providers: { p: { name: P, gateways: { one: { id: x }, two: { id: y } } } }
`,
    );
    const refused = await both(["plan"], { environment: { T: "token" } });
    expect(refused).toMatchObject({ exit: 3, data: { error: { kind: "untrusted" } } });
    expect(refused.stderr.split("\n")).toEqual([
      expect.stringMatching(/^gatefold\.yaml:3:\d+: gateways\.one\.token: runs a command/),
      expect.stringMatching(/^gatefold\.yaml:4:\d+: gateways\.two\.baseUrl: elsewhere\.test is none of/),
      ...TRUST_LINES.split("\n"),
    ]);
    for (const off of ["0", "false", ""]) {
      expect((await both(["plan"], { environment: { T: "token", GATEFOLD_TRUST_CONFIG: off } })).exit).toBe(3);
    }
    // Nothing reaches another host from here: its row fails, which shows that it was tried.
    const trusted = { environment: { T: "token", GATEFOLD_TRUST_CONFIG: "1" } };
    expect((await both(["plan"], trusted)).exit).toBe(1);
    expect((await both(["plan", "--trust-config"], { environment: { T: "token" } })).exit).toBe(1);
  });
});

describe("without network, token, key or trust", () => {
  beforeEach(() => allowHosts([]));
  afterEach(() => allowHosts(LOOPBACK));

  const text = `version: 1
gateways:
  barndoor-prod: { adapter: barndoor, baseUrl: https://elsewhere.test, token: "exec:gatefold-no-such-command" }
  ngrok-prod: { adapter: ngrok, token: env:NGROK_TOKEN }
${providers.replace("      respan-prod: { id: 101 }\n", "")}`;

  it("validate counts what it checked", async () => {
    directory.write("gatefold.yaml", text);
    const { exit, stdout, stderr, data } = await both(["validate"]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout).toBe("gatefold.yaml is valid: 1 providers, 2 bindings, 2 gateways.\n");
    expect(data).toEqual({ valid: true, gateways: 2, providers: 1, bindings: 2 });
  });

  it("validate takes another file, and reports what is wrong with its place", async () => {
    const { text: wrong, line, column } = marked(text.replace("scheme: api_key", "scheme: »api_kee"));
    directory.write("other.yaml", wrong);
    const { exit, stdout, stderr, data } = await both(["validate", "--config", "other.yaml"]);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    const place = `other.yaml:${line}:${column}: providers.openai-prod.credential.scheme: expected a credential with a scheme`;
    expect(stderr).toContain(place);
    expect(data).toMatchObject({ error: { name: "ConfigError", kind: "invalid", problems: [{ line, column }] } });
  });

  it("validate says that there is no file", async () => {
    const { exit, stderr } = await both(["validate"]);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: "gatefold.yaml:1:1: cannot be read (ENOENT)\n" });
  });

  it("capabilities shows every adapter, or one", async () => {
    const all = await both(["capabilities"]);
    expect(all).toMatchObject({ exit: 0, stderr: "" });
    const names = ["respan", "keywordsai", "barndoor", "barndoor-connection", "ngrok", "ngrok-provider"];
    expect(Object.keys(all.data)).toEqual(names);
    const one = await both(["capabilities", "ngrok"]);
    expect(one.data).toMatchObject({
      ngrok: { fields: { name: { set: true } }, schemes: { api_key: true }, hint: true },
    });
    expect(one.stdout).toMatch(/^description +set, clear, read, <= 255$/m);
    expect(one.stdout).toMatch(/^baseUrl +-$/m);
    const unknown = await both(["capabilities", "ngrokk"]);
    expect(unknown).toMatchObject({ exit: 1, stdout: "", stderr: expect.stringContaining("did you mean ngrok?") });
  });

  const update = "{ name: New, credential: { scheme: api_key, apiKey: env:KEY } }";
  const rotate = { method: "POST", path: "/provider-keys/aigpk_1/rotate", body: { name: "New", value: "[redacted]" } };

  it("explain shows the requests of an adapter, of a gateway, and with settings", async () => {
    directory.write("gatefold.yaml", text);
    const adapter = await both(["explain", "ngrok", "aigpk_1", update]);
    expect(adapter).toMatchObject({ exit: 0, stderr: "", data: { adapter: "ngrok", requests: [rotate] } });
    expect(adapter.stdout).toMatch(/^POST \/provider-keys\/aigpk_1\/rotate\n\{\n {2}"name": "New",\n/);
    const gateway = await both(["explain", "ngrok-prod", "aigpk_1", update]);
    expect(gateway.data).toEqual(adapter.data);
    const settings = ["--settings", "{ updateMethod: PUT }"];
    const barndoor = await both(["explain", "barndoor", BARNDOOR_ID, "{ name: New }", ...settings]);
    const path = `/api/llm-gateway/admin/providers/${BARNDOOR_ID}`;
    const put = { method: "PUT", path, body: { name: "New" }, fields: ["name"] };
    expect(barndoor.data).toEqual({ adapter: "barndoor", requests: [put] });
    const discovery = await both(["explain", "barndoor-prod", BARNDOOR_ID, "{ name: New }"]);
    expect(discovery.data.requests).toMatchObject([
      { method: "PATCH", path },
      { method: "GET", path, when: expect.any(String) },
      { method: "PUT", path, when: expect.any(String) },
    ]);
    expect(discovery.stdout).toContain(`# when PATCH is answered 404\nGET ${path}`);
  });

  it("explain takes the update as YAML, as JSON and from a file, and null as a clear", async () => {
    directory.write("update.yaml", "description: null\nmetadata:\n  team: ml\n");
    const body = { description: null, metadata: '{"team":"ml"}' };
    const expected = [{ method: "PATCH", path: "/provider-keys/x", body, fields: ["description", "metadata"] }];
    const json = '{"description": null, "metadata": {"team": "ml"}}';
    for (const given of ["{ description: null, metadata: { team: ml } }", json, "update.yaml"]) {
      expect((await both(["explain", "ngrok", "x", given])).data).toEqual({ adapter: "ngrok", requests: expected });
    }
  });

  it("explain shows what is read at run time as a placeholder", async () => {
    const { data } = await both(["explain", "ngrok", "x", "{ credential: { scheme: api_key, apiKey: file:key } }"]);
    const body = { name: "‹current name›", value: "[redacted]" };
    expect(data.requests).toEqual([
      { method: "GET", path: "/provider-keys/x" },
      { method: "POST", path: "/provider-keys/x/rotate", body, fields: ["credential"] },
    ]);
  });

  it.each([
    [
      "a literal key",
      ["ngrok", "x", "{ credential: { scheme: api_key, apiKey: sk-literal-key } }"],
      /update:1:42: credential\.apiKey: expected a reference/,
    ],
    [
      "a field that the gateway does not take",
      ["ngrok", "x", "{ enabled: false }"],
      /update:1:12: enabled: cannot be written/,
    ],
    [
      "a field that does not exist",
      ["ngrok", "x", "{ nam: New }"],
      /update:1:\d+: nam: unknown field\n {2}fix: did you mean name\?/,
    ],
    ["an id of the wrong kind", ["respan", "openai", "{ name: New }"], /expected the integer primary key/],
    ["an empty update", ["ngrok", "x", "{}"], /nothing to do/],
    ["an update that is no mapping", ["ngrok", "x", "[a: b]"], /expected an update|nothing to do/],
    ["broken YAML", ["ngrok", "x", "{ name: "], /^update:1:\d+: /],
    ["a file that is not there", ["ngrok", "x", "missing.yaml"], /missing\.yaml:1:1: is neither an update/],
    [
      "a target that does not exist",
      ["ngrok-prd", "x", "{ name: New }"],
      /no gateway is called ngrok-prd\n {2}fix: did you mean ngrok-prod\?/,
    ],
    [
      "a setting that does not exist",
      ["ngrok", "x", "{ name: New }", "--settings", "{ timeout: 1 }"],
      /timeout: unknown field/,
    ],
  ])("explain refuses %s, and says where", async (_title, parameters, message) => {
    directory.write("gatefold.yaml", text);
    const { exit, stdout, stderr, data } = await both(["explain", ...parameters]);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(data).toHaveProperty("error");
    expect(stderr + JSON.stringify(data)).not.toContain("sk-literal-key");
  });
});

describe("demo", () => {
  it("succeeds, and says what it did", async () => {
    const { exit, stdout, stderr, data } = await both(["demo"]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout).toContain("$ gatefold apply --write-unverified");
    expect(stdout).not.toContain("FAIL");
    const exits = [2, 0, 0, 2, 0, 0, 0, 0];
    expect(data).toMatchObject({ succeeded: true, steps: exits.map((exit) => ({ exit, expected: exit })) });
  });
});

describe("sandbox", () => {
  /** Runs it until it has printed something, then ends it as a user would. */
  async function briefly(
    argv: readonly string[],
    look: (stdout: string) => Promise<void> = async () => {},
  ): Promise<Ran> {
    const ending = new AbortController();
    let looking: Promise<void> | undefined;
    const ran = await gatefold(["sandbox", ...argv], {
      directory: directory.path,
      signal: ending.signal,
      onOutput: (stdout) => {
        looking ??= look(stdout).finally(() => ending.abort());
      },
    });
    await looking;
    return ran;
  }

  it("prints the addresses and tokens of gateways that answer, until it is ended", async () => {
    const { exit, stdout, stderr } = await briefly([], async (shown) => {
      const [, url, token] = /^ngrok +(\S+) +token (\S+)$/m.exec(shown) ?? [];
      const reply = await fetch(`${url}/provider-keys`, { headers: { authorization: `Bearer ${token}` } });
      expect(reply.status).toBe(200);
    });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "The sandbox is closed.\n" });
    expect(stdout).toMatch(/^respan .*\nkeywordsai .*\nbarndoor .*\nngrok /);
  });

  it("prints one JSON document when asked to", async () => {
    const { exit, stdout } = await briefly(["--json"]);
    expect(exit).toBe(0);
    expect(jsonOf(stdout)).toMatchObject({ gateways: [{ name: "respan" }, {}, {}, { name: "ngrok" }] });
  });

  it("starts with a seed, switches and faults from a file, and prints none of the seed's keys", async () => {
    directory.write("seed.json", JSON.stringify({ seed, faults: { ngrok: [{ kind: "status", status: 418 }] } }));
    const { exit, stdout } = await briefly(["--seed", "seed.json"], async (shown) => {
      const [, url, token] = /^ngrok +(\S+) +token (\S+)$/m.exec(shown) ?? [];
      const look = () => fetch(`${url}/provider-keys/aigpk_openai`, { headers: { authorization: `Bearer ${token}` } });
      expect((await look()).status).toBe(418);
      expect(await (await look()).json()).toMatchObject({ name: "OpenAI" });
    });
    expect(exit).toBe(0);
    expect(stdout).not.toMatch(/sk-old/);
  });

  it.each([
    ["that is not there", undefined, /seed\.yaml:1:1: cannot be read/],
    ["that is no mapping", "words", /expected a mapping/],
    ["with a gateway that does not exist", "seed: { other: {} }", /seed\.other: there is no such gateway/],
    [
      "with a provider that does not hold",
      "seed: { ngrok: { keys: [{ id: x, value: sk-old }] } }",
      /ngrok\.seed\.keys\[0\]\.name/,
    ],
    ["with broken YAML", "seed: {", /^seed\.yaml:1:\d+: /],
  ])("refuses a seed %s", async (_title, text, message) => {
    if (text !== undefined) directory.write("seed.yaml", text);
    const { exit, stdout, stderr } = await both(["sandbox", "--seed", "seed.yaml"]);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("sk-old");
  });
});

describe("wrong usage", () => {
  it.each([
    ["a command that does not exist", ["plam"], /unknown command 'plam'[\s\S]*plan/],
    ["an option that does not exist", ["plan", "--gatewy", "x"], /unknown option '--gatewy'[\s\S]*--gateway/],
    ["a missing argument", ["explain", "ngrok"], /missing required argument 'id'/],
    ["an argument too many", ["validate", "other.yaml"], /too many arguments/],
    ["a port that is none", ["sandbox", "--port-base", "http"], /expected a port from 1 to 65500/],
  ])("%s is an error with words", async (_title, argv, message) => {
    const { exit, stdout, stderr, data } = await both(argv);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(data).toMatchObject({ error: { name: "UsageError" } });
  });

  it("an option without its value is an error with words", async () => {
    const { exit, stdout, stderr } = await gatefold(["plan", "--json", "--gateway"]);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringMatching(/argument missing/) });
    expect(jsonOf(stdout)).toMatchObject({ error: { name: "UsageError" } });
  });

  it("no command at all shows the help", async () => {
    const { exit, stdout, stderr } = await gatefold([]);
    expect(exit).toBe(1);
    expect(stdout + stderr).toMatch(/Usage: gatefold/);
  });

  it("help and version are no errors", async () => {
    const help = await gatefold(["--help"]);
    expect(help).toMatchObject({ exit: 0, stderr: "" });
    expect(help.stdout).toMatch(
      /plan[\s\S]*drift[\s\S]*apply[\s\S]*adopt[\s\S]*journal[\s\S]*validate[\s\S]*explain[\s\S]*schema[\s\S]*sandbox/,
    );
    expect(help.stdout).toMatch(/Exit codes: 0 clean or done/);
    expect(await gatefold(["--version"])).toMatchObject({
      exit: 0,
      stderr: "",
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await gatefold(["plan", "--help"])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining("--write-unverified"),
    });
  });
});
