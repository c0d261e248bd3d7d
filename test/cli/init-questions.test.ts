import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Choice, Prompter } from "../../src/cli/prompter.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { checked, gatefold, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const byText: SandboxOptions["switches"] = { respan: { identifier: "provider_id", returnsExtraKwargs: true } };

/** An answer to a question that has these words in it; undefined gives up. */
type Answer = readonly [words: string, answer: string | readonly string[] | boolean | undefined];

const PROPOSED = Symbol("what is proposed");

/** A user who gives these answers in this order, and the questions as they were shown. */
function user(answers: readonly (Answer | readonly [words: string, answer: typeof PROPOSED])[]) {
  const left = [...answers];
  const shown: string[] = [];
  const answer = (question: string): unknown => {
    shown.push(question);
    const [words, given] = left.shift() ?? ["(no more answers)"];
    if (!question.includes(words)) throw new Error(`asked "${question}" where "${words}" was expected`);
    return given;
  };
  const among = (choices: readonly Choice[], given: unknown) => {
    for (const each of Array.isArray(given) ? given : given === undefined ? [] : [given]) {
      if (!choices.some(({ value }) => value === each)) throw new Error(`${each} is no choice`);
    }
  };
  const prompter: Prompter = {
    async chooseSeveral(question, choices) {
      const given = answer(question);
      among(choices, given);
      return Array.isArray(given) ? given : undefined;
    },
    async choose(question, choices) {
      const given = answer(question);
      among(choices, given);
      return typeof given === "string" ? given : undefined;
    },
    async askText(question, { initially, problem } = {}) {
      const given = answer(question);
      const text = given === PROPOSED ? initially : given;
      // Told again and again what is wrong, this user gives up.
      const wrong = typeof text === "string" ? problem?.(text) : undefined;
      if (wrong !== undefined) shown.push(wrong);
      return typeof text === "string" && wrong === undefined ? text : undefined;
    },
    async confirm(question) {
      const given = answer(question);
      return typeof given === "boolean" ? given : undefined;
    },
    async say(text) {
      shown.push(text);
    },
  };
  return { prompter, shown, left };
}

function ask(sandbox: Sandbox, flags: readonly string[], answers: Parameters<typeof user>[0], more: object = {}) {
  const asked = user(answers);
  const environment = {
    ...Object.fromEntries(
      Object.entries(sandbox.tokens).map(([name, token]) => [`${name.toUpperCase()}_TOKEN`, token]),
    ),
    ...more,
  };
  const { prompter, shown, left } = asked;
  const ran = gatefold(["init", ...flags], { environment, directory: directory.path, host: { prompter } });
  return ran.then((result) => ({ ...result, shown, left }));
}

const written = () => readdirSync(directory.path).sort();
const config = () => readFileSync(join(directory.path, "gatefold.yaml"), "utf8");
const settings = (sandbox: Sandbox, name: keyof Sandbox["urls"]) => [
  "--setting",
  `${name}.baseUrl=${sandbox.urls[name]}`,
];

describe("init asks", () => {
  const interview = (sandbox: Sandbox): Parameters<typeof user>[0] => [
    ["Which gateways", ["barndoor", "barndoor-connection"]],
    ["A name for the gateway at barndoor", "main"],
    ["A name for the gateway at barndoor-connection", PROPOSED],
    ["How does gatefold log in at main?", "token"],
    ["baseUrl of main\nWhere the organization's platform is reached", sandbox.urls.barndoor],
    ["Where is the token of main kept?\nA reference, never the secret itself", "env:BARNDOOR_TOKEN"],
    ["How does gatefold log in at barndoor-connection?", "token"],
    ["baseUrl of barndoor-connection", PROPOSED],
    ["Where is the token of barndoor-connection kept?", PROPOSED],
  ];

  it("for all that it needs, proposes for the same vendor what was given before, and writes the config", async () => {
    const sandbox = await open({ seed });
    const { exit, left, shown, stdout } = await ask(sandbox, [], interview(sandbox));
    expect({ exit, left }).toEqual({ exit: 0, left: [] });
    expect(written()).toEqual(["gatefold.schema.json", "gatefold.yaml"]);
    const { gateways, bindings } = checked(config());
    expect(gateways.map(({ entry: { name, settings: given } }) => [name, given])).toEqual([
      ["main", { baseUrl: sandbox.urls.barndoor }],
      ["barndoor-connection", { baseUrl: sandbox.urls.barndoor }],
    ]);
    expect(bindings.map(({ provider, gateway }) => [provider, gateway])).toEqual([
      ["openai", "main"],
      ["attached", "main"],
      ["shared-openai", "barndoor-connection"],
    ]);
    expect(shown).toEqual(expect.arrayContaining(["main works: 2 objects.", "barndoor-connection works: 1 object."]));
    expect(stdout).toContain("gatefold.yaml is written. Gateways in it: 2; providers: 3; without an id: 0.");
    for (const token of Object.values(sandbox.tokens)) expect([...shown, stdout].join("\n")).not.toContain(token);
  });

  it("and leaves nothing behind when the user gives up, at whatever question", async () => {
    const sandbox = await open({ seed });
    const answers = interview(sandbox);
    for (const [index, [words]] of answers.entries()) {
      const { exit, stdout, stderr } = await ask(sandbox, [], [...answers.slice(0, index), [words, undefined]]);
      expect({ words, exit, stdout, stderr, written: written() }).toEqual({
        words,
        exit: 8,
        stdout: "",
        stderr: "Cancelled: nothing is written.\n",
        written: [],
      });
    }
  });

  it("nothing that a flag tells", async () => {
    const sandbox = await open({ seed });
    const flags = ["--gateway", "ngrok=ngrok", "--token", "ngrok=env:NGROK_TOKEN", ...settings(sandbox, "ngrok")];
    expect(await ask(sandbox, flags, [])).toMatchObject({ exit: 0, shown: ["ngrok works: 1 object."] });
  });

  it("for a variable, proposes the first that is set, and says so", async () => {
    const sandbox = await open({ seed });
    const flags = ["--gateway", "prod=ngrok", "--setting", `prod.baseUrl=${sandbox.urls.ngrok}`];
    const set = await ask(sandbox, flags, [["NGROK_TOKEN is set here.", PROPOSED]]);
    expect({ exit: set.exit, token: /token: .*/.exec(config())?.[0] }).toEqual({
      exit: 0,
      token: "token: env:NGROK_TOKEN",
    });
    const other = ["--config", "other.yaml", "--no-check", ...flags];
    const unset = await ask(sandbox, other, [["PROD_TOKEN is not set here.", undefined]], { NGROK_TOKEN: "" });
    expect(unset.exit).toBe(8);
  });

  it("never takes a secret, and does not repeat one", async () => {
    const sandbox = await open({ seed });
    const pasted = "sk-live-8d7c6b5a4f3e";
    const flags = ["--gateway", "ngrok=ngrok", ...settings(sandbox, "ngrok")];
    const { exit, shown, stdout, stderr } = await ask(sandbox, flags, [["Where is the token", pasted]]);
    expect(exit).toBe(8);
    expect(shown.at(-1)).toContain("a key itself does not belong in the file");
    expect([...shown, stdout, stderr].join("\n")).not.toContain(pasted);
  });

  it("for the parts of a login, its secret as a reference", async () => {
    const client = { client_id: "acme-sync", client_secret: "client-secret-0123" };
    const sandbox = await open({ seed: { barndoor: { ...seed.barndoor, clients: [client] } } });
    const tokenUrl = new URL("/realms/barndoor/protocol/openid-connect/token", sandbox.urls.barndoor).href;
    const flags = ["--gateway", "barndoor=barndoor", ...settings(sandbox, "barndoor")];
    const answers: Answer[] = [
      ["auth.clientId of barndoor\nThe client's id", "acme-sync"],
      ["Where is auth.clientSecret of barndoor kept?", "env:BARNDOOR_CLIENT_SECRET"],
    ];
    const login = ["--setting", `barndoor.auth.tokenUrl=${tokenUrl}`];
    const secret = { BARNDOOR_CLIENT_SECRET: client.client_secret };
    const ran = await ask(sandbox, [...flags, ...login], answers, secret);
    expect({ exit: ran.exit, left: ran.left }).toEqual({ exit: 0, left: [] });
    expect(checked(config()).gateways[0]?.entry.settings.auth).toEqual({
      tokenUrl,
      clientId: "acme-sync",
      clientSecret: "env:BARNDOOR_CLIENT_SECRET",
    });
    expect(ran.shown.join() + ran.stdout).not.toContain(client.client_secret);
  });

  it("how a machine logs in, where the adapter takes that", async () => {
    const sandbox = await open({ seed });
    const flags = ["--no-check", "--gateway", "barndoor=barndoor", ...settings(sandbox, "barndoor")];
    const { exit } = await ask(sandbox, flags, [
      ["How does gatefold log in at barndoor?", "auth"],
      ["auth.clientId of barndoor", "acme-sync"],
      ["Where is auth.clientSecret of barndoor kept?", PROPOSED],
    ]);
    expect(exit).toBe(0);
    expect(config()).toContain("clientSecret: env:BARNDOOR_CLIENT_SECRET\n");
  });

  it("which ids to use where those of the adapter's default are in no list, and looks again", async () => {
    const sandbox = await open({ seed, switches: byText });
    const flags = ["--gateway", "respan=respan", "--token", "respan=env:RESPAN_TOKEN", ...settings(sandbox, "respan")];
    const other = await ask(sandbox, flags, [["The list of respan does not tell the ids", "other"]]);
    expect(other.exit).toBe(0);
    expect(config()).toContain("    identifier: provider_id\n");
    expect(checked(config()).bindings.map(({ providerId }) => providerId)).toEqual(["openai"]);
    const same = await ask(sandbox, ["--config", "other.yaml", ...flags], [["The list of respan", "same"]]);
    expect(same.stdout).toContain("providers: 1; without an id: 1.");
  });

  it("once more before a token goes to a host that the vendor does not document", async () => {
    const sandbox = await open({ seed });
    const flags = ["--gateway", "ngrok=ngrok", "--token", "ngrok=env:NGROK_TOKEN"];
    const host = ["--setting", "ngrok.baseUrl=https://keys.example.com"];
    const { exit, shown } = await ask(sandbox, [...flags, ...host], [["This needs your trust. Go on?", false]]);
    expect({ exit, written: written(), requests: sandbox.requests.length }).toEqual({
      exit: 8,
      written: [],
      requests: 0,
    });
    expect(shown[0]).toContain("ngrok.baseUrl: keys.example.com is none of the vendor's documented hosts");
  });
});

describe("where a gateway cannot be read, init asks what now", () => {
  const flags = (sandbox: Sandbox) => ["--gateway", "ngrok=ngrok", ...settings(sandbox, "ngrok")];
  const WHAT_NOW = "ngrok cannot be read. What now?";

  it("and takes other answers", async () => {
    const sandbox = await open({ seed });
    const { exit, shown } = await ask(
      sandbox,
      ["--gateway", "barndoor=barndoor"],
      [
        ["How does gatefold log in", "token"],
        ["baseUrl of barndoor", sandbox.urls.barndoor],
        ["Where is the token of barndoor kept?", "env:WRONG"],
        ["barndoor cannot be read. What now?", "change"],
        ["How does gatefold log in", "token"],
        ["baseUrl of barndoor", PROPOSED],
        ["Where is the token of barndoor kept?", "env:BARNDOOR_TOKEN"],
      ],
    );
    expect(exit).toBe(0);
    expect(shown.join("\n")).toContain("barndoor: the environment variable WRONG is not set");
    expect(config()).toContain("token: env:BARNDOOR_TOKEN");
  });

  it("and keeps what flags told that no question asks", async () => {
    const sandbox = await open({ seed });
    const given = ["--token", "ngrok=env:WRONG", "--setting", "ngrok.timeoutMs=5000"];
    const { exit } = await ask(
      sandbox,
      [...flags(sandbox), ...given],
      [
        [WHAT_NOW, "change"],
        ["Where is the token of ngrok kept?", "env:NGROK_TOKEN"],
      ],
    );
    expect(exit).toBe(0);
    expect(checked(config()).gateways[0]?.entry.settings).toEqual({ baseUrl: sandbox.urls.ngrok, timeoutMs: 5000 });
  });

  it("and tries again", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "status", status: 500, times: 1 }] } });
    const more = ["--token", "ngrok=env:NGROK_TOKEN", "--setting", "ngrok.retry.attempts=0"];
    const { exit, shown } = await ask(sandbox, [...flags(sandbox), ...more], [[WHAT_NOW, "again"]]);
    expect({ exit, last: shown.at(-1) }).toEqual({ exit: 0, last: "ngrok works: 1 object." });
    expect(shown.join("\n")).toContain("UnavailableError");
  });

  it("and goes on without it: nothing is imported from it", async () => {
    const sandbox = await open({ seed });
    const other = ["--gateway", "barndoor=barndoor", "--token", "barndoor=env:BARNDOOR_TOKEN"];
    const all = [...flags(sandbox), "--token", "ngrok=env:WRONG", ...other, ...settings(sandbox, "barndoor")];
    const { exit } = await ask(sandbox, all, [[WHAT_NOW, "skip"]]);
    expect(exit).toBe(0);
    const { gateways, bindings } = checked(config());
    expect(gateways.map(({ entry }) => entry.name)).toEqual(["ngrok", "barndoor"]);
    expect(new Set(bindings.map(({ gateway }) => gateway))).toEqual(new Set(["barndoor"]));
  });

  it.each(["stop", undefined])("and gives up by %p", async (choice) => {
    const sandbox = await open({ seed });
    const all = [...flags(sandbox), "--token", "ngrok=env:WRONG"];
    expect(await ask(sandbox, all, [[WHAT_NOW, choice]])).toMatchObject({ exit: 8, stdout: "" });
    expect(written()).toEqual([]);
  });
});
