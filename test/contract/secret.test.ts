import { format, inspect } from "node:util";
import { isSecret, secret } from "../../src/index.ts";

const TEXT = "sk-hidden-text-9f3a";
const hidden = secret(TEXT);

async function otherCopy() {
  let copy: typeof import("../../src/contract/secret.ts") | undefined;
  await jest.isolateModulesAsync(async () => {
    copy = await import("../../src/contract/secret.ts");
  });
  if (copy === undefined) throw new Error("the module was not loaded");
  return copy;
}

function printed(value: unknown): [string, string][] {
  return [
    ["String", String(value)],
    ["a template literal", `${value}`],
    ["concatenation", `x${"".concat(String(value))}`],
    ["JSON", JSON.stringify(value)],
    ["JSON in an object", JSON.stringify({ key: value })],
    ["inspect", inspect(value)],
    ["inspect with everything", inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY })],
    ["inspect in an object", inspect({ nested: { key: [value] } }, { showHidden: true, depth: 10 })],
    ["console formatting", format("%s %o %O %j", value, value, value, value)],
    ["console formatting without a template", format(value)],
  ];
}

describe("a secret", () => {
  it.each(printed(hidden))("prints [redacted] through %s", (_way, text) => {
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(TEXT);
  });

  it("does not show even where printing by itself is switched off", () => {
    expect(inspect(hidden, { customInspect: false, showHidden: true, depth: 10 })).not.toContain(TEXT);
  });

  it("has no property that holds the text", () => {
    const names = Reflect.ownKeys(hidden);
    expect(Object.entries(hidden)).toStrictEqual([]);
    expect(names.map((name) => Reflect.get(hidden, name))).not.toContain(TEXT);
    expect(inspect(Object.getOwnPropertyDescriptors(hidden), { depth: 10, showHidden: true })).not.toContain(TEXT);
  });

  it("does not survive a copy", () => {
    for (const copy of [structuredClone(hidden), { ...hidden }, Object.assign({}, hidden)]) {
      expect(inspect(copy, { showHidden: true, depth: 10 })).not.toContain(TEXT);
      expect(JSON.stringify(copy)).not.toContain(TEXT);
      expect(isSecret(copy)).toBe(false);
    }
  });

  it("gives its text to reveal() only", () => {
    expect(hidden.reveal()).toBe(TEXT);
  });

  it("cannot be made to show its text by changing its methods", () => {
    for (const name of ["toString", "toJSON", "reveal"] as const) {
      expect(() => Object.assign(hidden, { [name]: () => TEXT })).toThrow(TypeError);
    }
  });

  it("takes any text, and judges none", () => {
    for (const text of ["", "\n", " x ", "\u0000", "\ud800"]) expect(secret(text).reveal()).toBe(text);
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a number", 123],
    ["an object", { key: TEXT }],
    ["another secret", hidden],
  ])("is refused for %s, without showing it", (_kind, value) => {
    const make = () => secret(value as unknown as string);
    expect(make).toThrow(expect.objectContaining({ name: "InvalidInputError", code: "INVALID_INPUT" }));
    expect(make).not.toThrow(TEXT);
  });
});

describe("recognising a secret", () => {
  it("works across two copies of the package", async () => {
    const copy = await otherCopy();
    const foreign = copy.secret(TEXT);
    expect(copy.secret).not.toBe(secret);
    expect(isSecret(foreign)).toBe(true);
    expect(copy.isSecret(hidden)).toBe(true);
    expect(foreign.reveal()).toBe(TEXT);
  });

  it.each([
    ["a text", TEXT],
    ["the redacted text", "[redacted]"],
    ["null", null],
    ["undefined", undefined],
    ["an object that looks like one", { reveal: () => TEXT, toJSON: () => TEXT, toString: (): string => TEXT }],
    ["a brand without a way out", { [Symbol.for("gatefold.Secret")]: true }],
  ])("says no to %s", (_kind, value) => {
    expect(isSecret(value)).toBe(false);
  });
});
