import { barndoor } from "../../adapters/barndoor/index.ts";
import { adapters } from "../../adapters/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import {
  type Gateway,
  isGatewayError,
  type ProviderId,
  type ProviderUpdate,
  secret,
  updateFields,
} from "../../src/index.ts";
import nock from "../support/nock.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";

const RUNS = runs(25);
// More than twice what any function that calls itself for each gets through.
const LEVELS = 25_000;
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const time = "2024-01-15T10:30:00Z";
const calm = { token: secret("gateway-token"), rateLimit: false, retry: { attempts: 0 } };

const gateways: readonly (readonly [string, Gateway<ProviderId>, ProviderId, object])[] = [
  ["respan", respan.open({ ...calm, extraKwargs: "merge" }), 123, { id: "my", provider_name: "N" }],
  [
    "respan with string ids",
    respan.open({ ...calm, identifier: "provider_id" }),
    "my",
    { id: "my", provider_name: "N", extra_kwargs: { region: "eu" } },
  ],
  ["keywordsai", keywordsai.open(calm), 123, { id: "my", provider_id: "my", provider_name: "N", created_at: time }],
  [
    "barndoor",
    barndoor.open({ ...calm, baseUrl: "https://b.test" }),
    UUID,
    { id: UUID, name: "N", model_provider: "openai", settings: {}, connection_id: null, enabled: true },
  ],
  [
    "ngrok",
    ngrok.open(calm),
    "aigpk",
    { id: "aigpk", providerId: "openai", name: "N", keyRedacted: "sk-...", createdAt: time, updatedAt: time },
  ],
];

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
});
/** Junk in the place of known names reaches further than junk altogether. */
const named = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
const junkUpdates = fc.oneof(
  anything,
  named([...updateFields, "__proto__", "toString"]),
  fc.record({ credential: named(["scheme", "apiKey", "roleArn", "serviceAccount"]), native: anything }),
);

/** A result, or an error of the contract; anything else fails. */
async function settles(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    expect(typeof error.message).toBe("string");
  }
}

async function readAll(gateway: Gateway<ProviderId>): Promise<void> {
  for await (const provider of gateway.list()) expect(typeof provider.name).toBe("string");
}

afterEach(() => nock.cleanAll());

describe.each(gateways)("%s", (_name, gateway, id, provider) => {
  it("answers any junk as an id with an error of the contract", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (junk) => {
        await settles(() => gateway.parseId(junk));
        await settles(() => gateway.explain(junk as ProviderId, { name: "N" }));
        await settles(() => gateway.update(junk as ProviderId, { nothing: 1 } as ProviderUpdate));
      }),
      RUNS,
    );
  });

  it("answers any junk as an update with an error of the contract, and sends none of it", async () => {
    await fc.assert(
      fc.asyncProperty(junkUpdates, async (junk) => {
        let isValid = false;
        await settles(() => {
          gateway.explain(id, junk as ProviderUpdate);
          isValid = true;
        });
        if (!isValid) await settles(() => gateway.update(id, junk as ProviderUpdate));
      }),
      RUNS,
    );
    expect(nock.pendingMocks()).toStrictEqual([]);
  });

  it.each<[string, object]>([
    [
      "throws when it is read",
      {
        get name(): string {
          throw new Error("no");
        },
      },
    ],
    ["is taken back", Proxy.revocable({}, {})],
  ])("answers an update that %s with an error of the contract", async (_kind, update) => {
    if ("revoke" in update && typeof update.revoke === "function") update.revoke();
    const given = "proxy" in update ? update.proxy : update;
    await settles(() => gateway.explain(id, given as ProviderUpdate));
    await settles(() => gateway.update(id, given as ProviderUpdate));
  });

  describe("takes any reply:", () => {
    let reply: { status: number; body: string; headers: Record<string, string> } = {
      status: 200,
      body: "",
      headers: {},
    };
    beforeEach(() => {
      for (const method of ["GET", "PATCH", "PUT", "POST"]) {
        nock(/.*/)
          .persist()
          .intercept(/.*/, method)
          .reply(() => [reply.status, reply.body, reply.headers]);
      }
    });

    const updates: readonly ProviderUpdate[] = gateway.adapter.startsWith("b")
      ? [{ name: "N" }, { native: { settings: { a: 1 } } }]
      : [{ name: "N" }, { credential: { scheme: "api_key", apiKey: secret("new-api-key") } }];

    async function everyOperation(): Promise<void> {
      await settles(() => gateway.get(id));
      await settles(() => readAll(gateway));
      for (const update of updates) await settles(() => gateway.update(id, update));
    }

    const status = fc.oneof(fc.constantFrom(200, 400, 422, 429), fc.integer({ min: 200, max: 599 }));
    const members = fc.constantFrom(
      ...["error", "errors", "detail", "details", "message", "msg", "error_code", "retry_after", "errorCode"],
      ...["id", "name", "settings", "extra_kwargs", "metadata", "results", "next", "nextPageUri"],
      ...["aiGatewayProviderKeys", "created_at", "updatedAt", "connection_id", "keyRedacted", "__proto__"],
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(provider), fc.constant([provider]));
    const body = fc.oneof(
      fc.string({ unit: codePoint }),
      fc.json(),
      fc.dictionary(members, value, { maxKeys: 6 }).map((each) => JSON.stringify(each)),
      fc.dictionary(members, value, { maxKeys: 3 }).map((each) => JSON.stringify({ ...provider, ...each })),
      fc.dictionary(members, value, { maxKeys: 3 }).map((each) => JSON.stringify([{ ...provider, ...each }])),
    );

    it("a result or an error of the contract comes of it", async () => {
      await fc.assert(
        fc.asyncProperty(status, body, fc.string({ maxLength: 8 }), async (given, text, wait) => {
          reply = { status: given, body: text, headers: { "retry-after": wait.replace(/[^\x20-\x7e]/g, "0") } };
          await everyOperation();
        }),
        runs(10),
      );
    });

    const nested = (depth: number) => `${"[".repeat(depth)}"x"${"]".repeat(depth)}`;
    const deep = (depth: number) => `${'{"a":'.repeat(depth)}"x"${"}".repeat(depth)}`;
    it.each(["errors", "settings", "extra_kwargs"])(
      "one that is nested very deeply in %s is no trouble",
      async (member) => {
        for (const inner of [nested(LEVELS), deep(LEVELS)]) {
          for (const given of [200, 400]) {
            const own = JSON.stringify({ ...provider, [member]: 0 });
            reply = { status: given, body: own.replace(`"${member}":0`, `"${member}":${inner}`), headers: {} };
            await everyOperation();
          }
        }
      },
    );
  });
});

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))("the settings of %s", (_name, adapter) => {
  const names = ["token", "baseUrl", "timeoutMs", "retry", "rateLimit", "proxy", "userAgent", "identifier"];
  const own = ["extraKwargs", "updateMethod", "timeoutCeilings", "authTypes", "__proto__"];
  const junk = fc.oneof(
    anything,
    named([...names, ...own]),
    named([...names.slice(1), ...own]).map((settings) => ({ ...settings, token: calm.token })),
  );

  it("answer any junk with an error of the contract", async () => {
    await fc.assert(
      fc.asyncProperty(junk, async (settings) => {
        await settles(() => adapter.open(settings));
      }),
      RUNS,
    );
  });
});
