import { apartFromSuggestion, nearestName, suggestion } from "../../src/contract/nearest.ts";

const names = ["name", "description", "baseUrl", "requestTimeout", "streamIdleTimeout"];

describe("the nearest name", () => {
  it.each([
    ["descripton", "description"],
    ["baseURL", "baseUrl"],
    ["base_url", "baseUrl"],
    ["request_timeout", "requestTimeout"],
    ["nmae", "name"],
    ["nam", "name"],
    ["x", undefined],
    ["", undefined],
    ["timeout", undefined],
    ["x".repeat(100_000), undefined],
  ])("of %.20p is %p", (typed, expected) => {
    expect(nearestName(typed, names)).toBe(expected);
  });

  it("is the closest of several", () => {
    expect(nearestName("bace", ["back", "face", "bake", "base"])).toBe("back");
    expect(nearestName("based", ["back", "base"])).toBe("base");
  });

  it("is none where there are no names", () => {
    expect(nearestName("name", [])).toBeUndefined();
  });
});

describe("a suggestion", () => {
  it("ends a message with a question, or adds nothing", () => {
    expect(suggestion("descripton", names)).toBe("; did you mean description?");
    expect(suggestion("zzz", names)).toBe("");
  });

  it("is told apart from the message that it ends", () => {
    expect(apartFromSuggestion(`unknown field${suggestion("descripton", names)}`)).toStrictEqual({
      message: "unknown field",
      advice: "did you mean description?",
    });
    expect(apartFromSuggestion("unknown field")).toStrictEqual({ message: "unknown field" });
  });
});
