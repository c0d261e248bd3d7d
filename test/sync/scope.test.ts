import { bindingsInScope, connect, type Scope } from "../../src/sync/index.ts";
import { checked, configErrorOf } from "../support/sync.ts";

const config = checked(`version: 1
gateways:
  a: { adapter: ngrok, token: env:A_TOKEN }
  b: { adapter: ngrok, token: env:B_TOKEN }
  unused: { adapter: ngrok, token: env:UNUSED_TOKEN }
providers:
  openai: { tags: [prod, ai], name: O, gateways: { a: { id: "1" }, b: { id: "2" } } }
  mistral: { tags: [test], name: M, gateways: { a: { id: "3" } } }
  untagged: { name: U, gateways: { b: { id: "4" } } }
`);
const inScope = (scope: Scope) => bindingsInScope(config, scope).map(({ providerId }) => providerId);

it.each<[string, Scope, string[]]>([
  ["everything without a restriction", {}, ["1", "2", "3", "4"]],
  ["everything with empty restrictions", { gateways: [], providers: [], tags: [] }, ["1", "2", "3", "4"]],
  ["one gateway", { gateways: ["a"] }, ["1", "3"]],
  ["two gateways", { gateways: ["a", "b"] }, ["1", "2", "3", "4"]],
  ["one provider", { providers: ["openai"] }, ["1", "2"]],
  ["one tag", { tags: ["prod"] }, ["1", "2"]],
  ["any of two tags", { tags: ["ai", "test"] }, ["1", "2", "3"]],
  ["what matches every restriction", { gateways: ["a"], tags: ["prod"] }, ["1"]],
])("the scope is %s", (_title, scope, expected) => {
  expect(inScope(scope)).toEqual(expected);
});

it.each<[string, Scope, RegExp]>([
  ["gateway", { gateways: ["aa"] }, /no gateway aa is bound here; did you mean a\?/],
  ["provider", { providers: ["openia", "mistrl"] }, /no provider mistrl is bound here; did you mean mistral\?/],
  ["tag", { tags: ["staging"] }, /no tag staging is bound here; there are prod, ai, test$/],
])("an unknown %s is an error that says what there is", async (_title, scope, message) => {
  const error = await configErrorOf(() => inScope(scope));
  expect(error).toMatchObject({ kind: "invalid", message: expect.stringMatching(message) });
});

it("refuses restrictions that no binding meets together", async () => {
  const error = await configErrorOf(() => inScope({ gateways: ["b"], providers: ["mistral"] }));
  expect(error).toMatchObject({ kind: "invalid", message: expect.stringMatching(/nothing is bound that matches/) });
});

it("needs the tokens of the gateways in scope, and of no other", async () => {
  const only = bindingsInScope(config, { gateways: ["a"] });
  expect([...(await connect(config, only, { A_TOKEN: "a" }, {})).keys()]).toEqual(["a"]);
  const error = await configErrorOf(() => connect(config, bindingsInScope(config, {}), { A_TOKEN: "a" }, {}));
  expect(error).toMatchObject({ kind: "credentials" });
  expect(error.problems).toEqual([
    {
      file: "gatefold.yaml",
      line: 4,
      column: 31,
      path: "gateways.b.token",
      message: "the environment variable B_TOKEN is not set",
      advice: "set B_TOKEN where this command runs, or refer to another place: env:NAME, file:PATH or exec:COMMAND",
    },
  ]);
});

it.each(["two\nlines", "with blank ", "ключ"])(
  "refuses the token %j that no header can carry, unseen",
  async (token) => {
    const only = bindingsInScope(config, { gateways: ["a"] });
    const error = await configErrorOf(() => connect(config, only, { A_TOKEN: token }, {}));
    expect(error).toMatchObject({ kind: "credentials", problems: [{ path: "gateways.a.token", line: 3, column: 31 }] });
    expect(JSON.stringify(error)).not.toContain(JSON.stringify(token).slice(1, -1));
  },
);
