import { type BarndoorSettings, barndoor } from "../../../adapters/barndoor/index.ts";
import { type CredentialScheme, credentialSchemes, type ProviderUpdate, secret } from "../../../src/index.ts";
import { fixture } from "../../support/fixture.ts";
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
  type WireLine,
  wireRequest,
} from "../../support/mapping.ts";
import { type Step, scriptWire } from "../../support/wire.ts";

const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const otherId = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a222";
const connectionId = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const host = "acme.platform.barndoor.ai";
const origin = `https://${host}`;
const baseUrl = `${origin}/api/llm-gateway`;
const itemPath = `/api/llm-gateway/admin/providers/${id}`;
const url = host + itemPath;

const updated = fixture("barndoor/updated");
const bedrock = fixture("barndoor/retrieved-bedrock");
const vertex = fixture("barndoor/retrieved-vertex");
const anthropic = fixture("barndoor/retrieved-anthropic");

const open = (settings: Partial<BarndoorSettings> = {}) => barndoor({ token, baseUrl, ...settings });

const write = (method: string, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [{ request: [method, url, body], reply: updated }],
});
const patch = (update: ProviderUpdate, body: unknown) => write("PATCH", update, body);
/** A read that answers with this provider, then the PATCH. */
const afterRead = (current: Record<string, unknown>, update: ProviderUpdate, body: unknown): Sent => ({
  update,
  replies: [
    { request: ["GET", url], reply: current },
    { request: ["PATCH", url, body], reply: current },
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

const rename = patch({ name: "OpenAI Production" }, { name: "OpenAI Production" });

const fields: MappingTable = {
  name: { set: rename, clear: invalid({ name: null }, "name"), omitted: patch({ enabled: true }, { enabled: true }) },
  description: {
    set: unsupported({ description: "Primary" }),
    clear: unsupported({ description: null }),
    omitted: rename,
  },
  metadata: { set: unsupported({ metadata: { team: "ml" } }), clear: unsupported({ metadata: null }), omitted: rename },
  baseUrl: {
    set: patch({ baseUrl: "https://new.example.test/v1" }, { base_url: "https://new.example.test/v1" }),
    clear: invalid({ baseUrl: null }, "baseUrl"),
    omitted: rename,
  },
  credential: {
    set: patch({ credential: credentials.api_key }, { auth_type: "api_key", api_key: "new-api-key" }),
    clear: invalid({ credential: null }, "credential"),
    omitted: rename,
  },
  connectionId: {
    set: patch({ connectionId }, { connection_id: connectionId }),
    clear: patch(
      { connectionId: null, credential: credentials.api_key },
      { connection_id: null, auth_type: "api_key", api_key: "new-api-key" },
    ),
    omitted: rename,
  },
  requestTimeout: {
    set: patch({ requestTimeout: 90 }, { request_timeout_secs: 90 }),
    clear: patch({ requestTimeout: null }, { request_timeout_secs: null }),
    omitted: rename,
  },
  streamIdleTimeout: {
    set: patch({ streamIdleTimeout: 60 }, { stream_idle_timeout_secs: 60 }),
    clear: patch({ streamIdleTimeout: null }, { stream_idle_timeout_secs: null }),
    omitted: rename,
  },
  enabled: {
    set: patch({ enabled: false }, { enabled: false }),
    clear: invalid({ enabled: null }, "enabled"),
    omitted: rename,
  },
  native: {
    set: patch(
      {
        native: {
          enforce_health_check: false,
          billing_mode: "per_token",
          billing_reason: null,
          billing_note: null,
          model_sync_mode: "additive",
          change_note: "rotated",
        },
      },
      {
        enforce_health_check: false,
        billing_mode: "per_token",
        billing_reason: null,
        billing_note: null,
        model_sync_mode: "additive",
        change_note: "rotated",
      },
    ),
    clear: invalid({ native: null }, "native"),
    omitted: rename,
  },
};

const schemes: SchemeTable = {
  api_key: patch({ credential: credentials.api_key }, { auth_type: "api_key", api_key: "new-api-key" }),
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
  oauth_passthrough: afterRead(
    anthropic,
    { credential: credentials.oauth_passthrough },
    { auth_type: "oauth_passthrough" },
  ),
};

/** Everything that goes over the wire, and what the calls come to. */
async function onTheWire(
  steps: readonly Step[],
  run: (gateway: ReturnType<typeof open>) => Promise<unknown>,
  settings: Partial<BarndoorSettings> = {},
): Promise<{ result: unknown; lines: string[] }> {
  const requests = scriptWire(origin, steps);
  const result = await run(open({ retry: { attempts: 0 }, ...settings })).catch((error: unknown) => error);
  return { result, lines: requests.map((request) => `${request.method} ${request.url.slice(host.length)}`) };
}

const PATCH = `PATCH ${itemPath}`;
const GET = `GET ${itemPath}`;
const PUT = `PUT ${itemPath}`;
const step = (method: string, rest: Partial<Step> = {}): Step => ({ method, path: itemPath, reply: updated, ...rest });
const noRoute = { status: 404, reply: "404 page not found", headers: { "content-type": "text/plain" } };
const noMethod = { status: 405, reply: "Method Not Allowed", headers: { "content-type": "text/plain" } };
const notFound = { status: 404, reply: { error: { message: "provider not found", type: "not_found_error" } } };

describe("the mapping of Barndoor", () => {
  testMapping(() => open(), id, fields, schemes);

  it("puts all fields of one update in one request", () =>
    expectMapping(
      open(),
      id,
      patch(
        {
          name: "N",
          baseUrl: "https://x.example.test",
          connectionId: null,
          credential: credentials.api_key,
          requestTimeout: 5,
          streamIdleTimeout: null,
          enabled: true,
          native: { change_note: "all at once" },
        },
        {
          name: "N",
          base_url: "https://x.example.test",
          connection_id: null,
          auth_type: "api_key",
          api_key: "new-api-key",
          request_timeout_secs: 5,
          stream_idle_timeout_secs: null,
          enabled: true,
          change_note: "all at once",
        },
      ),
    ));

  it("leaves an external id out where none is given", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        bedrock,
        { credential: { scheme: "aws_role", roleArn: "arn:aws:iam::1:role/x" } },
        { auth_type: "aws_role", credentials: { iam_role_arn: "arn:aws:iam::1:role/x" } },
      ),
    ));

  it("names every field that it cannot take at once", () =>
    expectMapping(open(), id, unsupported({ description: "d", metadata: null, name: "N" }, "description", "metadata")));
});

describe("detaching from a connection at Barndoor", () => {
  it("sends the null and new credentials in one body", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        bedrock,
        { connectionId: null, credential: credentials.aws_keys },
        {
          connection_id: null,
          auth_type: "aws_keys",
          credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
        },
      ),
    ));

  it("sends the null and a new service account in one body", () =>
    expectMapping(
      open(),
      id,
      afterRead(
        vertex,
        { connectionId: null, credential: credentials.google_service_account },
        {
          connection_id: null,
          auth_type: "google_service_account",
          credentials: {
            type: "service_account",
            client_email: "bot@example.test",
            private_key: "-----BEGIN\nkey\n-----END",
          },
        },
      ),
    ));

  it("is refused without a new credential", () =>
    expectMapping(open(), id, invalid({ connectionId: null, name: "N" }, "connectionId")));

  it.each(["google_adc", "oauth_passthrough"] as const)("is refused with %s, which has no secret", (scheme) =>
    expectMapping(open(), id, invalid({ connectionId: null, credential: credentials[scheme] }, "credential")),
  );

  it("is refused with a scheme that the adapter never takes", () =>
    expectMapping(
      open(),
      id,
      unsupported({ connectionId: null, credential: credentials.google_impersonation }, "credential"),
    ));
});

describe("attaching a connection at Barndoor", () => {
  it("excludes a credential in the same update", () =>
    expectMapping(open(), id, invalid({ connectionId, credential: credentials.api_key }, "connectionId")));

  it("sends the UUID in lower case", () =>
    expectMapping(open(), id, patch({ connectionId: connectionId.toUpperCase() }, { connection_id: connectionId })));

  it.each(["shared", "123", "c0ffee00-12ee-4d92-9c7b"])("refuses %s, which is no UUID", (text) =>
    expectMapping(open(), id, invalid({ connectionId: text }, "connectionId")),
  );
});

describe("the update method of Barndoor", () => {
  const name = { name: "OpenAI Production" };

  it.each(["PATCH", "PUT"] as const)("sends %s where the setting says so, with the same partial body", (method) =>
    expectMapping(open({ updateMethod: method }), id, write(method, name, name)),
  );

  it.each([
    ["PATCH", 404],
    ["PATCH", 405],
    ["PUT", 404],
    ["PUT", 405],
  ] as const)("does not look for another method after a %s that was set was answered %i", async (method, status) => {
    const { lines, result } = await onTheWire(
      [step(method, { status, reply: "no" })],
      (gateway) => gateway.update(id, name),
      { updateMethod: method },
    );
    expect(lines).toStrictEqual([`${method} ${itemPath}`]);
    expect(result).toMatchObject({ status, outcome: "not-applied" });
  });

  it("refuses another word", () => {
    expect(() => open({ updateMethod: "POST" as never })).toThrow(
      expect.objectContaining({ name: "InvalidInputError" }),
    );
  });

  it("goes on with PUT after a 405, with the same body, and remembers it", async () => {
    const requests = scriptWire(origin, [step("PATCH", noMethod), step("PUT"), step("PUT")]);
    const gateway = open();
    const update = { name: "N", credential: credentials.api_key };
    const body = { name: "N", auth_type: "api_key", api_key: "new-api-key" };
    await expect(gateway.update(id, update)).resolves.toMatchObject({ provider: { id } });
    await gateway.update(id, name);
    expect(requests).toStrictEqual([
      wireRequest(["PATCH", url, body]),
      wireRequest(["PUT", url, body]),
      wireRequest(["PUT", url, name]),
    ]);
  });

  it("goes on with PUT after a 404 for a provider that can be read, and remembers it", async () => {
    const { lines, result } = await onTheWire(
      [step("PATCH", noRoute), step("GET"), step("PUT"), step("PUT")],
      async (gateway) => {
        await gateway.update(id, name);
        return gateway.update(id, name);
      },
    );
    expect(lines).toStrictEqual([PATCH, GET, PUT, PUT]);
    expect(result).toMatchObject({ provider: { id } });
  });

  it("remembers it for that gateway only", async () => {
    const steps = [step("PATCH", noMethod), step("PUT"), step("PATCH")];
    const { lines } = await onTheWire(steps, async (gateway) => {
      await gateway.update(id, name);
      await open().update(id, name);
    });
    expect(lines).toStrictEqual([PATCH, PUT, PATCH]);
  });

  it("remembers a PATCH that worked: a later 404 is one", async () => {
    const steps = [step("PATCH"), step("PATCH", notFound), step("PATCH", noMethod), step("GET"), step("PUT")];
    const { lines, result } = await onTheWire(steps, async (gateway) => {
      await gateway.update(id, name);
      const errors = [gateway.update(id, name), gateway.update(id, name)].map((promise) =>
        promise.catch((error: unknown) => error),
      );
      return Promise.all(errors);
    });
    expect(lines).toStrictEqual([PATCH, PATCH, PATCH]);
    expect(result).toMatchObject([
      { name: "NotFoundError", outcome: "not-applied" },
      { name: "RejectedError", status: 405, outcome: "not-applied" },
    ]);
  });

  it("tells a provider that is not there from a method that is not there, and learns nothing from it", async () => {
    const missing = [step("PATCH", notFound), step("GET", notFound), step("PUT")];
    const { lines, result } = await onTheWire([...missing, ...missing], async (gateway) => {
      const first: unknown = await gateway.update(id, name).catch((error: unknown) => error);
      return [first, await gateway.update(id, name).catch((error: unknown) => error)];
    });
    expect(lines).toStrictEqual([PATCH, GET, PATCH, GET]);
    const error = { name: "NotFoundError", status: 404, outcome: "not-applied", retryable: false };
    expect(result).toMatchObject([error, error]);
  });

  it.each<[string, Partial<Step>, string]>([
    ["a 401", { status: 401, reply: { error: { message: "expired" } } }, "AuthenticationError"],
    ["a 403", { status: 403, reply: { error: { message: "role too low" } } }, "PermissionDeniedError"],
    ["a 429", { status: 429, reply: { error: { message: "slow down" } } }, "RateLimitError"],
    ["a 503", { status: 503, reply: { error: { message: "down" } } }, "UnavailableError"],
    ["a lost connection", { fault: "ECONNRESET" }, "NetworkError"],
    ["a refused connection", { fault: "ECONNREFUSED" }, "NetworkError"],
  ])("throws what the read after a 404 runs into, %s: the write was refused", async (_what, reading, name) => {
    const { lines, result } = await onTheWire([step("PATCH", noRoute), step("GET", reading), step("PUT")], (gateway) =>
      gateway.update(id, { name: "N" }),
    );
    expect(lines).toStrictEqual([PATCH, GET]);
    expect(result).toMatchObject({ name, outcome: "not-applied" });
  });

  it("does not take a 400 for an answer about the method", async () => {
    const steps = [step("PATCH", { status: 400, reply: { error: { message: "bad" } } }), step("PATCH", noMethod)];
    const { lines, result } = await onTheWire([...steps, step("PUT")], async (gateway) => {
      const first: unknown = await gateway.update(id, name).catch((error: unknown) => error);
      return [first, await gateway.update(id, name)];
    });
    expect(lines).toStrictEqual([PATCH, PATCH, PUT]);
    expect(result).toMatchObject([{ name: "RejectedError", status: 400 }, { provider: { id } }]);
  });

  it.each<[string, Partial<Step>, object]>([
    [
      "refused",
      { status: 400, reply: { error: { message: "bad" } } },
      { name: "RejectedError", outcome: "not-applied" },
    ],
    ["lost", { fault: "ECONNRESET" }, { name: "NetworkError", outcome: "unknown" }],
    ["answered 405 as well", noMethod, { name: "RejectedError", status: 405, outcome: "not-applied" }],
  ])("throws the error of the PUT where that is %s", async (_what, putting, error) => {
    const { lines, result } = await onTheWire([step("PATCH", noMethod), step("PUT", putting)], (gateway) =>
      gateway.update(id, name),
    );
    expect(lines).toStrictEqual([PATCH, PUT]);
    expect(result).toMatchObject(error);
  });

  describe("with two updates at once", () => {
    const other = { path: itemPath.replace(id, otherId), reply: { ...updated, id: otherId } };
    const both = (gateway: ReturnType<typeof open>) =>
      Promise.all([gateway.update(id, name), gateway.update(otherId, name)]);
    const otherLine = (method: string) => `${method} ${other.path}`;

    // A second discovery would find its PATCH answered, and show as a line.
    it.each<[string, Step[], string[]]>([
      ["a 405", [step("PATCH", noMethod), step("PATCH", { ...other, ...noMethod })], [PATCH, PUT]],
      [
        "a 404",
        [step("PATCH", noRoute), step("GET"), step("PATCH", { ...other, ...noRoute }), step("GET", other)],
        [PATCH, GET, PUT],
      ],
    ])("makes one discovery after %s", async (_what, steps, discovery) => {
      const { lines, result } = await onTheWire([...steps, step("PUT"), step("PUT", other)], both);
      expect(lines).toStrictEqual([...discovery, otherLine("PUT")]);
      expect(result).toMatchObject([{ provider: { id } }, { provider: { id: otherId } }]);
    });

    it("lets the second one find out where the first one did not", async () => {
      const down = { status: 503, reply: { error: { message: "down" } } };
      const steps = [step("PATCH", down), step("PATCH", { ...other, ...noMethod }), step("PUT", other)];
      const { lines, result } = await onTheWire(steps, (gateway) =>
        Promise.allSettled([gateway.update(id, name), gateway.update(otherId, name)]),
      );
      expect(lines).toStrictEqual([PATCH, otherLine("PATCH"), otherLine("PUT")]);
      expect(result).toMatchObject([
        { status: "rejected", reason: { name: "UnavailableError", outcome: "unknown" } },
        { status: "fulfilled", value: { provider: { id: otherId } } },
      ]);
    });

    it("ends the wait for a discovery by abort, with nothing sent", async () => {
      const controller = new AbortController();
      const steps = [step("PATCH", { ...noMethod, onRequest: () => controller.abort() }), step("PUT")];
      const { lines, result } = await onTheWire([...steps, step("PUT", other)], (gateway) =>
        Promise.allSettled([gateway.update(id, name), gateway.update(otherId, name, { signal: controller.signal })]),
      );
      expect(lines).toStrictEqual([PATCH, PUT]);
      expect(result).toMatchObject([
        { status: "fulfilled" },
        { status: "rejected", reason: { name: "AbortedError", outcome: "not-sent" } },
      ]);
    });
  });
});

describe("the family of a Barndoor provider", () => {
  const familySchemes: Record<string, readonly CredentialScheme[]> = {
    bedrock: ["bedrock_api_key", "aws_role", "aws_keys"],
    vertex: ["google_adc", "google_service_account"],
    anthropic: ["oauth_passthrough"],
    openai: ["oauth_passthrough"],
    azure_openai: [],
    groq: [],
    "a-family-of-tomorrow": [],
    constructor: [],
  };
  const read = credentialSchemes.filter((scheme) => scheme !== "api_key" && scheme !== "google_impersonation");
  const cases = Object.entries(familySchemes).flatMap(([family, taken]) =>
    read.map((scheme) => [scheme, family, taken.includes(scheme)] as const),
  );

  it.each(cases.filter(([, , taken]) => taken))("takes %s for %s", async (scheme, family) => {
    const current = { ...updated, model_provider: family };
    const { lines } = await onTheWire([step("GET", { reply: current }), step("PATCH", { reply: current })], (gateway) =>
      gateway.update(id, { credential: credentials[scheme] }),
    );
    expect(lines).toStrictEqual([GET, PATCH]);
  });

  it.each(cases.filter(([, , taken]) => !taken))("refuses %s for %s after the one read", (scheme, family) =>
    expectMapping(
      open(),
      id,
      refusedAfterRead({ ...updated, model_provider: family }, { credential: credentials[scheme] }, "credential"),
    ),
  );

  it("is not asked for where the family cannot matter", () =>
    expectMapping(
      open(),
      id,
      patch({ connectionId, requestTimeout: 5 }, { connection_id: connectionId, request_timeout_secs: 5 }),
    ));
});

describe("the settings of a Barndoor provider", () => {
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
        {
          credential: credentials.bedrock_api_key,
          native: { settings: { region: "us-east-1" }, change_note: "moved" },
        },
        {
          auth_type: "bedrock_api_key",
          api_key: "new-bedrock-key",
          settings: { region: "us-east-1", model_api_family: "bedrock_converse" },
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

  it("are not written where the gateway did not report them: a write replaces all", () => {
    const { settings: _settings, ...unreported } = updated;
    return expectMapping(
      open(),
      id,
      refusedAfterRead(unreported, { native: { settings: { a: 1 } } }, "native.settings"),
    );
  });

  it("are not written after a read that failed", async () => {
    const { lines, result } = await onTheWire([step("GET", notFound), step("PATCH")], (gateway) =>
      gateway.update(id, { native: { settings: { a: 1 } } }),
    );
    expect(lines).toStrictEqual([GET]);
    expect(result).toMatchObject({ name: "NotFoundError", outcome: "not-sent" });
  });
});

describe("the native fields of Barndoor", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["an unknown field", { health_check: true }, "native.health_check"],
    ["a field of the contract", { base_url: "https://x.example.test" }, "native.base_url"],
    ["a secret in the place of settings", { settings: secret("some-secret") }, "native.settings"],
    ["settings that are null, which the gateway reads as omitted", { settings: null }, "native.settings"],
    ["settings that are a list", { settings: [] }, "native.settings"],
    ["a flag that is null", { enforce_health_check: null }, "native.enforce_health_check"],
    ["a billing mode that is not there", { billing_mode: "free" }, "native.billing_mode"],
    ["a billing reason that is not there", { billing_reason: "gift" }, "native.billing_reason"],
    ["a billing note over 200 characters", { billing_note: "x".repeat(201) }, "native.billing_note"],
    ["a sync mode that is not there", { model_sync_mode: "on" }, "native.model_sync_mode"],
    ["a change note over 500 characters", { change_note: "x".repeat(501) }, "native.change_note"],
    ["a change note that is null", { change_note: null }, "native.change_note"],
    [
      "clearing the reason of what is not metered",
      { billing_mode: "not_metered", billing_reason: null },
      "native.billing_reason",
    ],
  ])("refuse %s", (_what, native, path) => expectMapping(open(), id, invalid({ native }, path)));

  it("take texts of the documented length", () => {
    const native = { billing_note: "x".repeat(200), change_note: "y".repeat(500) };
    return expectMapping(open(), id, patch({ native }, native));
  });
});

describe("the words of auth_type", () => {
  const perFamily = { authTypes: { api_key: { anthropic: "x_api_key", default: "bearer_api_key" } } };

  it("may be one word for a scheme: no read", () =>
    expectMapping(
      open({ authTypes: { api_key: "bearer_api_key" } }),
      id,
      patch({ credential: credentials.api_key }, { auth_type: "bearer_api_key", api_key: "new-api-key" }),
    ));

  it("leave the other schemes their own names", () =>
    expectMapping(
      open({ authTypes: { api_key: "bearer_api_key" } }),
      id,
      afterRead(
        bedrock,
        { credential: credentials.bedrock_api_key },
        { auth_type: "bedrock_api_key", api_key: "new-bedrock-key" },
      ),
    ));

  it("may be another word for a scheme that is read for anyway", () =>
    expectMapping(
      open({ authTypes: { aws_keys: "aws_static_credentials" } }),
      id,
      afterRead(
        bedrock,
        { credential: credentials.aws_keys },
        {
          auth_type: "aws_static_credentials",
          credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
        },
      ),
    ));

  it.each([
    ["the family's", "anthropic", "x_api_key"],
    ["the default", "openai", "bearer_api_key"],
    ["the default for an odd name", "constructor", "bearer_api_key"],
  ])("may depend on the family, and then a key costs the read too: %s", (_what, model_provider, word) =>
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

  it.each(["openai", "constructor", "toString"])("refuse a family without a word: %s", (model_provider) =>
    expectMapping(
      open({ authTypes: { api_key: { anthropic: "x_api_key" } } }),
      id,
      refusedAfterRead({ ...updated, model_provider }, { credential: credentials.api_key }, "credential"),
    ),
  );

  it("do not make a family take what it does not", () =>
    expectMapping(open(perFamily), id, refusedAfterRead(bedrock, { credential: credentials.api_key }, "credential")));

  it.each<[string, object, string]>([
    ["an unknown scheme", { apikey: "bearer_api_key" }, "authTypes.apikey"],
    ["an empty word", { api_key: "" }, "authTypes.api_key"],
    ["a word that is no text", { api_key: 1 }, "authTypes.api_key"],
  ])("are checked when the gateway is made: %s", (_what, authTypes, path) => {
    expect(() => open({ authTypes: authTypes as never })).toThrow(
      expect.objectContaining({
        name: "InvalidInputError",
        issues: [expect.objectContaining({ path: expect.stringContaining(path) })],
      }),
    );
  });
});

describe("the timeouts of Barndoor", () => {
  const cases: readonly [string, Partial<BarndoorSettings>, number, number][] = [
    ["the documented ones", {}, 3600, 1800],
    ["those of newer platforms", { timeoutCeilings: { request: 600, streamIdle: 300 } }, 600, 300],
    ["one of each", { timeoutCeilings: { request: 600 } }, 600, 1800],
  ];

  it.each(cases)("end at %s", async (_what, settings, request, streamIdle) => {
    const limits = { requestTimeout: request, streamIdleTimeout: streamIdle };
    const body = { request_timeout_secs: request, stream_idle_timeout_secs: streamIdle };
    await expectMapping(open(settings), id, patch(limits, body));
    const beyond = { requestTimeout: request + 1, streamIdleTimeout: streamIdle + 1 };
    await expectMapping(open(settings), id, invalid(beyond, "requestTimeout", "streamIdleTimeout"));
    const { fields } = open(settings).capabilities;
    expect(fields.requestTimeout.limits).toStrictEqual({ minimum: 1, maximum: request });
    expect(fields.streamIdleTimeout.limits).toStrictEqual({ minimum: 1, maximum: streamIdle });
  });

  it.each([0, -1, 1.5, "90"])("are whole seconds from 1 on: %p is refused", (value) =>
    expectMapping(
      open(),
      id,
      invalid({ requestTimeout: value, streamIdleTimeout: value }, "requestTimeout", "streamIdleTimeout"),
    ),
  );

  it("begin at 1", () => expectMapping(open(), id, patch({ requestTimeout: 1 }, { request_timeout_secs: 1 })));
});

describe("the base URL of Barndoor", () => {
  it.each([
    "https://app.barndoor.ai",
    "https://app.barndoor.ai/",
    "https://app.barndoor.ai//",
    "https://app.barndoor.ai/api/llm-gateway",
    "https://app.barndoor.ai/api/llm-gateway/",
    "https://app.barndoor.ai/api/llm-gateway//",
  ])("%s gives the prefix once", async (text) => {
    const line: WireLine = ["PATCH", `app.barndoor.ai${itemPath}`, { name: "N" }];
    const requests = script([{ request: line, reply: updated }]);
    await open({ baseUrl: text }).update(id, { name: "N" });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("is required: none of the documented hosts is the default", () => {
    expect(() => barndoor({ token } as never)).toThrow(
      expect.objectContaining({ name: "MissingSettingError", settings: ["baseUrl"], outcome: "not-sent" }),
    );
  });

  it.each(["", "app.barndoor.ai", "ftp://app.barndoor.ai", "https://user:pass@app.barndoor.ai", `${baseUrl}?a=b`])(
    "is refused when it is %p",
    (text) => {
      expect(() => open({ baseUrl: text })).toThrow(
        expect.objectContaining({
          name: "InvalidInputError",
          issues: [expect.objectContaining({ path: "baseUrl" })],
        }),
      );
    },
  );
});

describe("the id of a Barndoor provider", () => {
  it.each([
    id,
    "4f8b2a3c-12ee-1d92-9c7b-e7d2f8b0a111",
    "018f8b2a-12ee-7d92-9c7b-e7d2f8b0a111",
    "018f8b2a-12ee-8d92-0c7b-e7d2f8b0a111",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
  ])("%s is a UUID, whatever its version", (text) => {
    expect(open().parseId(text)).toBe(text);
    expect(open().parseId(text.toUpperCase())).toBe(text);
  });

  it("goes out in lower case", async () => {
    const line: WireLine = ["PATCH", url, { name: "N" }];
    const requests = script([{ request: line, reply: updated }]);
    await expect(open().update(id.toUpperCase(), { name: "N" })).resolves.toMatchObject({ provider: { id } });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it.each([
    "",
    "123",
    123,
    null,
    undefined,
    "..",
    `{${id}}`,
    `urn:uuid:${id}`,
    `${id}\n`,
    ` ${id}`,
    `${id}/models`,
    id.replaceAll("-", ""),
    id.slice(0, -1),
    `${id}1`,
  ])("%j is refused, and nothing is sent", async (value) => {
    const requests = scriptWire(origin, []);
    const refusal = { name: "InvalidInputError", outcome: "not-sent", issues: [{ path: "id" }] };
    expect(() => open().parseId(value)).toThrow(expect.objectContaining({ name: "InvalidInputError" }));
    await expect(open().get(value as string)).rejects.toMatchObject(refusal);
    await expect(open().update(value as string, { name: "N" })).rejects.toMatchObject(refusal);
    expect(requests).toStrictEqual([]);
  });
});

describe("the notes of a Barndoor update", () => {
  const cases: readonly [string, Sent, string[]][] = [
    ["the stored change note is cleared by an update without one", rename, ["change-note-cleared"]],
    [
      "an update with a change note has none",
      patch({ name: "N", native: { change_note: "why" } }, { name: "N", change_note: "why" }),
      [],
    ],
    [
      "the members of aws_keys come from newer sources",
      afterRead(
        bedrock,
        { credential: credentials.aws_keys, native: { change_note: "why" } },
        {
          auth_type: "aws_keys",
          credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
          change_note: "why",
        },
      ),
      ["newer-sources-only"],
    ],
    [
      "attaching has a consequence",
      patch({ connectionId }, { connection_id: connectionId }),
      ["change-note-cleared", "attached"],
    ],
    [
      "detaching has none of that",
      patch(
        { connectionId: null, credential: credentials.api_key },
        { connection_id: null, auth_type: "api_key", api_key: "new-api-key" },
      ),
      ["change-note-cleared"],
    ],
  ];

  it.each(cases)("%s", async (_what, { update, replies }, codes) => {
    script(replies);
    const { notes } = await open().update(id, update);
    expect(notes.map(({ code }) => code).sort()).toStrictEqual([...codes].sort());
    for (const { message } of notes) expect(message).not.toBe("");
  });
});

describe("reading from Barndoor", () => {
  const line: WireLine = ["GET", url];
  const read = async (reply: unknown, settings: Partial<BarndoorSettings> = {}) => {
    const requests = script([{ request: line, reply }]);
    const state = await open(settings).get(id);
    expect(requests).toStrictEqual([wireRequest(line)]);
    return state;
  };

  it("shows everything that a full reply tells", async () => {
    await expect(read(updated)).resolves.toStrictEqual({
      id,
      name: "OpenAI Production",
      upstream: "openai",
      baseUrl: "https://api.openai.com/v1",
      connectionId: null,
      requestTimeout: 90,
      streamIdleTimeout: 60,
      enabled: true,
      native: {
        auth_type: "api_key",
        settings: { region: "eu" },
        enforce_health_check: true,
        billing_mode: "not_metered",
        billing_reason: "external",
        billing_note: "paid by the parent company",
        model_sync_mode: "off",
        change_note: "key of June",
      },
      credential: { kind: "inline", scheme: "api_key" },
      health: { status: "healthy", detail: "HTTP 200", checkedAt: "2026-06-03T08:05:00.000Z" },
      createdAt: "2026-06-02T09:15:00.000Z",
      updatedAt: "2026-06-03T08:00:00.500Z",
    });
  });

  it("does not make up what the documents' sample leaves out", async () => {
    await expect(read(fixture("barndoor/retrieved-sample"))).resolves.toStrictEqual({
      id,
      name: "OpenAI Production",
      upstream: "openai",
      baseUrl: "https://api.openai.com/v1",
      requestTimeout: null,
      streamIdleTimeout: null,
      enabled: true,
      native: { auth_type: "api_key", settings: {} },
      credential: { kind: "unknown" },
    });
  });

  it("reads upper-case UUIDs in lower case, and times without an offset as UTC", async () => {
    await expect(read(fixture("barndoor/retrieved-with-connection"))).resolves.toMatchObject({
      id,
      connectionId,
      enabled: false,
      credential: { kind: "connection" },
      health: { status: "unverified" },
      createdAt: "2026-06-02T09:15:00.000Z",
      updatedAt: "2026-06-03T10:00:00.250Z",
    });
  });

  it("shows the same state after a write as at a later read", async () => {
    script([
      { request: ["PATCH", url, { name: "N" }], reply: updated },
      { request: line, reply: updated },
    ]);
    const gateway = open();
    const { provider } = await gateway.update(id, { name: "N" });
    await expect(gateway.get(id)).resolves.toStrictEqual(provider);
  });

  const kinds: readonly [string, string, string | null | undefined, string][] = [
    ["inline", "api_key", null, "inline"],
    ["unknown", "api_key", undefined, "unknown"],
    ["connection", "api_key", connectionId, "connection"],
    ["connection even for a word without a secret", "google_adc", connectionId, "connection"],
    ["none for google_adc", "google_adc", null, "none"],
    ["none for aws_role", "aws_role", null, "none"],
    ["none for oauth_passthrough", "oauth_passthrough", null, "none"],
    ["none for google_adc where no connection is reported", "google_adc", undefined, "none"],
    ["inline for aws_keys", "aws_keys", null, "inline"],
    ["inline for google_service_account", "google_service_account", null, "inline"],
  ];

  it.each(kinds)("calls the credential %s", async (_what, auth_type, connection_id, kind) => {
    const { connection_id: _connection, ...others } = updated;
    const reply = { ...others, auth_type, ...(connection_id === undefined ? {} : { connection_id }) };
    await expect(read(reply)).resolves.toMatchObject({ credential: { kind } });
  });

  it("does not tell the scheme of a connection's credential, nor of one that may be a connection's", async () => {
    const { connection_id: _connection, ...others } = updated;
    await expect(read({ ...updated, connection_id: connectionId })).resolves.toHaveProperty("credential", {
      kind: "connection",
    });
    await expect(read(others)).resolves.toHaveProperty("credential", { kind: "unknown" });
  });

  it.each(["claude_oauth", "codex_oauth"])("knows %s by the setting for a word without a secret", async (auth_type) => {
    const scheme = "oauth_passthrough";
    const words = { [scheme]: { anthropic: "claude_oauth", openai: "codex_oauth" } };
    const state = await read({ ...updated, auth_type }, { authTypes: words });
    expect(state.credential).toStrictEqual({ kind: "none", ...(auth_type === "codex_oauth" ? { scheme } : {}) });
  });

  it("reads words of tomorrow", async () => {
    const reply = {
      ...updated,
      model_provider: "typesafe",
      auth_type: "new_word",
      health_status: "dozing",
      extra: [1],
    };
    await expect(read(reply)).resolves.toMatchObject({
      upstream: "typesafe",
      native: { auth_type: "new_word" },
      health: { status: "dozing" },
    });
  });
});

describe("listing Barndoor's providers", () => {
  const line: WireLine = ["GET", `${host}/api/llm-gateway/admin/providers`];
  const collect = async () => {
    const providers: unknown[] = [];
    for await (const provider of open().list()) providers.push(provider);
    return providers;
  };

  it("reads one bare array", async () => {
    const requests = script([{ request: line, reply: [updated, { ...bedrock, id: otherId.toUpperCase() }] }]);
    await expect(collect()).resolves.toMatchObject([
      { id, name: "OpenAI Production", credential: { kind: "inline" } },
      { id: otherId, name: "Bedrock", credential: { kind: "none" } },
    ]);
    expect(requests).toStrictEqual([wireRequest(line)]);
  });

  it("reads an empty one", async () => {
    script([{ request: line, reply: [] }]);
    await expect(collect()).resolves.toStrictEqual([]);
  });

  it("refuses an envelope, which is not documented", async () => {
    const requests = script([{ request: line, reply: { results: [updated], next: null } }]);
    await expect(collect()).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
    expect(requests).toStrictEqual([wireRequest(line)]);
  });
});

describe("the advice after a refusal by Barndoor", () => {
  const message = "inline credentials are not accepted";
  const refuse = async (update: ProviderUpdate, status: number): Promise<unknown> => {
    const reply = { error: { message, type: "invalid_request_error" } };
    script([{ request: ["PATCH", url], status, reply }]);
    return open({ retry: { attempts: 0 } })
      .update(id, update)
      .catch((error: unknown) => error);
  };
  const key = { credential: credentials.api_key };

  it.each<[string, ProviderUpdate]>([
    ["an inline key", key],
    ["a detach", { ...key, connectionId: null }],
  ])("points at a connection after a 400 on %s, and keeps the gateway's words", async (_what, update) => {
    const error = await refuse(update, 400);
    expect(error).toMatchObject({
      name: "RejectedError",
      status: 400,
      outcome: "not-applied",
      vendorCode: "invalid_request_error",
      message: expect.stringMatching(new RegExp(`${message}.*connectionId`)),
    });
  });

  it.each<[string, ProviderUpdate, number]>([
    ["a 400 on a name", { name: "N" }, 400],
    ["a 400 on an attachment", { connectionId }, 400],
    ["a 403 on a key", key, 403],
    ["a 409 on a key", key, 409],
    ["a 422 on a key", key, 422],
  ])("is not given after %s", async (_what, update, status) => {
    const error = await refuse(update, status);
    expect(error).toMatchObject({ status, message: expect.stringContaining(message) });
    expect(error).not.toMatchObject({ message: expect.stringContaining("connectionId") });
  });
});
