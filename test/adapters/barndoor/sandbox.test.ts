import { type SandboxOptions, startSandbox } from "../../../src/testing/index.ts";
import { allowLoopback } from "../../support/loopback.ts";

allowLoopback();

const id = (last: number) => `4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a11${last}`;
const organization = id(0);
const openai = {
  id: id(1),
  name: "OpenAI",
  model_provider: "openai",
  base_url: "https://api.openai.com/v1",
  api_key: "sk-inline-key",
  settings: { region: "eu" },
  request_timeout_secs: 90,
  last_change_note: "seeded",
  health_status: "healthy" as const,
};
const bound = { id: id(2), name: "Bound", model_provider: "openai", connection_id: id(5), settings: { own: 1 } };
const bedrock = {
  id: id(3),
  name: "Bedrock",
  model_provider: "bedrock",
  base_url: "https://bedrock.example",
  credentials: { iam_role_arn: "arn:aws:iam::1:role/x" },
};
const { credentials: _credentials, ...bedrockItself } = bedrock;
/** As newer platforms have it: the role is among the settings. */
const newerBedrock = { ...bedrockItself, settings: { region: "eu", iam_role_arn: "arn:aws:iam::1:role/x" } };
const newerProviders = { providers: [openai, bound, newerBedrock] };
const connections = [
  {
    id: id(5),
    name: "Shared OpenAI",
    model_provider: "openai",
    base_url: "https://shared.example/v1",
    api_key: "sk-shared-4321",
    settings: { own: 0, base: true },
  },
  {
    id: id(6),
    name: "Shared Anthropic",
    model_provider: "anthropic",
    base_url: "https://api.anthropic.com",
    api_key: "sk-ant-shared",
  },
];
const created = "2026-01-01T00:00:00.000Z";
const nobody = {
  created_by_user_id: null,
  created_by_name: null,
  created_by_email: null,
  last_modified_by_user_id: null,
  last_modified_by_name: null,
  last_modified_by_email: null,
};
const shownOpenai = {
  id: id(1),
  org_id: organization,
  name: "OpenAI",
  model_provider: "openai",
  auth_type: "api_key",
  base_url: "https://api.openai.com/v1",
  enabled: true,
  settings: { region: "eu" },
  catalog_id: null,
  connection_id: null,
  request_timeout_secs: 90,
  stream_idle_timeout_secs: null,
  created_at: created,
  updated_at: created,
  secret_path: `organizations/${organization}/providers/${id(1)}`,
  health_status: "healthy",
  enforce_health_check: true,
  billing_mode: "per_token",
  model_sync_mode: "off",
  last_modified_at: created,
  last_change_note: "seeded",
  ...nobody,
};

type Switches = NonNullable<NonNullable<SandboxOptions["switches"]>["barndoor"]>;
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}, providers: NonNullable<SandboxOptions["seed"]>["barndoor"] = {}) {
  const clock = { now: Date.parse(created) };
  const seed = { barndoor: { org_id: organization, connections, providers: [openai, bound, bedrock], ...providers } };
  const sandbox = await startSandbox({ seed, switches: { barndoor: switches }, now: () => clock.now });
  close = sandbox.close;
  const raw = (method: string, path: string, body?: unknown, token = sandbox.tokens.barndoor) =>
    fetch(`${sandbox.urls.barndoor}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const call = async (...request: Parameters<typeof raw>) => {
    const reply = await raw(...request);
    return { status: reply.status, body: JSON.parse(await reply.text()) };
  };
  const get = (which: number) => call("GET", `/admin/providers/${id(which)}`);
  const put = (which: number, body: unknown) => call("PUT", `/admin/providers/${id(which)}`, body);
  return { sandbox, clock, raw, call, get, put };
}

function refused(message: string, status = 400, type = "invalid_request_error") {
  return { status, body: { error: { message, type } } };
}

describe("reading", () => {
  it("shows a provider without its secret", async () => {
    const { get, sandbox } = await open();
    expect(await get(1)).toEqual({ status: 200, body: shownOpenai });
    expect(sandbox.urls.barndoor).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/llm-gateway$/);
    expect(sandbox.stored("barndoor", id(1).toUpperCase())?.api_key).toBe("sk-inline-key");
  });

  it("shows a bound provider with what its connection supplies, its own settings on top", async () => {
    const { get } = await open();
    expect((await get(2)).body).toMatchObject({
      connection_id: id(5),
      auth_type: "api_key",
      base_url: "https://shared.example/v1",
      settings: { own: 1, base: true },
      secret_path: "pending",
    });
  });

  it("lists bare arrays, and connections with the last four characters of a key", async () => {
    const { call } = await open();
    const providers = await call("GET", "/admin/providers");
    expect(providers.body.map((one: { id: string }) => one.id)).toEqual([id(1), id(2), id(3)]);
    const shared = {
      id: id(5),
      org_id: organization,
      name: "Shared OpenAI",
      model_provider: "openai",
      base_url: "https://shared.example/v1",
      auth_type: "api_key",
      settings: { own: 0, base: true },
      created_at: created,
      updated_at: created,
      last_modified_at: created,
      last_change_note: null,
      secret_path: `organizations/${organization}/connections/${id(5)}`,
      stores_key_material: true,
      key_last4: "4321",
      ...nobody,
    };
    expect((await call("GET", "/admin/connections")).body[0]).toEqual(shared);
    expect(await call("GET", `/admin/connections/${id(5)}`)).toEqual({ status: 200, body: shared });
  });

  it("shows the sample's fields alone, or times without an offset, when switched", async () => {
    const sample = await open({ replyFields: "sample" });
    const { id: own, org_id, name, model_provider, auth_type, base_url, enabled, settings } = shownOpenai;
    const timeouts = { request_timeout_secs: 90, stream_idle_timeout_secs: null };
    const core = { id: own, org_id, name, model_provider, auth_type, base_url, enabled, settings, ...timeouts };
    expect((await sample.get(1)).body).toEqual(core);
    expect((await sample.get(2)).body.connection_id).toBe(id(5));
    await close();
    const offsetless = await open({ timestamps: "offsetless" });
    expect((await offsetless.get(1)).body.updated_at).toBe("2026-01-01T00:00:00.000");
  });

  it("knows an id only as a UUID it holds", async () => {
    const { call } = await open();
    const missing = refused("Nothing with this id was found.", 404, "not_found_error");
    expect(await call("GET", `/admin/providers/${id(9)}`)).toEqual(missing);
    expect(await call("GET", `/admin/connections/${id(1)}`)).toEqual(missing);
    expect(await call("GET", "/admin/providers/123")).toEqual(refused("id: Invalid GUID"));
    expect((await call("GET", `/admin/providers/${id(1).toUpperCase()}`)).status).toBe(200);
  });

  it("answers 401, and plain text where there is no route", async () => {
    const { call, raw } = await open();
    const stranger = refused("The bearer token is not valid.", 401, "authentication_error");
    expect(await call("GET", "/admin/providers", undefined, "wrong")).toEqual(stranger);
    const nowhere = await raw("GET", "/admin/providers/");
    expect([nowhere.status, await nowhere.text()]).toEqual([404, "404 page not found"]);
  });
});

describe("the verb of an update", () => {
  it.each([
    ["both", 200, 200],
    ["PATCH", 200, 405],
    ["PUT", 405, 200],
  ] as const)("is %s", async (updateMethod, patch, put) => {
    const { raw } = await open({ updateMethod });
    const path = `/admin/providers/${id(1)}`;
    expect((await raw("PATCH", path, {})).status).toBe(patch);
    expect((await raw("PUT", path, {})).status).toBe(put);
  });

  it("is refused with a bare 404 when switched", async () => {
    const { raw } = await open({ updateMethod: "PUT", wrongMethod: 404 });
    const reply = await raw("PATCH", `/admin/providers/${id(1)}`, {});
    expect([reply.status, await reply.text()]).toEqual([404, "404 page not found"]);
  });
});

describe("updating", () => {
  it("keeps what is omitted, but for the change note", async () => {
    const { put, clock } = await open();
    clock.now += 1000;
    const later = "2026-01-01T00:00:01.000Z";
    const changed = { updated_at: later, last_modified_at: later, last_change_note: null };
    expect(await put(1, { name: "New" })).toEqual({ status: 200, body: { ...shownOpenai, ...changed, name: "New" } });
    expect((await put(1, { change_note: "why" })).body.last_change_note).toBe("why");
  });

  it("clears a tri-state field with null and reads null elsewhere as omitted", async () => {
    const { put } = await open();
    const nulls = { name: null, base_url: null, auth_type: null, api_key: null, settings: null, enabled: null };
    const { body } = await put(1, { ...nulls, request_timeout_secs: null });
    expect(body).toEqual({ ...shownOpenai, request_timeout_secs: null, last_change_note: null });
  });

  it("replaces settings as a whole", async () => {
    const { put } = await open();
    expect((await put(1, { settings: { zone: 1 } })).body.settings).toEqual({ zone: 1 });
    expect((await put(2, { settings: { zone: 1 } })).body.settings).toEqual({ own: 0, base: true, zone: 1 });
  });

  it.each([
    [{ request_timeout_secs: 3601 }, "request_timeout_secs: Too big: expected number to be <=3600"],
    [{ request_timeout_secs: 0 }, "request_timeout_secs: Too small: expected number to be >=1"],
    [{ stream_idle_timeout_secs: 1801 }, "stream_idle_timeout_secs: Too big: expected number to be <=1800"],
    [{ stream_idle_timeout_secs: 1.5 }, "stream_idle_timeout_secs: Invalid input: expected int, received number"],
    [{ settings: [] }, "settings: Invalid input: expected record, received array"],
    [{ model_provider: "groq" }, 'body: Unrecognized key: "model_provider"'],
    [{ change_note: "n".repeat(501) }, "change_note: Too big: expected string to have <=500 characters"],
    [{ model_sync_mode: "full" }, "model_sync_mode needs a catalog entry."],
    [{ billing_mode: "not_metered" }, "not_metered needs a billing_reason."],
    [{ billing_reason: "local" }, "A reason needs not_metered."],
    [{ connection_id: "x" }, "connection_id: Invalid GUID"],
    [{ auth_type: "bearer_api_key", api_key: "k" }, "auth_type must be one of api_key, oauth_passthrough here."],
    [{ auth_type: "oauth_passthrough", api_key: "k" }, "oauth_passthrough takes no api_key."],
    [{ credentials: { key: "k" } }, "api_key takes no credentials."],
    [{ api_key: "k", credentials: {} }, "Send api_key or credentials, not both."],
  ])("refuses %j and keeps the record", async (body, message) => {
    const { put, sandbox } = await open();
    const before = sandbox.stored("barndoor", id(1));
    expect(await put(1, body)).toEqual(refused(message));
    expect(sandbox.stored("barndoor", id(1))).toEqual(before);
  });

  it.each<Switches>([{ platform: "newer" }, { timeoutCeilings: { request: 600, streamIdle: 300 } }])(
    "has other ceilings for the timeouts with %j",
    async (switches) => {
      const { put } = await open(switches, switches.platform === "newer" ? newerProviders : {});
      expect((await put(1, { request_timeout_secs: 600, stream_idle_timeout_secs: 300 })).status).toBe(200);
      expect((await put(1, { request_timeout_secs: 601 })).status).toBe(400);
      expect((await put(1, { stream_idle_timeout_secs: 301 })).status).toBe(400);
    },
  );

  it("keeps a reason while not metered, and trims the note", async () => {
    const { put } = await open();
    const billing = { billing_mode: "not_metered", billing_reason: "local", billing_note: "  ours  " };
    expect((await put(1, billing)).body).toMatchObject({ ...billing, billing_note: "ours" });
    expect(await put(1, { billing_reason: null })).toEqual(refused("not_metered needs a billing_reason."));
    expect((await put(1, { billing_note: "   " })).body).not.toHaveProperty("billing_note");
    const metered = (await put(1, { billing_mode: "per_token", billing_reason: null })).body;
    expect(metered).not.toHaveProperty("billing_reason");
  });

  it("refuses a base URL that ends in /v1 on a newer platform, naming the right one", async () => {
    const { put } = await open({ platform: "newer" }, newerProviders);
    const message = "base_url must not end in /v1; use https://x.example";
    expect(await put(1, { base_url: "https://x.example/v1" })).toEqual(refused(message));
    expect((await put(1, { base_url: "https://x.example" })).status).toBe(200);
    expect((await put(3, { base_url: "https://x.example/v1" })).status).toBe(200);
  });
});

describe("a provider's own key", () => {
  it("is replaced without being shown", async () => {
    const { put, sandbox } = await open();
    const { status, body } = await put(1, { auth_type: "api_key", api_key: "sk-new" });
    expect([status, JSON.stringify(body).includes("sk-new")]).toEqual([200, false]);
    expect(sandbox.stored("barndoor", id(1))?.api_key).toBe("sk-new");
  });

  it("fits the type it comes with", async () => {
    const { put, sandbox } = await open();
    const keys = { auth_type: "aws_keys", credentials: { access_key_id: "AK", secret_access_key: "SK" } };
    expect((await put(3, keys)).body.auth_type).toBe("aws_keys");
    expect(sandbox.stored("barndoor", id(3))).toMatchObject({ ...keys, api_key: null });
    expect((await put(3, { auth_type: "bedrock_api_key", api_key: "k" })).status).toBe(200);
    expect(sandbox.stored("barndoor", id(3))).toMatchObject({ api_key: "k", credentials: null });
    const wrong = await put(3, { auth_type: "aws_role", credentials: { role: "x" } });
    expect(wrong.body.error.message).toContain("iam_role_arn: Invalid input: expected string, received undefined");
    expect(await put(3, { auth_type: "aws_keys" })).toMatchObject({ status: 400 });
  });

  it("is gone when the type takes none", async () => {
    const { put, sandbox } = await open();
    expect((await put(1, { auth_type: "oauth_passthrough" })).body.auth_type).toBe("oauth_passthrough");
    expect(sandbox.stored("barndoor", id(1))?.api_key).toBeNull();
  });

  it("is refused with 400 on a newer platform, and so is a detach", async () => {
    const { put } = await open({ platform: "newer" }, newerProviders);
    const message = "A provider cannot hold its own key; create a credential and set connection_id.";
    expect(await put(1, { api_key: "k" })).toEqual(refused(message));
    expect(await put(2, { connection_id: null, api_key: "k" })).toEqual(refused(message));
    expect((await put(2, { connection_id: null })).status).toBe(400);
    expect((await put(2, { connection_id: null, auth_type: "codex_oauth" })).body.connection_id).toBeNull();
  });

  it("has other words when switched", async () => {
    const providers = [{ ...openai, auth_type: "bearer_api_key" }];
    const { put, get } = await open({ authTypes: "newer" }, { providers });
    expect((await get(1)).body.auth_type).toBe("bearer_api_key");
    expect((await put(1, { auth_type: "bearer_api_key", api_key: "k" })).status).toBe(200);
    const message = "auth_type must be one of bearer_api_key, codex_oauth here.";
    expect(await put(1, { auth_type: "api_key", api_key: "k" })).toEqual(refused(message));
  });
});

describe("a connection", () => {
  it("is attached: it supplies type and base URL, and the inline key is gone", async () => {
    const { put, sandbox } = await open();
    const { body } = await put(1, { connection_id: id(5).toUpperCase() });
    expect(body).toMatchObject({
      connection_id: id(5),
      base_url: "https://shared.example/v1",
      settings: { own: 0, base: true, region: "eu" },
      health_status: "unverified",
    });
    expect(sandbox.stored("barndoor", id(1))?.api_key).toBeNull();
  });

  it("leaves the provider a base URL sent along, or its own when switched", async () => {
    const sent = await open();
    const own = { connection_id: id(5), base_url: "https://own.example" };
    expect((await sent.put(1, own)).body.base_url).toBe("https://own.example");
    await close();
    const kept = await open({ attachedBaseUrl: "own" });
    expect((await kept.put(1, { connection_id: id(5) })).body.base_url).toBe("https://api.openai.com/v1");
  });

  it("must exist, be of the same family, and come without a key", async () => {
    const { put } = await open();
    const missing = refused("The connection was not found.", 404, "not_found_error");
    expect(await put(1, { connection_id: id(9) })).toEqual(missing);
    expect(await put(1, { connection_id: id(6) })).toEqual(
      refused("The connection belongs to another model_provider."),
    );
    const both = refused("A connection_id and an inline key exclude each other.");
    expect(await put(1, { connection_id: id(5), api_key: "k" })).toEqual(both);
  });

  it("is detached only together with a new key", async () => {
    const { put, sandbox } = await open();
    const message = "connection_id can be null only together with a new api_key or credentials.";
    expect(await put(2, { connection_id: null })).toEqual(refused(message));
    const { body } = await put(2, { connection_id: null, api_key: "sk-own" });
    expect(body).toMatchObject({ connection_id: null, auth_type: "api_key", settings: { own: 1 } });
    expect(sandbox.stored("barndoor", id(2))?.api_key).toBe("sk-own");
  });

  it("supplies the key of a bound provider, which takes none of its own", async () => {
    const { put } = await open();
    const message = "The connection supplies the key and its type.";
    expect(await put(2, { api_key: "k" })).toEqual(refused(message));
    expect(await put(2, { auth_type: "oauth_passthrough" })).toEqual(refused(message));
    expect((await put(2, { name: "Renamed", auth_type: "api_key" })).body).toMatchObject({ connection_id: id(5) });
  });
});

describe("health", () => {
  it("is unverified after a key change, until the probe is through", async () => {
    const { put, get, clock } = await open({ probeDelayMs: 500 });
    expect((await put(1, { api_key: "k" })).body.health_status).toBe("unverified");
    clock.now += 499;
    expect((await get(1)).body).toMatchObject({ health_status: "unverified" });
    clock.now += 1;
    expect((await get(1)).body).toMatchObject({
      health_status: "healthy",
      health_checked_at: "2026-01-01T00:00:00.500Z",
    });
  });

  it("shows on the next read by default, and tells why it is bad", async () => {
    const { put, call } = await open({ probeResult: "unhealthy" });
    expect((await put(1, { connection_id: id(5) })).body.health_status).toBe("unverified");
    const [first] = (await call("GET", "/admin/providers")).body;
    expect(first).toMatchObject({ health_status: "unhealthy", health_detail: "The upstream refused the key." });
  });

  it("stays as it is after any other change, and unverified where there is no probe", async () => {
    const { put, get } = await open();
    expect((await put(1, { name: "New" })).body.health_status).toBe("healthy");
    await put(3, { auth_type: "bedrock_api_key", api_key: "k" });
    expect((await get(3)).body.health_status).toBe("unverified");
  });
});

describe("the seed", () => {
  it.each([
    [{ providers: [{ ...bound, connection_id: id(9) }] }, "barndoor.seed.providers[0]: The connection was not found."],
    [{ providers: [openai, openai] }, "barndoor.seed.providers[1]: expected every id only once"],
    [
      { providers: [{ ...bound, api_key: "sk-secret" }] },
      "barndoor.seed.providers[0]: A connection_id and an inline key exclude each other.",
    ],
    [
      { providers: [{ ...bedrock, auth_type: "api_key" }] },
      "barndoor.seed.providers[0]: auth_type must be one of aws_role, aws_keys, bedrock_api_key here.",
    ],
    [{ providers: [{ ...openai, api_key: undefined }] }, "barndoor.seed.providers[0]: api_key needs an api_key."],
  ])("is held to the rules of an update", async (seed, message) => {
    await expect(open({}, seed)).rejects.toThrow(new Error(message));
  });
});
