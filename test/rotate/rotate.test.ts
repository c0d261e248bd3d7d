import type { VerifyTarget } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { asLibraryCall, NEW, OLD, OTHER, useRotation } from "./scene.ts";

allowLoopback();
const open = useRotation();
const ALL_NEW = [NEW, NEW, NEW];
const ALL_OLD = [OLD, OLD, OLD];
const TO_NEW = "openai --to env:NEW_KEY";
const BOTH = `${TO_NEW} --from env:OLD_KEY`;

describe("a rotation", () => {
  it("changes the key at every gateway, one write each, and says what shows it", async () => {
    const scene = await open();
    const { exit, result } = await scene.rotate(BOTH);
    expect(scene.stored()).toEqual(ALL_NEW);
    expect(scene.writes()).toEqual(["respan PATCH", "barndoor PATCH", "ngrok POST"]);
    expect(result.rows.map(({ gateway, holds, evidence }) => [gateway, holds, ...evidence].join(" "))).toEqual([
      "respan new updatedAt",
      "barndoor new updatedAt health",
      "ngrok new hint updatedAt",
    ]);
    const { status, oldKeyElsewhere, resumable, cancelled } = result;
    expect({ exit, status, oldKeyElsewhere, resumable, cancelled }).toEqual({
      exit: 0,
      status: "all-new",
      oldKeyElsewhere: [],
      resumable: false,
      cancelled: false,
    });
  });

  it("tells people what is left to do, and never that the old key may be revoked", async () => {
    const scene = await open();
    const { stdout } = await scene.run(["rotate", ...BOTH.split(" ")]);
    expect(stdout).toContain("All 3 hold the new key.");
    expect(stdout).toContain("Put the new key where env:KEY leads to");
    expect(stdout).toContain("No object of this config holds the old key any more, by what the journal knows.");
    expect(stdout).toContain("Whether the old key is still used anywhere else, nothing here can tell.");
    expect(stdout).not.toMatch(/revoke|safe/i);
  });

  it("asks for nothing where the config's own reference gives the new key", async () => {
    const scene = await open();
    scene.environment.KEY = NEW;
    const { stdout } = await scene.run(["rotate", "openai", "--to", "env:KEY", "--from", "env:OLD_KEY"]);
    expect(stdout).toContain("All 3 hold the new key.");
    expect(stdout).not.toContain("Put the new key");
    expect((await scene.run(["plan"])).exit).toBe(0);
  });

  it("leaves an empty plan once the config's reference gives the new key, and never the old one again before", async () => {
    const scene = await open();
    await scene.rotate(BOTH);
    const before = await scene.run(["plan", "--write-unverified"]);
    expect(before.stdout).toContain("was rotated away: put the new one where the config's reference leads to");
    const applied = await scene.run(["apply", "--write-unverified", "--allow", "key=99"]);
    expect({ exit: applied.exit, stored: scene.stored() }).toEqual({ exit: 1, stored: ALL_NEW });
    scene.environment.KEY = NEW;
    expect((await scene.run(["plan"])).exit).toBe(0);
  });

  it("goes back like any other rotation", async () => {
    const scene = await open();
    await scene.rotate(BOTH);
    const back = await scene.rotate("openai --to env:OLD_KEY --from env:NEW_KEY");
    expect({ status: back.result.status, stored: scene.stored() }).toEqual({ status: "all-new", stored: ALL_OLD });
    expect((await scene.run(["plan"])).exit).toBe(0);
  });

  it("takes every provider that refers to the same key along, and no other", async () => {
    const providers = `  batch:
    credential: { scheme: api_key, apiKey: env:KEY }
    gateways:
      barndoor-2: { id: 9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33, connectionId: null }
  other:
    gateways:
      keywordsai: { id: 7, credential: { scheme: api_key, apiKey: env:OTHER_KEY } }
`;
    const scene = await open({ providers, gateways: ["barndoor-2", "keywordsai"] });
    const { result } = await scene.rotate(BOTH);
    expect(result.rows.map(({ provider, gateway }) => `${provider} @ ${gateway}`)).toEqual([
      "openai @ respan",
      "openai @ barndoor",
      "openai @ ngrok",
      "batch @ barndoor-2",
    ]);
    expect(scene.sandbox.stored("keywordsai", 7)?.api_key).toBe(OTHER);
    expect(scene.sandbox.stored("barndoor", "9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33")?.api_key).toBe(NEW);
  });

  it("changes the key wherever a provider holds it, with what would be lost otherwise", async () => {
    const scene = await open({
      fields: { respan: "baseUrl: https://one.example.com, native: { second_key: env:KEY }, " },
    });
    expect((await scene.rotate(BOTH)).result.status).toBe("all-new");
    expect(scene.sandbox.stored("respan", 101)).toMatchObject({
      api_key: NEW,
      extra_kwargs: { base_url: "https://one.example.com", second_key: NEW },
    });
  });

  it("takes along an object that gatefold created, whose id only the journal knows", async () => {
    const providers = `  made:
    name: Made
    credential: { scheme: api_key, apiKey: env:KEY }
    gateways:
      ngrok: { create: true, upstream: openai }
`;
    const scene = await open({ providers });
    const { result } = await scene.rotate(BOTH);
    expect(result.rows.map(({ provider, gateway }) => `${provider} @ ${gateway}`)).toContain("made @ ngrok");
    const made = result.rows.find(({ provider }) => provider === "made");
    expect({ status: result.status, holds: made?.holds }).toEqual({ status: "all-new", holds: "new" });
    expect(scene.sandbox.stored("ngrok", made?.id ?? "")).toMatchObject({ name: "Made", value: NEW });
  });

  it("names what else was given the old key, as far as the journal knows", async () => {
    const providers = `  other:
    gateways:
      keywordsai: { id: 7, credential: { scheme: api_key, apiKey: env:OLD_KEY } }
`;
    const scene = await open({ providers, gateways: ["keywordsai"] });
    const { result } = await scene.rotate(BOTH);
    expect(result.oldKeyElsewhere).toEqual([{ provider: "other", gateway: "keywordsai", id: 7 }]);
    expect(scene.sandbox.stored("keywordsai", 7)?.api_key).toBe(OLD);
  });

  it.each([
    ["used since", "2099-01-01T00:00:00.000Z", true],
    ["not used since", "2020-01-01T00:00:00.000Z", false],
    ["never used", null, false],
  ])("says whether the key is in use where the gateway tells: %s", async (_what, lastUsed, inUse) => {
    const scene = await open({ lastUsed });
    const { result } = await scene.rotate(BOTH);
    expect(result.rows.map((row) => row.inUse)).toEqual([undefined, undefined, inUse]);
  });

  it("works without fingerprints, and then claims nothing of other objects", async () => {
    const scene = await open({ isFingerprinted: false });
    const { result } = await scene.rotate(BOTH);
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-new", stored: ALL_NEW });
    expect(result.oldKeyElsewhere).toBeUndefined();
  });

  it("keeps the keys out of everything it prints and records", async () => {
    const scene = await open();
    const refused = await scene.run(["rotate", ...BOTH.split(" "), "--verify", "node no-such-file.cjs"]);
    const { stdout, stderr } = await scene.rotate(BOTH);
    const everything = [refused.stdout, refused.stderr, stdout, stderr, JSON.stringify(scene.events())].join("\n");
    for (const key of [OLD, NEW]) expect(everything).not.toContain(key);
  });
});

describe("a check of the user's", () => {
  it("is asked about the old key before the first write, and about the new one after the last", async () => {
    const scene = await open();
    const asked: string[] = [];
    await asLibraryCall(scene, () => ({
      verify: async ({ provider, gateway }: VerifyTarget, key) => {
        asked.push(`${provider} @ ${gateway}: ${key.reveal() === OLD ? "old" : "new"} after ${scene.writes().length}`);
        return true;
      },
    }));
    const each = (what: string) => ["respan", "barndoor", "ngrok"].map((name) => `openai @ ${name}: ${what}`);
    expect([...asked].sort()).toEqual([...each("old after 0"), ...each("new after 3")].sort());
  });

  it("that cannot be made says why, in no words of its own", async () => {
    const scene = await open();
    const calls = asLibraryCall(scene, () => ({
      verify: async (_target, key) => {
        throw new Error(`cannot use ${key.reveal()}`);
      },
    }));
    await expect(calls).rejects.toThrow(/env:OLD_KEY, could not be made \(Error\)/);
    const ran = await scene.run(["rotate", ...BOTH.split(" "), "--verify", "no-such-command"]);
    expect({ exit: ran.exit, writes: scene.writes() }).toEqual({ exit: 5, writes: [] });
    expect(ran.stderr).toContain("could not be made (ENOENT)");
  });

  it("that refuses the new key puts the old one back, and is asked about that, too", async () => {
    const scene = await open();
    const result = await asLibraryCall(scene, () => ({ verify: async (_target, key) => key.reveal() === OLD }));
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-old", stored: ALL_OLD });
    expect(result.failure).toBe("openai @ respan: the verify check of the new key says no");
    expect(result.rows.map(({ evidence }) => evidence.includes("verify"))).toEqual([true, true, true]);
  });

  it("as a command gets gateway, provider and id as arguments, and the key on standard input alone", async () => {
    const scene = await open();
    scene.writeFile(
      "check.cjs",
      `let key = "";
process.stdin.on("data", (part) => { key += part; }).on("end", () => {
  const line = { arguments: process.argv.slice(2), holds: JSON.stringify(process.env).includes(key), length: key.length };
  require("node:fs").appendFileSync("asked.jsonl", JSON.stringify(line) + "\\n");
  process.stdout.write(key);
  process.exit(0);
});`,
    );
    const environment = { ...scene.environment, PATH: process.env.PATH, SPARE: `x${NEW}x` };
    const ran = await scene.run(["rotate", ...BOTH.split(" "), "--verify", "node check.cjs --strict"], { environment });
    expect(ran.exit).toBe(0);
    const asked = scene.linesOf("asked.jsonl");
    expect(asked).toHaveLength(6);
    expect(asked[0]).toEqual({ arguments: ["--strict", "respan", "openai", "101"], holds: false, length: OLD.length });
    expect(asked.filter(({ holds }) => holds === true)).toEqual([]);
    expect(ran.stdout).not.toContain(NEW);
  });
});
