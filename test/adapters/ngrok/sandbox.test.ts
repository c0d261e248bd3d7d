import { type SandboxOptions, type SandboxSeed, startSandbox } from "../../../src/testing/index.ts";
import { allowLoopback } from "../../support/loopback.ts";

allowLoopback();

const openai = {
  id: "aigpk_2",
  providerId: "openai",
  name: "OpenAI",
  value: "sk-proj-abcdefghijklmnop1234",
  description: "production",
  metadata: '{"team":"ml"}',
  lastUsed: "2025-12-01T00:00:00Z",
  createdAt: "2025-01-01T00:00:00Z",
  createdBy: { id: "user_1", uri: "https://api.ngrok.ai/users/user_1" },
};
const short = { id: "aigpk_1", providerId: "anthropic", name: "Short", value: "12345678" };
const tiny = { id: "aigpk_3", providerId: "openai", name: "Tiny", value: "1234567" };
const later = Date.parse("2026-01-01T00:00:00Z");
const sandboxActor = { id: "sandbox-user", uri: "https://api.ngrok.ai/users/sandbox-user" };

type Switches = NonNullable<SandboxOptions["switches"]>["ngrok"];
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}, more: Omit<NonNullable<SandboxSeed["ngrok"]>, "keys"> = {}) {
  const seed = { ngrok: { ...more, keys: [openai, short, tiny] } };
  const sandbox = await startSandbox({ seed, switches: { ngrok: switches }, now: () => later });
  close = sandbox.close;
  const call = async (method: string, path: string, body?: unknown, token = sandbox.tokens.ngrok) => {
    const reply = await fetch(`${sandbox.urls.ngrok}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const shown = {
    id: "aigpk_2",
    uri: `${sandbox.urls.ngrok}/provider-keys/aigpk_2`,
    providerId: "openai",
    name: "OpenAI",
    keyRedacted: "sk-proj-ab***1234",
    description: "production",
    metadata: '{"team":"ml"}',
    lastUsed: "2025-12-01T00:00:00Z",
    createdAt: "2025-01-01T00:00:00Z",
    updatedAt: "2025-01-01T00:00:00Z",
    createdBy: openai.createdBy,
    lastUpdatedBy: openai.createdBy,
  };
  const changed = { ...shown, updatedAt: "2026-01-01T00:00:00.000Z", lastUpdatedBy: sandboxActor };
  return { sandbox, call, shown, changed };
}

function refused(status: number, msg: string, errorCode?: string) {
  return { status, body: { statusCode: status, msg, details: {}, ...(errorCode && { errorCode }) } };
}

describe("reading", () => {
  it("shows a key with its redacted form and never its value", async () => {
    const { call, shown } = await open();
    expect(await call("GET", "/provider-keys/aigpk_2")).toEqual({ status: 200, body: shown });
    const other = (await call("GET", "/provider-keys/aigpk_1")).body;
    expect(other).toMatchObject({ keyRedacted: "***5678", lastUsed: null });
    expect(other).not.toHaveProperty("description");
    expect(other).not.toHaveProperty("metadata");
    expect((await call("GET", "/provider-keys/aigpk_3")).body.keyRedacted).toBe("***");
  });

  it("answers 404 for an id it does not hold", async () => {
    const { call } = await open();
    const expected = refused(404, "The provider key was not found.", "ERR_NGROK_27611");
    expect(await call("GET", "/provider-keys/aigpk_9")).toEqual(expected);
    expect((await call("GET", "/provider-keys/")).status).toBe(404);
  });

  it("lists by descending id, a page at a time, until nextPageUri is null", async () => {
    const { call, sandbox } = await open();
    const ids = (body: { aiGatewayProviderKeys: { id: string }[] }) => body.aiGatewayProviderKeys.map(({ id }) => id);
    const first = (await call("GET", "/provider-keys?limit=2")).body;
    expect(ids(first)).toEqual(["aigpk_3", "aigpk_2"]);
    expect(first.uri).toBe(`${sandbox.urls.ngrok}/provider-keys`);
    expect(first.nextPageUri).toBe(`${sandbox.urls.ngrok}/provider-keys?beforeId=aigpk_2&limit=2`);
    const second = (await call("GET", "/provider-keys?beforeId=aigpk_2&limit=2")).body;
    expect([ids(second), second.nextPageUri]).toEqual([["aigpk_1"], null]);
    expect((await call("GET", "/provider-keys")).body.nextPageUri).toBeNull();
  });

  it("keeps the provider filter over the pages", async () => {
    const { call, sandbox } = await open();
    const { body } = await call("GET", "/provider-keys?provider=openai&limit=1");
    expect(body.aiGatewayProviderKeys).toHaveLength(1);
    expect(body.nextPageUri).toBe(`${sandbox.urls.ngrok}/provider-keys?beforeId=aigpk_3&limit=1&provider=openai`);
    const last = await call("GET", "/provider-keys?beforeId=aigpk_3&limit=1&provider=openai");
    expect(last.body).toMatchObject({ aiGatewayProviderKeys: [{ id: "aigpk_2" }], nextPageUri: null });
  });

  it("gives paths instead of full URLs when switched", async () => {
    const { call } = await open({ uris: "relative" });
    const { body } = await call("GET", "/provider-keys?limit=1");
    expect(body.nextPageUri).toBe("/provider-keys?beforeId=aigpk_3&limit=1");
    expect(body.aiGatewayProviderKeys[0].uri).toBe("/provider-keys/aigpk_3");
  });

  it.each(["0", "101", "1.5", "x", ""])("refuses the limit %j", async (limit) => {
    const { call } = await open();
    const expected = refused(422, "limit: expected an integer from 1 to 100");
    expect(await call("GET", `/provider-keys?limit=${limit}`)).toEqual(expected);
  });

  it("refuses a query parameter it does not know", async () => {
    const { call } = await open();
    expect((await call("GET", "/provider-keys?page=2")).status).toBe(422);
    expect((await call("GET", "/provider-keys/aigpk_2?limit=2")).status).toBe(422);
  });
});

describe("updating", () => {
  it("sets what is sent, clears what is null and keeps the rest", async () => {
    const { call, sandbox, changed } = await open();
    const { description, ...cleared } = changed;
    const reply = await call("PATCH", "/provider-keys/aigpk_2", { name: "New", description: null });
    expect(reply).toEqual({ status: 200, body: { ...cleared, name: "New" } });
    expect(await call("PATCH", "/provider-keys/aigpk_2", { metadata: null, description: "back" })).toMatchObject({
      body: { name: "New", description: "back" },
    });
    expect((await call("GET", "/provider-keys/aigpk_2")).body).not.toHaveProperty("metadata");
    expect(sandbox.stored("ngrok", "aigpk_2")).toMatchObject({ name: "New", value: openai.value });
  });

  it.each([
    [{ name: "Name", value: "sk-new" }, "value: not accepted here", undefined],
    [{ name: "Name", providerId: "x" }, "providerId: not accepted here", undefined],
    [{ name: null }, "name: Invalid input: expected string, received null", undefined],
    [{ name: "n".repeat(256) }, "name: expected at most 255 characters", "ERR_NGROK_27501"],
    [{ description: "d".repeat(256) }, "description: expected at most 255 characters", "ERR_NGROK_27502"],
    [{ metadata: "m".repeat(4097) }, "metadata: expected at most 4096 characters", "ERR_NGROK_27503"],
    [{ metadata: { team: "ml" } }, "metadata: Invalid input: expected string, received object", undefined],
    [{}, "body: an update without a field is not documented", undefined],
  ])("refuses %j and keeps the record", async (body, msg, code) => {
    const { call, sandbox } = await open();
    const before = sandbox.stored("ngrok", "aigpk_2");
    expect(await call("PATCH", "/provider-keys/aigpk_2", body)).toEqual(refused(422, msg, code));
    expect(sandbox.stored("ngrok", "aigpk_2")).toEqual(before);
  });

  it("takes texts up to their limits, counted in characters", async () => {
    const { call } = await open();
    const body = { name: "😀".repeat(255), description: "d".repeat(255), metadata: "m".repeat(4096) };
    expect(await call("PATCH", "/provider-keys/aigpk_2", body)).toMatchObject({ status: 200, body });
  });

  it("answers 400 instead when switched", async () => {
    const { call } = await open({ validationStatus: 400 });
    expect((await call("PATCH", "/provider-keys/aigpk_2", {})).status).toBe(400);
  });
});

describe("rotating", () => {
  it("changes value and name, and keeps the id and the rest", async () => {
    const { call, sandbox, changed } = await open();
    const reply = await call("POST", "/provider-keys/aigpk_2/rotate", {
      name: "Rotated",
      value: "sk-new-value-of-the-key",
    });
    const body = { ...changed, name: "Rotated", keyRedacted: "sk-new-val***-key" };
    expect(reply).toEqual({ status: 200, body });
    expect((await call("GET", "/provider-keys/aigpk_2")).body).toEqual(body);
    expect(sandbox.stored("ngrok", "aigpk_2")?.value).toBe("sk-new-value-of-the-key");
  });

  it.each([
    [{ value: "sk-new" }, "name: Invalid input: expected string, received undefined", "ERR_NGROK_27510"],
    [{ name: "Name" }, "value: Invalid input: expected string, received undefined", "ERR_NGROK_27507"],
    [{ name: "Name", value: "" }, "value: Too small: expected string to have >=1 characters", "ERR_NGROK_27507"],
    [{ name: "Name", value: "sk-new", description: "d" }, "description: not accepted here", undefined],
  ])("refuses %j", async (body, msg, code) => {
    const { call, sandbox } = await open();
    expect(await call("POST", "/provider-keys/aigpk_2/rotate", body)).toEqual(refused(422, msg, code));
    expect(sandbox.stored("ngrok", "aigpk_2")?.value).toBe(openai.value);
  });
});

describe("making a key", () => {
  const custom = { id: "aigp_1", providerId: "my-azure", name: "Azure", baseUrl: "https://a.test" };
  const made = { providerId: "openai", name: "New", value: "sk-new-value-of-the-key" };

  it("answers 201 with the key, which is listed from then on", async () => {
    const { call, sandbox } = await open();
    const full = { ...made, description: "second", metadata: "m" };
    const { status, body } = await call("POST", "/provider-keys", full);
    const { value, ...shown } = full;
    expect([status, body]).toEqual([
      201,
      {
        ...shown,
        id: "aigpk_new_0001",
        uri: `${sandbox.urls.ngrok}/provider-keys/aigpk_new_0001`,
        keyRedacted: "sk-new-val***-key",
        lastUsed: null,
        createdAt: "2026-01-01T00:00:00.000Z",
        updatedAt: "2026-01-01T00:00:00.000Z",
        createdBy: sandboxActor,
        lastUpdatedBy: sandboxActor,
      },
    ]);
    expect((await call("GET", "/provider-keys/aigpk_new_0001")).body).toEqual(body);
    expect((await call("GET", "/provider-keys?limit=1")).body.aiGatewayProviderKeys).toEqual([body]);
    expect(sandbox.stored("ngrok", "aigpk_new_0001")?.value).toBe(value);
    expect((await call("POST", "/provider-keys", made)).body).toMatchObject({ id: "aigpk_new_0002" });
  });

  it.each([
    ["the built-in provider of the documents", "openai"],
    ["a built-in provider of the seed", "anthropic"],
    ["a custom provider", "my-azure"],
  ])("takes %s", async (_what, providerId) => {
    const { call } = await open({}, { providers: [custom], builtInProviders: ["openai", "anthropic"] });
    expect(await call("POST", "/provider-keys", { ...made, providerId })).toMatchObject({
      status: 201,
      body: { providerId },
    });
  });

  it.each([
    ["unknown", "provider_id: unknown is not supported."],
    // Whether a key may refer to a custom provider by its id is not documented.
    ["aigp_1", "provider_id: aigp_1 is not supported."],
  ])("refuses a key of %s", async (providerId, msg) => {
    const { call } = await open({}, { providers: [custom] });
    const expected = refused(422, msg, "ERR_NGROK_27508");
    expect(await call("POST", "/provider-keys", { ...made, providerId })).toEqual(expected);
  });

  const missing = (field: string) => `${field}: Invalid input: expected string, received undefined`;
  it.each([
    [{ name: "N", value: "v" }, missing("providerId"), "ERR_NGROK_27510"],
    [{ providerId: "openai", value: "v" }, missing("name"), "ERR_NGROK_27510"],
    [{ providerId: "openai", name: "N" }, missing("value"), "ERR_NGROK_27507"],
    [{ ...made, value: "" }, "value: Too small: expected string to have >=1 characters", "ERR_NGROK_27507"],
    [{ ...made, name: "n".repeat(256) }, "name: expected at most 255 characters", "ERR_NGROK_27501"],
    [{ ...made, metadata: null }, "metadata: Invalid input: expected string, received null", undefined],
    [{ ...made, id: "aigpk_mine" }, "id: not accepted here", undefined],
  ])("refuses %j, and makes nothing", async (body, msg, code) => {
    const { call } = await open();
    expect(await call("POST", "/provider-keys", body)).toEqual(refused(422, msg, code));
    expect((await call("GET", "/provider-keys")).body.aiGatewayProviderKeys).toHaveLength(3);
  });
});

describe("removing a key", () => {
  it("answers 204, and the key is gone", async () => {
    const { call, sandbox } = await open();
    expect(await call("DELETE", "/provider-keys/aigpk_2")).toEqual({ status: 204, body: undefined });
    expect(sandbox.stored("ngrok", "aigpk_2")).toBeUndefined();
    const gone = refused(404, "The provider key was not found.", "ERR_NGROK_27611");
    expect(await call("DELETE", "/provider-keys/aigpk_2")).toEqual(gone);
    expect((await call("GET", "/provider-keys")).body.aiGatewayProviderKeys).toHaveLength(2);
  });

  it.each([undefined, 409, 400, 422] as const)("is refused where a router rule refers to it: %s", async (status) => {
    const { call, sandbox } = await open(status && { conflictStatus: status }, { routed: ["aigpk_2"] });
    const msg = "The provider key cannot be deleted: a router rule refers to it.";
    expect(await call("DELETE", "/provider-keys/aigpk_2")).toEqual(refused(status ?? 409, msg, "ERR_NGROK_27511"));
    expect(sandbox.stored("ngrok", "aigpk_2")).toMatchObject({ name: "OpenAI" });
  });

  it("takes no body and no query", async () => {
    const { call } = await open();
    expect((await call("DELETE", "/provider-keys/aigpk_2", {})).status).toBe(400);
    expect((await call("DELETE", "/provider-keys/aigpk_2?force=true")).status).toBe(422);
  });
});

describe("turning away", () => {
  it("answers 401 without quoting the token, or with it when switched", async () => {
    const plain = await open();
    const expected = refused(401, "The bearer token is not valid.");
    expect(await plain.call("GET", "/provider-keys", undefined, "wrong-token")).toEqual(expected);
    await close();
    const quoting = await open({ authenticationErrors: "quoting" });
    const quoted = refused(401, "The API key you specified is not valid: 'wrong-token'.", "ERR_NGROK_202");
    expect(await quoting.call("GET", "/provider-keys", undefined, "wrong-token")).toEqual(quoted);
  });

  it("answers 405 to a verb it does not have", async () => {
    const { call } = await open();
    const expected = refused(405, "The method PUT is not allowed here.", "ERR_NGROK_27614");
    expect(await call("PUT", "/provider-keys/aigpk_2", {})).toEqual(expected);
  });
});
