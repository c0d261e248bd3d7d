import { type Documented, publicApi } from "./public-api.ts";

const api = publicApi();

/**
 * Names that mean one thing in the whole package, so that a comment on each member would only say it again: what is told
 * of them where they are defined holds everywhere.
 */
const SELF_EVIDENT = new Set([
  "name",
  "message",
  "code",
  "adapter",
  "gateway",
  "provider",
  "file",
  "line",
  "column",
  "path",
  "notes",
  "error",
  "signal",
]);
const UNITS =
  /Ms$|version|milliseconds?|seconds?|characters?|bytes?|entries|requests|pages|number|attempt|how many|how often|so many|times|0 to|line|column|port|status/i;

const shown = (found: readonly Documented[]) => found.map(({ name, file }) => `${name} (${file})`);
const memberName = ({ name }: Documented) => name.split(".").at(-1) ?? name;

describe("what the package exports", () => {
  it("is found", () => {
    expect(api.length).toBeGreaterThan(500);
    const names = api.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["gatefold.Gateway.update", "sync.Plan.rows", "kit.defineAdapter", "ngrok.ngrok"]),
    );
  });

  it("has a comment each", () => {
    expect(shown(api.filter(({ above, comment }) => above === undefined && comment === ""))).toStrictEqual([]);
  });

  it("has a comment on each member, but where its name or its own type says it", () => {
    const silent = api.filter((each) => {
      if (each.above === undefined || each.comment !== "") return false;
      const name = memberName(each);
      const isNamedAbove = new RegExp(`\`${name}\``).test(each.above);
      return !SELF_EVIDENT.has(name) && !each.isNamedAfterType && !each.isLiteral && !isNamedAbove;
    });
    expect(shown(silent)).toStrictEqual([]);
  });

  it("tells the unit of each number, in its name or its comment", () => {
    const bare = api.filter((each) => {
      // An id is no quantity.
      if (!each.isNumber || /ids?$/i.test(memberName(each))) return false;
      return !UNITS.test(memberName(each)) && !UNITS.test(`${each.comment} ${each.above ?? ""}`);
    });
    expect(shown(bare)).toStrictEqual([]);
  });

  it("tells which error a function throws", () => {
    const untold = api.filter(({ throws, comment }) => throws && !/@throws|Throws/.test(comment));
    expect(shown(untold)).toStrictEqual([]);
  });

  it("names the vendor's page at every adapter", () => {
    const adapters = api.filter(
      ({ name, type = "" }) => /^(respan|barndoor|ngrok)\.\w+$/.test(name) && /Adapter/.test(type),
    );
    expect(adapters.map(({ name }) => name).sort()).toStrictEqual([
      "barndoor.barndoor",
      "barndoor.barndoorConnection",
      "ngrok.ngrok",
      "ngrok.ngrokProvider",
      "respan.keywordsai",
      "respan.respan",
    ]);
    expect(shown(adapters.filter(({ comment }) => !/https:\/\//.test(comment)))).toStrictEqual([]);
  });
});
