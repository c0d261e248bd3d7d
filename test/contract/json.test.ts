import {
  canonicalJson,
  copyJsonObject,
  metadataFromText,
  metadataText,
  parseJsonObject,
} from "../../src/contract/json.ts";
import { secret } from "../../src/index.ts";

const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

describe("canonical JSON", () => {
  it.each<[string, unknown, string]>([
    ["sorts members, at every level", { b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    [
      "sorts by UTF-16 code units",
      { "\u{1f600}": 1, "\uff5e": 2, Z: 3, a: 4 },
      '{"Z":3,"a":4,"\u{1f600}":1,"\uff5e":2}',
    ],
    ["sorts digits as text", { 10: "x", 9: "y" }, '{"10":"x","9":"y"}'],
    ["keeps the order of a list", [3, 1, 2], "[3,1,2]"],
    ["prints numbers as ECMAScript does", [1.0, 1e21, 1e-7, -0], "[1,1e+21,1e-7,0]"],
    ["escapes texts", { 'a"': "line\nbreak \u2028" }, '{"a\\"":"line\\nbreak \u2028"}'],
    ["takes an object without a prototype", Object.assign(Object.create(null), { a: true }), '{"a":true}'],
    ["takes the same object twice", [nested(1), nested(1)], '[{"a":1},{"a":1}]'],
  ])("%s", (_rule, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it("is the same for two objects that differ in order only, and is read back as an equal value", () => {
    const value = { b: [1, { y: "é", x: null }], a: { z: false } };
    const turned = { a: { z: false }, b: [1, { x: null, y: "é" }] };
    expect(canonicalJson(value)).toBe(canonicalJson(turned));
    expect(JSON.parse(canonicalJson(value) ?? "")).toStrictEqual(value);
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const list: unknown[] = [];
  list.push(list);

  it.each<[string, unknown]>([
    ["a date", new Date(0)],
    ["NaN", Number.NaN],
    ["an infinite number", Number.NEGATIVE_INFINITY],
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a bigint", 1n],
    ["a map", new Map([["a", 1]])],
    ["a set", new Set([1])],
    ["a secret", secret("x")],
    ["an object of a class", new (class Point {})()],
    ["a sparse list", new Array(2)],
    ["a cycle", cycle],
    ["a cycle of lists", list],
    ["65 levels and more", nested(65)],
  ])("refuses %s, alone and inside", (_kind, value) => {
    expect(canonicalJson(value)).toBeUndefined();
    expect(canonicalJson({ deep: [value] })).toBeUndefined();
    expect(canonicalJson([1, value])).toBeUndefined();
    expect(copyJsonObject({ deep: value })).toBeUndefined();
  });

  it("takes 64 levels", () => {
    expect(canonicalJson(nested(64))).toBeDefined();
  });

  it("keeps a member that is called __proto__", () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":1}}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"admin":true},"a":{"__proto__":1}}');
    const copy = copyJsonObject(value);
    expect(Object.keys(copy ?? {})).toStrictEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy).not.toHaveProperty("admin");
  });
});

describe("copyJsonObject", () => {
  it("gives a deep copy that no later change reaches", () => {
    const original = { a: { b: [1] } };
    const copy = copyJsonObject(original);
    original.a.b.push(2);
    expect(copy).toStrictEqual({ a: { b: [1] } });
  });

  it.each([
    ["a list", [1]],
    ["a text", "{}"],
    ["null", null],
    ["a number", 1],
  ])("refuses %s", (_kind, value) => {
    expect(copyJsonObject(value)).toBeUndefined();
  });
});

describe("parseJsonObject", () => {
  it.each(["", "[1]", "null", '"x"', "1", "{", "{} {}", "undefined"])("says no to %p", (text) => {
    expect(parseJsonObject(text)).toBeUndefined();
  });

  it("reads an object", () => {
    expect(parseJsonObject(' {"a": 1} ')).toStrictEqual({ a: 1 });
  });
});

describe("metadata as text", () => {
  it("sends a text as it is and an object as its canonical JSON", () => {
    expect(metadataText("team = ml")).toBe("team = ml");
    expect(metadataText({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
  });

  it("is an object again only if the stored text is that object's canonical JSON", () => {
    expect(metadataFromText('{"a":2,"b":1}')).toStrictEqual({ a: 2, b: 1 });
    for (const text of ['{"b":1,"a":2}', '{"a": 2}', "[1]", "1", "null", "plain", '{"a":1e0}', '{"a":1,"a":1}']) {
      expect(metadataFromText(text)).toBe(text);
    }
  });
});
