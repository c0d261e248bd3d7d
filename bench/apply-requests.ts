import { join } from "node:path";
import { barndoor } from "gatefold/adapters/barndoor";
import { ngrok } from "gatefold/adapters/ngrok";
import { respan } from "gatefold/adapters/respan";
import { startSandbox } from "gatefold/testing";
import { type Account, checkedConfig, inFolder, KEY, opened, withPlan } from "./changes.ts";
import type { Measurement } from "./row.ts";

const OBJECTS = 60;
const numbers = Array.from({ length: OBJECTS }, (_, index) => index + 1);
const barndoorId = (number: number) => `4f8b2a3c-12ee-4d92-9c7b-${String(number).padStart(12, "0")}`;

/** What each change costs where the vendor has its fewest calls for it. */
const changes = [
  { vendor: "respan", what: "name and key", fields: { name: "New", ...KEY }, calls: 1 },
  { vendor: "barndoor", what: "name and key", fields: { name: "New", ...KEY }, calls: 1 },
  { vendor: "ngrok", what: "name and key", fields: { name: "New", ...KEY }, calls: 1 },
  { vendor: "ngrok", what: "name, key and description", fields: { name: "New", description: "New", ...KEY }, calls: 2 },
  { vendor: "ngrok", what: "key alone, the name is read", fields: KEY, calls: 2 },
] as const;

/** The requests of an apply on the wire, against what the vendors' own calls come to; and those of a second one. */
export const measureApplyRequests: Measurement = () =>
  inFolder(async (folder) => {
    const counted: { readonly first: number; readonly again: number; readonly needed: number }[] = [];
    for (const [index, { vendor, fields, calls }] of changes.entries()) {
      const { first, again } = await count(vendor, fields, join(folder, `journal-${index}`));
      counted.push({ first, again, needed: OBJECTS * calls });
    }
    const sum = (of: (each: (typeof counted)[number]) => number) =>
      counted.reduce((total, each) => total + of(each), 0);
    const [first, again, needed] = [sum(({ first }) => first), sum(({ again }) => again), sum(({ needed }) => needed)];
    const isReached = counted.every((each) => each.first === each.needed && each.again === 0);
    return [
      {
        what: `requests: apply of ${OBJECTS} objects each: ${changes.map(({ vendor, what }) => `${vendor} (${what})`).join(", ")}`,
        ours: `${first}; a second apply ${again}`,
        against: `changes × calls that the vendor needs: ${needed}; 0`,
        ratio: (first / needed).toFixed(2),
        goal: "equal; 0",
        isReached,
      },
    ];
  });

async function count(vendor: (typeof changes)[number]["vendor"], fields: Account["fields"], file: string) {
  const sandbox = await startSandbox({ seed: seedOf(vendor) });
  try {
    const token = { GATEWAY_TOKEN: sandbox.tokens[vendor] };
    const checked = checkedConfig([{ name: "account", ...accountOf(vendor, sandbox.urls[vendor]), fields }]);
    const connections = await opened(checked, token);
    const applied = () =>
      withPlan(checked, connections, file, async (_planned, apply) => {
        const before = sandbox.requests.length;
        await apply();
        return sandbox.requests.length - before;
      });
    return { first: await applied(), again: await applied() };
  } finally {
    await sandbox.close();
  }
}

function accountOf(vendor: (typeof changes)[number]["vendor"], url: string) {
  const settings = { token: "env:GATEWAY_TOKEN", baseUrl: url };
  if (vendor === "respan") return { adapter: respan, settings: { ...settings, rateLimit: false }, ids: numbers };
  if (vendor === "barndoor")
    return { adapter: barndoor, settings: { ...settings, updateMethod: "PATCH" }, ids: numbers.map(barndoorId) };
  return { adapter: ngrok, settings, ids: numbers.map((number) => `aigpk_${number}`) };
}

function seedOf(vendor: (typeof changes)[number]["vendor"]) {
  const named = numbers.map((number) => ({ number, value: `sk-old-${number}-key-2026` }));
  if (vendor === "respan") {
    const of = ({ number, value }: (typeof named)[number]) => {
      return { pk: number, provider_id: `p${number}`, provider_name: "Old", api_key: value };
    };
    return { respan: { providers: named.map(of) } };
  }
  if (vendor === "ngrok") {
    const of = ({ number, value }: (typeof named)[number]) => {
      return { id: `aigpk_${number}`, providerId: "openai", name: "Old", value };
    };
    return { ngrok: { keys: named.map(of) } };
  }
  const of = ({ number, value }: (typeof named)[number]) => {
    const base_url = "https://api.openai.com/v1";
    return {
      id: barndoorId(number),
      name: "Old",
      model_provider: "openai",
      base_url,
      auth_type: "api_key",
      api_key: value,
    };
  };
  return { barndoor: { providers: named.map(of) } };
}
