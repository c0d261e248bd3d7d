import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { type Field, secret } from "../../src/index.ts";
import {
  type AppliedRow,
  applyPlan,
  type CheckedConfig,
  checkConfig,
  confirmPlan,
  connect,
  Fingerprints,
  JournalState,
  makePlan,
  openJournal,
  type Planned,
  parseConfig,
  readersOf,
  readPlanFile,
  renderPlanFile,
  resolveSecrets,
  secretsOf,
} from "../../src/sync/index.ts";
import type { TestGateway } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  configErrorOf,
  gatewayErrorOf,
  seed,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";
import { cobalt } from "./cobalt/index.ts";
import { plain, replaceElsewhere, STORED_KEY, useCobalt, withHeaders } from "./support.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const openSandbox = useSandbox();
const startCobalt = useCobalt();

const KEY = "sk-cobalt-new-key-4444";
const HEADERS = { "X-Team": "platform", "X-Cost-Centre": "4712" };

/** Where the gateways of a config are: nothing is sent to the documented hosts. */
interface Urls {
  readonly cobalt: string;
  readonly ngrok: string;
}

const DOCUMENTED: Urls = { cobalt: "https://api.cobalt.example", ngrok: "https://api.ngrok.ai" };

function config(fields: string, urls: Urls = DOCUMENTED): CheckedConfig {
  const text = `version: 1
gateways:
  cobalt-prod: { adapter: cobalt, baseUrl: "${urls.cobalt}", token: env:COBALT_TOKEN, retry: { attempts: 0 } }
  ngrok-prod: { adapter: ngrok, baseUrl: "${urls.ngrok}", token: env:NGROK_TOKEN, retry: { attempts: 0 } }
providers:
  openai-prod:
    name: OpenAI Production
    gateways:
      cobalt-prod: { id: openai, ${fields} }
      ngrok-prod: { id: aigpk_openai }
`;
  return checkConfig(parseConfig("gatefold.yaml", text, directory.path), [...adapters, cobalt]);
}

/** Cobalt beside a gateway of ours, a config of both, and what plans and applies it. */
async function scene(object: object, fields: string, more: Parameters<typeof startCobalt>[1] = {}) {
  const [server, sandbox] = await Promise.all([startCobalt([{ ...object }], more), openSandbox({ seed })]);
  const checked = config(fields, { cobalt: server.url, ngrok: sandbox.urls.ngrok });
  const { bindings } = checked;
  const environment: Record<string, string> = {
    COBALT_TOKEN: server.token,
    NGROK_TOKEN: sandbox.tokens.ngrok,
    COBALT_KEY: KEY,
    COBALT_HEADERS: JSON.stringify(HEADERS),
  };
  const connections = await connect(checked, bindings, environment, {});
  const readers = readersOf(connections);
  const runtime = testRuntime();
  const journalFile = join(directory.path, "journal.jsonl");
  const fingerprints = new Fingerprints(secret("a random text that nobody guesses"));

  const secretsFor = (planned: Planned, variables: Readonly<Record<string, string>>) => {
    const wanted = bindings.flatMap((binding) => {
      const row = planned.plan.rows.find(({ gateway }) => gateway === binding.gateway);
      return secretsOf(binding).uses.filter(({ field }) => row?.writes.includes(field));
    });
    return resolveSecrets(checked, wanted, variables);
  };
  const plan = async (): Promise<Planned> => {
    const journal = await openJournal(journalFile, runtime, { command: "plan" });
    const all = bindings.flatMap((binding) => secretsOf(binding).uses);
    const secretOf = await resolveSecrets(checked, all, environment);
    try {
      const state = new JournalState(journal.events);
      return await makePlan({ checked, bindings, readers, journal: state, fingerprints, secretOf });
    } finally {
      await journal.close();
    }
  };
  const apply = async (planned: Planned, variables = environment): Promise<readonly AppliedRow[]> => {
    const secretOf = await secretsFor(planned, variables);
    const journal = await openJournal(journalFile, runtime, { command: "apply" });
    try {
      const input = { planned, bindings, connections, secretOf, fingerprints, journal, runtime };
      return (await applyPlan(input)).rows;
    } finally {
      await journal.close();
    }
  };
  return { server, sandbox, plan, apply, environment };
}

const writesOf = ({ plan: { rows } }: Planned) =>
  Object.fromEntries(rows.map(({ gateway, writes }): [string, readonly Field[]] => [gateway, writes]));

const endings = (rows: readonly AppliedRow[]) =>
  Object.fromEntries(rows.map(({ gateway, status, error }) => [gateway, error === undefined ? status : error.name]));

const puts = (server: TestGateway) => server.requests.filter(({ method }) => method === "PUT");

const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:COBALT_KEY }";

describe("a gateway that none of ours resembles, in one config with one of ours", () => {
  it("is planned with the key that its writes demand, applied, and then nothing is left to write", async () => {
    const { server, sandbox, plan, apply } = await scene(plain, `${CREDENTIAL}, requestTimeout: 90, description: null`);
    const first = await plan();
    expect(writesOf(first)).toEqual({
      "cobalt-prod": ["name", "description", "credential", "requestTimeout"],
      "ngrok-prod": ["name"],
    });
    expect(server.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(endings(await apply(first))).toEqual({ "cobalt-prod": "done", "ngrok-prod": "done" });
    expect(server.stored("openai")).toMatchObject({
      label: "OpenAI Production",
      note: null,
      timeoutMs: 90_000,
      idleTimeoutMs: 1500,
      active: false,
      secret: KEY,
      revision: 8,
    });
    expect(sandbox.stored("ngrok", "aigpk_openai")?.name).toBe("OpenAI Production");
    const second = await plan();
    expect(writesOf(second)).toEqual({ "cobalt-prod": [], "ngrok-prod": [] });
    expect(second.plan.rows.map(({ status }) => status)).toEqual(["in-sync", "in-sync"]);
  });

  it("takes the headers along with any field, because a write without them would erase them", async () => {
    const { server, plan, apply } = await scene(withHeaders, `${CREDENTIAL}, native: { headers: env:COBALT_HEADERS }`);
    const first = await plan();
    expect(writesOf(first)["cobalt-prod"]).toEqual(["name", "credential", "native"]);
    expect(endings(await apply(first))["cobalt-prod"]).toBe("done");
    expect(server.stored("openai")).toMatchObject({ label: "OpenAI Production", headers: HEADERS, secret: KEY });
    expect(writesOf(await plan())["cobalt-prod"]).toEqual([]);
  });

  it("is refused, and nothing erased, where it has headers and the config has none; the other gateway is done", async () => {
    const { server, plan, apply } = await scene(withHeaders, CREDENTIAL);
    const before = server.stored("openai");
    const rows = await apply(await plan());
    expect(endings(rows)).toEqual({ "cobalt-prod": "InvalidInputError", "ngrok-prod": "done" });
    expect(rows[0]?.error?.message).toContain("native.headers: the connection has the headers X-Team, X-Cost-Centre");
    expect(puts(server)).toEqual([]);
    expect(server.stored("openai")).toEqual(before);
  });
});

describe("the key that a change needs", () => {
  it("must be in the config", async () => {
    const { problems } = await configErrorOf(() => config("requestTimeout: 90"));
    expect(problems).toMatchObject([
      {
        file: "gatefold.yaml",
        line: 9,
        message: expect.stringContaining("name and requestTimeout need credential in the same update: every write of"),
      },
    ]);
  });

  it("must be in the environment, before anything is sent", async () => {
    const { server, plan, apply, environment } = await scene(plain, CREDENTIAL);
    const first = await plan();
    const { COBALT_KEY: _key, ...without } = environment;
    const error = await configErrorOf(() => apply(first, without));
    expect(error).toMatchObject({ kind: "credentials" });
    expect(error.problems).toMatchObject([
      { file: "gatefold.yaml", line: 9, message: expect.stringContaining("COBALT_KEY") },
    ]);
    expect(puts(server)).toEqual([]);
    expect(server.stored("openai")?.secret).toBe(STORED_KEY);
  });
});

describe("a change by somebody else between plan and apply", () => {
  const elsewhere = { provider: "openai", label: "OpenAI", note: "by somebody else", secret: STORED_KEY };

  it("stays, where the config says nothing of what was changed", async () => {
    const { server, plan, apply } = await scene(plain, CREDENTIAL);
    const first = await plan();
    await replaceElsewhere(server, 7, elsewhere);
    expect(endings(await apply(first))["cobalt-prod"]).toBe("done");
    expect(server.stored("openai")).toMatchObject({
      label: "OpenAI Production",
      note: "by somebody else",
      revision: 9,
    });
  });

  it("is ConflictError where reads do not show it yet: nothing of it is erased, and the next run does it", async () => {
    const { server, plan, apply } = await scene(plain, CREDENTIAL, { staleReads: 1 });
    const first = await plan();
    await replaceElsewhere(server, 7, elsewhere);
    const stored = server.stored("openai");
    const rows = await apply(first);
    expect(endings(rows)).toEqual({ "cobalt-prod": "ConflictError", "ngrok-prod": "done" });
    expect(rows[0]).toMatchObject({ status: "failed", error: { outcome: "not-applied", status: 412 } });
    expect(server.stored("openai")).toEqual(stored);
    expect(endings(await apply(await plan()))).toEqual({ "cobalt-prod": "done" });
    expect(server.stored("openai")).toMatchObject({
      label: "OpenAI Production",
      note: "by somebody else",
      secret: KEY,
    });
  });

  it("makes a saved plan stale", async () => {
    const { server, plan } = await scene(plain, CREDENTIAL);
    const saved = readPlanFile("plan.json", renderPlanFile((await plan()).plan));
    await replaceElsewhere(server, 7, elsewhere);
    const fresh = await plan();
    const error = await gatewayErrorOf(() => confirmPlan(saved, fresh));
    expect(error.name).toBe("StalePlanError");
    expect(error.message).toContain("cobalt-prod openai");
  });
});
