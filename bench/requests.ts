import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyAdapter } from "gatefold";
import { barndoor } from "gatefold/adapters/barndoor";
import { ngrok } from "gatefold/adapters/ngrok";
import { respan } from "gatefold/adapters/respan";
import {
  checkConfig,
  connect,
  type JournalEvent,
  JournalState,
  makePlan,
  openJournal,
  type Planned,
  parseConfig,
  readersOf,
  runtimeOf,
} from "gatefold/sync";
import { type Sandbox, type SandboxOptions, startSandbox } from "gatefold/testing";
import type { Measurement, Row } from "./row.ts";

const OBJECTS = 250;
const PAGES = { respan: 1, barndoor: 1, ngrok: Math.ceil(OBJECTS / 100) };
type Name = keyof typeof PAGES;
const adapters: readonly AnyAdapter[] = [respan, barndoor, ngrok];

/** How many requests a plan sends for objects that are as described, counted where they arrive. */
export const measureRequests: Measurement = async () => {
  const sandbox = await startSandbox({ seed: seed() });
  const directory = await mkdtemp(join(tmpdir(), "gatefold-bench-"));
  try {
    const journal = await openJournal(join(directory, "journal.jsonl"), runtimeOf(process, "bench"), {
      command: "plan",
    });
    const events: JournalEvent[] = [];
    const count = async (name: Name, more: object = {}): Promise<number> => {
      const before = sandbox.requests.length;
      const { observed } = await planOf(sandbox, name, new JournalState(events), more);
      for (const happening of observed) events.push(await journal.append(happening));
      return sandbox.requests.length - before;
    };
    const first = rowOf(
      "respan, the first plan: its list tells no ids, so each object is read once",
      await count("respan"),
      1,
    );
    const rows = [
      rowOf("respan, later plans, with a journal", await count("respan"), PAGES.respan),
      rowOf("barndoor", await count("barndoor"), PAGES.barndoor),
      rowOf("ngrok", await count("ngrok"), PAGES.ngrok),
      rowOf("ngrok, which also makes one", await count("ngrok", NEW), PAGES.ngrok),
    ];
    await journal.close();
    return [first, ...rows.map((row) => ({ ...row, goal: "equal", isReached: row.ratio === "1.00" }))];
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true });
  }
};

const numbers = Array.from({ length: OBJECTS }, (_, index) => index + 1);
const CREDENTIAL = { scheme: "api_key", apiKey: "env:KEY" };
const NEW = { new: { name: "New", credential: CREDENTIAL, gateways: { one: { create: true, upstream: "openai" } } } };

function idOf(name: Name, number: number): string | number {
  const digits = String(number).padStart(12, "0");
  const ids = { respan: number, barndoor: `4f8b2a3c-12ee-4d92-9c7b-${digits}`, ngrok: `aigpk_${digits}` };
  return ids[name];
}

function seed(): NonNullable<SandboxOptions["seed"]> {
  const provider = {
    model_provider: "openai",
    base_url: "https://api.openai.com/v1",
    auth_type: "api_key",
    api_key: "k",
  };
  return {
    respan: {
      providers: numbers.map((pk) => ({ pk, provider_id: `p${pk}`, provider_name: `P${pk}`, api_key: "k" })),
    },
    barndoor: {
      providers: numbers.map((each) => ({ ...provider, id: String(idOf("barndoor", each)), name: `P${each}` })),
    },
    ngrok: {
      keys: numbers.map((each) => {
        return { id: String(idOf("ngrok", each)), providerId: "openai", name: `P${each}`, value: "k" };
      }),
    },
  };
}

async function planOf(sandbox: Sandbox, name: Name, journal: JournalState, more: object): Promise<Planned> {
  const one = { adapter: name, baseUrl: sandbox.urls[name], token: "env:TOKEN", rateLimit: false };
  const bound = numbers.map((each) => [`p${each}`, { name: `P${each}`, gateways: { one: { id: idOf(name, each) } } }]);
  const text = { version: 1, gateways: { one }, providers: { ...Object.fromEntries(bound), ...more } };
  const checked = checkConfig(parseConfig("bench.json", JSON.stringify(text), process.cwd()), adapters);
  const { bindings, unmade, gateways } = checked;
  const readers = readersOf(await connect(checked, gateways, { TOKEN: sandbox.tokens[name] }, {}));
  const planned = await makePlan({ checked, bindings, unmade, readers, journal });
  const expected = planned.plan.rows.filter(({ status }) => status === "in-sync" || status === "create");
  if (expected.length !== bindings.length + unmade.length) throw new Error(`${name} holds something else`);
  return planned;
}

function rowOf(what: string, requests: number, pages: number): Row {
  return {
    what: `requests: plan of ${OBJECTS} unchanged objects: ${what}`,
    ours: String(requests),
    against: `pages of its list: ${pages}`,
    ratio: (requests / pages).toFixed(2),
  };
}
