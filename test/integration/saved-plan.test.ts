import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import type { AppliedRow } from "../../src/sync/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc from "../support/property.ts";
import { BARNDOOR_ID, gatefold, gatewaysOf, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const KEY = "sk-the-desired-key-0001";
const SECRETS = { KEY, OTHER: "sk-another-desired-key-0002", FINGERPRINT_KEY: "a-random-text-that-nobody-guesses" };
const DAY = 24 * 3_600_000;

const keys = ["aigpk_a", "aigpk_b", "aigpk_c"].map((id) => {
  return { id, providerId: "openai", name: "Old", value: "sk-the-stored-key-0009" };
});

/** Three provider keys at ngrok, one provider at Respan, one at Barndoor. Of the first two, names and keys differ. */
const providers = `fingerprintKey: env:FINGERPRINT_KEY
providers:
  a: { name: New A, credential: { scheme: api_key, apiKey: env:KEY }, gateways: { ngrok-prod: { id: aigpk_a } } }
  b: { name: New B, credential: { scheme: api_key, apiKey: env:OTHER }, gateways: { ngrok-prod: { id: aigpk_b } } }
  c: { name: Old, gateways: { ngrok-prod: { id: aigpk_c } } }
  d: { name: New D, gateways: { respan-prod: { id: 101 } } }
  e: { name: OpenAI, gateways: { barndoor-prod: { id: ${BARNDOOR_ID} } } }
`;

/** A clock that goes on with every look, the same in every world. */
function tickingClock() {
  let time = Date.UTC(2026, 10, 22, 8);
  return () => {
    time += 1000;
    return time;
  };
}

async function start(config = providers, options: SandboxOptions = {}) {
  const now = tickingClock();
  const sandbox = await open({ seed: { ...seed, ngrok: { keys } }, now, ...options });
  const { yaml, environment } = gatewaysOf(sandbox);
  const all: Readonly<Record<string, string | undefined>> = { ...environment, ...SECRETS };
  const write = (text: string) => directory.write("gatefold.yaml", `${yaml}${text}`);
  write(config);
  const stranger = ngrok({ baseUrl: sandbox.urls.ngrok, token: secret(sandbox.tokens.ngrok) });
  const run = (line: string, changes: Readonly<Record<string, string | undefined>> = {}, shift = 0) =>
    gatefold(line.split(" "), {
      directory: directory.path,
      environment: { ...all, ...changes },
      runtime: { now: () => now() + shift },
    });
  const save = async (flags = "", name = "plan.json") => {
    const ran = await run(`plan --out ${name}${flags === "" ? "" : ` ${flags}`}`);
    sandboxRequestsBefore = sandbox.requests.length;
    return ran;
  };
  let sandboxRequestsBefore = 0;
  return {
    sandbox,
    all,
    write,
    stranger,
    run,
    save,
    plan: (name = "plan.json") => readFileSync(join(directory.path, name), "utf8"),
    /** What was asked of the gateways since the plan was saved. */
    asked: () => linesOf(sandbox, sandboxRequestsBefore),
  };
}

function linesOf({ requests }: Sandbox, from: number): string[] {
  return requests.slice(from).map(({ method, path }) => `${method} ${path}`);
}

const writesAmong = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("GET "));

function rowsOf(text: string): readonly AppliedRow[] {
  const { rows } = jsonOf(text);
  if (!Array.isArray(rows)) throw new Error(`expected a result: ${text}`);
  return rows;
}

const endings = (text: string) => rowsOf(text).map(({ provider, status, writes }) => [provider, status, writes]);

describe("a saved plan", () => {
  it("is the same, byte for byte, whenever and wherever it is made", async () => {
    const world = await start();
    expect((await world.save()).exit).toBe(2);
    const reversed = Object.fromEntries(Object.entries(world.all).reverse());
    await gatefold(["plan", "--out", "again.json"], { directory: directory.path, environment: reversed });
    await world.run("plan --out later.json", {}, 3 * DAY);
    expect(world.plan("again.json")).toBe(world.plan());
    expect(world.plan("later.json")).toBe(world.plan());
  });

  it("holds no secret and no token in any form", async () => {
    const world = await start();
    await world.save("--write-unverified");
    const text = world.plan();
    expect(text).toContain("keyed:");
    for (const value of Object.values(world.all)) {
      const plain = Buffer.from(value ?? "");
      const forms = [plain.toString("base64").replace(/=+$/, ""), plain.toString("base64url"), plain.toString("hex")];
      for (const form of [plain.toString(), encodeURIComponent(plain.toString()), ...forms]) {
        expect(text).not.toContain(form);
      }
    }
  });

  it("is carried out as it says, reads only what it writes, and cannot be carried out twice", async () => {
    const world = await start();
    await world.save();
    const done = await world.run("apply plan.json --json");
    expect([done.exit, endings(done.stdout)]).toEqual([
      0,
      [
        ["a", "done", ["name"]],
        ["b", "done", ["name"]],
        ["d", "done", ["name"]],
      ],
    ]);
    const asked = world.asked();
    expect(asked.filter((line) => line.startsWith("GET ")).sort()).toEqual([
      "GET /api/providers/101/",
      "GET /provider-keys?limit=100",
    ]);
    expect(writesAmong(asked).sort()).toEqual([
      "PATCH /api/providers/101/",
      "PATCH /provider-keys/aigpk_a",
      "PATCH /provider-keys/aigpk_b",
    ]);
    expect(world.sandbox.stored("ngrok", "aigpk_a")).toMatchObject({ name: "New A", value: "sk-the-stored-key-0009" });
    expect(jsonOf(done.stdout).plan).toBe(jsonOf(world.plan()).digest);

    const again = await world.run("apply plan.json");
    expect(again.exit).toBe(6);
    expect(again.stderr).toContain("ngrok-prod aigpk_a, ngrok-prod aigpk_b, respan-prod 101");
    expect(writesAmong(world.asked())).toHaveLength(3);
  });

  it("writes keys when it says so, and they are in sync then", async () => {
    const world = await start();
    await world.save("--write-unverified --gateway ngrok-prod");
    const done = await world.run("apply plan.json --json --reason rotation");
    expect([done.exit, endings(done.stdout)]).toEqual([
      0,
      [
        ["a", "done", ["name", "credential"]],
        ["b", "done", ["name", "credential"]],
      ],
    ]);
    expect(world.sandbox.stored("ngrok", "aigpk_a")?.value).toBe(SECRETS.KEY);
    expect(world.sandbox.stored("ngrok", "aigpk_b")?.value).toBe(SECRETS.OTHER);
    expect((await world.run("plan --gateway ngrok-prod --strict")).exit).toBe(0);
    expect((await world.run("apply plan.json")).exit).toBe(6);
  });

  it("with nothing to write asks nothing and is done", async () => {
    const world = await start();
    await world.save("--provider c e");
    expect(await world.run("apply plan.json")).toMatchObject({ exit: 0 });
    expect(world.asked()).toEqual([]);
  });

  it("leaves out what could not be read when it was made, says so, and does the rest", async () => {
    const world = await start();
    world.sandbox.inject("respan", { kind: "status", status: 500 });
    await world.save();
    const done = await world.run("apply plan.json --json");
    expect([done.exit, endings(done.stdout)]).toEqual([
      4,
      [
        ["a", "done", ["name"]],
        ["b", "done", ["name"]],
        ["d", "blocked", []],
      ],
    ]);
    expect(rowsOf(done.stdout)[2]?.reason).toContain("the plan could not read it: UnavailableError");
  });

  it("fails the rows of what cannot be read when it is carried out, and does the rest", async () => {
    const world = await start();
    await world.save();
    world.sandbox.inject("respan", { kind: "status", status: 401 });
    const done = await world.run("apply plan.json --json");
    expect([done.exit, endings(done.stdout)]).toEqual([
      4,
      [
        ["a", "done", ["name"]],
        ["b", "done", ["name"]],
        ["d", "failed", []],
      ],
    ]);
    expect(rowsOf(done.stdout)[2]?.error).toMatchObject({ name: "AuthenticationError", gateway: "respan-prod" });
    expect(writesAmong(world.asked())).toHaveLength(2);
  });

  it("beyond a limit is refused, unless that is allowed then", async () => {
    const world = await start(`limits: { update: { count: 1 } }\n${providers}`);
    expect((await world.save()).exit).toBe(3);
    expect((await world.run("apply plan.json")).exit).toBe(3);
    expect(writesAmong(world.asked())).toEqual([]);
    expect((await world.run("apply plan.json --allow update:ngrok-prod=2")).exit).toBe(0);
    expect(writesAmong(world.asked())).toHaveLength(3);
  });

  it("takes no flags of its own", async () => {
    const world = await start();
    await world.save();
    for (const flags of ["--gateway ngrok-prod", "--provider a", "--tag x", "--write-unverified", "--strict"]) {
      const ran = await world.run(`apply plan.json ${flags}`);
      expect([ran.exit, ran.stdout]).toEqual([1, ""]);
      expect(ran.stderr).toContain("plan.json");
      expect(ran.stderr).toContain("make it again");
    }
    expect(world.asked()).toEqual([]);
  });
});

describe("a saved plan is stale, and nothing is written,", () => {
  async function expectStale(world: Awaited<ReturnType<typeof start>>, name: string) {
    const ran = await world.run("apply plan.json --json");
    expect(ran.exit).toBe(6);
    expect(jsonOf(ran.stdout)).toMatchObject({ error: { name: "StalePlanError", code: "STALE_PLAN" } });
    expect(ran.stderr).toContain(name);
    expect(writesAmong(world.asked())).toEqual([]);
  }

  it("when any byte of it was changed", async () => {
    const world = await start();
    await world.save("--write-unverified");
    const bytes = Buffer.from(world.plan());
    const edits = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(edits, async ([position, difference]) => {
        const edited = Buffer.from(bytes);
        edited[position] = (bytes[position] ?? 0) ^ difference;
        writeFileSync(join(directory.path, "plan.json"), edited);
        expect((await world.run("apply plan.json")).exit).toBe(6);
      }),
      { numRuns: 100 },
    );
    expect(world.asked()).toEqual([]);
  });

  it.each([
    ["a byte is missing at its end", (text: string) => text.slice(0, -1)],
    ["a byte was added at its end", (text: string) => `${text}\n`],
    ["it was formatted anew", (text: string) => JSON.stringify(JSON.parse(text))],
    ["a member was added", (text: string) => text.replace('"strict"', '"added": 1,\n  "strict"')],
    ["another value is written", (text: string) => text.replaceAll("New A", "New X")],
    ["it is of another version", (text: string) => text.replace('"version": 1', '"version": 2')],
    ["it is no plan", () => "{}\n"],
    ["it is empty", () => ""],
  ])("when %s", async (_title, edit) => {
    const world = await start();
    await world.save();
    directory.write("plan.json", edit(world.plan()));
    await expectStale(world, "plan.json");
    expect(world.asked()).toEqual([]);
  });

  it("when a name was changed at the gateway", async () => {
    const world = await start();
    await world.save();
    await world.stranger.update("aigpk_b", { name: "By a stranger" });
    await expectOnlyB(world);
  });

  it("when a key was rotated at the gateway", async () => {
    const world = await start();
    await world.save();
    const apiKey = secret("sk-the-key-of-a-stranger-0003");
    await world.stranger.update("aigpk_b", { name: "Old", credential: { scheme: "api_key", apiKey } });
    await expectOnlyB(world);
  });

  it("when anything else was written at the gateway, as far as the time tells", async () => {
    const world = await start();
    await world.save();
    await world.stranger.update("aigpk_b", { description: "By a stranger" });
    await expectOnlyB(world);
  });

  /** Of three objects that the plan writes, one moved: that one is named, and none is written. */
  async function expectOnlyB(world: Awaited<ReturnType<typeof start>>) {
    const before = writesAmong(world.asked()).length;
    const ran = await world.run("apply plan.json");
    expect([ran.exit, ran.stderr]).toEqual([
      6,
      "StalePlanError: changed since the plan was made: ngrok-prod aigpk_b; make the plan again\n" +
        "  fix: gatefold plan --out plan.json makes it again: look at it before it is applied\n",
    ]);
    expect(writesAmong(world.asked())).toHaveLength(before);
  }

  it("when an object is not there any more", async () => {
    const world = await start();
    await world.save();
    world.sandbox.inject("respan", { kind: "status", status: 404 });
    await expectStale(world, "respan-prod 101");
  });

  it("but not when what it does not write moved", async () => {
    const world = await start();
    await world.save();
    await world.stranger.update("aigpk_c", { name: "By a stranger" });
    expect((await world.run("apply plan.json")).exit).toBe(0);
  });

  it.each([
    ["desires another value", "name: New D", "name: Newer D", "respan-prod 101"],
    ["desires a field more", "name: New D", "name: New D, baseUrl: https://a.test", "respan-prod 101"],
    ["does not desire a field any more", "name: New B, ", "", "ngrok-prod aigpk_b"],
    ["has another id in its place", "id: 101", "id: 102", "has no binding any more for respan-prod 101"],
    ["has no such binding any more", /\n {2}d: .*\n/, "\n", "has no binding any more for respan-prod 101"],
  ])("when the config %s", async (_title, from, to, name) => {
    const world = await start();
    await world.save();
    world.write(providers.replace(from, to));
    await expectStale(world, name);
  });

  it("when a gateway of it has another address", async () => {
    const config = providers.replace("fingerprintKey: env:FINGERPRINT_KEY\n", "");
    const world = await start(config);
    await world.save("--write-unverified");
    const moved = await open({ seed: { ...seed, ngrok: { keys } }, now: tickingClock() });
    const text = readFileSync(join(directory.path, "gatefold.yaml"), "utf8");
    directory.write("gatefold.yaml", text.replace(world.sandbox.urls.ngrok, moved.urls.ngrok));
    await expectStale(world, "ngrok-prod aigpk_a");
    expect(writesAmong(linesOf(moved, 0))).toEqual([]);
  });
});

describe("a key that is not the planned one", () => {
  it("blocks its row alone", async () => {
    const world = await start();
    await world.save("--write-unverified");
    const done = await world.run("apply plan.json --json", { OTHER: "sk-not-the-planned-key-0004" });
    expect([done.exit, endings(done.stdout)]).toEqual([
      4,
      [
        ["a", "done", ["name", "credential"]],
        ["b", "blocked", ["name", "credential"]],
        ["d", "done", ["name"]],
      ],
    ]);
    expect(rowsOf(done.stdout)[1]?.reason).toBe("secret differs from the plan");
    expect(world.sandbox.stored("ngrok", "aigpk_b")).toMatchObject({ name: "Old", value: "sk-the-stored-key-0009" });
  });

  it("blocks its row even when the gateway is known to hold it already", async () => {
    const world = await start();
    await world.run("apply --write-unverified --provider a");
    expect((await world.run("plan --provider a --out plan.json", { KEY: SECRETS.OTHER })).exit).toBe(2);
    const done = await world.run("apply plan.json --json");
    expect([done.exit, endings(done.stdout)]).toEqual([1, [["a", "blocked", ["credential"]]]]);
    expect(rowsOf(done.stdout)[0]?.reason).toBe("secret differs from the plan");
  });

  it("is needed only where the plan writes", async () => {
    const world = await start();
    await world.save("--write-unverified --provider b d");
    expect((await world.run("apply plan.json", { KEY: undefined })).exit).toBe(0);
    await world.save("--write-unverified --provider a");
    const lacking = await world.run("apply plan.json", { KEY: undefined });
    expect(lacking.exit).toBe(5);
    expect(lacking.stderr).toContain("KEY");
    expect(world.asked()).toEqual([]);
  });
});
