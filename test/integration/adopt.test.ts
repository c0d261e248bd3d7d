import { join } from "node:path";
import { secret } from "../../src/index.ts";
import { type AdoptedRow, adopt, Fingerprints, openJournal, type PlanRow, readersOf } from "../../src/sync/index.ts";
import type { SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  checked,
  gatefold,
  gatewaysOf,
  jsonOf,
  OTHER_BARNDOOR_ID,
  seed,
  standIns,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const ADC_ID = "11111111-2222-4333-8444-555555555555";
const FINGERPRINT_KEY = "a-random-text-that-nobody-guesses";
const KEYED = "fingerprintKey: env:FINGERPRINT_KEY";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";

const withAdc = {
  ...seed,
  barndoor: {
    ...seed.barndoor,
    providers: [
      ...seed.barndoor.providers,
      { id: ADC_ID, name: "Vertex", model_provider: "vertex", base_url: "https://a.test", auth_type: "google_adc" },
    ],
  },
} satisfies SandboxOptions["seed"];

/** One provider with a key at each of these bindings. */
async function start(bindings: Readonly<Record<string, string>>, top = KEYED, shared = CREDENTIAL) {
  const sandbox = await open({ seed: withAdc });
  const { yaml, environment } = gatewaysOf(sandbox);
  const url = sandbox.urls.barndoor;
  const connections = `  connections: { adapter: barndoor-connection, baseUrl: "${url}", token: env:BARNDOOR_TOKEN }\n`;
  const bound = Object.entries(bindings).map(([gateway, binding]) => `${gateway}: { ${binding} }`);
  const provider = `  p: { ${shared}, gateways: { ${bound.join(", ")} } }\n`;
  directory.write("gatefold.yaml", `${yaml}${connections}${top}\nproviders:\n${provider}`);
  const run = (line: string, changes: Readonly<Record<string, string | undefined>> = {}) =>
    gatefold(line.split(" "), {
      directory: directory.path,
      environment: { ...environment, KEY: "sk-the-desired-key-0001", FINGERPRINT_KEY, ...changes },
    });
  return {
    sandbox,
    run,
    async verdicts(changes: Readonly<Record<string, string>> = {}) {
      const { stdout } = await run("plan --json", changes);
      return rowsOf<PlanRow>(stdout).map(({ gateway, fields }) => {
        return [gateway, fields.map(({ verdict, evidence }) => [verdict, ...evidence].join(" ")).join("; ")];
      });
    },
  };
}

function rowsOf<Row>(text: string): readonly Row[] {
  const { rows } = jsonOf(text);
  if (!Array.isArray(rows)) throw new Error(`expected rows: ${text}`);
  return rows;
}

const everywhere = {
  "respan-prod": "id: 101",
  "barndoor-prod": `id: ${BARNDOOR_ID}`,
  "ngrok-prod": "id: aigpk_openai",
  connections: `id: ${CONNECTION_ID}`,
};

describe("an adoption", () => {
  it("records, with reads alone, that the gateways hold the keys: then they are in sync", async () => {
    const world = await start(everywhere);
    const ran = await world.run("adopt --key --json --reason first --trust-config");
    expect(ran.exit).toBe(0);
    expect(rowsOf<AdoptedRow>(ran.stdout)).toEqual([
      adopted("respan-prod", "respan", 101),
      adopted("barndoor-prod", "barndoor", BARNDOOR_ID),
      adopted("ngrok-prod", "ngrok", "aigpk_openai"),
      adopted("connections", "barndoor-connection", CONNECTION_ID),
    ]);
    expect(new Set(world.sandbox.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(world.sandbox.stored("ngrok", "aigpk_openai")?.value).toBe("sk-old-ngrok-key");

    expect(await world.verdicts()).toEqual([
      ["respan-prod", "in-sync fingerprint updatedAt"],
      ["barndoor-prod", "in-sync fingerprint updatedAt"],
      ["ngrok-prod", "in-sync fingerprint hint"],
      ["connections", "in-sync fingerprint hint"],
    ]);
    const changed = await world.verdicts({ KEY: "sk-another-desired-key-0002" });
    expect(changed.map(([, verdict]) => verdict)).toEqual(Array.from({ length: 4 }, () => "changed fingerprint"));
  });

  const adopted = (gateway: string, adapter: string, id: number | string) => {
    return { provider: "p", gateway, adapter, id, status: "adopted", fields: ["credential"] };
  };

  it("is told by the journal, with who and why", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" });
    await world.run("adopt --key --reason inventory");
    const { exit, stdout } = await world.run("journal show");
    expect(exit).toBe(0);
    expect(stdout).toMatch(/adopt by tester on test-host/);
    expect(stdout).toMatch(/reason: inventory/);
    expect(stdout).toMatch(/tester +adopt +ngrok-prod +p +aigpk_openai +credential +adopted/);
    expect(stdout).not.toContain("sk-the-desired-key-0001");
  });

  it("is of the part that is asked for", async () => {
    const world = await start(everywhere);
    await world.run("adopt --key --gateway ngrok-prod");
    expect(world.sandbox.requests.map(({ gateway }) => gateway)).toEqual(["ngrok"]);
    expect((await world.verdicts()).filter(([, verdict]) => verdict?.startsWith("in-sync"))).toHaveLength(1);
  });

  it("holds what else is secret, and leaves alone what is not", async () => {
    const native = "baseUrl: https://a.test, native: { organization: env:ORG, region: eu }";
    const world = await start({ "respan-prod": `id: 101, name: OpenAI, ${native}` });
    const { stdout } = await world.run("adopt --key --json", { ORG: "org-secret-1" });
    expect(rowsOf<AdoptedRow>(stdout)).toMatchObject([{ status: "adopted", fields: ["credential", "native"] }]);
    const [row] = await world.verdicts({ ORG: "org-secret-1" });
    const inSync = "in-sync fingerprint updatedAt";
    expect(row?.[1]).toBe(`in-sync read; unreadable; ${inSync}; ${inSync}`);
  });
});

describe("an adoption is blocked", () => {
  it.each([
    ["where a shared connection is used", OTHER_BARNDOOR_ID, new RegExp(`uses the shared connection ${CONNECTION_ID}`)],
    ["where the gateway holds no key at all", ADC_ID, /credential differs from what the gateway shows/],
  ])("%s, and the others are adopted", async (_title, id, reason) => {
    const world = await start({ "barndoor-prod": `id: ${id}`, "ngrok-prod": "id: aigpk_openai" });
    const { exit, stdout } = await world.run("adopt --key --json");
    expect(exit).toBe(4);
    expect(rowsOf<AdoptedRow>(stdout)).toEqual([
      expect.objectContaining({ id, status: "blocked", reason: expect.stringMatching(reason) }),
      expect.objectContaining({ gateway: "ngrok-prod", status: "adopted" }),
    ]);
  });

  it("where the gateway tells that it uses another scheme", async () => {
    const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { ${CREDENTIAL}, gateways: { one: { id: x } } } }
`);
    const { connections } = standIns(config, { one: { get: { credential: { kind: "inline", scheme: "aws_keys" } } } });
    const journal = await openJournal(join(directory.path, "journal.jsonl"), testRuntime(), { command: "adopt" });
    const { rows } = await adopt({
      what: { keys: true, objects: false },
      bindings: config.bindings,
      readers: readersOf(connections),
      journal,
      fingerprints: new Fingerprints(secret(FINGERPRINT_KEY)),
      secretOf: () => secret("sk-the-desired-key-0001"),
      runtime: testRuntime(),
    });
    await journal.close();
    const reason = expect.stringMatching(/credential differs from what the gateway shows/);
    expect(rows).toEqual([expect.objectContaining({ status: "blocked", reason })]);
    expect(journal.events).toEqual([]);
  });

  it("while the outcome of an earlier write is not known", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" });
    world.sandbox.inject("ngrok", { kind: "lost-reply", method: "POST" });
    expect((await world.run("apply --write-unverified")).exit).toBe(1);
    const { exit, stdout } = await world.run("adopt --key --json");
    expect(exit).toBe(1);
    const reason = expect.stringMatching(/earlier write is not known/);
    expect(rowsOf<AdoptedRow>(stdout)).toMatchObject([{ status: "blocked", reason }]);
  });

  it("and nothing is recorded, where the object cannot be read", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_gone" });
    const { exit, stdout } = await world.run("adopt --key --json");
    expect(exit).toBe(1);
    expect(rowsOf<AdoptedRow>(stdout)).toMatchObject([{ status: "failed", error: { name: "NotFoundError" } }]);
    expect((await world.run("journal show")).stdout).toBe("The journal is empty.\n");
  });
});

describe("an adoption is refused", () => {
  it("without a key for the fingerprints: nothing of a key could be kept", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" }, "");
    const { exit, stderr } = await world.run("adopt --key");
    expect(exit).toBe(1);
    expect(stderr).toMatch(
      /^gatefold\.yaml:\d+:\d+: fingerprintKey: is missing\n {2}why: .*\n {2}fix: add fingerprintKey: env:/,
    );
    expect(world.sandbox.requests).toEqual([]);
  });

  it.each([
    ["is too short", "fifteen-letters", /fingerprintKey: has fewer than 16 characters; use a random text/],
    ["is not set", undefined, /fingerprintKey: .*FINGERPRINT_KEY/],
  ])("when the key for the fingerprints %s", async (_title, value, message) => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" });
    for (const line of ["adopt --key", "plan", "apply"]) {
      const { exit, stderr } = await world.run(line, { FINGERPRINT_KEY: value });
      expect([exit, stderr]).toEqual([5, expect.stringMatching(message)]);
      if (value !== undefined) expect(stderr).not.toContain(value);
    }
    expect(world.sandbox.requests).toEqual([]);
  });

  it("when a key is not there", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" });
    const { exit, stderr } = await world.run("adopt --key", { KEY: undefined });
    expect([exit, stderr]).toEqual([5, expect.stringContaining("KEY")]);
    expect(world.sandbox.requests).toEqual([]);
  });
});

describe("an adoption of objects and keys", () => {
  it("records both at once, and objects alone without a word of keys", async () => {
    const world = await start({ "ngrok-prod": "id: aigpk_openai" });
    const { stdout } = await world.run("adopt --json");
    expect(rowsOf<AdoptedRow>(stdout).map(({ fields, owned }) => [fields, owned])).toEqual([[[], true]]);
    const both = await world.run("adopt --key --object --json");
    expect(rowsOf<AdoptedRow>(both.stdout).map(({ fields, owned }) => [fields, owned])).toEqual([
      [["credential"], true],
    ]);
    const key = await world.run("adopt --key --json");
    expect(rowsOf<AdoptedRow>(key.stdout).map(({ fields, owned }) => [fields, owned])).toEqual([
      [["credential"], undefined],
    ]);
  });
});
