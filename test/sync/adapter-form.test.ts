import { z } from "zod";
import { adapters } from "../../adapters/index.ts";
import { nativeValue } from "../../src/kit/index.ts";
import { inAdapterForm } from "../../src/sync/config/adapter-form.ts";
import { checkConfig, parseConfig } from "../../src/sync/index.ts";

const binding = (native: unknown) => {
  const text = JSON.stringify({
    version: 1,
    gateways: { ngrok: { adapter: "ngrok-provider", token: "env:TOKEN" } },
    providers: { azure: { gateways: { ngrok: { id: "aigp_1", native } } } },
  });
  const [first] = parseConfig("gatefold.json", text, ".").bindings;
  if (first === undefined) throw new Error("the config has no binding");
  return first;
};
const formOf = (native: unknown, schema: z.ZodType | undefined) => inAdapterForm(binding(native), schema).fields.native;

const sorted = z.strictObject({
  list: z
    .array(z.string())
    .transform((items) => items.toSorted())
    .exactOptional(),
  key: nativeValue.exactOptional(),
});

const throwing = z.any().transform((): unknown => {
  throw new Error("of the adapter");
});

describe("native in the form of its adapter", () => {
  it("has a list in the one order that the schema gives", () => {
    expect(formOf({ list: ["b", "a"] }, sorted)).toStrictEqual({ list: ["a", "b"] });
  });

  it("keeps references, and members that the schema leaves be", () => {
    const native = { key: "env:KEY", list: ["b", "a"] };
    expect(formOf(native, sorted)).toStrictEqual({ key: "env:KEY", list: ["a", "b"] });
    expect(formOf({ key: { deep: [2, 1] } }, sorted)).toStrictEqual({ key: { deep: [2, 1] } });
  });

  it.each<[string, z.ZodType | undefined]>([
    ["there is no schema", undefined],
    ["the schema does not take it", z.strictObject({ other: z.string() })],
    [
      "the schema gives what it does not take again",
      z.object({ list: z.array(z.string()).transform((all) => all.length) }),
    ],
    ["the schema changes it each time", z.object({ list: z.array(z.string()).transform((all) => [...all, "x"]) })],
    ["the schema gives what is no JSON", z.object({ list: z.any().transform((): unknown => new Date(0)) })],
    ["the schema throws", throwing],
    ["the schema gives no object", z.any().transform((): unknown => "text")],
  ])("stays as it was written where %s", (_what, schema) => {
    expect(formOf({ list: ["b", "a"] }, schema)).toStrictEqual({ list: ["b", "a"] });
  });

  it("gains nothing that was not written", () => {
    const schema = z.object({ list: z.array(z.string()), region: z.string().default("eu") });
    expect(formOf({ list: ["b", "a"] }, schema)).toStrictEqual({ list: ["b", "a"] });
  });

  it("is what a checked config holds", () => {
    const text = JSON.stringify({
      version: 1,
      gateways: { ngrok: { adapter: "ngrok-provider", token: "env:TOKEN" } },
      providers: {
        azure: { gateways: { ngrok: { id: "aigp_1", native: { models: [{ modelId: "b" }, { modelId: "a" }] } } } },
      },
    });
    const { bindings } = checkConfig(parseConfig("gatefold.json", text, "."), adapters);
    expect(bindings.map(({ fields }) => fields.native)).toStrictEqual([
      { models: [{ modelId: "a" }, { modelId: "b" }] },
    ]);
  });
});
