import { type ParseBudget, parseBudget } from "../../src/sync/config/config-bounds.ts";
import { jsonPlaces, scanJson } from "../../src/sync/config/json-scan.ts";
import { ConfigError, type ConfigPath, parseConfig, parseConfigDocument } from "../../src/sync/index.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";

// A comment makes YAML of JSON, and moves nothing.
const asYaml = (text: string) => `${text} # no JSON`;

// What is left of a budget that has no more YAML: what is not read as JSON is refused.
const withoutYaml = (): ParseBudget => ({ ...parseBudget(), characters: 0 });
const NO_JSON =
  "is not valid JSON here, and too large to be read as YAML: that has at most 4 MiB and 300,000 tokens in all";

/** All that can be asked of a text, or the problems that it is refused with. */
function answersOf(text: string, budget = parseBudget()): unknown {
  try {
    const document = parseConfigDocument("a.json", text, budget);
    const every = pathsIn(document.value).flatMap((path) => [
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
    fc.property(json, (each) => {
      expect(answersOf(each)).toEqual(answersOf(asYaml(each)));
      // A return alone ends no line in YAML, and is no blank.
      if (/\r(?!\n)/.test(each)) expect(answersOf(each, withoutYaml())).toMatchObject([{ message: NO_JSON }]);
      else expect(answersOf(each, withoutYaml())).toEqual(answersOf(asYaml(each)));
    }),
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
  ["names that are there twice", '{"a":1,\n"b":{"c":[1],"\\u0063":2},"a":{}}'],
  ["an empty name that is there twice", '{"":1,"":2}'],
  ["__proto__ as a name", '{"__proto__":{"a":1},"b":{"__proto__":null}}'],
  ["__proto__ as a name that is there twice", '{"__proto__":1,\n"__proto__":2}'],
  ["numbers that are not kept", '{"a":9007199254740993,"b":[9007199254740993],"c":{"d":-9007199254740993}}'],
  ["numbers of 15 and 16 digits", '{"a":999999999999999,"b":1000000000000000,"c":-9007199254740991}'],
  ["ids that no number keeps", '{"id":9007199254740993,"a":{"id":-12345678901234567890.50,"\\u0069d":1}}'],
  ["what stands under an id", '{"id":{"a":9007199254740993,"b":[9007199254740993]},"b":{"id":[{"c":1}]}}'],
  ["numbers that are printed otherwise", '{"a":1.0,"b":-0,"c":1e3,"d":1E400,"e":[0.10]}'],
  ["lines that end with a return and a line feed", '{\r\n"a":1,\r\n"b":\r\n2}'],
])("JSON of %s is judged as the same text read as YAML", (_what, written) => {
  expect(answersOf(written, withoutYaml())).toEqual(answersOf(asYaml(written)));
});

it("members that are lost in each other are all told", () => {
  expect(answersOf('{"a":{"x":1,"y":2},\n"a":1,\n"b":{"c":1,\n"c":2}}', withoutYaml())).toMatchObject([
    { line: 2, column: 1, message: "is defined twice" },
    { line: 4, column: 1, message: "is defined twice" },
  ]);
});

it.each([
  ["a return without a line feed", '{"a":\r1}', 6],
  ["a byte order mark", '\ufeff{"a":1}', 1],
  ["two texts", '{"a":1}{}', 8],
  ["a number with a zero before it", '{"a":01}', 7],
  ["a number of many digits and a letter", '{"a":1234567890123456x}', 22],
  ["a point without a digit", '{"a":1.}', 7],
  ["a tab in a text", '{"a":"\t"}', 7],
  ["no end", '{"a":[1', 8],
])("%s is no JSON, from there on", (_what, written, column) => {
  expect(answersOf(written, withoutYaml())).toEqual([{ file: "a.json", line: 1, column, path: "", message: NO_JSON }]);
});

it("each value counts once, and the bound is the last that is taken", () => {
  const written = '{"a":[0,{"b":1.5}],"c":{},"d":"x"}';
  expect(scanJson(written, 7)).toEqual({ values: 7, members: 4, hasPlainNumbers: false });
  expect(() => scanJson(written, 6)).toThrow("a text is broken");
  expect(scanJson(written.replace("1.5", "15"), 7).hasPlainNumbers).toBe(true);
});

it("every value has its place, its name's, and what comes after it", () => {
  const written = '{"a":[0,{"b":1}],"c":2}';
  const places = jsonPlaces(written, scanJson(written, 10));
  const all = Array.from({ length: places.count }, (_, value) => [
    places.valueAt(value),
    places.nameAt(value),
    places.after(value),
  ]);
  expect(all).toEqual([
    [0, -1, 6],
    [5, 1, 5],
    [6, -1, 3],
    [8, -1, 5],
    [13, 9, 5],
    [21, 17, 6],
  ]);
});

it("an id is kept as it is written, also where the other numbers are plain", () => {
  const idOf = (id: string) => {
    const bound = `"providers":{"p":{"name":"P","requestTimeout":60,"gateways":{"g":{"id":${id}}}}}`;
    const text = `{"version":1,"gateways":{"g":{"adapter":"ngrok","token":"env:T"}},${bound}}`;
    return parseConfig("a.json", text, "/").bindings[0]?.id;
  };
  const written = ["7", "-7", "0", "-0", "1.0", "1e3", "999999999999999", "9007199254740993", '"01"'];
  expect(written.map(idOf)).toEqual([...written.slice(0, -1), "01"]);
});

it("the texts of one config share their values and characters", () => {
  const budget = { ...withoutYaml(), jsonValues: 5, jsonCharacters: 20 };
  parseConfigDocument("a.json", '{"a":[0]}', budget);
  expect(budget).toMatchObject({ jsonValues: 2, jsonCharacters: 11 });
  parseConfigDocument("b.json", '{"b":12345}', budget);
  expect(budget).toMatchObject({ jsonValues: 0, jsonCharacters: 0 });
  expect(answersOf("{}", budget)).toMatchObject([{ message: expect.stringMatching(/64 MiB of JSON in all/) }]);
  expect(answersOf("{}", { ...budget, jsonCharacters: 2 })).toMatchObject([
    { message: expect.stringMatching(/2,000,000 values of JSON, in all/) },
  ]);
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
