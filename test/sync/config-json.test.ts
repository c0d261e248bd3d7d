import { ConfigError, type ConfigPath, parseConfig, parseConfigDocument } from "../../src/sync/index.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";

// A comment makes YAML of JSON, and moves nothing.
const asYaml = (text: string) => `${text} # no JSON`;

/** All that can be asked of a text, or the problems that it is refused with. */
function answersOf(text: string, paths: readonly ConfigPath[] = []): unknown {
  try {
    const document = parseConfigDocument("a.json", text);
    const every = [...paths, ...pathsIn(document.value)].flatMap((path) => [
      document.place(path),
      document.place(path, "key"),
      document.problem(path, "wrong"),
      document.holds(path),
      document.source(path) ?? "none",
    ]);
    return [JSON.stringify(document.value), document.value, every];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

/** The paths to everything in a value, and to what is not there. */
function pathsIn(value: unknown, path: ConfigPath = []): readonly ConfigPath[] {
  if (typeof value !== "object" || value === null) return [path, [...path, "0"]];
  const members = Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...path, name]));
  return [path, [...path, "missing"], [...path, "99"], [...path, "-1"], ...members];
}

const blank = fc.constantFrom("", "", "", " ", "\n", "\r\n", "  \n\t", "\r", "\n\n    ");
const number = fc.oneof(
  fc.constantFrom("0", "-0", "1.0", "1e3", "1E+2", "-1.50", "1e400", "9007199254740991", "9007199254740993", "1e21"),
  fc.constantFrom("123456789012345678901234567890", "0.1e1", "12e-1", "-9007199254740992", "100000000000000000000.5"),
  fc.maxSafeInteger().map(String),
);
const text = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 8 }).map((each) => JSON.stringify(each)),
  fc.constantFrom(
    '""',
    '"id"',
    '"\\u0069d"',
    '"\\/\\b\\f\\n\\r\\t\\"\\\\"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"\u2028"',
  ),
);
const name = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('"a"', '"b"', '"id"', '"\\u0061"', '"i\\u0064"', '"__proto__"', '"7"', '""'),
  },
  { weight: 1, arbitrary: fc.constantFrom('"<<"', '"toString"', '"\\""', '"a b"', '": {"', '"null"', '"\\\\"') },
  { weight: 1, arbitrary: text },
);
const list = (item: fc.Arbitrary<string>, [open, close]: readonly [string, string]) =>
  fc
    .tuple(blank, fc.array(fc.tuple(item, blank), { maxLength: 4 }))
    .map(([first, items]) => `${open}${first}${items.map((parts) => parts.join("")).join(`,${first}`)}${close}`);
const { mapping } = fc.letrec<{ value: string; mapping: string; pair: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom("true", "false", "null"),
    list(tie("value"), ["[", "]"]),
    tie("mapping"),
  ),
  pair: fc
    .tuple(name, blank, blank, tie("value"))
    .map(([key, before, after, value]) => `${key}${before}:${after}${value}`),
  mapping: list(tie("pair"), ["{", "}"]),
}));
const json = fc.tuple(blank, mapping, blank).map((parts) => parts.join(""));
const scrap = fc.constantFrom(
  ",",
  ":",
  "{",
  "}",
  "[",
  "]",
  '"',
  "\\",
  "0",
  "-",
  ".",
  "e",
  "a",
  "\n",
  "\r",
  "\t",
  "#",
  "\u0000",
  "\ufeff",
  "tru",
);
const damaged = fc
  .tuple(
    json,
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), scrap), { minLength: 1, maxLength: 2 }),
  )
  .map(([whole, edits]) =>
    edits.reduce((each, [part, length, put]) => {
      const at = Math.floor(part * each.length);
      return each.slice(0, at) + put + each.slice(at + length);
    }, whole),
  );

it("JSON says the same as the same text read as YAML, wherever it stands", () => {
  fc.assert(
    fc.property(json, (each) => expect(answersOf(each)).toEqual(answersOf(asYaml(each)))),
    runs(150),
  );
});

it("damaged JSON is refused, or taken as the same text read as YAML", () => {
  const isJson = (each: string) => {
    try {
      return [JSON.parse(each)].length === 1;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(damaged, (each) => {
      const answers = answersOf(each);
      // What is said of the end of a text moves with it.
      if (isJson(each)) expect(answers).toEqual(answersOf(asYaml(each)));
    }),
    runs(500),
  );
});

it.each([
  ["63 levels of mappings", `${'{"a":'.repeat(63)}{}${"}".repeat(63)}`],
  ["64 levels of mappings", `${'{"a":'.repeat(64)}1${"}".repeat(64)}`],
  ["an empty mapping at the last level", `${'{"a":'.repeat(63)}{ }${"}".repeat(63)}`],
  ["125 levels of lists", `{"a":${"[".repeat(125)}${"]".repeat(125)}}`],
  ["126 levels of lists", `{"a":${"[".repeat(126)}${"]".repeat(126)}}`],
  ["a text in 126 levels of lists", `{"a":${"[".repeat(126)}1${"]".repeat(126)}}`],
])("JSON of %s is judged as the same text read as YAML", (_what, written) => {
  expect(answersOf(written)).toEqual(answersOf(asYaml(written)));
});

describe("JSON that is too large for YAML", () => {
  const padding = `"padding": [${"0,".repeat(160_000)}0]`;
  const answers = (members: string) => answersOf(`{\n${members},\n${padding}}`);

  it("is read, and says where everything stands", () => {
    const document = parseConfigDocument(
      "a.json",
      `{ "a": { "id": 1.0 },\n  "b": [true, { "c": null }],\n${padding} }`,
    );
    expect(document.place(["a", "id"])).toEqual({ file: "a.json", line: 1, column: 16 });
    expect(document.source(["a", "id"])).toBe("1.0");
    expect(document.place(["b", "1", "c"], "key")).toEqual({ file: "a.json", line: 2, column: 17 });
    expect(document.problem(["b", "1", "d"], "wrong")).toMatchObject({ line: 2, column: 15, path: "b.1.d" });
    expect(document.place(["padding", "160000"])).toEqual({ file: "a.json", line: 3, column: 320_013 });
    expect([document.holds(["padding", "160000"]), document.holds(["padding", "160001"])]).toEqual([true, false]);
  });

  it.each([
    ["a name that is there twice", '"a": 1, "b": { "c": 1, "\\u0063": 2 }', 24, "is defined twice"],
    [
      "a number that is not kept",
      '"a": 9007199254740993',
      6,
      "is too large to be kept exactly; quote it to make it a text",
    ],
    ["too many levels", `${'"a": {'.repeat(64)}"a": 1${"}".repeat(64)}`, 379, "is nested more than 64 levels deep"],
    ["a name without quotes", '"b": {}, a: 1', 10, expect.stringMatching(/^is not valid JSON here, and too large/)],
    ["a text without an end", '"b": "a\n"', 8, expect.stringMatching(/^is not valid JSON here, and too large/)],
    ["an escape that is none", '"b": "a\\x"', 8, expect.stringMatching(/^is not valid JSON here, and too large/)],
    ["a number with a plus", '"b": +1', 6, expect.stringMatching(/^is not valid JSON here, and too large/)],
    ["a comma too many", '"b": 1,', 8, expect.stringMatching(/^is not valid JSON here, and too large/)],
  ])("is refused for %s, at its place", (_what, members, column, message) => {
    expect(answers(members)).toEqual([{ file: "a.json", line: 2, column, path: "", message }]);
  });

  it("has no list of tags or of fields with more than 1,000 items", () => {
    const gateways = { g: { adapter: "ngrok", token: "env:T" } };
    const tagged = (count: number) => {
      const p = { name: "P", tags: Array.from({ length: count }, () => "prod"), gateways: { g: { id: "x" } } };
      return JSON.stringify({ version: 1, gateways, providers: { p } });
    };
    expect(parseConfig("a.json", tagged(1000), "/").bindings[0]?.tags).toHaveLength(1000);
    expect(() => parseConfig("a.json", tagged(1001), "/")).toThrow(
      /a.json:1:\d+: providers.p.tags: is too long: a list has at most 1000 items$/,
    );
  });

  it("has at most so many values and characters", () => {
    const [many] = [answersOf(`{"a":[${"0,".repeat(2_000_000)}0]}`)];
    expect(many).toMatchObject([{ line: 1, column: 1, message: expect.stringMatching(/2,000,000 values of JSON/) }]);
    const large = answersOf(`{"a":"${"0".repeat(64 * 1024 * 1024)}"}`);
    expect(large).toMatchObject([{ line: 1, column: 1, message: expect.stringMatching(/64 MiB of JSON in all/) }]);
  });
});
