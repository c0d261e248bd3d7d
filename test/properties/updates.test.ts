import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import { metadataFromText, metadataText } from "../../src/contract/json.ts";
import {
  type Gateway,
  isGatewayError,
  isSecret,
  type JsonObject,
  type ProviderId,
  type ProviderUpdate,
  secret,
  type UnsupportedFieldError,
} from "../../src/index.ts";
import { opaqueId, path } from "../../src/kit/index.ts";
import nock from "../support/nock.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";

const RUNS = runs(20);
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const time = "2024-01-15T10:30:00Z";

const isPlain = (text: string) => !/[\p{Cc}\p{Cs}]/u.test(text);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter(isPlain);
// Every secret begins with a word that nothing else can hold.
const MARK = "canary-";
const key = text.filter((each) => each.trim() === each).map((each) => secret(MARK + each));
const account = fc
  .record({ client_email: text, private_key: text, project: fc.jsonValue({ maxDepth: 2 }) })
  .map((file) => secret(JSON.stringify({ ...file, private_key: MARK + file.private_key })));
const seconds = (maximum: number) => fc.option(fc.integer({ min: 1, max: maximum }), { nil: null });
const jsonObject = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)));
const url = fc.webUrl({ withQueryParameters: true });

const apiKey = fc.record({ scheme: fc.constant("api_key" as const), apiKey: key });
const anyCredential: fc.Arbitrary<NonNullable<ProviderUpdate["credential"]>> = fc.oneof(
  apiKey,
  fc.record({ scheme: fc.constant("bedrock_api_key" as const), apiKey: key }),
  fc.record(
    { scheme: fc.constant("aws_role" as const), roleArn: text, externalId: text },
    { requiredKeys: ["scheme", "roleArn"] },
  ),
  fc.record({ scheme: fc.constant("aws_keys" as const), accessKeyId: text, secretAccessKey: key }),
  fc.constant({ scheme: "google_adc" as const }),
  fc.record({ scheme: fc.constant("google_service_account" as const), serviceAccount: account }),
  fc.record({ scheme: fc.constant("google_impersonation" as const), targetServiceAccount: text }),
  fc.constant({ scheme: "oauth_passthrough" as const }),
);

/** A connection or a credential, as the contract has it: a detach has a new key, an attachment has none. */
const access: fc.Arbitrary<ProviderUpdate> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: anyCredential.map((credential) => ({ credential })) },
  { weight: 1, arbitrary: fc.uuid().map((id) => ({ connectionId: id.toUpperCase() })) },
  { weight: 2, arbitrary: apiKey.map((credential) => ({ credential, connectionId: null })) },
);

const updateOf = (native: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<ProviderUpdate> =>
  fc
    .tuple(
      fc.record(
        {
          name: text,
          description: fc.option(text, { nil: null }),
          metadata: fc.oneof(text, jsonObject, fc.constant(null)),
          baseUrl: url,
          requestTimeout: seconds(3600),
          streamIdleTimeout: seconds(1800),
          enabled: fc.boolean(),
          native,
        },
        { requiredKeys: [] },
      ),
      access,
    )
    .map(([fields, rest]): ProviderUpdate => ({ ...fields, ...rest }))
    .filter((update) => Object.keys(update).length > 0);

const RESERVED = new Set(["base_url", "timeout", "api_key", "temperature", "max_tokens", "region", "__proto__"]);
const respanNative = fc
  .tuple(
    fc.record(
      {
        temperature: fc.double({ noNaN: true, noDefaultInfinity: true }),
        max_tokens: fc.integer({ min: 1 }),
        region: text,
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 10 }).filter((name) => !RESERVED.has(name)),
      fc.oneof(
        key,
        fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null),
      ),
      { maxKeys: 3 },
    ),
  )
  .map(([named, others]) => ({ ...others, ...named }))
  .filter((native) => Object.keys(native).length > 0);

const barndoorNative = fc
  .record(
    {
      settings: jsonObject,
      enforce_health_check: fc.boolean(),
      billing_mode: fc.constant("per_token"),
      billing_reason: fc.constantFrom("subscription", "local", "external", "other", null),
      billing_note: fc.option(
        text.filter((each) => each.trim() !== ""),
        { nil: null },
      ),
      model_sync_mode: fc.constantFrom("off", "additive", "full"),
      change_note: text.filter((each) => each.trim() !== ""),
    },
    { requiredKeys: [] },
  )
  .filter((native) => Object.keys(native).length > 0);

const token = secret("gateway-token");
const calm = { token, rateLimit: false as const, retry: { attempts: 0 } };

interface Vendor {
  readonly gateway: Gateway<ProviderId>;
  readonly id: ProviderId;
  readonly updates: fc.Arbitrary<ProviderUpdate>;
  /** The field that a member of a body carries; the first name that fits wins. A dot leads into an object. */
  readonly members: Readonly<Record<string, keyof ProviderUpdate>>;
  readonly provider: (update: ProviderUpdate) => object;
  /** What is on the wire besides the update's own values. */
  readonly extra: (update: ProviderUpdate) => readonly unknown[];
}

const respanVendor = (adapter: typeof respan): Vendor => ({
  gateway: adapter.open({ ...calm, extraKwargs: "merge" }),
  id: 123,
  updates: updateOf(respanNative),
  members: {
    provider_name: "name",
    api_key: "credential",
    "extra_kwargs.base_url": "baseUrl",
    "extra_kwargs.timeout": "requestTimeout",
    "extra_kwargs.": "native",
  },
  provider: () => ({ id: "my", provider_name: "N" }),
  extra: () => [],
});

const FAMILIES: Readonly<Record<string, string>> = {
  bedrock_api_key: "bedrock",
  aws_role: "bedrock",
  aws_keys: "bedrock",
  google_adc: "vertex",
  google_service_account: "vertex",
};

const vendors: Readonly<Record<string, Vendor>> = {
  respan: respanVendor(respan),
  keywordsai: respanVendor(keywordsai),
  barndoor: {
    gateway: barndoor({ ...calm, baseUrl: "https://b.test" }),
    id: UUID,
    updates: updateOf(barndoorNative),
    members: {
      name: "name",
      base_url: "baseUrl",
      enabled: "enabled",
      connection_id: "connectionId",
      auth_type: "credential",
      api_key: "credential",
      credentials: "credential",
      request_timeout_secs: "requestTimeout",
      stream_idle_timeout_secs: "streamIdleTimeout",
      settings: "native",
      enforce_health_check: "native",
      billing_mode: "native",
      billing_reason: "native",
      billing_note: "native",
      model_sync_mode: "native",
      change_note: "native",
    },
    provider: ({ credential }) => ({
      id: UUID,
      name: "N",
      model_provider: FAMILIES[credential?.scheme ?? ""] ?? "openai",
      settings: {},
    }),
    extra: ({ credential }) => (credential === undefined ? [] : [credential.scheme]),
  },
  ngrok: {
    gateway: ngrok(calm),
    id: "aigpk_2abc",
    updates: updateOf(
      fc.dictionary(
        text.filter((name) => name !== "__proto__"),
        fc.boolean(),
        { minKeys: 1, maxKeys: 2 },
      ),
    ),
    members: { name: "name", value: "credential", description: "description", metadata: "metadata" },
    provider: () => ({
      id: "aigpk_2abc",
      providerId: "openai",
      name: "current name",
      keyRedacted: "sk-...",
      createdAt: time,
      updatedAt: time,
    }),
    extra: ({ credential, name }) => (credential !== undefined && name === undefined ? ["current name"] : []),
  },
};

/** The part of an update that an adapter takes, and the fields that it refuses. */
function split(gateway: Gateway<ProviderId>, id: ProviderId, update: ProviderUpdate) {
  try {
    gateway.explain(id, update);
    return { taken: update, refused: [] };
  } catch (error) {
    if (!isGatewayError(error) || error.name !== "UnsupportedFieldError") throw error;
    const { fields }: UnsupportedFieldError = error;
    const taken: ProviderUpdate = Object.fromEntries(Object.entries(update).filter(([name]) => !fields.includes(name)));
    return { taken, refused: fields };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields that a body carries; a member that stands for none shows by its own name. */
function fieldsOf(body: unknown, members: Vendor["members"], prefix = ""): string[] {
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([name, member]) => {
    const path = prefix + name;
    const own = Object.hasOwn(members, path) ? members[path] : undefined;
    if (own !== undefined) return [own];
    const isGroup = Object.keys(members).some((known) => known.startsWith(`${path}.`));
    if (isGroup) return fieldsOf(member, members, `${path}.`);
    return [(prefix === "" ? undefined : members[prefix]) ?? `${path} (of no field)`];
  });
}

/** Every value at the end of a branch, as text, with the empty objects and lists. */
function leaves(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [JSON.stringify(value)];
  const members: unknown[] = Object.values(value);
  return members.length === 0 ? [JSON.stringify(value)] : members.flatMap(leaves);
}

/** Every value of an update in the form in which it is to be found on the wire. */
function expectedLeaves(update: ProviderUpdate): string[] {
  const { credential, metadata, connectionId, native, ...rest } = update;
  const { scheme: _scheme, ...members } = credential ?? { scheme: "" };
  const credentialLeaves = Object.entries(members).flatMap(([name, member]) => {
    const shown: unknown = isSecret(member) ? member.reveal() : member;
    return leaves(name === "serviceAccount" ? JSON.parse(String(shown)) : shown);
  });
  const nativeLeaves = Object.values(native ?? {}).flatMap((member) =>
    leaves(isSecret(member) ? member.reveal() : member),
  );
  return [
    ...credentialLeaves,
    ...nativeLeaves,
    ...(metadata === undefined ? [] : leaves(metadata === null ? null : metadataText(metadata))),
    ...(connectionId === undefined ? [] : leaves(connectionId?.toLowerCase() ?? null)),
    ...(Object.keys(rest).length === 0 ? [] : leaves(rest)),
  ];
}

afterEach(() => nock.cleanAll());

describe.each(Object.entries(vendors))("any valid update at %s", (_name, vendor) => {
  const { gateway, id, updates, members, provider, extra } = vendor;

  it("has every field in a request or refused: nothing is dropped, nothing is made up", () => {
    fc.assert(
      fc.property(updates, (update) => {
        const { taken, refused } = split(gateway, id, update);
        const given = Object.keys(taken);
        if (given.length > 0) {
          const previews = gateway.explain(id, taken);
          const sent = new Set(previews.flatMap(({ body }) => fieldsOf(body, members)));
          // A rotate demands a name: without one in the update it sends the current one back.
          const current = JSON.stringify(previews).includes("‹current name›") ? ["name"] : [];
          expect([...sent].sort()).toStrictEqual([...given, ...current].sort());
        }
        expect([...given, ...refused].sort()).toStrictEqual(Object.keys(update).sort());
      }),
      RUNS,
    );
  });

  it("has every value on the wire, and no other", async () => {
    const bodies: unknown[] = [];
    let current: ProviderUpdate = {};
    for (const method of ["GET", "PATCH", "PUT", "POST"]) {
      nock(/.*/)
        .persist()
        .intercept(/.*/, method)
        .reply((_uri, body) => {
          if (method !== "GET") bodies.push(body);
          return [200, JSON.stringify(provider(current))];
        });
    }
    await fc.assert(
      fc.asyncProperty(updates, async (update) => {
        const { taken } = split(gateway, id, update);
        if (Object.keys(taken).length === 0) return;
        bodies.splice(0);
        current = taken;
        await gateway.update(id, taken);
        const expected = [...expectedLeaves(taken), ...extra(taken).flatMap(leaves)];
        // Members of native may be empty objects: what is compared are the values at the ends.
        expect(bodies.flatMap(leaves).sort()).toStrictEqual(expected.sort());
      }),
      RUNS,
    );
  });

  it("shows no secret in a preview, and sends what the preview shows", () => {
    fc.assert(
      fc.property(updates, (update) => {
        const { taken } = split(gateway, id, update);
        if (Object.keys(taken).length === 0) return;
        const previews = gateway.explain(id, taken);
        expect(JSON.stringify(previews)).not.toContain(MARK);
        expect(structuredClone(previews)).toStrictEqual(previews);
      }),
      RUNS,
    );
  });
});

describe("any id", () => {
  it("is one segment of the path, and can be read back from it", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, minLength: 1, maxLength: 40 }), (id) => {
        const parsed = opaqueId(id);
        fc.pre("id" in parsed);
        const { text: whole } = path`/items/${id}/rotate`;
        const segments = whole.split("/");
        expect(segments).toHaveLength(4);
        expect(decodeURIComponent(segments[2] ?? "")).toBe(id);
        expect(new URL(whole, "https://x.test").pathname).toBe(whole);
        expect(ngrok(calm).explain(id, { name: "N" })).toMatchObject([{ path: `/provider-keys/${segments[2]}` }]);
      }),
      runs(100),
    );
  });

  it("of a number is its digits", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat().filter((each) => each > 0),
        (id) => {
          const gateway = respan(calm);
          expect(gateway.parseId(String(id))).toBe(id);
          expect(gateway.explain(id, { name: "N" })).toMatchObject([{ path: `/api/providers/${id}/` }]);
        },
      ),
      RUNS,
    );
  });
});

describe("any metadata", () => {
  it("that is an object is read back as an equal object, whatever the order of its members", () => {
    fc.assert(
      fc.property(jsonObject, (metadata) => {
        expect(metadataFromText(metadataText(metadata))).toEqual(metadata);
        const turned = Object.fromEntries(Object.entries(metadata).reverse());
        expect(metadataText(turned)).toBe(metadataText(metadata));
      }),
      runs(100),
    );
  });

  it("that is a text is the same text after any number of rounds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.json()), (stored) => {
        expect(metadataText(metadataFromText(stored))).toBe(stored);
      }),
      runs(100),
    );
  });
});
