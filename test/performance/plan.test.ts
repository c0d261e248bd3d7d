import { createHash } from "node:crypto";
import { canonicalJson } from "../../src/contract/json.ts";
import type { ListedProvider, ProviderId } from "../../src/index.ts";
import { Fingerprints } from "../../src/sync/index.ts";
import { digestOf } from "../../src/sync/plan/digest.ts";
import { Listing } from "../../src/sync/plan/look-alikes.ts";
import { type GatewayReader, readStates } from "../../src/sync/plan/read.ts";
import { runNode } from "../support/built.ts";
import { everyError, planOf, renamed, rowOf } from "../support/plans.ts";
import fc from "../support/property.ts";
import { checked, planned, standIns } from "../support/sync.ts";

afterEach(() => jest.restoreAllMocks());

describe("the digest of a plan", () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, id) => rowOf({ id, fields: [renamed], seen: { slug: `s${id}` } }));

  it("is what it always was: saved plans of earlier versions go by it", () => {
    expect(digestOf(planOf(rows(3)))).toBe("0ef79d238a5ee7d2792c99e9d8a50228844f64790af6eb2038c8b106fc06ef85");
  });

  it("is that of its canonical JSON as a whole", () => {
    const oracle = (plan: object) => {
      const { digest: _digest, ...body } = JSON.parse(JSON.stringify(plan));
      return createHash("sha256")
        .update(canonicalJson(body) ?? "")
        .digest("hex");
    };
    const errors = everyError().map((error) => rowOf({ status: "failed", error }));
    expect(digestOf(planOf(errors))).toBe(oracle(planOf(errors)));
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(undefined, Number.NaN, -0, new Date(0)));
    const names = fc.constantFrom("rows", "digest", "__proto__", "10", "9", "é", "a");
    const member = fc.tuple(names, fc.oneof(value, fc.array(value)));
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const plan = Object.fromEntries(members);
        expect(digestOf(plan)).toBe(oracle(plan));
      }),
    );
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    for (const levels of [60, 61, 62, 63, 64, 65]) {
      const plan = planOf([Object.assign(rowOf(), { deep: deep(levels) })]);
      expect(digestOf(plan)).toBe(oracle(plan));
    }
  });

  it("is made without a text of the whole plan", () => {
    const update = jest.spyOn(Object.getPrototypeOf(createHash("sha256")), "update");
    digestOf(planOf(rows(2000)));
    const lengths = update.mock.calls.map(([text]) => String(text).length);
    expect(lengths.reduce((total, length) => total + length)).toBeGreaterThan(400_000);
    expect(Math.max(...lengths)).toBeLessThan(100_000);
  });

  it("asks for no text of what stands in its quotes as it is", () => {
    const [one, many] = [planOf(rows(1)), planOf(rows(2000))];
    const stringify = jest.spyOn(JSON, "stringify");
    digestOf(one);
    const calls = stringify.mock.calls.length;
    digestOf(many);
    expect(stringify).toHaveBeenCalledTimes(2 * calls);
  });
});

describe("what is not asked for is not worked out", () => {
  const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers:
${Array.from({ length: 50 }, (_, index) => `  p${index}: { name: Name, gateways: { one: { id: aigpk_${index}, description: D } } }`).join("\n")}
`);

  it.each([
    ["nothing differs", { name: "Name", description: "D" }, 0],
    ["one field differs", { name: "Name", description: "Other" }, 50],
  ])("a plan in which %s makes fingerprints of what is written alone", async (_title, get, count) => {
    const { connections } = standIns(config, { one: { get } });
    const of = jest.spyOn(Fingerprints.prototype, "of");
    const { plan } = await planned(config, connections);
    expect(plan.rows).toHaveLength(50);
    expect(of).toHaveBeenCalledTimes(count);
  });
});

describe("what is looked at grows with what is there", () => {
  const COUNT = 2000;
  const numbers = Array.from({ length: COUNT }, (_, index) => index);

  it("for names that are looked for in a list", () => {
    let looks = 0;
    const entries = numbers.map((number): ListedProvider<ProviderId> => {
      return {
        id: number,
        credential: { kind: "unknown" },
        get name() {
          looks += 1;
          return `n${number}`;
        },
      };
    });
    const listing = new Listing(entries);
    const found = numbers.map((number) => listing.alike({ name: `n${number}` }).length);
    expect(found).toEqual(numbers.map(() => 1));
    expect(looks).toBeLessThan(4 * COUNT);
  });

  it("for readable ids that only one object has", async () => {
    let looks = 0;
    const wanted = numbers.map((id) => {
      return {
        id,
        get slug() {
          looks += 1;
          return `s${id}`;
        },
      };
    });
    const [binding] = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { name: N, gateways: { one: { id: x } } } }
`).bindings;
    if (binding === undefined) throw new Error("the config has no binding");
    const reader: GatewayReader = {
      adapter: "acme",
      capabilities: { ...binding.adapter.capabilities({}), list: "slugs" },
      get: async () => Promise.reject(new Error("nothing is read by itself")),
      async *list() {
        for (const id of numbers) yield { slug: `s${id}`, name: "N", credential: { kind: "unknown" } };
      },
    };
    expect((await readStates(reader, wanted, {})).size).toBe(COUNT);
    expect(looks).toBeLessThan(10 * COUNT);
  });
});

it("a plan of 30,000 objects fits into a heap of 64 MB, gateways and all", async () => {
  const script = `
    import { checkConfig, makePlan, parseConfig } from "gatefold/sync";
    import { ngrok } from "gatefold/adapters/ngrok";
    const one = { gateways: { one: { id: "aigpk_0" } }, name: "N", credential: { scheme: "api_key", apiKey: "env:K" } };
    const text = { version: 1, gateways: { one: { adapter: "ngrok", token: "env:T" } }, providers: { p0: one } };
    const { config, gateways, unmade, bindings: [binding] } = checkConfig(parseConfig("a.json", JSON.stringify(text), "/"), [ngrok]);
    const bindings = Array.from({ length: 30_000 }, (_, index) => {
      return { ...binding, provider: "p" + index, id: "aigpk_" + index, providerId: "aigpk_" + index };
    });
    const checked = { config: { ...config, bindings }, gateways, unmade, bindings };
    const credential = { kind: "inline", hint: "sk-...1234" };
    async function* list() {
      for (const { id } of bindings) yield { id, name: "N", credential, updatedAt: "2026-11-22T10:00:00Z" };
    }
    const capabilities = ngrok.capabilities({});
    const readers = new Map([["one", { adapter: "ngrok", capabilities, list }]]);
    const { plan } = await makePlan({ checked, bindings, readers });
    process.stdout.write(String(plan.rows.filter(({ status }) => status === "unverifiable").length));
  `;
  const { stdout } = await runNode(["--max-old-space-size=64", "--input-type=module", "-e", script]);
  expect(stdout).toBe("30000");
});
