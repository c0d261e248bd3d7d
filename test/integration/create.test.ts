import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, SandboxOptions } from "../../src/testing/index.ts";
import { eventsOf, isWrite, JOURNAL } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, gatewaysOf, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const KEY = "sk-the-new-key-000001";
const FINGERPRINT_KEY = "a-random-text-that-nobody-guesses";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";
const NEW = `name: New key, ${CREDENTIAL}`;
const CREATED = "create: true, upstream: openai";

interface Started {
  readonly seed?: SandboxOptions["seed"];
  /** The provider's fields, as members of a flow mapping. */
  readonly fields?: string;
  readonly binding?: string;
  readonly providers?: string;
}

async function start({ seed: holds = {}, fields = NEW, binding = CREATED, providers }: Started = {}) {
  const sandbox = await open({ seed: holds });
  const { yaml, environment } = gatewaysOf(sandbox);
  const write = (lines: string) =>
    directory.write("gatefold.yaml", `fingerprintKey: env:FINGERPRINT_KEY\n${yaml}providers:\n${lines}\n`);
  write(providers ?? `  p: { ${fields}, gateways: { ngrok-prod: { ${binding} } } }`);
  const run = (line: string, changes: Readonly<Record<string, string>> = {}) =>
    gatefold(line.split(" "), {
      directory: directory.path,
      environment: { ...environment, KEY, FINGERPRINT_KEY, ...changes },
    });
  const rows = async (line: string, changes: Readonly<Record<string, string>> = {}) => {
    const { exit, stdout } = await run(`${line} --json`, changes);
    const { rows: found } = jsonOf(stdout);
    if (!Array.isArray(found)) throw new Error(stdout);
    return { exit, rows: found as readonly Readonly<Record<string, unknown>>[], document: jsonOf(stdout) };
  };
  const keys = async () => {
    const { body } = await list(sandbox.urls.ngrok, sandbox.tokens.ngrok);
    return body;
  };
  const posts = () =>
    sandbox.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/provider-keys"));
  return { sandbox, run, rows, keys, posts, write };
}

/** What the gateway holds, asked without the adapter. */
async function list(url: string, token: string): Promise<{ readonly body: readonly Record<string, unknown>[] }> {
  const response = await fetch(`${url}/provider-keys`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { aiGatewayProviderKeys } = jsonOf(await response.text());
  return { body: Array.isArray(aiGatewayProviderKeys) ? aiGatewayProviderKeys : [] };
}

const lost: Fault = { kind: "lost-reply", method: "POST" };

describe("a binding whose object is to be made", () => {
  it("is planned as that, with what it will be, and nothing is sent that would change anything", async () => {
    const { rows, sandbox, run } = await start();
    const { exit, rows: planned } = await rows("plan");
    expect([exit, planned]).toEqual([
      2,
      [
        {
          provider: "p",
          gateway: "ngrok-prod",
          adapter: "ngrok",
          id: null,
          status: "create",
          creation: { upstream: "openai" },
          fields: [
            { field: "name", verdict: "changed", evidence: [], after: "New key" },
            {
              field: "credential",
              verdict: "changed",
              evidence: [],
              after: { scheme: "api_key", apiKey: "env:KEY" },
            },
          ],
          writes: ["name", "credential"],
          writesKey: true,
          fingerprints: { name: expect.stringMatching(/^plain:/), credential: expect.stringMatching(/^keyed:/) },
          seen: {},
        },
      ],
    ]);
    expect(sandbox.requests.filter(isWrite)).toEqual([]);
    const { stdout } = await run("plan");
    expect(stdout).toContain("+ p @ ngrok-prod (ngrok new): create");
    expect(stdout).toContain("1 binding: 1 to create; apply creates 1.");
    const { stdout: markdown } = await run("plan --format markdown");
    expect(markdown).toContain("| name | <code>New key</code> | will be created |");
  });

  it("is made by one request, and the next plan is empty", async () => {
    const { rows, run, posts, keys } = await start({ fields: `${NEW}, description: primary, metadata: { team: ml }` });
    const { exit, rows: applied } = await rows("apply");
    const [key] = await keys();
    expect([exit, applied]).toEqual([
      0,
      [
        {
          provider: "p",
          gateway: "ngrok-prod",
          adapter: "ngrok",
          id: key?.id,
          status: "done",
          change: "create",
          writes: ["name", "description", "metadata", "credential"],
          notes: [],
        },
      ],
    ]);
    expect(posts()).toHaveLength(1);
    expect(key).toMatchObject({ providerId: "openai", name: "New key", description: "primary" });
    const { exit: clean, rows: planned } = await rows("plan");
    expect([clean, planned.map(({ id, status }) => [id, status])]).toEqual([0, [[key?.id, "in-sync"]]]);
    expect((await run("apply")).exit).toBe(0);
    expect(posts()).toHaveLength(1);
  });

  it("is told of in the plan's and the apply's words", async () => {
    const { run } = await start();
    const planned = (await run("plan")).stdout.split("\n").map((line) => line.trimEnd());
    expect(planned.slice(0, 4)).toEqual([
      "+ p @ ngrok-prod (ngrok new): create",
      "    + upstream    openai",
      "    + name        New key",
      '    + credential  {"apiKey":"env:KEY","scheme":"api_key"}',
    ]);
    expect((await run("apply")).stdout).toContain(
      "done    p @ ngrok-prod (ngrok aigpk_new_0001): create the object, name, credential\n",
    );
  });

  it("carries a marker in its metadata, which no plan takes for a difference", async () => {
    const { run, keys, rows } = await start({ fields: `${NEW}, metadata: { team: ml }` });
    await run("apply");
    const [key] = await keys();
    const [noted] = eventsOf(directory.path, "creation");
    expect(JSON.parse(String(key?.metadata))).toEqual({ team: "ml", gatefold: noted?.marker });
    expect((await rows("plan")).rows.map(({ status }) => status)).toEqual(["in-sync"]);
  });

  it("is an ordinary binding from then on: a change is written to what was made", async () => {
    const { run, keys, rows, write } = await start();
    await run("apply");
    const [before] = await keys();
    write(`  p: { name: Other name, ${CREDENTIAL}, gateways: { ngrok-prod: { ${CREATED} } } }`);
    const { rows: applied } = await rows("apply");
    expect(applied.map(({ id, status, writes }) => [id, status, writes])).toEqual([[before?.id, "done", ["name"]]]);
    expect((await keys()).map(({ name }) => name)).toEqual(["Other name"]);
  });

  it("keeps a key's fingerprint: another key is a change", async () => {
    const { run, rows } = await start();
    await run("apply");
    const { rows: planned } = await rows("plan", { KEY: "sk-another-key-000002" });
    expect(planned.map(({ status, writes }) => [status, writes])).toEqual([["changed", ["credential"]]]);
  });

  it.each([
    ["its name", "name: OpenAI"],
    ["its name, whatever else it has", "name: OpenAI, description: other"],
  ])("is not made where something has %s already", async (_what, fields) => {
    const { run, rows, sandbox } = await start({ seed, fields: `${fields}, ${CREDENTIAL}` });
    const reason =
      "an object of that name is there already, aigpk_openai (OpenAI): adopt it (gatefold adopt), or give its id";
    const { exit, rows: planned } = await rows("plan");
    expect([exit, planned.map(({ status, reason: why, writes }) => [status, why, writes])]).toEqual([
      1,
      [["blocked", reason, []]],
    ]);
    expect((await run("apply")).exit).toBe(1);
    expect(sandbox.requests.filter(isWrite)).toEqual([]);
  });

  it("is made beside one of the same name at another kind of upstream", async () => {
    const holds = { ngrok: { ...seed.ngrok, builtInProviders: ["openai", "anthropic"] } };
    const { rows, posts } = await start({
      seed: holds,
      fields: `name: OpenAI, ${CREDENTIAL}`,
      binding: "create: true, upstream: anthropic",
    });
    expect((await rows("apply")).rows.map(({ status }) => status)).toEqual(["done"]);
    expect(posts()).toHaveLength(1);
  });

  it("counts for the limits of updates and of keys", async () => {
    const providers = ["a", "b", "c", "d", "e", "f"]
      .map((name) => `  ${name}: { name: ${name}, ${CREDENTIAL}, gateways: { ngrok-prod: { ${CREATED} } } }`)
      .join("\n");
    const { rows, run, posts } = await start({ providers });
    const { exit, document } = await rows("plan");
    expect([exit, document.exceeded]).toEqual([
      3,
      [
        { kind: "update", gateway: "ngrok-prod", planned: 6, bindings: 6, most: 3 },
        { kind: "key", gateway: "ngrok-prod", planned: 6, bindings: 6, most: 3 },
      ],
    ]);
    expect((await run("apply")).exit).toBe(3);
    expect(posts()).toEqual([]);
    expect((await run("apply --allow update:ngrok-prod=6 --allow key:ngrok-prod=6")).exit).toBe(0);
    expect(posts()).toHaveLength(6);
  });

  it("is made again where it was removed by hand", async () => {
    const { run, rows, sandbox, keys } = await start();
    await run("apply");
    const [first] = await keys();
    await fetch(`${sandbox.urls.ngrok}/provider-keys/${first?.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${sandbox.tokens.ngrok}`, "ngrok-version": "2" },
    });
    expect((await rows("plan")).rows.map(({ id, status }) => [id, status])).toEqual([[null, "create"]]);
    expect((await run("apply")).exit).toBe(0);
    const [second] = await keys();
    expect(second?.id).not.toBe(first?.id);
    expect((await rows("plan")).rows.map(({ id, status }) => [id, status])).toEqual([[second?.id, "in-sync"]]);
  });

  it("fails with the gateway's words where that refuses it, and can be made later", async () => {
    const { rows, sandbox, posts } = await start();
    sandbox.inject("ngrok", { kind: "status", status: 403, method: "POST" });
    const { rows: refused } = await rows("apply");
    expect(refused.map(({ id, status, error }) => [id, status, error])).toEqual([
      [null, "failed", expect.objectContaining({ name: "PermissionDeniedError", gateway: "ngrok-prod" })],
    ]);
    expect((await rows("apply")).rows.map(({ status }) => status)).toEqual(["done"]);
    expect(posts()).toHaveLength(2);
  });
});

describe("a creation whose reply was lost", () => {
  it.each<[string, Fault]>([
    ["the connection broke", lost],
    ["a web page came", { kind: "html", method: "POST" }],
    ["the reply broke off", { kind: "truncated", method: "POST" }],
  ])("is found by the next apply where %s: there is one object", async (_what, fault) => {
    const { rows, run, sandbox, posts, keys } = await start({ fields: `${NEW}, metadata: { team: ml }` });
    sandbox.inject("ngrok", fault);
    const { exit, rows: lostRows } = await rows("apply");
    expect([exit, lostRows.map(({ id, status }) => [id, status])]).toEqual([1, [[null, "unknown"]]]);
    const { document, exit: second } = await rows("apply");
    const [key, ...others] = await keys();
    expect(others).toEqual([]);
    expect(posts()).toHaveLength(1);
    expect([second, document.rows]).toEqual([0, []]);
    expect(document.settledCreations).toMatchObject([
      { provider: "p", gateway: "ngrok-prod", id: key?.id, happening: { type: "made" } },
    ]);
    const { exit: clean, rows: planned } = await rows("plan");
    expect([clean, planned.map(({ id, status }) => [id, status])]).toEqual([0, [[key?.id, "in-sync"]]]);
    expect((await run("journal verify")).exit).toBe(0);
  });

  it("is found by its name where its metadata is a text", async () => {
    const { rows, sandbox, posts, keys } = await start({ fields: `${NEW}, metadata: a text` });
    sandbox.inject("ngrok", lost);
    await rows("apply");
    expect((await rows("apply")).exit).toBe(0);
    expect(posts()).toHaveLength(1);
    expect((await keys()).map(({ metadata }) => metadata)).toEqual(["a text"]);
    expect((await rows("plan")).rows.map(({ status }) => status)).toEqual(["in-sync"]);
  });

  it("writes the key that is desired by then, where that is another", async () => {
    const { rows, sandbox, posts } = await start();
    sandbox.inject("ngrok", lost);
    await rows("apply");
    const other = { KEY: "sk-another-key-000002" };
    const { rows: applied } = await rows("apply", other);
    expect(applied.map(({ status, writes }) => [status, writes])).toEqual([["done", ["credential"]]]);
    expect(posts()).toHaveLength(1);
    expect((await rows("plan", other)).rows.map(({ status }) => status)).toEqual(["in-sync"]);
  });

  it("was none where nothing came to be, and is made then", async () => {
    const { rows, sandbox, keys } = await start();
    sandbox.inject("ngrok", { kind: "reset", method: "POST" });
    expect((await rows("apply")).rows.map(({ status }) => status)).toEqual(["unknown"]);
    const { document, exit } = await rows("apply");
    expect([exit, document.rows]).toEqual([0, [expect.objectContaining({ status: "done" })]]);
    expect(document.settledCreations).toMatchObject([{ id: null, happening: { type: "not-made", status: "failed" } }]);
    expect(await keys()).toHaveLength(1);
  });

  it("is blocked where several may be it, with their ids, and nothing more is made", async () => {
    const { rows, sandbox, keys, posts } = await start({ fields: `${NEW}, metadata: a text` });
    sandbox.inject("ngrok", lost);
    await rows("apply");
    await fetch(`${sandbox.urls.ngrok}/provider-keys`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sandbox.tokens.ngrok}`,
        "ngrok-version": "2",
        "content-type": "application/json",
      },
      body: JSON.stringify({ providerId: "openai", name: "New key", value: "sk-of-somebody-else" }),
    });
    const sent = posts().length;
    const { rows: applied } = await rows("apply");
    expect(applied.map(({ status }) => status)).toEqual(["blocked"]);
    const ids = (await keys()).map(({ id }) => String(id));
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(String(applied[0]?.reason)).toContain(id);
    expect(posts()).toHaveLength(sent);
  });

  it("is settled by nobody while its request may still be under way", async () => {
    const { rows, sandbox, run } = await start();
    sandbox.inject("ngrok", lost);
    await rows("apply");
    const { rows: planned, exit } = await rows("plan");
    expect([exit, planned.map(({ status, writes }) => [status, writes])]).toEqual([2, [["create", []]]]);
    expect(String(planned[0]?.reason)).toMatch(/outcome of an earlier creation is not known/);
    expect((await run("apply")).stderr).toMatch(/^\S+ {2}waits for requests of an earlier run until \S+ \(30 s\)\n/);
  });

  it("is found though the run ended before it could note anything", async () => {
    const { run, rows, posts } = await start();
    await run("apply");
    // As if it had been killed right after the request was sent.
    const journal = join(directory.path, JOURNAL);
    const lines = readFileSync(journal, "utf8").split("\n");
    const intent = lines.findIndex((line) => line.includes('"type":"creation"'));
    writeFileSync(journal, `${lines.slice(0, intent + 1).join("\n")}\n`, { mode: 0o600 });
    const { exit, document } = await rows("apply");
    expect([exit, document.rows]).toEqual([0, []]);
    expect(posts()).toHaveLength(1);
    expect((await rows("plan")).rows.map(({ status }) => status)).toEqual(["in-sync"]);
  });
});

describe("a saved plan with a creation", () => {
  it("makes the object once, and is stale after that", async () => {
    const { run, rows, posts } = await start();
    await run("plan --out plan.json");
    const { exit, rows: applied } = await rows("apply plan.json");
    expect([exit, applied.map(({ status }) => status)]).toEqual([0, ["done"]]);
    expect((await run("apply plan.json")).exit).toBe(6);
    expect(posts()).toHaveLength(1);
  });

  it("makes nothing with another key than the planned one", async () => {
    const { run, rows, posts } = await start();
    await run("plan --out plan.json");
    const { rows: applied } = await rows("apply plan.json", { KEY: "sk-another-key-000002" });
    expect(applied.map(({ status, reason }) => [status, reason])).toEqual([
      ["blocked", "secret differs from the plan"],
    ]);
    expect(posts()).toEqual([]);
  });
});

describe("gatefold apply --write-ids", () => {
  it("writes the id beside create: true, and the file holds as before", async () => {
    const { run, keys, rows, sandbox } = await start();
    const file = join(directory.path, "gatefold.yaml");
    const before = readFileSync(file, "utf8");
    const { stderr, exit } = await run("apply --write-ids");
    const [key] = await keys();
    expect([exit, stderr]).toEqual([0, "ids in gatefold.yaml: 1 written\n"]);
    expect(readFileSync(file, "utf8")).toBe(before.replace("create: true", `id: ${key?.id}, create: true`));
    expect((await rows("plan")).rows.map(({ id, status }) => [id, status])).toEqual([[key?.id, "in-sync"]]);
    expect(sandbox.requests.filter(isWrite)).toHaveLength(1);
  });
});
