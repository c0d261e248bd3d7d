import { allowLoopback } from "../support/loopback.ts";
import { BARNDOOR_ID, CONNECTION_ID, OTHER_BARNDOOR_ID } from "../support/sync.ts";
import { OLD, useRotation } from "./scene.ts";

allowLoopback();
const open = useRotation();
const ALL_OLD = [OLD, OLD, OLD];
const BOTH = "openai --to env:NEW_KEY --from env:OLD_KEY";

const bound = (more = "") => `  attached:
    gateways:
      barndoor: { id: ${OTHER_BARNDOOR_ID}, ${more}connectionId: ${CONNECTION_ID} }
`;
const shared = `  shared-openai:
    gateways:
      connections: { id: ${CONNECTION_ID}, credential: { scheme: api_key, apiKey: env:OTHER_KEY } }
`;

describe("a rotation is refused before any write", () => {
  it.each<readonly [what: string, line: string, exit: number, message: string]>([
    ["without a provider", "--to env:NEW_KEY", 1, "names no provider: gatefold rotate PROVIDER --to env:NEW_KEY"],
    ["for an unknown provider", "opnai --to env:NEW_KEY --from env:OLD_KEY", 1, "did you mean openai?"],
    ["without a new key", "openai --from env:OLD_KEY", 1, "--to:1:1: is missing"],
    ["for a key in place of a reference", "openai --to sk-live-1234 --from env:OLD_KEY", 1, "expected a reference"],
    ["without an old key", "openai --to env:NEW_KEY", 1, "give it with --from, or say --on-failure keep"],
    ["for one key twice", "openai --to env:KEY --from env:OLD_KEY", 1, "env:KEY and env:OLD_KEY give the same key"],
    ["where the new key is not there", "openai --to env:NOT_SET --from env:OLD_KEY", 5, "NOT_SET is not set"],
    ["where the new key is empty", "openai --to env:EMPTY --from env:OLD_KEY", 5, "EMPTY is empty"],
    ["where the new key has a line break", "openai --to env:BROKEN --from env:OLD_KEY", 5, "cannot be a key here"],
    [
      "where the old key is not the one that was written",
      "openai --to env:NEW_KEY --from env:OTHER_KEY",
      5,
      "env:OTHER_KEY is not the old key: the object was last given another key than this one",
    ],
    [
      "where the check refuses the old key",
      `${BOTH} --verify 'node -e process.exit(1)'`,
      5,
      "the key is wrong or expired, or the check is",
    ],
    ["for a policy that there is not", `${BOTH} --on-failure retry`, 1, "Allowed choices are restore, keep"],
    ["for a time that is none", `${BOTH} --probe-within soon`, 1, "expected a time such as 30s"],
    ["with --resume where nothing was begun", "--resume", 1, "tells of no rotation"],
    ["with --resume and a provider", "openai --resume", 1, "it takes neither providers nor"],
  ])("%s", async (_what, line, exit, message) => {
    const scene = await open();
    Object.assign(scene.environment, { EMPTY: "", BROKEN: "sk-broken\nkey-0004", PATH: process.env.PATH });
    const ran = await scene.run(["rotate", ...scene.words(line)]);
    expect({ exit: ran.exit, writes: scene.writes(), stored: scene.stored() }).toEqual({
      exit,
      writes: [],
      stored: ALL_OLD,
    });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr + ran.stdout).not.toContain("sk-");
    expect(scene.events().filter(({ type }) => type === "rotation")).toEqual([]);
  });

  it("beyond a limit, unless it is allowed", async () => {
    const scene = await open({ head: "limits: { key: { count: 0 } }\n" });
    const refused = await scene.run(["rotate", ...scene.words(BOTH)]);
    expect({ exit: refused.exit, stored: scene.stored() }).toEqual({ exit: 3, stored: ALL_OLD });
    const names = ["respan", "barndoor", "ngrok"];
    const allowed = names.map((name) => `--allow key:${name}=1`).join(" ");
    expect((await scene.rotate(`${BOTH} ${allowed}`)).result.status).toBe("all-new");
  });

  it("where something that is written with the key was changed at the gateway", async () => {
    const respan = "baseUrl: https://one.example.com, native: { second_key: env:KEY }, ";
    const scene = await open({ fields: { respan }, switches: { respan: { returnsExtraKwargs: true } } });
    await scene.bySomebodyElse("respan", 101, { baseUrl: "https://two.example.com" });
    const ran = await scene.run(["rotate", ...scene.words(BOTH)]);
    expect({ exit: ran.exit, stored: scene.stored() }).toEqual({ exit: 1, stored: ALL_OLD });
    expect(ran.stderr).toContain("baseUrl is written with the key, and differs from the config: run apply first");
  });

  it("where something else beside the key in one field was changed at the gateway", async () => {
    const respan = "baseUrl: https://one.example.com, native: { second_key: env:KEY, region: eu }, ";
    const scene = await open({ fields: { respan }, switches: { respan: { returnsExtraKwargs: true } } });
    const elsewhere = { baseUrl: "https://one.example.com", native: { region: "us" } };
    await scene.bySomebodyElse("respan", 101, elsewhere);
    const ran = await scene.run(["rotate", ...scene.words(BOTH)]);
    expect({ exit: ran.exit, stored: scene.stored() }).toEqual({ exit: 1, stored: ALL_OLD });
    expect(ran.stderr).toContain("native is written with the key, and differs from the config: run apply first");
  });

  it("where the outcome of an earlier write is not known", async () => {
    const scene = await open();
    scene.sandbox.inject("ngrok", { kind: "lost-reply", method: "POST" });
    scene.environment.KEY = "sk-yet-another-key-dddddddd-0004";
    await scene.run(["apply"]);
    const ran = await scene.run(["rotate", ...scene.words("openai --to env:NEW_KEY --from env:KEY")]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("gateways.ngrok: the outcome of an earlier write is not known: run apply first");
  });

  it("for a provider whose key is that of a shared connection, and offers the connection", async () => {
    const scene = await open({ providers: bound() + shared, gateways: ["connections"] });
    const ran = await scene.run(["rotate", "attached", "--to", "env:NEW_KEY", "--from", "env:OLD_KEY"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain(
      `attached.gateways.barndoor: uses the shared connection ${CONNECTION_ID}, whose key reaches every provider bound to it: rotate that instead: gatefold rotate shared-openai`,
    );
  });

  it("for a provider that was attached to a connection by somebody else", async () => {
    const scene = await open({ providers: shared, gateways: ["connections"] });
    await scene.bySomebodyElse("barndoor", BARNDOOR_ID, { connectionId: CONNECTION_ID });
    const ran = await scene.run(["rotate", ...scene.words(BOTH)]);
    expect({ exit: ran.exit, writes: scene.writes().filter((each) => !each.startsWith("barndoor")) }).toEqual({
      exit: 1,
      writes: [],
    });
    expect(ran.stderr).toContain("rotate that instead: gatefold rotate shared-openai");
  });

  it("for providers with several keys, until one is named", async () => {
    const providers = `  other:
    gateways:
      keywordsai: { id: 7, credential: { scheme: api_key, apiKey: env:OTHER_KEY } }
`;
    const scene = await open({ providers, gateways: ["keywordsai"] });
    const line = "openai other --to env:NEW_KEY --from env:OLD_KEY";
    const ran = await scene.run(["rotate", ...scene.words(line)]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("other @ keywordsai holds env:OTHER_KEY; name one with --key");
    const { result } = await scene.rotate(`${line} --key env:KEY`);
    expect({ status: result.status, rows: result.rows.length }).toEqual({ status: "all-new", rows: 3 });
  });

  it("for a provider that holds no key here", async () => {
    const providers = "  named:\n    gateways:\n      keywordsai: { id: 7, name: Named }\n";
    const scene = await open({ providers, gateways: ["keywordsai"] });
    const ran = await scene.run(["rotate", "named", "--to", "env:NEW_KEY", "--from", "env:OLD_KEY"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("holds no key in this config: there is nothing to rotate");
  });

  it("for an AWS key pair, whose parts change together", async () => {
    const credential = "{ scheme: aws_keys, accessKeyId: AKIA0000, secretAccessKey: env:OTHER_KEY }";
    const providers = `  aws:\n    gateways:\n      barndoor: { id: ${OTHER_BARNDOOR_ID}, credential: ${credential} }\n`;
    const scene = await open({ providers, applies: "openai" });
    const ran = await scene.run(["rotate", "aws", "--to", "env:NEW_KEY", "--from", "env:OLD_KEY"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("put both into the config and run apply instead of rotate");
  });
});

describe("a rotation of a shared connection", () => {
  it("changes one object, and names the providers that it reaches", async () => {
    const scene = await open({ providers: bound() + shared, gateways: ["connections"] });
    const { result } = await scene.rotate("shared-openai --to env:NEW_KEY --from env:OTHER_KEY");
    expect(result.status).toBe("all-new");
    expect(result.rows).toMatchObject([
      { gateway: "connections", holds: "new", affects: [{ id: OTHER_BARNDOOR_ID, name: "Attached" }] },
    ]);
    expect(result.rows[0]?.evidence).toContain("hint");
    expect(scene.stored()).toEqual(ALL_OLD);
  });
});
