import type { PlanRow } from "../../src/sync/index.ts";
import type { SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc from "../support/property.ts";
import { gatefold, gatewaysOf, jsonOf, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const gateways = ["respan", "keywordsai", "barndoor", "ngrok"] as const;
type Name = (typeof gateways)[number];
const PROVIDERS = 5;

/** The object of a provider at a gateway. */
const ids: Readonly<Record<Name, (provider: number) => string | number>> = {
  respan: (provider) => 100 + provider,
  keywordsai: (provider) => 200 + provider,
  barndoor: (provider) => `4f8b2a3c-12ee-4d92-9c7b-00000000000${provider}`,
  ngrok: (provider) => `aigpk_${provider}`,
};

const indexes = Array.from({ length: PROVIDERS }, (_, index) => index);
const custom = (name: "respan" | "keywordsai") => ({
  providers: indexes.map((index) => ({ pk: Number(ids[name](index)), provider_id: `p${index}`, provider_name: "Old" })),
});
const shared = { model_provider: "openai", base_url: "https://a.test", api_key: "sk-stored" };
const seed: SandboxOptions["seed"] = {
  respan: custom("respan"),
  keywordsai: custom("keywordsai"),
  barndoor: { providers: indexes.map((index) => ({ id: String(ids.barndoor(index)), name: "Old", ...shared })) },
  ngrok: {
    keys: indexes.map((index) => ({
      id: String(ids.ngrok(index)),
      providerId: "openai",
      name: "Old",
      value: "sk-stored",
    })),
  },
};

interface Provider {
  readonly name: string;
  readonly tags: readonly string[];
  readonly bound: readonly Name[];
  readonly hasKey: boolean;
}

const provider: fc.Arbitrary<Provider> = fc.record({
  name: fc.constantFrom("Old", "New"),
  tags: fc.subarray(["eu", "us"]),
  bound: fc.subarray([...gateways], { minLength: 1 }),
  hasKey: fc.boolean(),
});

interface Scope {
  readonly gateways: readonly string[];
  readonly providers: readonly string[];
  readonly tags: readonly string[];
}

/** A config, and a scope that names only what the config has. */
const asked = fc.array(provider, { minLength: 1, maxLength: PROVIDERS }).chain((providers) => {
  const names = [...new Set(providers.flatMap(({ bound }) => bound.map((gateway) => `${gateway}-prod`)))];
  const tags = [...new Set(providers.flatMap((each) => each.tags))];
  const scope: fc.Arbitrary<Scope> = fc.record({
    gateways: fc.subarray(names),
    providers: fc.subarray(providers.map((_, index) => `p${index}`)),
    tags: fc.subarray(tags),
  });
  return fc.tuple(fc.constant(providers), scope);
});

const flagsOf = (scope: Scope) => {
  const flags = { "--gateway": scope.gateways, "--provider": scope.providers, "--tag": scope.tags };
  return Object.entries(flags).flatMap(([flag, names]) => (names.length === 0 ? [] : [flag, ...names]));
};

/** What a scope is about, by its meaning: an empty list is no restriction, and all of them have to hold. */
function restriction(providers: readonly Provider[], scope: Scope) {
  const holds = (allowed: readonly string[], names: readonly string[]) =>
    allowed.length === 0 || names.some((name) => allowed.includes(name));
  return providers.flatMap(({ tags, bound }, index) =>
    bound
      .filter((gateway) => holds(scope.gateways, [`${gateway}-prod`]))
      .filter(() => holds(scope.providers, [`p${index}`]) && holds(scope.tags, tags))
      .map((gateway) => ({ provider: `p${index}`, gateway })),
  );
}

function rowsOf(text: string): readonly PlanRow[] {
  const { rows } = jsonOf(text);
  if (!Array.isArray(rows)) throw new Error(`expected a plan: ${text}`);
  return rows;
}

it("a plan of a part is that part of the whole plan, and asks and needs nothing of the rest", async () => {
  const sandbox = await open({ seed });
  const { yaml, environment } = gatewaysOf(sandbox);
  const key = (index: number) => `KEY_P${index}`;
  const plan = async (flags: readonly string[], variables: Readonly<Record<string, string | undefined>>) => {
    const before = sandbox.requests.length;
    const ran = await gatefold(["plan", ...flags, "--json"], { directory: directory.path, environment: variables });
    return { ...ran, requests: sandbox.requests.slice(before) };
  };
  await fc.assert(
    fc.asyncProperty(asked, async ([providers, scope]) => {
      const entries = providers.map(({ name, tags, bound, hasKey }, index) => {
        const bindings = Object.fromEntries(bound.map((gateway) => [`${gateway}-prod`, { id: ids[gateway](index) }]));
        const credential = { scheme: "api_key", apiKey: `env:${key(index)}` };
        const fields = { name, tags, gateways: bindings, ...(hasKey ? { credential } : {}) };
        return `  p${index}: ${JSON.stringify(fields)}`;
      });
      directory.write("gatefold.yaml", `${yaml}fingerprintKey: env:F\nproviders:\n${entries.join("\n")}\n`);
      const keys = Object.fromEntries(providers.map((_, index) => [key(index), `sk-the-key-${index}`]));
      const fingerprintKey = { F: "a-random-text-that-nobody-guesses" };
      const whole = await plan([], { ...environment, ...keys, ...fingerprintKey });

      const wanted = restriction(providers, scope);
      const needed = wanted.flatMap(({ provider: name, gateway }) => {
        return [`${gateway.toUpperCase()}_TOKEN`, `KEY_${name.toUpperCase()}`];
      });
      const own = Object.entries({ ...environment, ...keys }).filter(([name]) => needed.includes(name));
      const part = await plan(flagsOf(scope), { ...Object.fromEntries(own), ...fingerprintKey });

      if (wanted.length === 0) {
        expect([part.exit, part.requests]).toEqual([1, []]);
        return;
      }
      const rows = rowsOf(whole.stdout).filter(({ provider: name, gateway }) =>
        wanted.some((each) => each.provider === name && `${each.gateway}-prod` === gateway),
      );
      expect(rows).toHaveLength(wanted.length);
      expect(rowsOf(part.stdout)).toEqual(rows);
      expect(new Set(part.requests.map(({ gateway }) => gateway))).toEqual(
        new Set(wanted.map(({ gateway }) => gateway)),
      );
      expect(part.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
