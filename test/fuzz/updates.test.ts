import { adapters } from "../../adapters/index.ts";
import { type Gateway, isGatewayError, type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";

const KEY = "sk-C4naryOfTheUpdate";
const settings: Readonly<Record<string, object>> = {
  barndoor: { baseUrl: "https://b.test" },
  "barndoor-connection": { baseUrl: "https://b.test" },
};
const gateways = adapters.map((adapter): readonly [string, Gateway<ProviderId>] => [
  adapter.name,
  adapter.open({ token: secret("a-token"), ...settings[adapter.name] }),
]);

/** Requests, or an error of the contract that shows no key. */
function explained(gateway: Gateway<ProviderId>, id: unknown, update: unknown): number {
  try {
    const requests = gateway.explain(id as ProviderId, update as ProviderUpdate);
    expect(JSON.stringify(requests)).not.toContain(KEY);
    return requests.length;
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    expect(error.message).not.toContain(KEY);
    return 0;
  }
}

const itself: Record<string, unknown> = {};
Object.assign(itself, { a: itself, b: itself, c: [itself, itself] });
/** Shared by two members of each level: small in memory, and endless as a text. */
const shared = Array.from({ length: 60 }).reduce<object>((inner) => ({ left: inner, right: inner }), {});
const wide = Object.fromEntries(Array.from({ length: 110_000 }, (_, index) => [`k${index}`, index]));
let deep: unknown = 1;
for (let level = 0; level < 100_000; level++) deep = { deep };

const monsters: Readonly<Record<string, unknown>> = {
  "holds itself": itself,
  "holds one thing in countless places": shared,
  "has 110,000 members": wide,
  "is nested 100,000 levels deep": deep,
};

describe.each(gateways.map(([name]) => name))("%s", (name) => {
  const gateway = gateways.find(([each]) => each === name)?.[1];
  if (gateway === undefined) throw new Error("there is no such gateway");

  const sound = ["4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111", 123, "x"].find((id) => {
    try {
      return gateway.parseId(id) === id;
    } catch {
      return false;
    }
  });

  it("takes or refuses any text and number as an id, and keeps it one segment of the path", () => {
    const pieces = fc.constantFrom(
      "/",
      "..",
      ".",
      "%2e",
      "%2F",
      "?",
      "#",
      "\\",
      "\u0000",
      "\ud800",
      "é",
      "\u202e",
      "1",
      "0",
      "a",
      " ",
    );
    const id = fc.oneof(
      fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join("")),
      fc.string({ unit: codePoint }),
      fc.double(),
      fc.bigInt(),
      fc.uuid(),
      fc.constantFrom("x".repeat(2000), 1e21, -0, Number.MAX_SAFE_INTEGER + 2, "0123", "+1", "1e3", [1], {
        toString: () => "1",
      }),
    );
    const plain = gateway.explain(sound as ProviderId, { name: "N" }).at(-1)?.path ?? "";
    const depth = plain.split("/").length;
    fc.assert(
      fc.property(id, (given) => {
        if (explained(gateway, given, { name: "N" }) === 0) return;
        const [{ path = "" } = {}] = gateway.explain(given as ProviderId, { name: "N" });
        expect([path.split("/").length, /[?#\\\s]/.test(path)]).toEqual([depth, false]);
      }),
      runs(60),
    );
  });

  // By name: a title that showed such a value would be endless, too.
  it.each(name === "barndoor" ? Object.keys(monsters) : ["holds itself"])(
    "refuses a value that %s, in any field and as the update itself",
    (what) => {
      const value = monsters[what];
      for (const field of ["name", "metadata", "native", "credential", "baseUrl", "requestTimeout"]) {
        expect(explained(gateway, sound, { [field]: value })).toBe(0);
      }
      for (const field of ["native", "credential"]) {
        expect(explained(gateway, sound, { [field]: { settings: value, scheme: "api_key", apiKey: value } })).toBe(0);
      }
      expect(explained(gateway, sound, value)).toBe(0);
    },
  );

  it("shows no key of an update, wherever it stands", () => {
    const key = fc.constantFrom(secret(KEY), KEY, { toString: () => KEY }, [secret(KEY)], { apiKey: secret(KEY) });
    const name = fc.constantFrom("credential", "native", "baseUrl", "connectionId", "requestTimeout", "enabled");
    const scheme = fc.constantFrom("api_key", "aws_keys", "google_service_account", "bedrock_api_key", "none");
    const update = fc.tuple(fc.dictionary(name, key), fc.option(scheme), key).map(([fields, kind, value]) => {
      return kind === null
        ? fields
        : { ...fields, credential: { scheme: kind, apiKey: value, secretAccessKey: value, accessKeyId: "AKIA" } };
    });
    fc.assert(
      fc.property(update, (given) => void explained(gateway, sound, given)),
      runs(60),
    );
  });
});
