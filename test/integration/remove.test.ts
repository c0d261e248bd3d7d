import { eventsOf, isWrite } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, gatewaysOf, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const OTHER = "  other: { name: Other, gateways: { respan-prod: { id: 101 } } }";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";
const made = (name: string) =>
  `  ${name}: { name: ${name}, ${CREDENTIAL}, gateways: { ngrok-prod: { create: true, upstream: openai } } }`;

async function start(holds = seed) {
  const sandbox = await open({ seed: holds });
  const { yaml, environment } = gatewaysOf(sandbox, { respan: "extraKwargs: merge" });
  const write = (...providers: readonly string[]) =>
    directory.write("gatefold.yaml", `${yaml}providers:\n${[OTHER, ...providers].join("\n")}\n`);
  const run = (line: string) =>
    gatefold(line.split(" "), { directory: directory.path, environment: { ...environment, KEY: "sk-a-key-0001" } });
  const rows = async (line: string) => {
    const { exit, stdout } = await run(`${line} --json`);
    const { rows: found } = jsonOf(stdout);
    if (!Array.isArray(found)) throw new Error(stdout);
    return { exit, rows: found as readonly Readonly<Record<string, unknown>>[], document: jsonOf(stdout) };
  };
  /** Makes these, and takes them out of the config. */
  const abandon = async (...names: readonly string[]) => {
    write(...names.map(made));
    const { rows: applied } = await rows("apply --allow update:ngrok-prod=99 --allow key:ngrok-prod=99");
    write();
    return applied.filter(({ gateway }) => gateway === "ngrok-prod").map(({ id }) => String(id));
  };
  const deletions = () => sandbox.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  return { sandbox, run, rows, write, abandon, deletions };
}

const ofNgrok = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.filter(({ gateway }) => gateway === "ngrok-prod").map(({ id, status, reason }) => [id, status, reason]);

describe("what was made and is gone from the config", () => {
  it("is left alone without --prune, and told in one line", async () => {
    const { run, rows, abandon, deletions } = await start();
    await abandon("a", "b");
    const { document } = await rows("plan");
    expect(document.removable).toBe(2);
    const { stdout } = await run("plan");
    expect(stdout).toContain("\n2 objects that were made or adopted are gone from the config; --prune removes them.");
    await run("apply");
    expect(deletions()).toEqual([]);
  });

  it("is removed with --prune, and no plan speaks of it again", async () => {
    const { run, rows, abandon, deletions, sandbox } = await start();
    const [id = ""] = await abandon("a");
    const { exit, rows: planned } = await rows("plan --prune");
    expect([exit, ofNgrok(planned)]).toEqual([2, [[id, "remove", "a is removed for good"]]]);
    expect((await run("plan --prune")).stdout).toContain(`- a @ ngrok-prod (ngrok ${id}): remove`);
    expect(sandbox.stored("ngrok", id)).toBeDefined();
    const { exit: done, rows: applied } = await rows("apply --prune");
    expect([done, ofNgrok(applied)]).toEqual([0, [[id, "done", undefined]]]);
    expect(applied).toMatchObject([{ change: "remove", writes: [] }]);
    expect(sandbox.stored("ngrok", id)).toBeUndefined();
    expect(deletions()).toHaveLength(1);
    expect((await rows("plan")).document.removable).toBeUndefined();
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([]);
    expect((await run("journal verify")).exit).toBe(0);
  });

  it("is removed where its provider names the gateway no longer, and stays where that says nothing of gateways", async () => {
    const { rows, abandon, write } = await start();
    const [id] = await abandon("a");
    write(`  a: { name: a }`);
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([]);
    expect((await rows("plan")).document.removable).toBeUndefined();
    write(`  a: { name: a, gateways: { keywordsai-prod: { id: 7 } } }`);
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([[id, "remove", "a is removed for good"]]);
  });

  it("stays where another provider's binding has its id", async () => {
    const { rows, abandon, write } = await start();
    const [id] = await abandon("a");
    write(`  renamed: { name: a, gateways: { ngrok-prod: { id: ${id} } } }`);
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([[id, "in-sync", undefined]]);
  });

  it("is not removed while another provider would be made under its name", async () => {
    const { rows, abandon, write, deletions } = await start();
    const [id] = await abandon("a");
    write(made("a").replace("  a:", "  renamed:"));
    const { rows: applied } = await rows("apply --prune");
    expect(ofNgrok(applied)).toEqual([
      [null, "blocked", expect.stringContaining(`an object of that name is there already, ${id}`)],
      [id, "blocked", expect.stringContaining("renamed would be made under its name: adopt it for renamed")],
    ]);
    expect(deletions()).toEqual([]);
  });

  it("is not looked at where its gateway is out of scope, or gone from the config", async () => {
    const { rows, abandon } = await start();
    const [id] = await abandon("a");
    expect(ofNgrok((await rows("plan --prune --gateway respan-prod")).rows)).toEqual([]);
    expect(ofNgrok((await rows("plan --prune --gateway ngrok-prod")).rows)).toEqual([
      [id, "remove", "a is removed for good"],
    ]);
    expect(ofNgrok((await rows("plan --prune --provider a")).rows)).toEqual([[id, "remove", "a is removed for good"]]);
  });

  it("cannot be chosen by a tag", async () => {
    const { run, abandon } = await start();
    await abandon("a");
    const { exit, stderr } = await run("plan --prune --tag prod");
    expect([exit, stderr]).toEqual([
      1,
      "--prune:1:1: cannot go with --tag\n" +
        "  why: what is gone from the config has no tags\n  fix: use --gateway or --provider\n",
    ]);
  });

  it("is done where it is gone already", async () => {
    const { rows, abandon, sandbox } = await start();
    const [id = ""] = await abandon("a");
    await fetch(`${sandbox.urls.ngrok}/provider-keys/${id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${sandbox.tokens.ngrok}`, "ngrok-version": "2" },
    });
    const planned = ofNgrok((await rows("plan --prune")).rows);
    expect(planned).toEqual([[id, "remove", "is gone already; an apply takes note of it"]]);
    expect(ofNgrok((await rows("apply --prune")).rows)).toEqual([[id, "done", undefined]]);
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([]);
  });

  it("is blocked with the vendor's words where something uses it, and the rest is done", async () => {
    const { rows, abandon, sandbox } = await start();
    const [first, second] = await abandon("a", "b");
    const body = { error_code: "ERR_NGROK_1", status_code: 409, msg: "used by an app" };
    sandbox.inject("ngrok", { kind: "status", status: 409, method: "DELETE", body });
    const { exit, rows: applied } = await rows("apply --prune");
    const ends = ofNgrok(applied);
    expect(exit).toBe(4);
    expect(ends.map(([, status]) => status).sort()).toEqual(["blocked", "done"]);
    expect(ends.find(([, status]) => status === "blocked")?.[2]).toContain("used by an app");
    expect(ends.map(([id]) => id)).toEqual([first, second]);
    expect(ofNgrok((await rows("apply --prune")).rows).map(([, status]) => status)).toEqual(["done"]);
  });

  it("is removed once after a reply that was lost", async () => {
    const { rows, abandon, sandbox } = await start();
    const [id = ""] = await abandon("a");
    sandbox.inject("ngrok", { kind: "lost-reply", method: "DELETE" });
    expect(ofNgrok((await rows("apply --prune")).rows)).toEqual([[id, "unknown", undefined]]);
    expect(sandbox.stored("ngrok", id)).toBeUndefined();
    expect(ofNgrok((await rows("apply --prune")).rows)).toEqual([[id, "done", undefined]]);
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([]);
  });

  it("has limits of its own, and a plan beyond them removes nothing", async () => {
    const { rows, run, abandon, deletions } = await start();
    await abandon("a", "b", "c", "d");
    const { exit, document } = await rows("plan --prune");
    expect([exit, document.exceeded]).toEqual([
      3,
      [{ kind: "remove", gateway: "ngrok-prod", planned: 4, bindings: 4, most: 3 }],
    ]);
    expect((await run("apply --prune")).stdout).toContain(
      "refused: 4 objects of 4 would be removed for good at ngrok-prod, and the limit is 3\n" +
        "  fix: if this is meant, say --allow remove:ngrok-prod=4",
    );
    expect(deletions()).toEqual([]);
    expect((await run("apply --prune --allow remove:ngrok-prod=4")).exit).toBe(0);
    expect(deletions()).toHaveLength(4);
  });
});

describe("a saved plan with a removal", () => {
  it("removes what it names, and is stale where that moved since", async () => {
    const { rows, run, abandon, sandbox } = await start();
    const [id = ""] = await abandon("a");
    await run("plan --prune --out plan.json");
    await fetch(`${sandbox.urls.ngrok}/provider-keys/${id}`, {
      method: "PATCH",
      headers: {
        authorization: `Bearer ${sandbox.tokens.ngrok}`,
        "ngrok-version": "2",
        "content-type": "application/json",
      },
      body: JSON.stringify({ description: "in use" }),
    });
    expect((await run("apply plan.json")).exit).toBe(6);
    expect(sandbox.stored("ngrok", id)).toBeDefined();
    await run("plan --prune --out plan.json");
    expect(ofNgrok((await rows("apply plan.json")).rows)).toEqual([[id, "done", undefined]]);
    expect((await run("apply plan.json")).exit).toBe(6);
  });
});

describe("gatefold adopt", () => {
  it("records objects as the config's own, writes nothing, and lets them be removed with their entries", async () => {
    const { rows, run, write, sandbox } = await start();
    write("  a: { name: OpenAI, gateways: { ngrok-prod: { id: aigpk_openai } } }");
    const { exit, rows: adopted } = await rows("adopt");
    expect([exit, adopted]).toEqual([
      0,
      [
        {
          provider: "other",
          gateway: "respan-prod",
          adapter: "respan",
          id: 101,
          fields: [],
          status: "adopted",
          owned: true,
        },
        {
          provider: "a",
          gateway: "ngrok-prod",
          adapter: "ngrok",
          id: "aigpk_openai",
          fields: [],
          status: "adopted",
          owned: true,
        },
      ],
    ]);
    expect(eventsOf(directory.path, "owned")).toHaveLength(2);
    expect((await run("adopt")).exit).toBe(0);
    expect(eventsOf(directory.path, "owned")).toHaveLength(2);
    expect(sandbox.requests.filter(isWrite)).toEqual([]);
    write();
    expect(ofNgrok((await rows("plan --prune")).rows)).toEqual([
      ["aigpk_openai", "remove", "OpenAI is removed for good"],
    ]);
  });

  it("finds the object of a binding without an id by its name", async () => {
    const { rows, write } = await start();
    write(
      "  a: { name: OpenAI, credential: { scheme: api_key, apiKey: env:KEY }, gateways: { ngrok-prod: { create: true, upstream: openai } } }",
    );
    expect(ofNgrok((await rows("plan")).rows).map(([id, status]) => [id, status])).toEqual([[null, "blocked"]]);
    expect(ofNgrok((await rows("adopt --provider a")).rows)).toEqual([["aigpk_openai", "adopted", undefined]]);
    expect(ofNgrok((await rows("plan")).rows).map(([id, status]) => [id, status])).toEqual([
      ["aigpk_openai", "unverifiable"],
    ]);
  });

  it("says where nothing of that name is there", async () => {
    const { rows, write } = await start();
    write(made("nowhere"));
    expect(ofNgrok((await rows("adopt --provider nowhere")).rows)).toEqual([
      [null, "blocked", "nothing of that name is there: an apply makes it"],
    ]);
  });

  it("with --key alone records no object: nothing becomes removable", async () => {
    const { rows, write, run } = await start();
    const keyed =
      "  a: { name: OpenAI, credential: { scheme: api_key, apiKey: env:KEY }, gateways: { ngrok-prod: { id: aigpk_openai } } }";
    write(keyed);
    expect((await run("adopt --key --provider a")).stderr).toContain("fingerprintKey");
    write();
    expect((await rows("plan")).document.removable).toBeUndefined();
  });
});

describe("gatefold journal show", () => {
  it("tells of what was made, adopted and removed, and what became of it", async () => {
    const { run, abandon, write } = await start();
    const [id] = await abandon("a");
    await run("apply --prune");
    write("  k: { name: OpenAI, gateways: { ngrok-prod: { id: aigpk_openai } } }");
    await run("adopt --provider k");
    const { stdout } = await run("journal show --gateway ngrok-prod");
    const lines = stdout.split("\n").map((line) => line.trim().split(/ {2,}/).slice(3));
    expect(lines.filter((cells) => cells.length > 0)).toEqual([
      ["ngrok-prod", "a", id, "name, credential", "creation: done"],
      ["ngrok-prod", "a", id, "the object", "removal: done"],
      ["ngrok-prod", "k", "aigpk_openai", "the object", "adopted: managed by the config"],
    ]);
  });
});
