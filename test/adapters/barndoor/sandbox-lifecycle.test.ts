import { type SandboxOptions, startSandbox } from "../../../src/testing/index.ts";
import { allowLoopback } from "../../support/loopback.ts";

allowLoopback();

const id = (last: number) => `4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a11${last}`;
const openai = { model_provider: "openai", base_url: "https://api.openai.com" };
const shared = { id: id(5), name: "Shared OpenAI", ...openai, settings: { base: true } };
const bound = { id: id(2), name: "Bound", ...openai, connection_id: id(5) };
const created = "2026-01-01T00:00:00.000Z";
const first = "00000001-0000-4000-8000-00000000c0de";

type Switches = NonNullable<NonNullable<SandboxOptions["switches"]>["barndoor"]>;
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}) {
  const seed = { barndoor: { connections: [{ ...shared, api_key: "sk-shared-4321" }], providers: [bound] } };
  const sandbox = await startSandbox({ seed, switches: { barndoor: switches }, now: () => Date.parse(created) });
  close = sandbox.close;
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(`${sandbox.urls.barndoor}/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.tokens.barndoor}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: JSON.parse(await reply.text()) };
  };
  return { sandbox, call };
}

function refused(message: string, status = 400, type = "invalid_request_error") {
  return { status, body: { error: { message, type } } };
}

describe("a new provider", () => {
  const own = { name: "New", ...openai, api_key: "sk-new-key" };

  it("is answered 200, enabled, with an id, and without its key", async () => {
    const { call, sandbox } = await open();
    const { status, body } = await call("POST", "providers", { ...own, request_timeout_secs: 90, change_note: "made" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: first,
      name: "New",
      auth_type: "api_key",
      enabled: true,
      settings: {},
      connection_id: null,
      request_timeout_secs: 90,
      last_change_note: "made",
      created_at: created,
      health_status: "unverified",
    });
    expect(JSON.stringify(body)).not.toContain("sk-new-key");
    expect(sandbox.stored("barndoor", first)).toMatchObject({ api_key: "sk-new-key" });
    expect((await call("GET", "providers")).body).toHaveLength(2);
    expect((await call("POST", "providers", own)).body.id).not.toBe(first);
  });

  it("has its connection's type and settings, and its own base URL", async () => {
    const { call } = await open();
    const given = { name: "New", model_provider: "openai", base_url: "https://own.example", connection_id: id(5) };
    expect((await call("POST", "providers", { ...given, settings: { own: 1 } })).body).toMatchObject({
      auth_type: "api_key",
      base_url: "https://own.example",
      connection_id: id(5),
      settings: { base: true, own: 1 },
    });
  });

  it("takes OAuth without a secret", async () => {
    const { call } = await open();
    const { body } = await call("POST", "providers", { name: "New", ...openai, auth_type: "oauth_passthrough" });
    expect(body).toMatchObject({ auth_type: "oauth_passthrough", connection_id: null });
  });

  it.each<[object, unknown]>([
    [{ ...own, name: undefined }, refused("name: Invalid input: expected string, received undefined")],
    [
      { ...own, model_provider: undefined },
      refused("model_provider: Invalid input: expected string, received undefined"),
    ],
    [{ ...own, base_url: undefined }, refused("base_url: Invalid input: expected string, received undefined")],
    [{ ...own, enabled: true }, refused('body: Unrecognized key: "enabled"')],
    [{ ...own, connection_id: id(5) }, refused("A connection_id and an inline key exclude each other.")],
    [
      { name: "New", ...openai, connection_id: id(9) },
      refused("The connection was not found.", 404, "not_found_error"),
    ],
    [{ name: "New", ...openai }, refused("Send an api_key, credentials or a connection_id.")],
    [{ ...own, auth_type: "bearer_api_key" }, refused("auth_type must be one of api_key, oauth_passthrough here.")],
    [{ ...own, request_timeout_secs: 3601 }, refused("request_timeout_secs: Too big: expected number to be <=3600")],
    [{ ...own, model_sync_mode: "full" }, refused("model_sync_mode needs a catalog entry.")],
    [{ ...own, billing_mode: "not_metered" }, refused("not_metered needs a billing_reason.")],
    [{ ...own, billing_reason: "local" }, refused("A reason needs not_metered.")],
  ])("is refused with %j, and nothing is made", async (body, expected) => {
    const { call } = await open();
    expect(await call("POST", "providers", body)).toEqual(expected);
    expect((await call("GET", "providers")).body).toHaveLength(1);
  });
});

describe("a new provider of a newer platform", () => {
  const newer = { platform: "newer" } as const;
  const inline = refused("A provider cannot hold its own key; create a credential and set connection_id.");
  const bedrock = { name: "New", model_provider: "bedrock", base_url: "https://bedrock.example" };

  it.each<[object, unknown]>([
    [{ name: "New", ...openai, api_key: "sk-new-key" }, inline],
    [{ name: "New", ...openai }, inline],
    [{ ...bedrock, auth_type: "bedrock_api_key", settings: { region: "eu" } }, inline],
    [
      { name: "New", ...openai, base_url: "https://x.example/v1", connection_id: id(5) },
      refused("base_url must not end in /v1; use https://x.example"),
    ],
    [
      { name: "New", ...openai, connection_id: id(5), stream_idle_timeout_secs: 301 },
      refused("stream_idle_timeout_secs: Too big: expected number to be <=300"),
    ],
    [{ ...bedrock }, refused("settings need region and iam_role_arn for aws_role.")],
    [
      { ...bedrock, settings: { region: "eu", iam_role_arn: "arn", external_id: "mine" } },
      refused("external_id is generated."),
    ],
    [{ ...bedrock, credentials: { iam_role_arn: "arn" } }, inline],
  ])("is refused with %j", async (body, expected) => {
    const { call } = await open(newer);
    expect(await call("POST", "providers", body)).toEqual(expected);
  });

  it("has its role among the settings, with the external id that the platform makes", async () => {
    const { call } = await open(newer);
    const settings = { region: "eu", iam_role_arn: "arn:aws:iam::1:role/x" };
    const { body } = await call("POST", "providers", { ...bedrock, settings });
    expect(body.settings).toEqual({ ...settings, external_id: `external-${first}` });
    const moved = { auth_type: "aws_role", settings: { ...settings, region: "us" } };
    const { body: after } = await call("PUT", `providers/${first}`, moved);
    expect(after.settings).toEqual({ ...settings, region: "us", external_id: `external-${first}` });
  });

  it("takes OAuth with a /v1 for OpenAI", async () => {
    const { call } = await open(newer);
    const codex = { name: "New", ...openai, base_url: "https://x.example/v1", auth_type: "codex_oauth" };
    expect((await call("POST", "providers", codex)).body).toMatchObject({ base_url: "https://x.example/v1" });
  });
});

describe("a new connection", () => {
  it("is answered 200, with an id and the last four characters of its key", async () => {
    const { call, sandbox } = await open();
    const { status, body } = await call("POST", "connections", { name: "New", ...openai, api_key: "sk-new-key-9876" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: first, name: "New", auth_type: "api_key", settings: {}, key_last4: "9876" });
    expect(sandbox.stored("barndoor", first)).toMatchObject({ api_key: "sk-new-key-9876" });
    expect((await call("GET", "connections")).body).toHaveLength(2);
  });

  it.each<[Switches, object, unknown]>([
    [{}, { name: "New", ...openai }, refused("api_key needs an api_key.")],
    [{}, { name: "New", ...openai, api_key: "k", enabled: true }, refused('body: Unrecognized key: "enabled"')],
    [{}, { name: "New", ...openai, auth_type: "oauth_passthrough" }, refused("auth_type must be one of api_key here.")],
    [
      { platform: "newer" },
      { name: "New", ...openai, base_url: "https://x.example/v1", api_key: "k" },
      refused("base_url must not end in /v1; use https://x.example"),
    ],
    [
      { platform: "newer" },
      {
        name: "New",
        model_provider: "bedrock",
        base_url: "https://b.example",
        auth_type: "bedrock_api_key",
        api_key: "k",
      },
      refused("settings need region for bedrock_api_key."),
    ],
    [
      { platform: "newer" },
      { name: "New", ...openai, auth_type: "api_key", api_key: "k" },
      refused("auth_type must be one of bearer_api_key here."),
    ],
  ])("is refused with %j and %j", async (switches, body, expected) => {
    const { call } = await open(switches);
    expect(await call("POST", "connections", body)).toEqual(expected);
    expect((await call("GET", "connections")).body).toHaveLength(1);
  });
});

describe("a removal", () => {
  const missing = refused("Nothing with this id was found.", 404, "not_found_error");

  it("takes a provider away, once", async () => {
    const { call, sandbox } = await open();
    expect(await call("DELETE", `providers/${id(2)}`)).toEqual({ status: 200, body: { deleted: true } });
    expect(sandbox.stored("barndoor", id(2))).toBeUndefined();
    expect(await call("DELETE", `providers/${id(2)}`)).toEqual(missing);
  });

  it.each<Switches>([{}, { platform: "newer" }])(
    "of a connection is refused while it is in use, with %j",
    async (switches) => {
      const { call } = await open(switches);
      const inUse = refused("The credential is in use by: Bound.", 409, "conflict_error");
      expect(await call("DELETE", `connections/${id(5)}`)).toEqual(inUse);
      await call("DELETE", `providers/${id(2)}`);
      expect(await call("DELETE", `connections/${id(5)}`)).toEqual({ status: 200, body: { deleted: true } });
      expect(await call("GET", `connections/${id(5)}`)).toEqual(missing);
    },
  );

  it("knows a kind by its own path only", async () => {
    const { call } = await open();
    expect(await call("DELETE", `connections/${id(2)}`)).toEqual(missing);
    expect(await call("DELETE", "providers/123")).toEqual(refused("id: Invalid GUID"));
  });
});
