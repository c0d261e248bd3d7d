import { isGatewayError, secret, updateFields } from "../../src/index.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";
import { scriptWire } from "../support/wire.ts";
import { capabilities, maker } from "./maker.ts";

const key = "sk-the-key-of-this-test";
const REFUSALS = ["InvalidInputError", "UnsupportedFieldError"];
const names = [...updateFields, "slug", "upstream"];
const takes: readonly string[] = capabilities.creation?.takes ?? [];

const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, maxDepth: 3 });
const fitting = fc.record(
  {
    name: fc.constant("N"),
    slug: fc.constant("new"),
    credential: fc.constant({ scheme: "api_key", apiKey: secret(key) }),
    baseUrl: fc.constant("https://a.example"),
    requestTimeout: fc.integer({ min: 1, max: 60 }),
    native: fc.constant({ region: "eu" }),
  },
  { requiredKeys: [] },
);
const junk = fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 3 });
const creations = fc.oneof(
  anything,
  fc.tuple(fitting, junk).map(([right, wrong]) => ({ ...right, ...wrong })),
  fitting,
);

/** Explains anything, as from JavaScript: what it gives, or what it throws. */
function explained(value: unknown): unknown {
  const gateway = maker()({ token: secret("the-token-of-this-test") });
  const method: unknown = Reflect.get(gateway, "explainCreation");
  if (typeof method !== "function") throw new Error("there is no explainCreation");
  try {
    return Reflect.apply(method, gateway, [value]);
  } catch (error) {
    return error;
  }
}

it("a creation of anything is one POST with all that was given, or is refused without a word of the key", () => {
  const requests = scriptWire("https://maker.example", []);
  fc.assert(
    fc.property(creations, (creation) => {
      const result = explained(creation);
      if (isGatewayError(result)) {
        expect(REFUSALS).toContain(result.name);
        expect(result.outcome).toBe("not-sent");
        expect(JSON.stringify(result)).not.toContain(key);
        return;
      }
      expect(result).toMatchObject([{ method: "POST", path: "/api/things" }]);
      const given = Object.keys(Object(creation));
      expect(given.filter((name) => !takes.includes(name))).toStrictEqual([]);
      expect(given).toEqual(expect.arrayContaining(["name", "slug", "credential"]));
    }),
    runs(300),
  );
  expect(requests).toStrictEqual([]);
});
