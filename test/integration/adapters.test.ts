import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import {
  type Gateway,
  type ListedProvider,
  type ProviderId,
  type ProviderState,
  type ProviderUpdate,
  secret,
} from "../../src/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { BARNDOOR_ID, CONNECTION_ID, gatewayErrorOf, OTHER_BARNDOOR_ID, seed, useSandbox } from "../support/sync.ts";

allowLoopback();
const open = useSandbox();

type Switches = NonNullable<SandboxOptions["switches"]>;

const quick = (sandbox: Sandbox, name: "respan" | "keywordsai" | "barndoor" | "ngrok") => ({
  baseUrl: sandbox.urls[name],
  token: secret(sandbox.tokens[name]),
  retry: { attempts: 0 },
});
const apiKey = (text: string) => ({ scheme: "api_key", apiKey: secret(text) }) as const;

/** A state without the parts that a write itself may change later. */
function lasting({
  health: _health,
  updatedAt: _updatedAt,
  lastUsedAt: _lastUsedAt,
  ...rest
}: ProviderState<ProviderId>) {
  return rest;
}

async function listed<Id extends ProviderId>(gateway: Gateway<Id>): Promise<ListedProvider<Id>[]> {
  const all: ListedProvider<Id>[] = [];
  for await (const provider of gateway.list()) all.push(provider);
  return all;
}

/** Makes an update, and checks that what it reports is what a later read reports. */
async function updated<Id extends ProviderId>(gateway: Gateway<Id>, id: Id, update: ProviderUpdate) {
  const { provider, notes } = await gateway.update(id, update);
  expect(lasting(await gateway.get(id))).toEqual(lasting(provider));
  return { provider, notes: notes.map(({ code }) => code) };
}

describe.each([respan, keywordsai].map((adapter) => ({ vendor: adapter.name, adapter })))("$vendor", ({ adapter }) => {
  const name = adapter.name === "respan" ? "respan" : "keywordsai";
  const pk = name === "respan" ? 101 : 7;
  const slug = name === "respan" ? "openai" : "anthropic";
  const start = (switches: Switches["respan"] = {}) => open({ seed, switches: { [name]: switches } });

  it.each([true, false])("updates every field it can, with extra_kwargs in replies: %s", async (returnsExtraKwargs) => {
    const sandbox = await start({ returnsExtraKwargs });
    const update: ProviderUpdate = {
      name: "Renamed",
      baseUrl: "https://new.test/v1",
      requestTimeout: 90,
      credential: apiKey("sk-new"),
      native: { region: "eu", temperature: 0.5, organization: secret("org-secret") },
    };
    const { provider, notes } = await updated(adapter({ ...quick(sandbox, name), identifier: "pk" }), pk, update);
    expect(notes).toEqual([]);
    expect(provider).toMatchObject({ id: pk, slug, name: "Renamed", credential: { kind: "unknown" } });
    expect(sandbox.stored(name, pk)).toMatchObject({
      provider_name: "Renamed",
      api_key: "sk-new",
      extra_kwargs: {
        base_url: "https://new.test/v1",
        timeout: 90,
        region: "eu",
        temperature: 0.5,
        organization: "org-secret",
      },
    });
    if (returnsExtraKwargs) {
      expect(provider).toMatchObject({
        baseUrl: "https://new.test/v1",
        requestTimeout: 90,
        native: { region: "eu", temperature: 0.5 },
      });
    } else expect(provider).not.toHaveProperty("baseUrl");
    expect(JSON.stringify(provider)).not.toMatch(/sk-new|org-secret/);
  });

  it("reports a masked secret as withheld", async () => {
    const sandbox = await start({ returnsExtraKwargs: true, secretKwargs: "masked" });
    const gateway = adapter({ ...quick(sandbox, name), identifier: "pk" });
    const native = { organization: secret("org-secret") };
    const { provider } = await updated(gateway, pk, { baseUrl: "https://new.test/v1", native });
    expect(provider.native).toEqual({ organization: { withheld: true } });
  });

  it("leaves what is omitted", async () => {
    const sandbox = await start();
    const before = sandbox.stored(name, pk);
    await adapter({ ...quick(sandbox, name), identifier: "pk" }).update(pk, { name: "Renamed" });
    expect(sandbox.stored(name, pk)).toEqual({
      ...before,
      provider_name: "Renamed",
      updated_at: expect.any(String),
    });
  });

  it("never loses the base URL where extra_kwargs are replaced, and keeps the rest where they are merged", async () => {
    const replaced = await start({ extraKwargs: "replace" });
    const careful = adapter({ ...quick(replaced, name), identifier: "pk" });
    const refused = await gatewayErrorOf(() => careful.update(pk, { requestTimeout: 90 }));
    expect(refused).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(replaced.requests).toEqual([]);
    await careful.update(pk, { requestTimeout: 90, baseUrl: "https://kept.test" });
    expect(replaced.stored(name, pk)?.extra_kwargs).toEqual({ base_url: "https://kept.test", timeout: 90 });

    const merged = await start({ extraKwargs: "merge" });
    const merging = adapter({ ...quick(merged, name), identifier: "pk", extraKwargs: "merge" });
    await merging.update(pk, { requestTimeout: 90 });
    expect(merged.stored(name, pk)?.extra_kwargs).toEqual({ ...seedExtra(name), timeout: 90 });
  });

  it.each<["array" | "envelope", number]>([
    ["array", 50],
    ["envelope", 50],
    ["envelope", 2],
  ])("lists what it gets, in the shape %s of %d a page", async (list, pageSize) => {
    const many = Array.from({ length: 5 }, (_, index) => ({
      pk: index + 1,
      provider_id: `provider-${index + 1}`,
      provider_name: `Provider ${index + 1}`,
      extra_kwargs: { base_url: `https://p${index + 1}.test` },
    }));
    const switches = { list, pageSize, returnsExtraKwargs: true };
    const sandbox = await open({ seed: { [name]: { providers: many } }, switches: { [name]: switches } });
    const gateway = adapter({ ...quick(sandbox, name), identifier: "pk" });
    const all = await listed(gateway);
    expect(all.map((provider) => provider.slug)).toEqual(many.map(({ provider_id }) => provider_id));
    for (const [index, provider] of all.entries()) {
      expect(provider).not.toHaveProperty("id");
      expect({ ...provider, id: index + 1 }).toEqual(await gateway.get(index + 1));
    }
  });

  it("takes the string ids of the newest pages by setting", async () => {
    const sandbox = await start({ identifier: "provider_id", returnsExtraKwargs: true });
    const gateway = adapter({ ...quick(sandbox, name), identifier: "provider_id" });
    const { provider } = await updated(gateway, slug, { name: "Renamed", credential: apiKey("sk-new") });
    expect(provider).toMatchObject({ id: slug, slug, name: "Renamed" });
    expect(sandbox.stored(name, slug)?.api_key).toBe("sk-new");
    expect(await listed(gateway)).toEqual([await gateway.get(slug)]);
    const byKey = adapter({ ...quick(sandbox, name), identifier: "pk" });
    expect(await gatewayErrorOf(() => byKey.get(pk))).toMatchObject({ name: "NotFoundError" });
  });

  it("takes a base URL with /api and one without", async () => {
    const sandbox = await start();
    for (const end of ["", "/", "/api", "/api/"]) {
      const settings = { ...quick(sandbox, name), identifier: "pk" as const, baseUrl: `${sandbox.urls[name]}${end}` };
      expect((await adapter(settings).get(pk)).slug).toBe(slug);
    }
  });

  it.each<[400 | 422, "wrapped" | "bare"]>([
    [422, "wrapped"],
    [400, "bare"],
    [422, "bare"],
  ])("passes on what is refused with a %d, %s, field by field", async (validationStatus, validationBody) => {
    const [provider] = seed.respan.providers;
    if (provider === undefined) throw new Error("the seed has no provider");
    const managed = { ...provider, is_managed: true };
    const sandbox = await open({
      seed: { [name]: { providers: [managed] } },
      switches: { [name]: { validationStatus, validationBody } },
    });
    const gateway = adapter({ ...quick(sandbox, name), identifier: "pk" });
    const error = await gatewayErrorOf(() => gateway.update(101, { name: "Renamed" }));
    expect(error).toMatchObject({
      name: "RejectedError",
      status: validationStatus,
      outcome: "not-applied",
      message: expect.stringContaining("Cannot modify 'provider_name'"),
      fieldErrors: [{ path: "provider_name", message: expect.stringContaining("managed providers") }],
    });
  });
});

function seedExtra(name: "respan" | "keywordsai") {
  return seed[name].providers[0]?.extra_kwargs;
}

describe("ngrok", () => {
  const id = "aigpk_openai";

  it("updates every field it can", async () => {
    const sandbox = await open({ seed });
    const gateway = ngrok(quick(sandbox, "ngrok"));
    const metadata = { tier: 1, team: "research" };
    const update = {
      name: "Renamed",
      description: "new",
      metadata,
      credential: apiKey("sk-a-new-and-longer-key-1234"),
    };
    const { provider, notes } = await updated(gateway, id, update);
    expect(notes).toEqual([]);
    expect(provider).toMatchObject({ id, upstream: "openai", name: "Renamed", description: "new", metadata });
    expect(provider.credential).toEqual({ kind: "inline", hint: expect.stringMatching(/\*\*\*1234$/) });
    expect(sandbox.stored("ngrok", id)).toMatchObject({
      name: "Renamed",
      value: "sk-a-new-and-longer-key-1234",
      description: "new",
      metadata: '{"team":"research","tier":1}',
    });
  });

  it("clears with null, and leaves what is omitted", async () => {
    const sandbox = await open({ seed });
    const gateway = ngrok(quick(sandbox, "ngrok"));
    const { provider } = await updated(gateway, id, { description: null });
    expect(provider).toMatchObject({ description: null, metadata: { team: "ml" }, name: "OpenAI" });
    expect((await updated(gateway, id, { metadata: null })).provider.metadata).toBeNull();
    expect(sandbox.stored("ngrok", id)).toMatchObject({ name: "OpenAI", value: "sk-old-ngrok-key" });
  });

  it("keeps the name when only the key changes", async () => {
    const sandbox = await open({ seed });
    const { provider } = await updated(ngrok(quick(sandbox, "ngrok")), id, { credential: apiKey("sk-new") });
    expect(provider).toMatchObject({ name: "OpenAI", description: "primary" });
    expect(sandbox.stored("ngrok", id)).toMatchObject({ name: "OpenAI", value: "sk-new" });
  });

  it.each<"absolute" | "relative">(["absolute", "relative"])(
    "lists what it gets, over pages with %s links",
    async (uris) => {
      const keys = Array.from({ length: 205 }, (_, index) => ({
        id: `aigpk_${String(index).padStart(4, "0")}`,
        providerId: "openai",
        name: `Key ${index}`,
        value: "sk-value",
      }));
      const sandbox = await open({ seed: { ngrok: { keys } }, switches: { ngrok: { uris } } });
      const gateway = ngrok(quick(sandbox, "ngrok"));
      const all = await listed(gateway);
      expect(sandbox.requests).toHaveLength(3);
      expect(all.map((provider) => provider.id).sort()).toEqual(keys.map((key) => key.id));
      for (const index of [0, 99, 100, 204]) {
        const provider = all[index];
        expect(provider).toEqual(await gateway.get(provider?.id ?? ""));
      }
    },
  );

  it("has ids that need care in a path", async () => {
    const ids = ["a/b", "a?b=c", "ü #%", "..x"];
    const keys = ids.map((one) => ({ id: one, providerId: "openai", name: one, value: "sk-value" }));
    const sandbox = await open({ seed: { ngrok: { keys } } });
    const gateway = ngrok(quick(sandbox, "ngrok"));
    for (const one of ids) expect((await updated(gateway, one, { description: one })).provider.id).toBe(one);
  });
});

describe("barndoor", () => {
  const start = (switches: Switches["barndoor"] = {}) => open({ seed, switches: { barndoor: switches } });

  const everything: ProviderUpdate = {
    name: "Renamed",
    baseUrl: "https://new.test/v1",
    credential: apiKey("sk-new"),
    requestTimeout: 120,
    streamIdleTimeout: 45,
    enabled: false,
    native: {
      settings: { region: "eu" },
      enforce_health_check: false,
      billing_mode: "not_metered",
      billing_reason: "subscription",
      billing_note: "paid yearly",
      change_note: "by a test",
    },
  };

  it.each<NonNullable<Switches["barndoor"]>>([
    {},
    { timestamps: "offsetless" },
    { replyFields: "sample" },
    { probeResult: "unhealthy" },
    { probeDelayMs: 60_000 },
  ])("updates every field it can, with the switches %j", async (switches) => {
    const sandbox = await start(switches);
    const { provider, notes } = await updated(barndoor(quick(sandbox, "barndoor")), BARNDOOR_ID, everything);
    expect(notes).toEqual([]);
    expect(provider).toMatchObject({
      id: BARNDOOR_ID,
      upstream: "openai",
      name: "Renamed",
      baseUrl: "https://new.test/v1",
      requestTimeout: 120,
      streamIdleTimeout: 45,
      enabled: false,
      native: { settings: { region: "eu" } },
    });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({
      name: "Renamed",
      api_key: "sk-new",
      request_timeout_secs: 120,
      stream_idle_timeout_secs: 45,
      enabled: false,
      enforce_health_check: false,
      billing_mode: "not_metered",
      billing_reason: "subscription",
      billing_note: "paid yearly",
      last_change_note: "by a test",
      settings: { region: "eu" },
    });
  });

  it("clears with null, leaves what is omitted, and notes that the change note is gone", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    await gateway.update(BARNDOOR_ID, everything);
    const { provider, notes } = await updated(gateway, BARNDOOR_ID, { requestTimeout: null });
    expect(notes).toEqual(["change-note-cleared"]);
    expect(provider).toMatchObject({ requestTimeout: null, streamIdleTimeout: 45, name: "Renamed" });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({ api_key: "sk-new", last_change_note: null });
  });

  it("keeps the settings that the caller did not name", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    await gateway.update(BARNDOOR_ID, { native: { settings: { region: "eu" } } });
    const { provider } = await updated(gateway, BARNDOOR_ID, { native: { settings: { tier: 2 } } });
    expect(provider.native?.settings).toEqual({ region: "eu", tier: 2 });
  });

  it("lists what it gets", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const all = await listed(gateway);
    expect(all.map(({ id }) => id)).toEqual([BARNDOOR_ID, OTHER_BARNDOOR_ID]);
    for (const provider of all) expect(provider).toEqual(await gateway.get(provider.id ?? ""));
  });

  it("attaches and detaches, each in one write", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const attached = await updated(gateway, BARNDOOR_ID, { connectionId: CONNECTION_ID.toUpperCase() });
    expect(attached.notes).toContain("attached");
    expect(attached.provider).toMatchObject({ connectionId: CONNECTION_ID, credential: { kind: "connection" } });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)?.api_key).toBeNull();
    const detached = await updated(gateway, BARNDOOR_ID, { connectionId: null, credential: apiKey("sk-own") });
    expect(detached.provider).toMatchObject({ connectionId: null, credential: { kind: "inline" } });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({ api_key: "sk-own", connection_id: null });
  });

  it("refuses a key beside a connection with the vendor's words", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const error = await gatewayErrorOf(() => gateway.update(OTHER_BARNDOOR_ID, { credential: apiKey("sk-new") }));
    expect(error).toMatchObject({
      name: "RejectedError",
      message: expect.stringContaining("The connection supplies the key"),
    });
  });

  it.each<[NonNullable<Switches["barndoor"]>, string[]]>([
    [{ updateMethod: "PATCH" }, ["PATCH", "PATCH"]],
    [{ updateMethod: "PUT", wrongMethod: 405 }, ["PATCH", "PUT", "PUT"]],
    [{ updateMethod: "PUT", wrongMethod: 404 }, ["PATCH", "GET", "PUT", "PUT"]],
  ])("finds out which method %j takes, once", async (switches, methods) => {
    const sandbox = await start(switches);
    const gateway = barndoor(quick(sandbox, "barndoor"));
    await gateway.update(BARNDOOR_ID, { name: "First" });
    await gateway.update(BARNDOOR_ID, { name: "Second" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(methods);
    expect(sandbox.stored("barndoor", BARNDOOR_ID)?.name).toBe("Second");
  });

  it("finds out once, however many updates start together", async () => {
    const sandbox = await start({ updateMethod: "PUT" });
    const gateway = barndoor(quick(sandbox, "barndoor"));
    await Promise.all([BARNDOOR_ID, OTHER_BARNDOOR_ID].map((id) => gateway.update(id, { name: "Renamed" })));
    expect(sandbox.requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
    expect(sandbox.stored("barndoor", OTHER_BARNDOOR_ID)?.name).toBe("Renamed");
  });

  it("does not take a provider that is not there for a wrong method", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const missing = "00000000-0000-4000-8000-0000000000ff";
    const error = await gatewayErrorOf(() => gateway.update(missing, { name: "N" }));
    expect(error).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["PATCH", "GET"]);
  });

  it("uses the method that it was told to, and no other", async () => {
    const sandbox = await start({ updateMethod: "PUT" });
    const told = barndoor({ ...quick(sandbox, "barndoor"), updateMethod: "PUT" });
    await told.update(BARNDOOR_ID, { name: "Renamed" });
    const wrong = barndoor({ ...quick(sandbox, "barndoor"), updateMethod: "PATCH" });
    expect(await gatewayErrorOf(() => wrong.update(BARNDOOR_ID, { name: "N" }))).toMatchObject({
      name: "RejectedError",
    });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["PUT", "PATCH"]);
  });

  it("passes on that a newer platform refuses keys and detaches, and advises a connection", async () => {
    const sandbox = await start({ platform: "newer", authTypes: "docs" });
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const key = await gatewayErrorOf(() => gateway.update(BARNDOOR_ID, { credential: apiKey("sk-new") }));
    expect(key).toMatchObject({ name: "RejectedError", status: 400, outcome: "not-applied" });
    expect(key.message).toMatch(
      /cannot hold its own key.*\(newer Barndoor platforms refuse keys on a provider.*connectionId/,
    );
    const detach = { connectionId: null, credential: apiKey("sk-new") };
    const detached = await gatewayErrorOf(() => gateway.update(OTHER_BARNDOOR_ID, detach));
    expect(detached.message).toMatch(/newer Barndoor platforms refuse detaching/);
    const attached = await updated(gateway, BARNDOOR_ID, { connectionId: CONNECTION_ID });
    expect(attached.provider.credential).toEqual({ kind: "connection" });
  });

  it("speaks the newer vocabulary with words per family", async () => {
    const newer = {
      connections: [],
      providers: [
        {
          id: BARNDOOR_ID,
          name: "O",
          model_provider: "openai",
          base_url: "https://o.test",
          auth_type: "bearer_api_key",
          api_key: "sk-old",
        },
        {
          id: OTHER_BARNDOOR_ID,
          name: "A",
          model_provider: "anthropic",
          base_url: "https://a.test",
          auth_type: "x_api_key",
          api_key: "sk-old",
        },
      ],
    };
    const sandbox = await open({ seed: { barndoor: newer }, switches: { barndoor: { authTypes: "newer" } } });
    const authTypes = { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } };
    const gateway = barndoor({ ...quick(sandbox, "barndoor"), authTypes });
    await updated(gateway, BARNDOOR_ID, { credential: apiKey("sk-new-openai") });
    await updated(gateway, OTHER_BARNDOOR_ID, { credential: apiKey("sk-new-anthropic") });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({
      auth_type: "bearer_api_key",
      api_key: "sk-new-openai",
    });
    expect(sandbox.stored("barndoor", OTHER_BARNDOOR_ID)).toMatchObject({
      auth_type: "x_api_key",
      api_key: "sk-new-anthropic",
    });
    const plain = barndoor(quick(sandbox, "barndoor"));
    expect(await gatewayErrorOf(() => plain.update(BARNDOOR_ID, { credential: apiKey("sk") }))).toMatchObject({
      name: "RejectedError",
    });
  });

  it("keeps to the lower ceilings of newer platforms by setting, before anything is sent", async () => {
    const sandbox = await start({ timeoutCeilings: { request: 600, streamIdle: 300 } });
    const told = barndoor({ ...quick(sandbox, "barndoor"), timeoutCeilings: { request: 600, streamIdle: 300 } });
    const refused = { name: "InvalidInputError", outcome: "not-sent" };
    expect(await gatewayErrorOf(() => told.update(BARNDOOR_ID, { requestTimeout: 601 }))).toMatchObject(refused);
    expect(sandbox.requests).toEqual([]);
    await updated(told, BARNDOOR_ID, { requestTimeout: 600, streamIdleTimeout: 300 });
    const untold = barndoor(quick(sandbox, "barndoor"));
    expect(await gatewayErrorOf(() => untold.update(BARNDOOR_ID, { requestTimeout: 601 }))).toMatchObject({
      name: "RejectedError",
    });
  });

  const serviceAccount = JSON.stringify({ client_email: "bot@example.test", private_key: "-----BEGIN\nkey" });
  const families = [
    [
      "bedrock",
      { scheme: "bedrock_api_key", apiKey: secret("bedrock-key") },
      { auth_type: "bedrock_api_key", api_key: "bedrock-key" },
    ],
    [
      "bedrock",
      { scheme: "aws_role", roleArn: "arn:role", externalId: "e" },
      { auth_type: "aws_role", credentials: { iam_role_arn: "arn:role", external_id: "e" } },
    ],
    [
      "bedrock",
      { scheme: "aws_keys", accessKeyId: "AKIA", secretAccessKey: secret("s3cret") },
      { auth_type: "aws_keys", credentials: { access_key_id: "AKIA", secret_access_key: "s3cret" } },
    ],
    [
      "vertex",
      { scheme: "google_service_account", serviceAccount: secret(serviceAccount) },
      { auth_type: "google_service_account", credentials: JSON.parse(serviceAccount) },
    ],
    ["vertex", { scheme: "google_adc" }, { auth_type: "google_adc", api_key: null }],
    ["anthropic", { scheme: "oauth_passthrough" }, { auth_type: "oauth_passthrough", api_key: null }],
    ["mistral", apiKey("sk-new"), { auth_type: "api_key", api_key: "sk-new" }],
  ] as const satisfies readonly (readonly [string, NonNullable<ProviderUpdate["credential"]>, object])[];
  const storedBefore: Readonly<Record<string, object>> = {
    bedrock: { auth_type: "bedrock_api_key", api_key: "old" },
    vertex: {
      auth_type: "google_service_account",
      credentials: { client_email: "old@example.test", private_key: "old" },
    },
  };

  it.each(families)("stores for %s the credential %j", async (family, credential, stored) => {
    const provider = { id: BARNDOOR_ID, name: "P", model_provider: family, base_url: "https://p.test", api_key: "old" };
    const { api_key: _key, ...bare } = provider;
    const start = storedBefore[family] === undefined ? provider : { ...bare, ...storedBefore[family] };
    const sandbox = await open({ seed: { barndoor: { providers: [start] } } });
    await updated(barndoor(quick(sandbox, "barndoor")), BARNDOOR_ID, { credential });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject(stored);
  });

  it("refuses a scheme that the family does not take after a read, and writes nothing", async () => {
    const sandbox = await start();
    const gateway = barndoor(quick(sandbox, "barndoor"));
    const error = await gatewayErrorOf(() => gateway.update(BARNDOOR_ID, { credential: { scheme: "google_adc" } }));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["GET"]);
  });
});
