import { type SandboxOptions, startSandbox } from "../../../../src/testing/index.ts";
import { allowLoopback } from "../../../support/loopback.ts";

allowLoopback();

const id = (last: number) => `c0ffee00-12ee-4d92-9c7b-e7d2f8b0a22${last}`;
const openai = {
  id: id(1),
  name: "Shared OpenAI",
  model_provider: "openai",
  base_url: "https://shared.example/v1",
  api_key: "sk-shared-4321",
  settings: { region: "eu", model_api_family: "openai_chat" },
  last_change_note: "seeded",
};
const bedrock = {
  id: id(2),
  name: "Shared Bedrock",
  model_provider: "bedrock",
  base_url: "https://bedrock.example",
  credentials: { iam_role_arn: "arn:aws:iam::1:role/x" },
};
const { credentials: _credentials, ...bedrockItself } = bedrock;
/** As newer platforms have it: the role is among the settings. */
const newerBedrock = { ...bedrockItself, settings: { region: "eu", iam_role_arn: "arn:aws:iam::1:role/x" } };
const bound = { id: id(5), name: "Bound", model_provider: "openai", connection_id: id(1) };
const apart = { ...bound, id: id(6), name: "Apart", base_url: "https://own.example" };
const unbound = {
  id: id(7),
  name: "Unbound",
  model_provider: "openai",
  base_url: "https://shared.example/v1",
  api_key: "sk-own",
};
const created = "2026-01-01T00:00:00.000Z";

type Switches = NonNullable<NonNullable<SandboxOptions["switches"]>["barndoor"]>;
type Seed = NonNullable<NonNullable<SandboxOptions["seed"]>["barndoor"]>;
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}, seed: Seed = {}) {
  const clock = { now: Date.parse(created) };
  const barndoor = { connections: [openai, bedrock], providers: [bound, apart, unbound], ...seed };
  const sandbox = await startSandbox({ seed: { barndoor }, switches: { barndoor: switches }, now: () => clock.now });
  close = sandbox.close;
  const raw = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.urls.barndoor}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.tokens.barndoor}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const call = async (...request: Parameters<typeof raw>) => {
    const reply = await raw(...request);
    return { status: reply.status, body: JSON.parse(await reply.text()) };
  };
  const get = async (which: number) => (await call("GET", `/admin/connections/${id(which)}`)).body;
  const put = (which: number, body: unknown) => call("PUT", `/admin/connections/${id(which)}`, body);
  const provider = async (which: number) => (await call("GET", `/admin/providers/${id(which)}`)).body;
  return { sandbox, clock, raw, call, get, put, provider };
}

function refused(message: string, status = 400, type = "invalid_request_error") {
  return { status, body: { error: { message, type } } };
}

describe("the verb of an update of a connection", () => {
  it.each([
    ["both", 200, 200],
    ["PATCH", 200, 405],
    ["PUT", 405, 200],
  ] as const)("is %s", async (updateMethod, patch, put) => {
    const { raw } = await open({ updateMethod });
    const path = `/admin/connections/${id(1)}`;
    expect((await raw("PATCH", path, {})).status).toBe(patch);
    expect((await raw("PUT", path, {})).status).toBe(put);
  });

  it("is refused with a bare 404 when switched", async () => {
    const { raw } = await open({ updateMethod: "PUT", wrongMethod: 404 });
    const reply = await raw("PATCH", `/admin/connections/${id(1)}`, {});
    expect([reply.status, await reply.text()]).toEqual([404, "404 page not found"]);
  });
});

describe("updating a connection", () => {
  it("keeps what is omitted, but for the change note, and answers what a read answers", async () => {
    const { get, put, clock } = await open();
    const before = await get(1);
    clock.now += 1000;
    const later = "2026-01-01T00:00:01.000Z";
    const { status, body } = await put(1, { name: "New" });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...before,
      name: "New",
      updated_at: later,
      last_modified_at: later,
      last_change_note: null,
    });
    expect(await get(1)).toEqual(body);
    expect((await put(1, { change_note: "why" })).body.last_change_note).toBe("why");
  });

  it("reads null as omitted everywhere", async () => {
    const { get, put } = await open();
    const before = await get(1);
    const nulls = { name: null, base_url: null, auth_type: null, api_key: null, credentials: null, settings: null };
    expect((await put(1, { ...nulls, change_note: null })).body).toEqual({ ...before, last_change_note: null });
  });

  it("replaces settings, but for what the platform derived itself", async () => {
    const { put } = await open();
    const { body } = await put(1, { settings: { zone: 1 } });
    expect(body.settings).toEqual({ zone: 1, model_api_family: "openai_chat" });
  });

  it.each([
    [{ settings: [] }, "settings: Invalid input: expected record, received array"],
    [{ name: "" }, "name: Too small: expected string to have >=1 characters"],
    [{ model_provider: "groq" }, 'body: Unrecognized key: "model_provider"'],
    [{ enabled: false }, 'body: Unrecognized key: "enabled"'],
    [{ connection_id: id(2) }, 'body: Unrecognized key: "connection_id"'],
    [{ change_note: "n".repeat(501) }, "change_note: Too big: expected string to have <=500 characters"],
    [{ auth_type: "bearer_api_key", api_key: "k" }, "auth_type must be one of api_key here."],
    [{ auth_type: "oauth_passthrough" }, "auth_type must be one of api_key here."],
    [{ credentials: { key: "k" } }, "api_key takes no credentials."],
    [{ api_key: "k", credentials: {} }, "Send api_key or credentials, not both."],
  ])("refuses %j and keeps the record", async (body, message) => {
    const { put, sandbox } = await open();
    const before = sandbox.stored("barndoor", id(1));
    expect(await put(1, body)).toEqual(refused(message));
    expect(sandbox.stored("barndoor", id(1))).toEqual(before);
  });

  it("knows an id only as a UUID that a connection has", async () => {
    const { call, put } = await open();
    expect(await put(5, {})).toEqual(refused("Nothing with this id was found.", 404, "not_found_error"));
    expect(await call("PUT", "/admin/connections/123", {})).toEqual(refused("id: Invalid GUID"));
  });

  it("refuses a base URL that ends in /v1 on a newer platform, naming the right one", async () => {
    const { put, provider } = await open({ platform: "newer" }, { connections: [openai, newerBedrock] });
    const before = await provider(5);
    const message = "base_url must not end in /v1; use https://x.example";
    expect(await put(1, { base_url: "https://x.example/v1" })).toEqual(refused(message));
    expect(await provider(5)).toEqual(before);
    expect((await put(1, { base_url: "https://x.example" })).status).toBe(200);
    expect((await put(2, { base_url: "https://x.example/v1" })).status).toBe(200);
  });
});

describe("the secret of a connection", () => {
  it("is replaced without being shown, but for the last four characters of a key", async () => {
    const { put, sandbox } = await open();
    const { status, body } = await put(1, { auth_type: "api_key", api_key: "sk-rotated-8765" });
    expect({ status, key_last4: body.key_last4 }).toEqual({ status: 200, key_last4: "8765" });
    expect(JSON.stringify(body)).not.toContain("sk-rotated");
    expect(sandbox.stored("barndoor", id(1))?.api_key).toBe("sk-rotated-8765");
  });

  it("keeps a short key's characters to itself", async () => {
    const { put } = await open();
    expect((await put(1, { api_key: "sk-7chr" })).body).toMatchObject({ key_last4: null, stores_key_material: true });
  });

  it("fits the type it comes with, and replaces one of another type", async () => {
    const { put, sandbox } = await open();
    const keys = { auth_type: "aws_keys", credentials: { access_key_id: "AK", secret_access_key: "SK" } };
    expect((await put(2, keys)).body).toMatchObject({ auth_type: "aws_keys", key_last4: null });
    expect(sandbox.stored("barndoor", id(2))).toMatchObject({ ...keys, api_key: null });
    const key = { auth_type: "bedrock_api_key", api_key: "bedrock-key-1111" };
    expect((await put(2, key)).body.key_last4).toBe("1111");
    expect(sandbox.stored("barndoor", id(2))).toMatchObject({ ...key, credentials: null });
    expect(await put(2, { auth_type: "aws_keys" })).toMatchObject({ status: 400 });
    await put(2, keys);
    expect(await put(2, { auth_type: "bedrock_api_key" })).toEqual(refused("bedrock_api_key needs an api_key."));
  });

  it("is taken where inline keys on providers are refused", async () => {
    const { put, sandbox } = await open({ platform: "newer" }, { connections: [openai], providers: [bound] });
    expect((await put(1, { api_key: "sk-rotated-8765" })).status).toBe(200);
    expect(sandbox.stored("barndoor", id(1))?.api_key).toBe("sk-rotated-8765");
  });

  it("has other words when switched", async () => {
    const connections = [{ ...openai, auth_type: "bearer_api_key" }];
    const { put } = await open({ authTypes: "newer" }, { connections, providers: [] });
    expect((await put(1, { auth_type: "bearer_api_key", api_key: "k" })).status).toBe(200);
    const message = "auth_type must be one of bearer_api_key here.";
    expect(await put(1, { auth_type: "codex_oauth" })).toEqual(refused(message));
  });
});

describe("the providers of a connection", () => {
  it("follow its base URL, but for those with one of their own", async () => {
    const { put, provider } = await open();
    await put(1, { base_url: "https://moved.example/v1" });
    const urls = [await provider(5), await provider(6), await provider(7)].map(({ base_url }) => base_url);
    expect(urls).toEqual(["https://moved.example/v1", "https://own.example", "https://shared.example/v1"]);
  });

  it("show its type and its settings", async () => {
    const shared = { ...bound, model_provider: "bedrock", connection_id: id(2) };
    const { put, provider } = await open({}, { providers: [shared] });
    await put(2, { auth_type: "bedrock_api_key", api_key: "bedrock-key", settings: { region: "eu" } });
    expect(await provider(5)).toMatchObject({ auth_type: "bedrock_api_key", settings: { region: "eu" } });
  });
});

describe("a reply about a connection", () => {
  it("has the sample's fields alone when switched", async () => {
    const { get } = await open({ replyFields: "sample", timestamps: "offsetless" }, { org_id: id(0) });
    expect(await get(1)).toEqual({
      id: id(1),
      org_id: id(0),
      name: "Shared OpenAI",
      model_provider: "openai",
      base_url: "https://shared.example/v1",
      auth_type: "api_key",
      settings: { region: "eu", model_api_family: "openai_chat" },
      created_at: "2026-01-01T00:00:00.000",
      updated_at: "2026-01-01T00:00:00.000",
    });
  });
});

describe("the seed of a connection", () => {
  it("is held to the rules of an update: OAuth is set on a provider", async () => {
    const { api_key: _key, ...bare } = openai;
    const connections = [{ ...bare, auth_type: "oauth_passthrough" }];
    const message = "barndoor.seed.connections[0]: auth_type must be one of api_key here.";
    await expect(open({}, { connections, providers: [] })).rejects.toThrow(new Error(message));
  });
});
