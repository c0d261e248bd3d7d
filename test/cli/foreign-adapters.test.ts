import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ACME_TOKEN, useAcme } from "../support/acme.ts";
import { journalLines } from "../support/fleet.ts";
import { type AdapterMembers, adapterModule, writePackage } from "../support/foreign.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, TRUST_LINES, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const serve = useAcme();

const KEY = "sk-acme-new-key-0123456789";
const environment = { ACME_TOKEN, KEY, FINGERPRINT_KEY: "a random text that nobody guesses" };
const UPDATE = "{ name: New, credential: { scheme: api_key, apiKey: env:KEY } }";

/** A server with two keys, a hand-written adapter for it in a file, and a config for both. */
async function scene(members: AdapterMembers = {}, methods: AdapterMembers = {}) {
  const acme = await serve([
    { id: "k1", name: "Old" },
    { id: "k2", name: "Two" },
  ]);
  mkdirSync(join(directory.path, "team"));
  directory.write("team/acme.js", adapterModule(members, methods));
  directory.write(
    "gatefold.yaml",
    `version: 1
fingerprintKey: env:FINGERPRINT_KEY
gateways:
  acme-prod: { adapter: ./team/acme.js, token: env:ACME_TOKEN, baseUrl: "${acme.url}" }
providers:
  one: { name: New, credential: { scheme: api_key, apiKey: env:KEY }, gateways: { acme-prod: { id: k1 } } }
  two: { name: Two, gateways: { acme-prod: { id: k2 } } }
`,
  );
  const untrusted = (...argv: string[]) => gatefold(argv, { environment, directory: directory.path });
  const run = (...argv: string[]) => untrusted(...argv, "--trust-config");
  return { acme, run, untrusted };
}

describe("a config with an adapter of a file", () => {
  it("is validated, planned, applied and in line afterwards", async () => {
    const { acme, run } = await scene();
    expect(await run("validate")).toEqual({
      exit: 0,
      stdout: "gatefold.yaml is valid: 2 providers, 2 bindings, 1 gateways.\n",
      stderr: "",
    });
    const plan = await run("plan", "--write-unverified", "--json");
    expect({ exit: plan.exit, stderr: plan.stderr }).toEqual({ exit: 2, stderr: "" });
    expect(jsonOf(plan.stdout).rows).toMatchObject([
      { provider: "one", gateway: "acme-prod", adapter: "acme", id: "k1", writes: ["name", "credential"] },
      { provider: "two", gateway: "acme-prod", adapter: "acme", id: "k2", writes: [] },
    ]);
    expect(acme.requests).toEqual(["GET /keys"]);

    const apply = await run("apply", "--write-unverified", "--json");
    expect({ exit: apply.exit, stderr: apply.stderr }).toEqual({ exit: 0, stderr: "" });
    expect(acme.requests.filter((each) => each.startsWith("PATCH"))).toEqual([
      `PATCH /keys/k1 {"name":"New","key":"${KEY}"}`,
    ]);
    const journal = readFileSync(join(directory.path, ".gatefold", "journal.jsonl"), "utf8");
    expect(journal).not.toContain(KEY);
    expect(journalLines(directory.path).find(({ type }) => type === "intent")?.object).toEqual({
      gateway: "acme-prod",
      adapter: "acme",
      baseUrl: `${acme.url}/`,
      id: "k1",
    });
    expect((await run("drift")).exit).toBe(0);
  });

  it("is what a saved plan, adopt and import are about, too", async () => {
    const { acme, run } = await scene();
    expect(await run("adopt", "--key")).toMatchObject({ exit: 0, stderr: "" });
    expect(await run("plan", "--out", "plan.json")).toMatchObject({ exit: 2, stderr: "" });
    expect(await run("apply", "plan.json")).toMatchObject({ exit: 0, stderr: "" });
    expect(acme.keys.get("k1")).toEqual({ id: "k1", name: "New" });
    const imported = await run("import", "--gateway", "acme-prod", "--all");
    expect(imported).toMatchObject({ exit: 0, stderr: "" });
    expect(imported.stdout).toContain("adapter: ./team/acme.js");
    expect(imported.stdout).toMatch(/name: New\n[\s\S]*id: k1\n[\s\S]*name: Two\n[\s\S]*id: k2\n/);
  });

  it("gets the defaults that its adapter takes, and no others", async () => {
    const open = (extra: string) => `(settings) => {
      globalThis.acmeSettings = Object.keys(settings).sort();
      return new AcmeGateway(settings);
    }${extra}`;
    const { run } = await scene({ open: open("") });
    expect((await run("plan")).exit).toBe(2);
    expect(Reflect.get(globalThis, "acmeSettings")).toEqual(["baseUrl", "token"]);
    directory.write("team/acme.js", "");
    const tolerant = "{ safeParse: (data) => ({ success: true, data }) }";
    directory.write("other.js", adapterModule({ open: open(""), settings: tolerant }));
    directory.write(
      "gatefold.yaml",
      readFileSync(join(directory.path, "gatefold.yaml"), "utf8").replace("./team/acme.js", "./other.js"),
    );
    expect((await run("plan")).exit).toBe(2);
    expect(Reflect.get(globalThis, "acmeSettings")).toEqual(["baseUrl", "hooks", "proxy", "token"]);
    Reflect.deleteProperty(globalThis, "acmeSettings");
  });

  it.each([
    ["validate"],
    ["plan"],
    ["apply"],
    ["drift"],
    ["adopt", "--key"],
    ["import", "--gateway", "acme-prod"],
    ["explain", "acme-prod", "k1", UPDATE],
  ])("asks %s for trust, at the place that names the file", async (...argv) => {
    const { acme, untrusted } = await scene({ capabilities: "() => { globalThis.acmeRan = true; }" });
    expect(await untrusted(...argv)).toEqual({
      exit: 3,
      stdout: "",
      stderr: `gatefold.yaml:4:25: gateways.acme-prod.adapter: is code that the config names: running it needs --trust-config\n${TRUST_LINES}`,
    });
    expect(acme.requests).toEqual([]);
    expect(Reflect.get(globalThis, "acmeRan")).toBeUndefined();
  });

  it("is trusted by the environment, too", async () => {
    await scene();
    const trusting = { ...environment, GATEFOLD_TRUST_CONFIG: "1" };
    expect((await gatefold(["validate"], { environment: trusting, directory: directory.path })).exit).toBe(0);
  });

  it("of another contract is refused with what to do", async () => {
    const { run } = await scene({ contractVersion: "2" });
    expect(await run("plan")).toEqual({
      exit: 1,
      stdout: "",
      stderr:
        "gatefold.yaml:4:25: gateways.acme-prod.adapter: was written for contract 2, and this gatefold knows 1: update gatefold\n",
    });
  });

  it("that fails to read fails its own rows, in words", async () => {
    const { run } = await scene(
      {},
      { get: "async () { throw new TypeError('boom'); }", list: "() { throw new Error('boom'); }" },
    );
    const plan = await run("plan", "--json");
    expect(plan.exit).toBe(1);
    expect(jsonOf(plan.stdout).rows).toMatchObject([
      {
        status: "failed",
        error: { name: "InvalidResponseError", outcome: "not-sent", message: "acme: the adapter failed: boom" },
      },
      { status: "failed" },
    ]);
  });

  it("that fails to write leaves an unknown outcome, which the next run settles", async () => {
    const { acme, run } = await scene();
    acme.answer = { status: 500, text: `no luck with ${KEY}` };
    const broken = await run("apply", "--write-unverified", "--json");
    expect(broken.exit).toBe(1);
    expect(jsonOf(broken.stdout).rows).toMatchObject([
      {
        status: "unknown",
        error: {
          outcome: "unknown",
          message:
            "acme: the adapter failed without saying what became of the write: acme said 500 no luck with [redacted]",
        },
      },
    ]);
    expect(broken.stdout + broken.stderr).not.toContain(KEY);
    delete acme.answer;
    expect(await run("apply", "--write-unverified")).toMatchObject({ exit: 0 });
    expect(acme.keys.get("k1")).toEqual({ id: "k1", name: "New", key: KEY });
  });
});

describe("explain", () => {
  const requests = 'PATCH /keys/k1\n{\n  "name": "New",\n  "scheme": "api_key",\n  "apiKey": "[redacted]"\n}\n';

  it.each([
    ["a gateway of the config", "acme-prod"],
    ["a file", "./team/acme.js"],
    ["a package", "acme-gateways"],
    ["a package with a scope", "@acme/gateways"],
  ])("takes %s", async (_what, target) => {
    const { acme, run } = await scene();
    for (const name of ["acme-gateways", "@acme/gateways"]) {
      writePackage(directory.path, name, { "index.js": adapterModule() });
    }
    const settings = target === "acme-prod" ? [] : ["--settings", "{ baseUrl: http://127.0.0.1:1 }"];
    expect(await run("explain", target, "k1", UPDATE, ...settings)).toEqual({ exit: 0, stdout: requests, stderr: "" });
    expect(acme.requests).toEqual([]);
  });

  it("needs trust for the code of its target alone", async () => {
    const { untrusted } = await scene();
    const config = readFileSync(join(directory.path, "gatefold.yaml"), "utf8");
    const known = "  ngrok-prod: { adapter: ngrok, token: env:T }\nproviders:";
    directory.write("gatefold.yaml", config.replace("providers:", known));
    expect((await untrusted("explain", "ngrok-prod", "x", "{ name: N }")).exit).toBe(0);
    expect(await untrusted("explain", "./team/acme.js", "k1", UPDATE)).toEqual({
      exit: 3,
      stdout: "",
      stderr: `./team/acme.js:1:1: is code that the config names: running it needs --trust-config\n${TRUST_LINES}`,
    });
  });

  it("refuses what is neither, in words about gateways, or about packages where only that can be meant", async () => {
    const { run } = await scene();
    expect((await run("explain", "acme-prd", "k1", UPDATE)).stderr).toBe(
      "gatefold.yaml:4:3: gateways: no gateway is called acme-prd\n  fix: did you mean acme-prod?\n",
    );
    expect((await run("explain", "@acme/none", "k1", UPDATE)).stderr).toMatch(
      /^@acme\/none:1:1: unknown adapter; there are .*; and no package of that name was found\n$/,
    );
  });
});

describe("capabilities", () => {
  it("shows those of a file or a package, with trust", async () => {
    const { run, untrusted } = await scene();
    writePackage(directory.path, "@acme/gateways", { "index.js": adapterModule() });
    for (const name of ["./team/acme.js", "@acme/gateways"]) {
      const shown = await run("capabilities", name, "--json");
      expect(shown).toMatchObject({ exit: 0, stderr: "" });
      expect(jsonOf(shown.stdout)).toMatchObject({ acme: { list: "ids", schemes: { api_key: true } } });
      expect((await untrusted("capabilities", name)).exit).toBe(3);
    }
    expect((await untrusted("capabilities", "ngrok")).exit).toBe(0);
  });

  it("asks no trust to say that there is no such adapter", async () => {
    const { untrusted } = await scene();
    expect(await untrusted("capabilities", "ngrokk")).toEqual({
      exit: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^ngrokk:1:1: unknown adapter; did you mean ngrok\?; there are .*; and no package of that name was found\n$/,
      ),
    });
  });
});

it.each(["validate", "plan", "apply", "drift", "adopt", "import", "explain", "capabilities"])(
  "the help of %s says what --trust-config lets run",
  async (command) => {
    const { stdout } = await gatefold([command, "--help"]);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /--trust-config run (the adapters that are files or packages|the config's adapters and exec: commands)/,
    );
  },
);
