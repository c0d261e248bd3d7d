import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Sandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  BARNDOOR_ID,
  gatefold,
  gatewaysOf,
  OTHER_BARNDOOR_ID,
  seed,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

// Each marker has characters that change under URL-encoding, JSON and base64.
const marker = (what: string) => `canary/${what}+"7Kq=9`;
const ORG = marker("organization");
const KEY = marker("new-key");
const FINGERPRINT_KEY = marker("fingerprint-key");
const FAILED = marker("failed-command");
const LITERAL = "sk-canary-literal-7Kq9";
const token = (gateway: string) => `canary-token/${gateway}+7Kq=9`;
const stored = (gateway: string) => marker(`stored-${gateway}`);

const gateways = ["respan", "keywordsai", "barndoor", "ngrok"] as const;
const canaries = [
  ORG,
  KEY,
  FINGERPRINT_KEY,
  FAILED,
  LITERAL,
  ...gateways.flatMap((name) => [token(name), stored(name)]),
];

function forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(text),
    encodeURI(text),
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}

const searched = canaries.flatMap((canary) => forms(canary).map((form) => ({ canary, form })));

const leaksIn = (text: string) => searched.filter(({ form }) => text.includes(form)).map(({ canary }) => canary);

/** What a test itself wrote into the folder. */
const INPUTS = new Set(["gatefold.yaml", "fail.js", "print.js", "seed.yaml"]);

/** Every file that a command left in the folder, and what it holds. */
function filesLeft(): { readonly name: string; readonly text: string }[] {
  return readdirSync(directory.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !INPUTS.has(entry.name))
    .map(({ name, parentPath }) => ({ name, text: readFileSync(join(parentPath, name), "utf8") }));
}

/** Runs a command as text and as JSON, and looks for every marker in all it prints and in all it writes. */
async function quiet(argv: readonly string[], environment: Readonly<Record<string, string | undefined>> = {}) {
  const exits: number[] = [];
  for (const form of [[], ["--json"]]) {
    const { exit, stdout, stderr } = await gatefold([...argv, ...form], { environment, directory: directory.path });
    expect(stdout + stderr).not.toBe("");
    expect(leaksIn(stdout + stderr)).toEqual([]);
    exits.push(exit);
  }
  for (const { name, text } of filesLeft()) expect({ name, leaks: leaksIn(name + text) }).toEqual({ name, leaks: [] });
  return exits;
}

const providers = `providers:
  openai-prod:
    name: OpenAI Production
    credential: { scheme: api_key, apiKey: env:NEW_KEY }
    gateways:
      respan-prod: { id: 101, baseUrl: "https://api.openai.com/v1", native: { organization: env:ORG } }
      barndoor-prod: { id: ${BARNDOOR_ID} }
      ngrok-prod: { id: aigpk_openai, description: null }
  anthropic-prod:
    name: Anthropic
    credential: { scheme: api_key, apiKey: env:NEW_KEY }
    gateways:
      keywordsai-prod: { id: 7 }
      barndoor-prod: { id: ${OTHER_BARNDOOR_ID}, connectionId: null }
`;

async function configured(text = providers) {
  const [respan] = seed.respan.providers;
  const [keywordsai] = seed.keywordsai.providers;
  const [inline, attached] = seed.barndoor.providers;
  const [connection] = seed.barndoor.connections;
  const [ngrok] = seed.ngrok.keys;
  const sandbox = await open({
    seed: {
      respan: {
        token: token("respan"),
        providers: [{ ...respan, pk: 101, provider_id: "openai", provider_name: "O", api_key: stored("respan") }],
      },
      keywordsai: {
        token: token("keywordsai"),
        providers: [{ ...keywordsai, pk: 7, provider_id: "a", provider_name: "A", api_key: stored("keywordsai") }],
      },
      barndoor: {
        token: token("barndoor"),
        connections: connection === undefined ? [] : [{ ...connection, api_key: stored("barndoor") }],
        providers: [
          ...(inline === undefined ? [] : [{ ...inline, api_key: stored("barndoor") }]),
          ...(attached === undefined ? [] : [attached]),
        ],
      },
      ngrok: {
        token: token("ngrok"),
        keys: ngrok === undefined ? [] : [{ ...ngrok, value: stored("ngrok") }],
      },
    },
    switches: {
      respan: { returnsExtraKwargs: true, secretKwargs: "masked" },
      ngrok: { authenticationErrors: "quoting" },
    },
  });
  const { yaml, environment } = gatewaysOf(sandbox);
  directory.write("gatefold.yaml", `fingerprintKey: env:FINGERPRINT_KEY\n${yaml}${text}`);
  return { sandbox, environment: { ...environment, NEW_KEY: KEY, ORG, FINGERPRINT_KEY } };
}

/** Strikes every gateway. */
function inject(sandbox: Sandbox, fault: Fault): void {
  for (const name of gateways) sandbox.inject(name, { times: 50, ...fault });
}

const FILES = ["--out", "out.json", "--out", "out.md", "--out", "out.txt", "--out", "out.html"];
const WRITING = ["apply", "--write-unverified", "--reason", "rotation", ...FILES];
const commands = [["plan", "--write-unverified", ...FILES], ["drift"], ["report"], WRITING, ["adopt", "--key"]];
const imports = gateways.map((name) => ["import", "--gateway", `${name}-prod`, "--all"]);

it("nothing shows when all goes well, and the keys arrive", async () => {
  const { sandbox, environment } = await configured();
  const before = [["validate"], ["capabilities"], ["schema", "config"], ["plan"], ["apply"], ...commands, ...imports];
  for (const command of before) await quiet(command, environment);
  expect(sandbox.stored("ngrok", "aigpk_openai")?.value).toBe(KEY);
  expect(sandbox.stored("respan", 101)).toMatchObject({ api_key: KEY, extra_kwargs: { organization: ORG } });
  for (const command of [["plan"], ["drift"], ["journal", "show"], ["journal", "verify"]]) {
    expect(await quiet(command, environment)).toEqual([0, 0]);
  }
  expect(
    filesLeft()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["gatefold-report.html", "journal.jsonl", "out.html", "out.json", "out.md", "out.txt"]);
});

it("nothing shows in a saved plan, when it is carried out, when it is stale, and when a key is another by then", async () => {
  const { sandbox, environment } = await configured();
  const plan = ["plan", "--write-unverified", "--out", "plan.json"];
  expect(await quiet(plan, environment)).toEqual([2, 2]);
  await quiet(["apply", "plan.json"], { ...environment, NEW_KEY: ORG });
  await quiet(plan, environment);
  expect(await quiet(["apply", "plan.json"], environment)).toEqual([0, 6]);
  expect(sandbox.stored("ngrok", "aigpk_openai")?.value).toBe(KEY);
});

it("nothing shows in an imported config", async () => {
  const { environment } = await configured();
  for (const name of gateways) {
    const { exit } = await gatefold(["import", "--gateway", `${name}-prod`, "--all", "--out", `${name}.yaml`], {
      environment,
      directory: directory.path,
    });
    expect(exit).toBe(0);
    await quiet(["validate", "--config", `${name}.yaml`]);
  }
  expect(
    filesLeft()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...gateways.map((name) => `${name}.yaml`), "gatefold.schema.json"].sort());
});

it("nothing shows in the rounds of a watch", async () => {
  const { sandbox, environment } = await configured();
  for (const name of gateways) {
    const body = { detail: token(name), error: { message: token(name) }, msg: token(name) };
    sandbox.inject(name, { kind: "status", status: 401, body });
  }
  const ending = new AbortController();
  let rounds = 0;
  const sleep = async (milliseconds: number) => {
    if (milliseconds > 60_000) rounds += 1;
    if (rounds === 3) ending.abort();
    return rounds < 3;
  };
  const { exit, stdout, stderr } = await gatefold(["apply", "--watch", "--json", "--write-unverified"], {
    environment,
    directory: directory.path,
    signal: ending.signal,
    runtime: { sleep },
  });
  expect(exit).toBe(0);
  expect(leaksIn(stdout + stderr)).toEqual([]);
  for (const { name, text } of filesLeft()) expect({ name, leaks: leaksIn(text) }).toEqual({ name, leaks: [] });
});

/** What a gateway could echo of what it was sent, in every form an echo may have. */
function hostile(name: (typeof gateways)[number]): string {
  const known = name === "respan" ? [token(name), KEY, ORG] : [token(name), KEY];
  return known.flatMap((text) => [text, encodeURIComponent(text), Buffer.from(text).toString("base64")]).join(" | ");
}

/** A shape for each vendor's reading, and a text for none. */
function hostileBodies(text: string): readonly unknown[] {
  const errors = { api_key: [text], [KEY]: [text] };
  return [text, { detail: text, errors, error: { message: text, type: text }, msg: text, errorCode: text }];
}

/** All of them but the one that reads as another one does, and prints by the same words. */
const distinct = commands.filter(([name]) => name !== "drift");

describe("nothing shows when a gateway", () => {
  const reads: [string, Fault][] = [
    ["refuses the token", { kind: "status", status: 401 }],
    ["lacks the right", { kind: "status", status: 403 }],
    ["does not know the provider", { kind: "status", status: 404 }],
    ["limits", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
    ["fails", { kind: "status", status: 500 }],
    ["answers with half a reply", { kind: "truncated" }],
    ["answers with a web page", { kind: "html" }],
    [
      "redirects to a host of its choice",
      { kind: "redirect", location: `https://elsewhere.test/?key=${encodeURIComponent(KEY)}` },
    ],
    ["drops the connection", { kind: "reset" }],
  ];
  it.each(reads)("%s, on reads and on writes", async (_title, fault) => {
    const { sandbox, environment } = await configured();
    inject(sandbox, fault);
    for (const command of distinct) await quiet(command, environment);
    const again = await configured();
    inject(again.sandbox, { ...fault, method: "PATCH" });
    inject(again.sandbox, { ...fault, method: "POST" });
    await quiet(WRITING, again.environment);
    await quiet(["journal", "show"], again.environment);
  });

  it("loses the reply to a write", async () => {
    const { sandbox, environment } = await configured();
    inject(sandbox, { kind: "lost-reply", method: "PATCH" });
    inject(sandbox, { kind: "lost-reply", method: "POST" });
    await quiet(WRITING, environment);
    await quiet(["journal", "show"], environment);
  });

  it.each([400, 401, 403, 409, 422, 429, 500])("echoes what was sent to it with a %d", async (status) => {
    for (const form of [0, 1]) {
      const { sandbox, environment } = await configured();
      for (const name of gateways) {
        const fault = { kind: "status", status, body: hostileBodies(hostile(name))[form], times: 9 } as const;
        sandbox.inject(name, { ...fault, method: "PATCH" });
        sandbox.inject(name, { ...fault, method: "POST" });
      }
      await quiet(WRITING, environment);
    }
  });

  it("echoes the key to the second request of an update, which did not carry it", async () => {
    const { sandbox, environment } = await configured();
    const body = { statusCode: 400, msg: `not while the value is ${KEY}`, details: {} };
    sandbox.inject("ngrok", { kind: "status", status: 400, body, method: "PATCH" });
    await quiet(WRITING, environment);
    await quiet(["journal", "show"], environment);
    expect(sandbox.stored("ngrok", "aigpk_openai")).toMatchObject({ value: KEY });
  });

  it("echoes the token to a read", async () => {
    for (const name of gateways) {
      const { sandbox, environment } = await configured();
      const text = `${token(name)} | ${encodeURIComponent(token(name))} | ${Buffer.from(token(name)).toString("base64")}`;
      const body = { detail: text, error: { message: text, type: text }, msg: text, errorCode: text };
      sandbox.inject(name, { kind: "status", status: 400, body, times: 50 });
      for (const command of [...distinct, ["import", "--gateway", `${name}-prod`]]) await quiet(command, environment);
    }
  });

  it("answers with a reply that is none, and holds a key", async () => {
    const { sandbox, environment } = await configured();
    const bodies = [KEY, `{"${KEY}": `, { id: KEY, [KEY]: KEY }, [KEY], `<html>${KEY}`];
    for (const body of bodies) {
      inject(sandbox, { kind: "status", status: 200, body, times: 1, method: "GET" });
      await quiet(["plan"], environment);
      await quiet(["plan"], environment);
    }
  });

  it("quotes a wrong token", async () => {
    const { environment } = await configured();
    const wrong = Object.fromEntries(gateways.map((name) => [`${name.toUpperCase()}_TOKEN`, token(`another-${name}`)]));
    for (const command of commands) await quiet(command, { ...environment, ...wrong });
    const { stdout } = await gatefold(["plan"], {
      environment: { ...environment, ...wrong },
      directory: directory.path,
    });
    for (const name of gateways) expect(stdout).not.toContain(token(`another-${name}`));
  });
});

describe("nothing shows when", () => {
  it("variables are not set", async () => {
    const { environment } = await configured();
    for (const name of Object.keys(environment)) {
      await quiet(["plan"], { ...environment, [name]: undefined });
      await quiet(WRITING, { ...environment, [name]: "" });
    }
  });

  it("a token cannot stand in a header", async () => {
    const { environment } = await configured();
    const exits = await quiet(["plan"], { ...environment, NGROK_TOKEN: `${KEY}\n${KEY}` });
    expect(exits).toEqual([5, 5]);
  });

  it("the key of the fingerprints is too short, or not there", async () => {
    const { environment } = await configured();
    for (const value of ["canary/short", undefined, ""]) {
      const exits = await quiet(["plan"], { ...environment, FINGERPRINT_KEY: value });
      expect(exits).toEqual([5, 5]);
    }
    const { stderr } = await gatefold(["plan"], {
      environment: { ...environment, FINGERPRINT_KEY: "canary/short" },
      directory: directory.path,
    });
    expect(stderr).not.toContain("canary/short");
  });

  it("the journal and the saved plan were spoilt", async () => {
    const { environment } = await configured();
    directory.write("spoilt.jsonl", '{"seq":1,"type":"run"}\n');
    for (const command of [...commands, ["journal", "show"], ["journal", "verify"]]) {
      expect(await quiet([...command, "--journal", "spoilt.jsonl"], environment)).toEqual([1, 1]);
    }
    directory.write("plan.json", "{}");
    expect(await quiet(["apply", "plan.json"], environment)).toEqual([6, 6]);
  });

  it("a key cannot be a key", async () => {
    const { environment } = await configured();
    await quiet(WRITING, { ...environment, NEW_KEY: `${KEY}\n${KEY}` });
    await quiet(WRITING, { ...environment, NEW_KEY: ` ${KEY} ` });
  });

  it("a command fails and prints a key", async () => {
    const text = `console.log(${JSON.stringify(FAILED)}); console.error(${JSON.stringify(FAILED)}); process.exit(1)`;
    directory.write("fail.js", text);
    const failing = JSON.stringify(`exec:${process.execPath} fail.js`);
    const { environment } = await configured(providers.replaceAll("env:NEW_KEY", failing));
    expect(await quiet(["apply", "--write-unverified", "--trust-config"], environment)).toEqual([5, 5]);
    expect(await quiet(["apply", "--write-unverified"], environment)).toEqual([3, 3]);
  });

  it("a command prints a key that is used", async () => {
    directory.write("print.js", `console.log(${JSON.stringify(KEY)})`);
    const printing = JSON.stringify(`exec:${process.execPath} print.js`);
    const { environment } = await configured(providers.replaceAll("env:NEW_KEY", printing));
    expect(await quiet(["plan", "--write-unverified", "--trust-config"], environment)).toEqual([2, 2]);
    expect(await quiet(["apply", "--write-unverified", "--trust-config"], environment)).toEqual([0, 0]);
  });

  it("a key was pasted into the file", async () => {
    await configured(providers.replaceAll("env:NEW_KEY", LITERAL));
    for (const command of [["validate"], ["journal", "show"], ...imports, ...commands])
      expect(await quiet(command)).toEqual([1, 1]);
  });

  it("a key was pasted into an update or its settings", async () => {
    const updates = [
      `{ credential: { scheme: api_key, apiKey: ${LITERAL} } }`,
      `{ credential: ${LITERAL} }`,
      `{ credential: { scheme: ${LITERAL} } }`,
      `{ connectionId: ${LITERAL}, credential: { scheme: api_key, apiKey: env:K } }`,
      `{ metadata: [${LITERAL}] }`,
      `{ name: [${LITERAL}] }`,
    ];
    for (const update of updates) expect(await quiet(["explain", "ngrok", "x", update])).toEqual([1, 1]);
    expect(
      await quiet(["explain", "ngrok", "x", "{ name: N }", "--settings", `{ token: ${LITERAL}, retry: ${LITERAL} }`]),
    ).toEqual([1, 1]);
  });

  it("a key was pasted into a mistyped seed", async () => {
    const wrong = { ngrok: { keys: [{ id: "x", providerId: "openai", value: LITERAL, nam: LITERAL }] } };
    directory.write("seed.yaml", JSON.stringify({ seed: wrong }));
    expect(await quiet(["sandbox", "--seed", "seed.yaml"])).toEqual([1, 1]);
  });

  it("the demo is played", async () => {
    await quiet(["demo"]);
  });
});
