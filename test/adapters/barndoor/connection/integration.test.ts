import { type BarndoorConnectionSettings, barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import { type Gateway, type ProviderState, type ProviderUpdate, secret } from "../../../../src/index.ts";
import type { Sandbox, SandboxOptions } from "../../../../src/testing/index.ts";
import { allowLoopback } from "../../../support/loopback.ts";
import { CONNECTION_ID, gatewayErrorOf, OTHER_BARNDOOR_ID, seed, useSandbox } from "../../../support/sync.ts";

allowLoopback();
const open = useSandbox();

type Switches = NonNullable<NonNullable<SandboxOptions["switches"]>["barndoor"]>;
const start = (switches: Switches = {}) => open({ seed, switches: { barndoor: switches } });

const connect = (sandbox: Sandbox, settings: Partial<BarndoorConnectionSettings> = {}) =>
  barndoorConnection({
    baseUrl: sandbox.urls.barndoor,
    token: secret(sandbox.tokens.barndoor),
    retry: { attempts: 0 },
    ...settings,
  });
const apiKey = (text: string) => ({ scheme: "api_key", apiKey: secret(text) }) as const;

const lasting = ({ updatedAt: _updatedAt, ...rest }: ProviderState<string>) => rest;

/** Makes an update, and checks that what it reports is what a later read reports. */
async function updated(gateway: Gateway<string>, id: string, update: ProviderUpdate) {
  const { provider, notes } = await gateway.update(id, update);
  expect(lasting(await gateway.get(id))).toEqual(lasting(provider));
  return { provider, notes: notes.map(({ code }) => code) };
}

describe("a Barndoor connection over HTTP", () => {
  it("is rotated: the new key is stored, and shows by its last four characters", async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    const before = { kind: "inline", scheme: "api_key", hint: "-key" };
    expect((await gateway.get(CONNECTION_ID)).credential).toEqual(before);
    const { provider, notes } = await updated(gateway, CONNECTION_ID, { credential: apiKey("sk-rotated-shared-9876") });
    expect(notes).toEqual(["change-note-cleared"]);
    expect(provider).toMatchObject({ name: "Shared OpenAI", credential: { kind: "inline", hint: "9876" } });
    expect(sandbox.stored("barndoor", CONNECTION_ID)).toMatchObject({
      name: "Shared OpenAI",
      auth_type: "api_key",
      api_key: "sk-rotated-shared-9876",
    });
  });

  it.each<Switches>([{}, { timestamps: "offsetless" }, { replyFields: "sample" }])(
    "has every field updated that it can, with the switches %j",
    async (switches) => {
      const sandbox = await start(switches);
      const { provider, notes } = await updated(connect(sandbox), CONNECTION_ID, {
        name: "Renamed",
        baseUrl: "https://new.test/v1",
        credential: apiKey("sk-rotated-shared-9876"),
        native: { settings: { region: "eu" }, change_note: "by a test" },
      });
      expect(notes).toEqual(["providers-may-move"]);
      expect(provider).toMatchObject({
        id: CONNECTION_ID,
        upstream: "openai",
        name: "Renamed",
        baseUrl: "https://new.test/v1",
        native: { auth_type: "api_key", settings: { region: "eu" } },
      });
      expect(sandbox.stored("barndoor", CONNECTION_ID)).toMatchObject({
        name: "Renamed",
        base_url: "https://new.test/v1",
        api_key: "sk-rotated-shared-9876",
        settings: { region: "eu" },
        last_change_note: "by a test",
      });
    },
  );

  it("keeps the key and the settings that an update does not name", async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    await gateway.update(CONNECTION_ID, { native: { settings: { region: "eu" } } });
    const { provider } = await updated(gateway, CONNECTION_ID, { native: { settings: { tier: 2 } } });
    expect(provider.native?.settings).toEqual({ region: "eu", tier: 2 });
    expect(sandbox.stored("barndoor", CONNECTION_ID)?.api_key).toBe("sk-old-shared-key");
  });

  it("is listed as it is read", async () => {
    const gateway = connect(await start());
    const all: unknown[] = [];
    for await (const connection of gateway.list()) all.push(connection);
    expect(all).toEqual([await gateway.get(CONNECTION_ID)]);
  });

  it.each<[Switches, string[]]>([
    [{}, ["PUT", "PUT"]],
    [{ updateMethod: "PUT" }, ["PUT", "PUT"]],
    [{ updateMethod: "PATCH", wrongMethod: 405 }, ["PUT", "PATCH", "PATCH"]],
    [{ updateMethod: "PATCH", wrongMethod: 404 }, ["PUT", "GET", "PATCH", "PATCH"]],
  ])("finds out which method %j takes, once", async (switches, methods) => {
    const sandbox = await start(switches);
    const gateway = connect(sandbox);
    await gateway.update(CONNECTION_ID, { name: "First" });
    await gateway.update(CONNECTION_ID, { name: "Second" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(methods);
    expect(sandbox.stored("barndoor", CONNECTION_ID)?.name).toBe("Second");
  });

  it("is not found under a provider's id", async () => {
    const sandbox = await start();
    const error = await gatewayErrorOf(() => connect(sandbox).update(OTHER_BARNDOOR_ID, { name: "N" }));
    expect(error).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
    expect(sandbox.stored("barndoor", OTHER_BARNDOOR_ID)?.name).toBe("Attached");
  });

  it("takes a key on a platform that refuses one on a provider", async () => {
    const sandbox = await start({ platform: "newer", authTypes: "docs" });
    await updated(connect(sandbox), CONNECTION_ID, { credential: apiKey("sk-rotated-shared-9876") });
    expect(sandbox.stored("barndoor", CONNECTION_ID)?.api_key).toBe("sk-rotated-shared-9876");
  });

  it("speaks the newer vocabulary with words per family", async () => {
    const shared = { name: "Shared", model_provider: "anthropic", base_url: "https://a.test", api_key: "sk-old" };
    const sandbox = await open({
      seed: { barndoor: { connections: [{ id: CONNECTION_ID, ...shared }] } },
      switches: { barndoor: { authTypes: "newer" } },
    });
    const authTypes = { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } };
    await updated(connect(sandbox, { authTypes }), CONNECTION_ID, { credential: apiKey("sk-new-anthropic") });
    expect(sandbox.stored("barndoor", CONNECTION_ID)).toMatchObject({
      auth_type: "x_api_key",
      api_key: "sk-new-anthropic",
    });
  });

  const account = JSON.stringify({ client_email: "bot@example.test", private_key: "-----BEGIN\nkey" });
  const old = {
    bedrock: { auth_type: "bedrock_api_key", api_key: "old-bedrock-key" },
    vertex: { auth_type: "google_service_account", credentials: { client_email: "old@x.test", private_key: "old" } },
  };
  const families = [
    [
      "bedrock",
      { scheme: "bedrock_api_key", apiKey: secret("bedrock-key-1234") },
      { auth_type: "bedrock_api_key", api_key: "bedrock-key-1234" },
      { kind: "inline", hint: "1234" },
    ],
    [
      "bedrock",
      { scheme: "aws_role", roleArn: "arn:role", externalId: "e" },
      { auth_type: "aws_role", api_key: null, credentials: { iam_role_arn: "arn:role", external_id: "e" } },
      { kind: "none" },
    ],
    [
      "bedrock",
      { scheme: "aws_keys", accessKeyId: "AKIA", secretAccessKey: secret("s3cret") },
      { auth_type: "aws_keys", credentials: { access_key_id: "AKIA", secret_access_key: "s3cret" } },
      { kind: "inline" },
    ],
    [
      "vertex",
      { scheme: "google_service_account", serviceAccount: secret(account) },
      { auth_type: "google_service_account", credentials: JSON.parse(account) },
      { kind: "inline" },
    ],
    ["vertex", { scheme: "google_adc" }, { auth_type: "google_adc", credentials: null }, { kind: "none" }],
  ] as const satisfies readonly (readonly [
    keyof typeof old,
    NonNullable<ProviderUpdate["credential"]>,
    object,
    ProviderState<string>["credential"],
  ])[];

  it.each(families)("stores for %s the credential %j", async (family, credential, stored, shown) => {
    const connection = { id: CONNECTION_ID, name: "C", model_provider: family, base_url: "https://c.test" };
    const sandbox = await open({ seed: { barndoor: { connections: [{ ...connection, ...old[family] }] } } });
    const { provider } = await updated(connect(sandbox), CONNECTION_ID, { credential });
    expect(provider.credential).toEqual({ ...shown, scheme: credential.scheme });
    expect(sandbox.stored("barndoor", CONNECTION_ID)).toMatchObject(stored);
  });

  it("writes nothing where the family does not take the scheme", async () => {
    const sandbox = await start();
    const error = await gatewayErrorOf(() =>
      connect(sandbox).update(CONNECTION_ID, { credential: { scheme: "google_adc" } }),
    );
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("may have taken a key whose reply was lost, and says so", async () => {
    const sandbox = await start();
    sandbox.inject("barndoor", { kind: "lost-reply", method: "PUT" });
    const gateway = connect(sandbox);
    const error = await gatewayErrorOf(() =>
      gateway.update(CONNECTION_ID, { credential: apiKey("sk-rotated-shared-9876") }),
    );
    expect(error).toMatchObject({ name: "NetworkError", outcome: "unknown", adapter: "barndoor-connection" });
    expect((await gateway.get(CONNECTION_ID)).credential.hint).toBe("9876");
  });
});
