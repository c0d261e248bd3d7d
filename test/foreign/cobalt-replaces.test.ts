import { type ProviderUpdate, secret } from "../../src/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatewayErrorOf } from "../support/sync.ts";
import { cobalt } from "./cobalt/index.ts";
import { plain, useCobalt, withHeaders } from "./support.ts";

allowLoopback();
const start = useCobalt();

const KEY = "sk-cobalt-new-key-4444";
const credential = { scheme: "api_key", apiKey: secret(KEY) } as const;

async function opened(objects: readonly object[], more: Parameters<typeof start>[1] = {}) {
  const server = await start(
    objects.map((object) => ({ ...object })),
    more,
  );
  const gateway = cobalt({ baseUrl: server.url, token: secret(server.token), retry: { attempts: 0 } });
  const writes = () => server.requests.filter(({ method }) => method === "PUT");
  return { server, gateway, writes };
}

/** What an update is refused with, and that nothing was written for it. */
async function refusal(object: object, update: ProviderUpdate) {
  const { server, gateway, writes } = await opened([object]);
  const before = server.stored("openai");
  const error = await gatewayErrorOf(() => gateway.update("openai", update));
  expect(writes()).toEqual([]);
  expect(server.stored("openai")).toEqual(before);
  expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
  return "issues" in error ? error.issues : [];
}

describe("what a reply shows", () => {
  it("is sent back with a write that does not give it, exactly as it was", async () => {
    const { server, gateway } = await opened([plain]);
    const { provider } = await gateway.update("openai", { name: "New", credential });
    const { modifiedAt, ...stored } = server.stored("openai") ?? {};
    expect(stored).toEqual({ ...plain, label: "New", secret: KEY, headers: null, revision: 8, modifiedAt: undefined });
    expect(modifiedAt).toBe(provider.updatedAt);
    expect(provider.streamIdleTimeout).toBe(1.5);
  });

  it("is left out to clear it: no null is ever sent", async () => {
    const { server, gateway, writes } = await opened([plain]);
    await gateway.update("openai", { description: null, requestTimeout: null, streamIdleTimeout: null, credential });
    expect(writes().map(({ body }) => body)).toEqual([
      { provider: "openai", label: "OpenAI", active: false, secret: KEY },
    ]);
    expect(server.stored("openai")).toMatchObject({ note: null, timeoutMs: null, idleTimeoutMs: null });
  });
});

describe("what no reply shows", () => {
  it("is refused to be erased: headers must be given, by the names that are there", async () => {
    const message =
      "the connection has the headers X-Team, X-Cost-Centre, whose values no reply shows: a write without them would " +
      "erase them; give all of them, or null to remove them";
    expect(await refusal(withHeaders, { name: "New", credential })).toEqual([{ path: "native.headers", message }]);
  });

  it("is written when it is given: all headers in one secret text", async () => {
    const { server, gateway } = await opened([withHeaders]);
    const headers = { "X-Team": "platform", "X-New": "1" };
    const { provider } = await gateway.update("openai", {
      name: "New",
      credential,
      native: { headers: secret(JSON.stringify(headers)) },
    });
    expect(server.stored("openai")).toMatchObject({ label: "New", note: "primary", headers });
    expect(provider.native).toEqual({ headers: { withheld: true }, headerNames: ["X-Team", "X-New"] });
  });

  it("is removed by null, and only so", async () => {
    const { server, gateway, writes } = await opened([withHeaders]);
    const { provider } = await gateway.update("openai", { credential, native: { headers: null } });
    expect(server.stored("openai")?.headers).toBeNull();
    expect(writes().map(({ body }) => Object.keys(body ?? {}))).toEqual([
      ["provider", "label", "note", "timeoutMs", "idleTimeoutMs", "active", "secret"],
    ]);
    expect(provider.native).toBeUndefined();
  });

  it.each(["plain text", "[]", "{}", '{"X-Team": 1}', "null"])("is not taken as %s", async (text) => {
    const message = "expected the JSON text of a map of header names and values";
    expect(await refusal(withHeaders, { credential, native: { headers: secret(text) } })).toEqual([
      { path: "native.headers", message },
    ]);
  });

  it("is demanded with every field: the key", async () => {
    const { gateway, server } = await opened([plain]);
    const error = await gatewayErrorOf(() => gateway.update("openai", { name: "New", enabled: true }));
    expect(server.requests).toEqual([]);
    expect(error.message).toContain(
      "name and enabled need credential in the same update: every write of a connection replaces all of it, and its " +
        "secret is demanded each time: it cannot be read back",
    );
  });

  it("is not the masked form that replies show: that would become the key", async () => {
    const masked = { scheme: "api_key", apiKey: secret("****1111") } as const;
    const message = "is the masked form that replies show: it would be stored in the place of the key itself";
    expect(await refusal(plain, { credential: masked })).toEqual([{ path: "credential.apiKey", message }]);
  });
});

it("refuses a write over members that it does not know, which the write would reset", async () => {
  const { server, gateway, writes } = await opened([plain]);
  const { secret: _secret, ...shown } = plain;
  const reply = {
    connections: [{ ...shown, displaySecret: "****1111", region: "eu" }],
    total: 1,
  };
  server.inject({ kind: "status", status: 200, body: reply });
  const error = await gatewayErrorOf(() => gateway.update("openai", { name: "New", credential }));
  expect(error.message).toContain(
    "the connection has members that this adapter does not know, and a write may reset them: region",
  );
  expect(writes()).toEqual([]);
});

describe("somebody else's change", () => {
  it("between the read and the write is ConflictError, and stays", async () => {
    const { server, gateway } = await opened([plain], { staleReads: 1 });
    await gateway.update("openai", { description: "by the first", credential });
    const stored = server.stored("openai");
    const error = await gatewayErrorOf(() => gateway.update("openai", { name: "by the second", credential }));
    expect(error).toMatchObject({ name: "ConflictError", outcome: "not-applied", retryable: false, status: 412 });
    expect(server.stored("openai")).toEqual(stored);
  });

  it("is found by the repetition of a write whose reply was lost: then the outcome stays unknown", async () => {
    const server = await start([plain]);
    const retry = { attempts: 1 };
    const gateway = cobalt({ baseUrl: server.url, token: secret(server.token), retry });
    server.inject({ kind: "lost-reply", method: "PUT" });
    const error = await gatewayErrorOf(() => gateway.update("openai", { name: "New", credential }));
    expect(error).toMatchObject({ name: "ConflictError", outcome: "unknown", retryable: false });
    expect(server.stored("openai")).toMatchObject({ label: "New", revision: 8 });
  });

  it("that deleted it after the read does not make it again", async () => {
    const { server, gateway } = await opened([{ ...plain, provider: "other" }]);
    const { secret: _secret, ...shown } = plain;
    const reply = { connections: [{ ...shown, displaySecret: "****1111" }], total: 1 };
    server.inject({ kind: "status", status: 200, body: reply });
    const error = await gatewayErrorOf(() => gateway.update("openai", { name: "New", credential }));
    expect(error.name).toBe("ConflictError");
    expect(server.stored("openai")).toBeUndefined();
  });
});

it("waits as the body of a 429 tells, before the next try", async () => {
  const { server, gateway } = await opened([plain], { rateLimit: { requests: 1, perMs: 3_600_000 } });
  await gateway.get("openai");
  const error = await gatewayErrorOf(() => gateway.get("openai"));
  expect(error).toMatchObject({ name: "RateLimitError", status: 429, retryAfterMs: 3_600_000 });
  expect(server.requests.map(({ status }) => status)).toEqual([200, 200]);
});

describe("the list", () => {
  const many = Array.from({ length: 41 }, (_, index) => ({ ...plain, provider: `p${index}` }));

  it("is read page by page, as far as it is needed", async () => {
    const { server, gateway } = await opened(many);
    await gateway.get("p20");
    expect(server.requests.map(({ path }) => path)).toEqual(["/connections?offset=0", "/connections?offset=20"]);
    await gatewayErrorOf(() => gateway.get("p41"));
    expect(server.requests.slice(2).map(({ path }) => path)).toEqual([
      "/connections?offset=0",
      "/connections?offset=20",
      "/connections?offset=40",
    ]);
  });

  it("that promises more than it gives ends with an error, not never", async () => {
    const { server, gateway } = await opened(many);
    server.inject({ kind: "status", status: 200, body: { connections: [], total: 5 } });
    const error = await gatewayErrorOf(() => gateway.get("p0"));
    expect(error.name).toBe("InvalidResponseError");
    expect(error.message).toContain("points back to a page that was read already");
  });
});

it("explains a write without reading: what it will read stands in", async () => {
  const { gateway, server } = await opened([plain]);
  expect(gateway.explain("openai", { name: "New", description: null, credential })).toEqual([
    { method: "GET", path: "/connections" },
    {
      method: "PUT",
      path: "/connections",
      headers: { "If-Match": '"‹current revision›"' },
      body: {
        provider: "openai",
        "‹members that are not given›": "‹as they are›",
        label: "New",
        secret: "[redacted]",
      },
      fields: ["name", "description", "credential"],
    },
  ]);
  expect(server.requests).toEqual([]);
});
