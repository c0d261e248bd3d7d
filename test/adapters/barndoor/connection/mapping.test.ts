import { type BarndoorConnectionSettings, barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import { type CredentialScheme, credentialSchemes, type ProviderUpdate, secret } from "../../../../src/index.ts";
import { fixture } from "../../../support/fixture.ts";
import {
  credentials,
  expectMapping,
  type MappingTable,
  type Refused,
  type SchemeTable,
  type Sent,
  script,
  testMapping,
  token,
  wireRequest,
} from "../../../support/mapping.ts";
import { type Step, scriptWire } from "../../../support/wire.ts";

const id = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const origin = `https://${host}`;
const itemPath = `/api/llm-gateway/admin/connections/${id}`;
const url = host + itemPath;

const updated = fixture("barndoor/connection-updated");
const bedrock = fixture("barndoor/connection-bedrock");
const vertex = fixture("barndoor/connection-vertex");

const open = (settings: Partial<BarndoorConnectionSettings> = {}) =>
  barndoorConnection({ token, baseUrl: `${origin}/api/llm-gateway`, ...settings });

const write = (method: string, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [{ request: [method, url, body], reply: updated }],
});
const put = (update: ProviderUpdate, body: unknown) => write("PUT", update, body);
/** A read that answers with this connection, then the PUT. */
const afterRead = (current: Record<string, unknown>, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [
    { request: ["GET", url], reply: current },
    { request: ["PUT", url, body], reply: current },
  ],
});
const refusedAfterRead = (current: Record<string, unknown>, update: ProviderUpdate, ...paths: string[]): Refused => ({
  update,
  error: "InvalidInputError",
  paths,
  replies: [{ request: ["GET", url], reply: current }],
});
const unsupported = (update: ProviderUpdate, ...paths: string[]): Refused => ({
  update,
  error: "UnsupportedFieldError",
  paths: paths.length > 0 ? paths : Object.keys(update),
});
const invalid = (update: unknown, ...paths: string[]): Refused => ({
  update: update as ProviderUpdate,
  error: "InvalidInputError",
  paths,
});

const rename = put({ name: "Shared OpenAI" }, { name: "Shared OpenAI" });
const moved = { baseUrl: "https://new.example.test/v1" };

const fields: MappingTable = {
  name: { set: rename, clear: invalid({ name: null }, "name"), omitted: put(moved, { base_url: moved.baseUrl }) },
  description: {
    set: unsupported({ description: "Primary" }),
    clear: unsupported({ description: null }),
    omitted: rename,
  },
  metadata: { set: unsupported({ metadata: { team: "ml" } }), clear: unsupported({ metadata: null }), omitted: rename },
  baseUrl: {
    set: put(moved, { base_url: moved.baseUrl }),
    clear: invalid({ baseUrl: null }, "baseUrl"),
    omitted: rename,
  },
  credential: {
    set: put({ credential: credentials.api_key }, { auth_type: "api_key", api_key: "new-api-key" }),
    clear: invalid({ credential: null }, "credential"),
    omitted: rename,
  },
  connectionId: {
    set: unsupported({ connectionId: id }),
    clear: unsupported({ connectionId: null, credential: credentials.api_key }, "connectionId"),
    omitted: rename,
  },
  requestTimeout: {
    set: unsupported({ requestTimeout: 90 }),
    clear: unsupported({ requestTimeout: null }),
    omitted: rename,
  },
  streamIdleTimeout: {
    set: unsupported({ streamIdleTimeout: 60 }),
    clear: unsupported({ streamIdleTimeout: null }),
    omitted: rename,
  },
  enabled: {
    set: unsupported({ enabled: false }),
    clear: invalid({ enabled: null }, "enabled", "enabled"),
    omitted: rename,
  },
  native: {
    set: put({ native: { change_note: "rotated" } }, { change_note: "rotated" }),
    clear: invalid({ native: null }, "native"),
    omitted: rename,
  },
};

const schemes: SchemeTable = {
  api_key: put({ credential: credentials.api_key }, { auth_type: "api_key", api_key: "new-api-key" }),
  bedrock_api_key: afterRead(
    bedrock,
    { credential: credentials.bedrock_api_key },
    { auth_type: "bedrock_api_key", api_key: "new-bedrock-key" },
  ),
  aws_role: afterRead(
    bedrock,
    { credential: credentials.aws_role },
    {
      auth_type: "aws_role",
      credentials: { iam_role_arn: "arn:aws:iam::123456789012:role/gateway", external_id: "external-1" },
    },
  ),
  aws_keys: afterRead(
    bedrock,
    { credential: credentials.aws_keys },
    {
      auth_type: "aws_keys",
      credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
    },
  ),
  google_adc: afterRead(vertex, { credential: credentials.google_adc }, { auth_type: "google_adc" }),
  google_service_account: afterRead(
    vertex,
    { credential: credentials.google_service_account },
    {
      auth_type: "google_service_account",
      credentials: {
        type: "service_account",
        client_email: "bot@example.test",
        private_key: "-----BEGIN\nkey\n-----END",
      },
    },
  ),
  google_impersonation: unsupported({ credential: credentials.google_impersonation }),
  oauth_passthrough: unsupported({ credential: credentials.oauth_passthrough }),
};

describe("the mapping of a Barndoor connection", () => {
  testMapping(() => open(), id, fields, schemes);

  it("puts all fields of one update in one request", () =>
    expectMapping(
      open(),
      id,
      put(
        {
          name: "N",
          baseUrl: "https://x.example.test",
          credential: credentials.api_key,
          native: { change_note: "all at once" },
        },
        {
          name: "N",
          base_url: "https://x.example.test",
          auth_type: "api_key",
          api_key: "new-api-key",
          change_note: "all at once",
        },
      ),
    ));

  it("names every field that it cannot take at once", () =>
    expectMapping(
      open(),
      id,
      unsupported(
        { name: "N", description: "d", requestTimeout: 5, enabled: true },
        "description",
        "requestTimeout",
        "enabled",
      ),
    ));
});

describe("the capabilities of a Barndoor connection", () => {
  const { fields: able, hint, list } = open().capabilities;

  it("clear nothing, and write the change note along", () => {
    const written = Object.entries(able).filter(([, { set }]) => set);
    expect(written.map(([name]) => name)).toStrictEqual(["name", "baseUrl", "credential", "native"]);
    expect(Object.values(able).filter(({ clear }) => clear)).toStrictEqual([]);
    const along = [able.name, able.baseUrl, able.credential].map(({ writtenWith }) => writtenWith);
    expect(along).toStrictEqual([["native"], ["native"], ["native"]]);
  });

  it("show ids, and a hint of the key", () => expect({ hint, list }).toStrictEqual({ hint: true, list: "ids" }));
});

/** The lines that go over the wire, and what the calls come to. */
async function onTheWire(
  steps: readonly Step[],
  run: (gateway: ReturnType<typeof open>) => Promise<unknown>,
  settings: Partial<BarndoorConnectionSettings> = {},
): Promise<{ result: unknown; methods: string[] }> {
  const requests = scriptWire(origin, steps);
  const result = await run(open({ retry: { attempts: 0 }, ...settings })).catch((error: unknown) => error);
  return { result, methods: requests.map(({ method }) => method) };
}

const step = (method: string, rest: Partial<Step> = {}): Step => ({ method, path: itemPath, reply: updated, ...rest });
const noMethod = { status: 405, reply: "Method Not Allowed" };
const notFound = { status: 404, reply: { error: { message: "credential not found", type: "not_found_error" } } };

describe("the update method of a Barndoor connection", () => {
  const name = { name: "Shared OpenAI" };

  it.each(["PATCH", "PUT"] as const)("is %s where the setting says so, with the same partial body", (method) =>
    expectMapping(open({ updateMethod: method }), id, write(method, name, name)),
  );

  it("turns to PATCH after a 405 to the PUT, with the same body, and remembers it", async () => {
    const update = { name: "N", credential: credentials.api_key };
    const body = { name: "N", auth_type: "api_key", api_key: "new-api-key" };
    const requests = scriptWire(origin, [step("PUT", noMethod), step("PATCH"), step("PATCH")]);
    const gateway = open();
    await gateway.update(id, update);
    await gateway.update(id, name);
    expect(requests).toStrictEqual([
      wireRequest(["PUT", url, body]),
      wireRequest(["PATCH", url, body]),
      wireRequest(["PATCH", url, name]),
    ]);
  });

  it("turns to PATCH after a 404 for a connection that can be read", async () => {
    const steps = [step("PUT", { status: 404, reply: "404 page not found" }), step("GET"), step("PATCH")];
    const { methods, result } = await onTheWire(steps, (gateway) => gateway.update(id, name));
    expect(methods).toStrictEqual(["PUT", "GET", "PATCH"]);
    expect(result).toMatchObject({ provider: { id } });
  });

  it("is not in question where the connection is not there", async () => {
    const steps = [step("PUT", notFound), step("GET", notFound), step("PATCH")];
    const { methods, result } = await onTheWire(steps, (gateway) => gateway.update(id, name));
    expect(methods).toStrictEqual(["PUT", "GET"]);
    expect(result).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });

  it("is not looked for where the setting names it", async () => {
    const steps = [step("PUT", noMethod), step("PATCH")];
    const { methods, result } = await onTheWire(steps, (gateway) => gateway.update(id, name), { updateMethod: "PUT" });
    expect(methods).toStrictEqual(["PUT"]);
    expect(result).toMatchObject({ name: "RejectedError", status: 405, outcome: "not-applied" });
  });
});

describe("the family of a Barndoor connection", () => {
  const familySchemes: Record<string, readonly CredentialScheme[]> = {
    bedrock: ["bedrock_api_key", "aws_role", "aws_keys"],
    vertex: ["google_adc", "google_service_account"],
    anthropic: [],
    openai: [],
    groq: [],
    "a-family-of-tomorrow": [],
    constructor: [],
  };
  const never: readonly CredentialScheme[] = ["api_key", "google_impersonation", "oauth_passthrough"];
  const read = credentialSchemes.filter((scheme) => !never.includes(scheme));
  const cases = Object.entries(familySchemes).flatMap(([family, taken]) =>
    read.map((scheme) => [scheme, family, taken.includes(scheme)] as const),
  );

  it.each(cases.filter(([, , taken]) => taken))("takes %s for %s", async (scheme, family) => {
    const current = { ...updated, model_provider: family };
    const { methods } = await onTheWire([step("GET", { reply: current }), step("PUT", { reply: current })], (gateway) =>
      gateway.update(id, { credential: credentials[scheme] }),
    );
    expect(methods).toStrictEqual(["GET", "PUT"]);
  });

  it.each(cases.filter(([, , taken]) => !taken))("refuses %s for %s after the one read", (scheme, family) =>
    expectMapping(
      open(),
      id,
      refusedAfterRead({ ...updated, model_provider: family }, { credential: credentials[scheme] }, "credential"),
    ),
  );

  it("is named in the refusal, with the schemes that a connection of it takes", async () => {
    const reply = { ...updated, model_provider: "anthropic" };
    const { result } = await onTheWire([step("GET", { reply })], (gateway) =>
      gateway.update(id, { credential: credentials.google_adc }),
    );
    expect(result).toMatchObject({
      issues: [{ message: "a connection of the family anthropic does not take google_adc, only api_key" }],
    });
  });
});

describe("the settings of a Barndoor connection", () => {
  it("go back whole, with the caller's keys on top", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        bedrock,
        { native: { settings: { region: "us-east-1", tags: ["a", { deep: null }] } } },
        { settings: { region: "us-east-1", model_api_family: "bedrock_converse", tags: ["a", { deep: null }] } },
      ),
    ));

  it("share one read with a credential", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        bedrock,
        { credential: credentials.bedrock_api_key, native: { settings: { tier: 2 }, change_note: "moved" } },
        {
          auth_type: "bedrock_api_key",
          api_key: "new-bedrock-key",
          settings: { region: "eu-central-1", model_api_family: "bedrock_converse", tier: 2 },
          change_note: "moved",
        },
      ),
    ));

  it("start empty where the gateway reports null", () =>
    expectMapping(
      open(),
      id,
      afterRead({ ...updated, settings: null }, { native: { settings: { a: 1 } } }, { settings: { a: 1 } }),
    ));

  it("are not written where the gateway did not report them", () => {
    const { settings: _settings, ...unreported } = updated;
    const update = { native: { settings: { a: 1 } } };
    return expectMapping(open(), id, refusedAfterRead(unreported, update, "native.settings"));
  });
});

describe("the native fields of a Barndoor connection", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["an unknown field", { note: "x" }, "native.note"],
    ["a field of providers", { enforce_health_check: true }, "native.enforce_health_check"],
    ["a billing field of providers", { billing_mode: "per_token" }, "native.billing_mode"],
    ["a field of the contract", { base_url: "https://x.example.test" }, "native.base_url"],
    ["the type of the credential", { auth_type: "api_key" }, "native.auth_type"],
    ["a secret in the place of settings", { settings: secret("some-secret") }, "native.settings"],
    ["settings that are null, which the gateway reads as omitted", { settings: null }, "native.settings"],
    ["settings that are a list", { settings: [] }, "native.settings"],
    ["a change note over 500 characters", { change_note: "x".repeat(501) }, "native.change_note"],
    ["a blank change note", { change_note: " " }, "native.change_note"],
    ["a change note that is null", { change_note: null }, "native.change_note"],
  ])("refuse %s", (_what, native, path) => expectMapping(open(), id, invalid({ native }, path)));
});

describe("the words of auth_type on a Barndoor connection", () => {
  const perFamily = { authTypes: { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } } };

  it("may be one word for a scheme: no read", () =>
    expectMapping(
      open({ authTypes: { api_key: "bearer_api_key" } }),
      id,
      put({ credential: credentials.api_key }, { auth_type: "bearer_api_key", api_key: "new-api-key" }),
    ));

  it.each([
    ["anthropic", "x_api_key"],
    ["openai", "bearer_api_key"],
  ])("may depend on the family, and then a key costs the read too: %s", (model_provider, word) =>
    expectMapping(
      open(perFamily),
      id,
      afterRead(
        { ...updated, model_provider },
        { credential: credentials.api_key },
        { auth_type: word, api_key: "new-api-key" },
      ),
    ),
  );

  it("refuse a family without a word", () =>
    expectMapping(
      open({ authTypes: { api_key: { anthropic: "x_api_key" } } }),
      id,
      refusedAfterRead(updated, { credential: credentials.api_key }, "credential"),
    ));
});

describe("the settings of the adapter for Barndoor connections", () => {
  it.each(["https://app.barndoor.ai", "https://app.barndoor.ai//", "https://app.barndoor.ai/api/llm-gateway/"])(
    "%s as base URL gives the prefix once",
    async (baseUrl) => {
      const requests = script([{ request: ["GET", `app.barndoor.ai${itemPath}`], reply: updated }]);
      await open({ baseUrl }).get(id);
      expect(requests).toStrictEqual([wireRequest(["GET", `app.barndoor.ai${itemPath}`])]);
    },
  );

  it("have no default for the base URL", () => {
    expect(() => barndoorConnection.open({ token })).toThrow(
      expect.objectContaining({ name: "MissingSettingError", settings: ["baseUrl"], outcome: "not-sent" }),
    );
  });

  it("have no ceilings: a connection has no timeouts", () => {
    expect(() => barndoorConnection.open({ token, baseUrl: origin, timeoutCeilings: { request: 600 } })).toThrow(
      expect.objectContaining({
        name: "InvalidInputError",
        issues: [expect.objectContaining({ path: "timeoutCeilings" })],
      }),
    );
  });
});

describe("the id of a Barndoor connection", () => {
  it("is a UUID, and goes out in lower case", () => expectMapping(open(), id.toUpperCase(), rename));

  it.each(["", "123", 123, null, "..", `${id}/aws-trust-info`, "aws-role-config"])("is not %j", async (value) => {
    const requests = scriptWire(origin, []);
    expect(() => open().parseId(value)).toThrow(expect.objectContaining({ name: "InvalidInputError" }));
    await expect(open().get(value as string)).rejects.toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
    expect(requests).toStrictEqual([]);
  });
});

describe("the notes of an update of a Barndoor connection", () => {
  const noted = { change_note: "why" };
  const cases: readonly [string, Sent, string[]][] = [
    ["the stored change note is cleared by an update without one", rename, ["change-note-cleared"]],
    ["an update with a change note has none", put({ name: "N", native: noted }, { name: "N", change_note: "why" }), []],
    [
      "a new base URL may reach providers",
      put({ ...moved, native: noted }, { base_url: moved.baseUrl, change_note: "why" }),
      ["providers-may-move"],
    ],
    [
      "the members of aws_keys come from newer sources",
      afterRead(
        bedrock,
        { credential: credentials.aws_keys, native: noted },
        {
          auth_type: "aws_keys",
          credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
          change_note: "why",
        },
      ),
      ["newer-sources-only"],
    ],
  ];

  it.each(cases)("%s", async (_what, { update, replies }, codes) => {
    script(replies);
    const { notes } = await open().update(id, update);
    expect(notes.map(({ code }) => code)).toStrictEqual(codes);
  });
});

describe("a preview of an update of a Barndoor connection", () => {
  it("shows each request, without the secret", () => {
    const update = { credential: credentials.bedrock_api_key, native: { settings: { region: "eu" } } };
    const body = {
      auth_type: "bedrock_api_key",
      api_key: "[redacted]",
      settings: { "‹current settings›": "‹kept›", region: "eu" },
    };
    expect(open({ updateMethod: "PUT" }).explain(id, update)).toStrictEqual([
      { method: "GET", path: itemPath },
      { method: "PUT", path: itemPath, body, fields: ["credential", "native"] },
    ]);
  });
});
