import { isWrite } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  gatefold,
  gatewaysOf,
  jsonOf,
  OTHER_BARNDOOR_ID,
  seed,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

async function start(providers: string) {
  const sandbox = await open({ seed });
  const { yaml, environment } = gatewaysOf(sandbox, { barndoor: "updateMethod: PATCH" });
  const url = sandbox.urls.barndoor;
  const connections = `  connections: { adapter: barndoor-connection, baseUrl: "${url}", token: env:BARNDOOR_TOKEN, retry: { attempts: 0 } }\n`;
  const write = (text: string) =>
    directory.write("gatefold.yaml", `fingerprintKey: env:F\n${yaml}${connections}providers:\n${text}\n`);
  write(providers);
  const run = (line: string) =>
    gatefold(line.split(" "), {
      directory: directory.path,
      environment: { ...environment, KEY: "sk-a-key-000001", F: "a-random-text-that-nobody-guesses" },
    });
  const rows = async (line: string) => {
    const { exit, stdout } = await run(`${line} --json`);
    const { rows: found } = jsonOf(stdout);
    if (!Array.isArray(found)) throw new Error(stdout);
    return { exit, rows: found as readonly Readonly<Record<string, unknown>>[] };
  };
  return { sandbox, run, rows, write };
}

const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";
const BASE = `name: New, ${CREDENTIAL}, baseUrl: "https://api.openai.com/v1", requestTimeout: 90, enabled: false`;
const PROVIDER = `  p: { ${BASE}, gateways: { barndoor-prod: { create: true, upstream: openai } } }`;

describe("an object whose creation does not take every field", () => {
  it("is made, then written once more, and the next plan is empty", async () => {
    const { sandbox, rows } = await start(PROVIDER);
    const { exit, rows: applied } = await rows("apply");
    expect([exit, applied.map(({ status, writes }) => [status, writes])]).toEqual([
      0,
      [["done", ["name", "baseUrl", "credential", "requestTimeout", "enabled"]]],
    ]);
    const writes = sandbox.requests.filter(isWrite);
    expect(writes.map(({ method }) => method)).toEqual(["POST", "PATCH"]);
    expect(sandbox.stored("barndoor", String(applied[0]?.id))).toMatchObject({ name: "New", enabled: false });
    const { exit: clean, rows: planned } = await rows("plan");
    expect([clean, planned.map(({ id, status }) => [id, status])]).toEqual([0, [[applied[0]?.id, "in-sync"]]]);
  });

  it("says that it was made where the second write fails, and that alone is written next time", async () => {
    const { sandbox, rows } = await start(PROVIDER);
    sandbox.inject("barndoor", { kind: "status", status: 403, method: "PATCH" });
    const { exit, rows: applied } = await rows("apply");
    const [row] = applied;
    expect([exit, row?.status, row?.reason]).toEqual([
      5,
      "failed",
      `was made, as ${row?.id}; what its creation does not take was not written yet: enabled`,
    ]);
    const { rows: next } = await rows("apply");
    expect(next.map(({ id, status, writes }) => [id, status, writes])).toEqual([[row?.id, "done", ["enabled"]]]);
    expect(sandbox.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("a write of what several providers share", () => {
  const SHARED = `  shared: { name: Renamed, gateways: { connections: { id: ${CONNECTION_ID} } } }`;
  const affects = [{ id: OTHER_BARNDOOR_ID, name: "Attached" }];

  it("lists the providers that it reaches, in every form", async () => {
    const { rows, run } = await start(SHARED);
    const { rows: planned } = await rows("plan");
    expect(planned.map((row) => [row.status, row.affects])).toEqual([["changed", affects]]);
    const { stdout } = await run("plan");
    expect(stdout).toContain(`    reaches 1 provider: Attached (${OTHER_BARNDOOR_ID})\n`);
    const { stdout: markdown } = await run("plan --format markdown");
    expect(markdown).toContain("changed: <code>reaches 1 provider&#58; Attached (");
  });

  it("is stale as a saved plan where it reaches others by then", async () => {
    const { run, write } = await start(SHARED);
    await run("plan --out plan.json");
    write(
      `  attach: { baseUrl: "https://api.openai.com/v1", connectionId: ${CONNECTION_ID}, gateways: { barndoor-prod: { id: ${BARNDOOR_ID} } } }`,
    );
    expect((await run("apply")).exit).toBe(0);
    write(SHARED);
    expect((await run("apply plan.json")).exit).toBe(6);
  });

  it("is not asked for where nothing is written", async () => {
    const { rows } = await start(SHARED.replace("Renamed", "Shared OpenAI"));
    expect((await rows("plan")).rows.map((row) => [row.status, row.affects])).toEqual([["in-sync", undefined]]);
  });

  it("is planned all the same where nobody may list its users, and says so", async () => {
    const { rows, sandbox } = await start(SHARED);
    sandbox.inject("barndoor", { kind: "status", status: 403, path: "/admin/providers" });
    const { rows: planned } = await rows("plan");
    expect(planned.map(({ status, writes, affects: reached, reason }) => [status, writes, reached, reason])).toEqual([
      [
        "changed",
        ["name"],
        undefined,
        expect.stringContaining("which providers use it could not be read: PermissionDeniedError"),
      ],
    ]);
  });
});
