import { UnsafePlanError } from "../../src/index.ts";
import { applyPlan, openJournal, type PlanOptions } from "../../src/sync/index.ts";
import { describeExceeded, exceededLimits, mostOf, parseAllowances } from "../../src/sync/plan/limits.ts";
import fc from "../support/property.ts";
import { checked, configErrorOf, planned, standIns, testRuntime, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

/** Gateways with so many bindings each, whose names and keys may be written. */
function configOf(
  counts: Readonly<Record<string, number>>,
  limits = "{}",
  ofGateways: Readonly<Record<string, string>> = {},
) {
  const gateways = Object.keys(counts).map((name) => {
    return `  ${name}: { adapter: ngrok, token: env:T_${name}, limits: ${ofGateways[name] ?? "{}"} }`;
  });
  const providers = Object.entries(counts).flatMap(([name, count]) =>
    Array.from(
      { length: count },
      (_, index) => `  ${name}${index}: { name: New, gateways: { ${name}: { id: x${index} } } }`,
    ),
  );
  return checked(`version: 1
limits: ${limits}
gateways:
${gateways.join("\n")}
providers: ${providers.length === 0 ? "{}" : ""}
${providers.join("\n")}
`);
}

type Counts = Readonly<Record<string, number>>;
const fourTimes = (count: number): Counts => ({ a: count, b: count, c: count, d: count });

type Config = ReturnType<typeof configOf>;

/** Rows of which so many write, and so many of those a key. */
function rowsOf(gateway: string, updates: number, keys = 0) {
  return Array.from({ length: updates }, (_, index) => ({ gateway, writes: ["name"], writesKey: index < keys }));
}

function exceeded(config: Config, rows: Parameters<typeof exceededLimits>[1], allow: readonly string[] = []) {
  return exceededLimits(config, rows, parseAllowances(allow, config.bindings)).map(
    ({ kind, gateway, planned: count, bindings, most }) => `${kind} ${gateway} ${count} of ${bindings}, most ${most}`,
  );
}

describe("the limits that hold unless others are given", () => {
  it.each<[title: string, bindings: Counts, updates: Counts, refused: readonly string[]]>([
    ["allow 3 of 3", { a: 3 }, { a: 3 }, []],
    ["allow 3 of 4", { a: 4 }, { a: 3 }, []],
    ["refuse 9 of 9", { a: 9 }, { a: 9 }, ["update a 9 of 9, most 4"]],
    ["refuse 90 of 90", { a: 90 }, { a: 90 }, ["update null 90 of 90, most 45", "update a 90 of 90, most 45"]],
    ["allow 3 of 3 at each of three gateways", { a: 3, b: 3, c: 3 }, { a: 3, b: 3, c: 3 }, []],
    ["refuse 12 of 12 in total", fourTimes(3), fourTimes(3), ["update null 12 of 12, most 10"]],
    [
      "refuse more than half of all in total",
      { ...fourTimes(6), e: 6 },
      { ...fourTimes(3), e: 4 },
      ["update null 16 of 30, most 15", "update e 4 of 6, most 3"],
    ],
  ])("%s", (_title, bindings, updates, expected) => {
    const rows = Object.entries(updates).flatMap(([name, count]) => rowsOf(name, count));
    expect(exceeded(configOf(bindings), rows)).toEqual(expected);
  });

  it.each<[title: string, bound: number, removed: number, refused: readonly string[]]>([
    ["3 of 3 that nothing is bound to", 0, 3, []],
    ["4 of 4 that nothing is bound to", 0, 4, ["remove a 4 of 4, most 3"]],
    ["3 beside 7 that stay", 7, 3, []],
    ["4 beside 7 that stay", 7, 4, ["remove a 4 of 11, most 3"]],
    ["12 beside 28 that stay", 28, 12, []],
    ["13 beside 28 that stay", 28, 13, ["remove null 13 of 41, most 12", "remove a 13 of 41, most 12"]],
  ])("let three or 30 percent be removed: %s", (_title, bound, removed, expected) => {
    const config = configOf({ a: bound, b: 0 });
    const removals = Array.from({ length: removed }, () => {
      return { gateway: "a", status: "remove", writes: [], writesKey: false };
    });
    expect(exceeded(config, removals)).toEqual(expected);
  });

  it("count half of what there is, rounded down, but three at each gateway and ten in total are always within", () => {
    const percentOfGateway = (count: number) => mostOf({ percent: 50, atLeast: 3 }, count);
    expect([1, 3, 6, 7, 8, 9, 100].map(percentOfGateway)).toEqual([1, 3, 3, 3, 4, 4, 50]);
    expect(exceeded(configOf({ a: 8 }), rowsOf("a", 4))).toEqual([]);
    expect(exceeded(configOf({ a: 8 }), rowsOf("a", 5))).toEqual(["update a 5 of 8, most 4"]);
  });

  it("hold for keys as for objects, each for itself", () => {
    const config = configOf({ a: 8 }, "{ update: { percent: 100 }, total: { update: { percent: 100 } } }");
    expect(exceeded(config, rowsOf("a", 8, 4))).toEqual([]);
    expect(exceeded(config, rowsOf("a", 8, 5))).toEqual(["key a 5 of 8, most 4"]);
  });

  it("count rows that write, and no others", () => {
    const idle = { gateway: "a", writes: [], writesKey: false };
    expect(exceeded(configOf({ a: 9 }), [...rowsOf("a", 4), ...Array.from({ length: 5 }, () => idle)])).toEqual([]);
  });
});

describe("the limits of a config", () => {
  it.each<[string, string, readonly string[]]>([
    ["a count", "{ update: { count: 2 } }", ["update a 3 of 8, most 2"]],
    ["none at all", "{ update: { count: 0 } }", ["update a 3 of 8, most 0"]],
    ["a percentage without a least", "{ update: { percent: 25, atLeast: 0 } }", ["update a 3 of 8, most 2"]],
    ["a percentage with one", "{ update: { percent: 0, atLeast: 3 } }", []],
    ["a count below a percentage", "{ update: { count: 2, percent: 100 } }", ["update a 3 of 8, most 2"]],
    ["a count below a least", "{ update: { count: 2, atLeast: 5 } }", ["update a 3 of 8, most 2"]],
    ["a total", "{ total: { update: { count: 2 } } }", ["update null 3 of 8, most 2"]],
  ])("can be %s", (_title, limits, expected) => {
    expect(exceeded(configOf({ a: 8 }, limits), rowsOf("a", 3))).toEqual(expected);
  });

  it("are a gateway's own where it has any, member by member", () => {
    const config = configOf({ a: 8, b: 8 }, "{ update: { count: 1 }, key: { count: 1 } }", {
      b: "{ update: { count: 3 } }",
    });
    const rows = [...rowsOf("a", 2, 2), ...rowsOf("b", 3, 2)];
    expect(exceeded(config, rows)).toEqual(["update a 2 of 8, most 1", "key a 2 of 8, most 1", "key b 2 of 8, most 1"]);
  });

  it("come to what they say, in every combination", () => {
    const limit = fc.record(
      { count: fc.nat({ max: 30 }), percent: fc.integer({ min: 0, max: 100 }), atLeast: fc.nat({ max: 30 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(limit, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (given, bindings, count) => {
        const writes = Math.min(count, bindings);
        const isWithinCount = given.count === undefined || writes <= given.count;
        const isWithinShare = given.percent === undefined || 100 * writes <= given.percent * bindings;
        const isWithinLeast = given.percent !== undefined && writes <= (given.atLeast ?? 0);
        const isAllowed = isWithinCount && (isWithinShare || isWithinLeast);
        expect(writes <= mostOf(given, bindings)).toBe(isAllowed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("an allowance", () => {
  const config = configOf({ a: 90, b: 90 });
  const rows = [...rowsOf("a", 90, 90), ...rowsOf("b", 1)];
  const all = ["update null 91 of 180, most 90", "update a 90 of 90, most 45", "key a 90 of 90, most 45"];

  it.each<[string, readonly string[], readonly string[]]>([
    ["is of nothing else where there is none", [], all],
    ["is for one kind at one gateway", ["update:a=90"], [all[0] ?? "", all[2] ?? ""]],
    ["is for one kind in total", ["update=91"], [all[1] ?? "", all[2] ?? ""]],
    ["is one of several", ["update:a=90", "key:a=90", "update=91"], []],
    ["is exact", ["update:a=89", "key:a=90", "update=91"], ["update a 90 of 90, most 89"]],
    ["may be less than a limit", ["update:b=0"], [...all, "update b 1 of 90, most 0"]],
  ])("%s", (_title, allow, expected) => expect(exceeded(config, rows, allow)).toEqual(expected));

  it("is what the refusal names", () => {
    for (const each of exceededLimits(config, rows, [])) {
      const [, allowance = ""] = /say --allow (\S+)$/.exec(describeExceeded(each)) ?? [];
      const kinds = exceededLimits(config, rows, parseAllowances([allowance], config.bindings));
      expect(kinds).not.toContainEqual(each);
      expect(kinds).toHaveLength(2);
    }
    expect(exceededLimits(config, rows, []).map(describeExceeded)[1]).toBe(
      "90 objects of 90 would be written at a, and the limit is 45; if this is meant, say --allow update:a=90",
    );
  });

  it.each<[readonly string[], RegExp]>([
    [["update"], /expected update, key or remove/],
    [["update:a"], /expected update, key or remove/],
    [["delete:a=1"], /expected update, key or remove/],
    [["update:a=-1"], /expected update, key or remove/],
    [["update:a=1.5"], /expected update, key or remove/],
    [["update:a=1234567890"], /expected update, key or remove/],
    [["update:c=1"], /no gateway c has bindings/],
    [["update:a=1", "update:a=2"], /is given twice/],
    [["key=1", "key=1"], /is given twice/],
  ])("%p is refused", async (allow, message) => {
    const { problems } = await configErrorOf(() => parseAllowances(allow, config.bindings));
    expect(problems).toEqual([expect.objectContaining({ file: "--allow", message: expect.stringMatching(message) })]);
  });
});

describe("a plan", () => {
  async function plannedPart(config: Config, bindings: Config["bindings"], options: PlanOptions = {}) {
    const { connections, updates } = standIns(config, {});
    return { connections, updates, made: await planned(config, connections, options, { bindings }) };
  }

  it("of a part is judged against all bindings, in scope or not", async () => {
    const config = configOf({ a: 9, b: 9 });
    const { made } = await plannedPart(config, config.bindings.slice(0, 4));
    expect(made.plan.exceeded).toEqual([]);
    const more = await plannedPart(config, config.bindings.slice(0, 5));
    expect(more.made.plan.exceeded).toEqual([{ kind: "update", gateway: "a", planned: 5, bindings: 9, most: 4 }]);
  });

  it("beyond a limit is not carried out, not even in part", async () => {
    const config = configOf({ a: 9, b: 1 });
    const { bindings } = config;
    const { connections, updates, made } = await plannedPart(config, bindings);
    const runtime = testRuntime();
    const journal = await openJournal(`${directory.path}/journal.jsonl`, runtime, { command: "apply" });
    const secretOf = () => {
      throw new Error("no secret is needed");
    };
    const applying = applyPlan({ planned: made, bindings, connections, secretOf, journal, runtime });
    await expect(applying).rejects.toThrow(UnsafePlanError);
    await journal.close();
    expect([updates, journal.events]).toEqual([[], []]);
  });
});
