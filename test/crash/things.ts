import type { SandboxOptions } from "../../src/testing/index.ts";

export const GATEWAYS = ["ngrok", "barndoor", "respan"] as const;
export type GatewayName = (typeof GATEWAYS)[number];
type Seed = NonNullable<SandboxOptions["seed"]>;

/** One object at a gateway: what it holds at first, what is wanted of it, and which writes that takes. */
export interface Thing {
  readonly gateway: GatewayName;
  readonly id: string | number;
  readonly seed: Seed;
  /** The fields of its binding, as YAML. */
  readonly wanted: readonly string[];
  /** Method and path of each write. */
  readonly writes: readonly string[];
}

/** Things by gateway, so many of each; no two neighbours need the same kind of update. */
export function thingsOf(counts: Readonly<Record<GatewayName, number>>): readonly Thing[] {
  const made = { ngrok: ngrokKey, barndoor: barndoorProvider, respan: respanProvider };
  return GATEWAYS.flatMap((name) => Array.from({ length: counts[name] }, (_, index) => made[name](index)));
}

/** The variables that hold the things' keys. */
export const KEYS = {
  FIRST_KEY: "sk-first-key-vvvvvvvvvvvvv-1111",
  NGROK_KEY: "sk-second-key-wwwwwwwwwwww-2222",
  BARNDOOR_KEY: "sk-barndoor-key-xxxxxxxxxx-3333",
  RESPAN_KEY: "sk-respan-key-yyyyyyyyyyyy-4444",
} as const;

/** The seed of a sandbox that holds the things. */
export function seedOf(things: readonly Thing[]): Seed {
  return {
    ngrok: { keys: things.flatMap(({ seed }) => seed.ngrok?.keys ?? []) },
    barndoor: { providers: things.flatMap(({ seed }) => seed.barndoor?.providers ?? []) },
    respan: { providers: things.flatMap(({ seed }) => seed.respan?.providers ?? []) },
  };
}

const BASE_URL = "https://api.openai.com/v1";
const keyFrom = (variable: keyof typeof KEYS) => `credential: { scheme: api_key, apiKey: env:${variable} }`;

// A rotate with a PATCH after it; a PATCH of what is shown; a rotate alone; a rotate that carries the name as well.
function ngrokKey(index: number): Thing {
  const id = `aigpk_${index}`;
  const key = keyFrom("NGROK_KEY");
  const patch = `PATCH /provider-keys/${id}`;
  const rotate = `POST /provider-keys/${id}/rotate`;
  const kinds: readonly Pick<Thing, "wanted" | "writes">[] = [
    { wanted: [key, "description: rotated"], writes: [rotate, patch] },
    { wanted: ["metadata: { team: ml }"], writes: [patch] },
    { wanted: [key], writes: [rotate] },
    { wanted: [key, "name: Renamed", "description: both"], writes: [rotate, patch] },
  ];
  const value = `sk-planted-ngrok-key-aaaa-${1000 + index}`;
  const seed = { ngrok: { keys: [{ id, providerId: "openai", name: `Key ${index}`, value }] } };
  return { gateway: "ngrok", id, seed, ...pick(kinds, index) };
}

function barndoorProvider(index: number): Thing {
  const id = `4f8b2a3c-12ee-4d92-9c7b-${String(index).padStart(12, "0")}`;
  const key = keyFrom("BARNDOOR_KEY");
  const wanted = pick([[key, `name: Renamed ${index}`], ["requestTimeout: 90"], [key]], index);
  const name = `OpenAI ${index}`;
  const shared = { model_provider: "openai", base_url: BASE_URL, auth_type: "api_key", api_key: "sk-planted-key" };
  const seed = { barndoor: { providers: [{ id, name, ...shared }] } };
  return { gateway: "barndoor", id, seed, wanted, writes: [`PATCH /api/llm-gateway/admin/providers/${id}`] };
}

function respanProvider(index: number): Thing {
  const pk = 101 + index;
  const key = keyFrom("RESPAN_KEY");
  const wanted = pick([[key, `name: Renamed ${index}`], [key], [`name: Renamed ${index}`]], index);
  const names = { provider_id: `openai-${index}`, provider_name: `OpenAI ${index}` };
  const extra_kwargs = { base_url: BASE_URL, timeout: 60 };
  const seed = { respan: { providers: [{ pk, ...names, api_key: "sk-planted-key", extra_kwargs }] } };
  return { gateway: "respan", id: pk, seed, wanted, writes: [`PATCH /api/providers/${pk}/`] };
}

function pick<Kind>(kinds: readonly Kind[], index: number): Kind {
  const kind = kinds[index % kinds.length];
  if (kind === undefined) throw new Error("there are no kinds");
  return kind;
}
