import { path } from "../../src/kit/index.ts";

describe("a path", () => {
  it.each<[string | number, string]>([
    ["plain", "plain"],
    [123, "123"],
    ["a/b", "a%2Fb"],
    ["../admin", "..%2Fadmin"],
    ["a b?c#d", "a%20b%3Fc%23d"],
    ["%2e%2e", "%252e%252e"],
    ["...", "..."],
    ["é\u{1f600}", "%C3%A9%F0%9F%98%80"],
    ["https://elsewhere.test/", "https%3A%2F%2Felsewhere.test%2F"],
    ["a\\b;c=d", "a%5Cb%3Bc%3Dd"],
  ])("makes one segment of %j", (value, segment) => {
    expect(path`/items/${value}/rotate`.text).toBe(`/items/${segment}/rotate`);
  });

  it.each(["", ".", ".."])("refuses %j, which a client would resolve away", (value) => {
    expect(() => path`/items/${value}/`).toThrow(Error);
  });

  it("takes several values, and none", () => {
    expect(path`/a/${"x/y"}/b/${7}`.text).toBe("/a/x%2Fy/b/7");
    expect(path`/items`.text).toBe("/items");
  });

  it("stays the same path when a client resolves it", () => {
    const { text } = path`/items/${"..\\..//a"}/`;
    expect(new URL(text, "https://x.test").pathname).toBe(text);
  });
});
