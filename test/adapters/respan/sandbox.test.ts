import { type SandboxOptions, startSandbox } from "../../../src/testing/index.ts";
import { allowLoopback } from "../../support/loopback.ts";

allowLoopback();

const azure = {
  pk: 123,
  provider_id: "my-azure-provider",
  provider_name: "Azure Provider",
  api_key: "old-api-key",
  extra_kwargs: { base_url: "https://azure.example/v1", timeout: 30, api_version: "v2" },
  created_at: "2024-01-15T10:30:00Z",
  updated_at: "2024-01-15T10:30:00Z",
};
const managed = { pk: 7, provider_id: "house", provider_name: "House", is_managed: true };
const shownAzure = {
  id: "my-azure-provider",
  provider_id: "my-azure-provider",
  provider_name: "Azure Provider",
  created_at: "2024-01-15T10:30:00Z",
  updated_at: "2024-01-15T10:30:00Z",
};
const later = Date.parse("2026-01-01T00:00:00Z");

type Switches = NonNullable<SandboxOptions["switches"]>["respan"];
let close = async () => {};
afterEach(() => close());

async function open(switches: Switches = {}, now = () => later) {
  const sandbox = await startSandbox({
    seed: { respan: { providers: [azure, managed] } },
    switches: { respan: switches },
    now,
  });
  close = sandbox.close;
  const raw = (method: string, path: string, body?: unknown, authorization = `Bearer ${sandbox.tokens.respan}`) =>
    fetch(`${sandbox.urls.respan}${path}`, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const call = async (...request: Parameters<typeof raw>) => {
    const reply = await raw(...request);
    return { status: reply.status, body: JSON.parse(await reply.text()) };
  };
  return { sandbox, call, raw };
}

describe("reading", () => {
  it("shows a provider under its integer key, without the key, the kwargs or the pk", async () => {
    const { call } = await open();
    expect(await call("GET", "/api/providers/123/")).toEqual({ status: 200, body: shownAzure });
  });

  it.each(["/api/providers/999/", "/api/providers/my-azure-provider/", "/api/providers/0123/", "/api/providers/123"])(
    "finds nothing at %s",
    async (path) => {
      const { call } = await open();
      expect(await call("GET", path)).toEqual({ status: 404, body: { detail: "Not found." } });
    },
  );

  it("takes the text id instead when switched", async () => {
    const { call } = await open({ identifier: "provider_id" });
    expect((await call("GET", "/api/providers/my-azure-provider/")).body).toEqual(shownAzure);
    expect((await call("GET", "/api/providers/123/")).status).toBe(404);
  });

  it("lists a bare array", async () => {
    const { call } = await open();
    const { status, body } = await call("GET", "/api/providers/");
    expect(status).toBe(200);
    expect(body.map((one: { id: string }) => one.id)).toEqual(["my-azure-provider", "house"]);
    expect((await call("GET", "/api/providers/?page=1")).status).toBe(400);
  });

  it("lists in the envelope when switched", async () => {
    const { call, sandbox } = await open({ list: "envelope", pageSize: 1 });
    const list = `${sandbox.urls.respan}/api/providers/`;
    const first = await call("GET", "/api/providers/");
    expect(first.body).toEqual({ count: 2, next: `${list}?page=2`, previous: null, results: [shownAzure] });
    const second = await call("GET", "/api/providers/?page=2");
    expect(second.body).toMatchObject({ next: null, previous: `${list}?page=1`, results: [{ id: "house" }] });
    expect((await call("GET", "/api/providers/?page=3")).status).toBe(404);
    expect((await call("GET", "/api/providers/?page=x")).status).toBe(404);
  });

  it("shows the kwargs when switched, all but the documented ones dropped or masked", async () => {
    const dropped = await open({ returnsExtraKwargs: true });
    const shown = { base_url: "https://azure.example/v1", timeout: 30 };
    expect((await dropped.call("GET", "/api/providers/123/")).body.extra_kwargs).toEqual(shown);
    await close();
    const masked = await open({ returnsExtraKwargs: true, secretKwargs: "masked" });
    const withMask = { ...shown, api_version: "********" };
    expect((await masked.call("GET", "/api/providers/123/")).body.extra_kwargs).toEqual(withMask);
  });
});

describe("updating", () => {
  it("changes the fields sent and no other", async () => {
    const { call, sandbox } = await open();
    const reply = await call("PATCH", "/api/providers/123/", { provider_name: "New", api_key: "new-api-key" });
    const shown = { ...shownAzure, provider_name: "New", updated_at: "2026-01-01T00:00:00.000Z" };
    expect(reply).toEqual({ status: 200, body: shown });
    const stored = { ...azure, ...shown, api_key: "new-api-key", is_managed: false, id: undefined };
    expect(sandbox.stored("respan", 123)).toEqual(stored);
    expect(sandbox.stored("respan", "my-azure-provider")).toEqual(stored);
    expect(sandbox.stored("respan", "123")).toEqual(stored);
    expect(sandbox.stored("respan", 5)).toBeUndefined();
  });

  it("replaces extra_kwargs as a whole, or merges them when switched", async () => {
    const replacing = await open();
    await replacing.call("PATCH", "/api/providers/123/", { extra_kwargs: { timeout: 60 } });
    expect(replacing.sandbox.stored("respan", 123)?.extra_kwargs).toEqual({ timeout: 60 });
    await close();
    const merging = await open({ extraKwargs: "merge" });
    await merging.call("PATCH", "/api/providers/123/", { extra_kwargs: { timeout: 60 } });
    expect(merging.sandbox.stored("respan", 123)?.extra_kwargs).toEqual({ ...azure.extra_kwargs, timeout: 60 });
  });

  it("accepts an empty body and changes nothing", async () => {
    const { call } = await open();
    expect(await call("PATCH", "/api/providers/123/", {})).toEqual({ status: 200, body: shownAzure });
  });

  it.each([
    [{ provider_id: "other" }, { provider_id: ["This field is not accepted."] }],
    [{ base_url: "https://x.example" }, { base_url: ["This field is not accepted."] }],
    [{ provider_name: null }, { provider_name: ["Invalid input: expected string, received null"] }],
    [{ api_key: 12 }, { api_key: ["Invalid input: expected string, received number"] }],
    [{ extra_kwargs: { timeout: 1.5 } }, { extra_kwargs: ["Invalid input: expected int, received number"] }],
    [{ extra_kwargs: {} }, { extra_kwargs: ["An empty object is not accepted."] }],
    [[], { non_field_errors: ["Invalid input: expected object, received array"] }],
  ])("refuses %j and keeps the record", async (body, errors) => {
    const { call, sandbox } = await open();
    const before = sandbox.stored("respan", 123);
    expect(await call("PATCH", "/api/providers/123/", body)).toEqual({
      status: 422,
      body: { detail: "Validation error", errors },
    });
    expect(sandbox.stored("respan", 123)).toEqual(before);
  });

  it("refuses with a bare field map and 400 when switched", async () => {
    const { call } = await open({ validationStatus: 400, validationBody: "bare" });
    const { status, body } = await call("PATCH", "/api/providers/123/", { provider_id: "other" });
    expect({ status, body }).toEqual({ status: 400, body: { provider_id: ["This field is not accepted."] } });
  });

  it("keeps the critical fields of a managed provider", async () => {
    const { call } = await open();
    const refused = await call("PATCH", "/api/providers/7/", { provider_name: "Mine" });
    expect(refused).toEqual({
      status: 422,
      body: {
        detail: "Validation error",
        errors: { provider_name: ["Cannot modify 'provider_name' for Respan managed providers."] },
      },
    });
    await close();
    const open7 = await open({ managedCriticalFields: ["api_key"] });
    expect((await open7.call("PATCH", "/api/providers/7/", { provider_name: "Mine" })).status).toBe(200);
  });
});

describe("creating", () => {
  const fresh = { provider_id: "new", provider_name: "New" };
  const now = "2026-01-01T00:00:00.000Z";
  const shownFresh = { id: "new", ...fresh, created_at: now, updated_at: now };

  it("answers 201 with the new provider, which has the next key and is listed", async () => {
    const { call, sandbox } = await open();
    const body = { ...fresh, api_key: "k", extra_kwargs: { base_url: "https://x.example", any: true } };
    expect(await call("POST", "/api/providers/", body)).toEqual({ status: 201, body: shownFresh });
    expect(sandbox.stored("respan", "new")).toEqual({
      ...body,
      pk: 124,
      is_managed: false,
      created_at: now,
      updated_at: now,
    });
    expect((await call("GET", "/api/providers/124/")).body).toEqual(shownFresh);
    expect((await call("GET", "/api/providers/")).body).toHaveLength(3);
  });

  it("updates a provider of that id, as the older pages say, and leaves what is not sent", async () => {
    const { call, sandbox } = await open();
    const reply = await call("POST", "/api/providers/", { provider_id: azure.provider_id, provider_name: "New" });
    expect(reply).toEqual({ status: 200, body: { ...shownAzure, provider_name: "New", updated_at: now } });
    expect(sandbox.stored("respan", 123)).toMatchObject({ api_key: "old-api-key", extra_kwargs: azure.extra_kwargs });
    expect((await call("POST", "/api/providers/", { provider_id: "house", provider_name: "Mine" })).status).toBe(422);
  });

  it("refuses a provider of that id with 400 when switched", async () => {
    const { call, sandbox } = await open({ existing: "refused" });
    const before = sandbox.stored("respan", 123);
    const reply = await call("POST", "/api/providers/", { provider_id: azure.provider_id, provider_name: "New" });
    expect(reply).toEqual({ status: 400, body: { detail: "Invalid request format" } });
    expect(sandbox.stored("respan", 123)).toEqual(before);
  });

  it.each([
    [{ provider_name: "New" }, "provider_id"],
    [{ provider_id: "new" }, "provider_name"],
    [{ ...fresh, provider_id: 7 }, "provider_id"],
    [{ ...fresh, is_managed: true }, "is_managed"],
    [{ ...fresh, extra_kwargs: {} }, "extra_kwargs"],
  ])("refuses %j and makes nothing", async (body, field) => {
    const { call, sandbox } = await open();
    const { status, body: answer } = await call("POST", "/api/providers/", body);
    expect({ status, fields: Object.keys(answer.errors) }).toEqual({ status: 422, fields: [field] });
    expect(sandbox.stored("respan", "new")).toBeUndefined();
  });
});

describe("removing", () => {
  it("answers 204 without a body, and the provider is gone", async () => {
    const { call, raw, sandbox } = await open();
    const reply = await raw("DELETE", "/api/providers/123/");
    expect([reply.status, await reply.text()]).toEqual([204, ""]);
    expect(sandbox.stored("respan", 123)).toBeUndefined();
    expect(await call("DELETE", "/api/providers/123/")).toEqual({ status: 404, body: { detail: "Not found." } });
  });

  it("keeps a managed provider with 403, told under another name than other errors", async () => {
    const { call, sandbox } = await open();
    expect(await call("DELETE", "/api/providers/7/")).toEqual({
      status: 403,
      body: { error: "Cannot delete managed provider. Respan owns it." },
    });
    expect(sandbox.stored("respan", 7)).toBeDefined();
  });

  it("takes the text id instead when switched", async () => {
    const { raw } = await open({ identifier: "provider_id" });
    expect((await raw("DELETE", "/api/providers/123/")).status).toBe(404);
    expect((await raw("DELETE", "/api/providers/my-azure-provider/")).status).toBe(204);
  });
});

describe("turning away", () => {
  it("answers the documented 401 bodies", async () => {
    const { call } = await open();
    expect(await call("GET", "/api/providers/", undefined, "")).toEqual({
      status: 401,
      body: { detail: "Authentication credentials were not provided." },
    });
    const wrong = await call("GET", "/api/providers/", undefined, "Bearer wrong");
    expect(wrong.status).toBe(401);
    expect(wrong.body.detail).toMatch(/^Your API key is invalid or expired, .*respan\.ai$/);
  });

  it("answers 405 to a verb it does not simulate", async () => {
    const { raw } = await open();
    const reply = await raw("PUT", "/api/providers/123/", {});
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, "GET, PATCH, DELETE"]);
  });

  it("admits 60 requests a minute when switched on, and tells the wait in the body alone", async () => {
    let now = later;
    const { call, raw } = await open({ rateLimit: true }, () => now);
    for (let count = 0; count < 60; count += 1) {
      expect((await call("GET", "/api/providers/7/")).status).toBe(200);
      now += 100;
    }
    const refused = await call("GET", "/api/providers/7/");
    expect(refused).toEqual({ status: 429, body: { detail: "Rate limit exceeded", retry_after: 54 } });
    expect((await raw("GET", "/api/providers/7/")).headers.has("retry-after")).toBe(false);
    now += 53_999;
    expect((await call("GET", "/api/providers/7/")).body.retry_after).toBe(1);
    now += 1;
    expect((await call("GET", "/api/providers/7/")).status).toBe(200);
  });

  it("takes any other number of requests a minute", async () => {
    const { call } = await open({ rateLimit: 1 });
    expect((await call("GET", "/api/providers/7/")).status).toBe(200);
    expect((await call("GET", "/api/providers/7/")).status).toBe(429);
    expect((await call("GET", "/api/providers/7/", undefined, "")).status).toBe(401);
  });
});

it("is a second brand with its own records, token and texts", async () => {
  const sandbox = await startSandbox({
    seed: { respan: { providers: [azure] }, keywordsai: { providers: [managed] } },
  });
  close = sandbox.close;
  const headers = { authorization: `Bearer ${sandbox.tokens.keywordsai}`, "content-type": "application/json" };
  const body = JSON.stringify({ api_key: "key" });
  const reply = await fetch(`${sandbox.urls.keywordsai}/api/providers/7/`, { method: "PATCH", headers, body });
  const message = "Cannot modify 'api_key' for Keywords AI managed providers.";
  expect(await reply.json()).toEqual({ detail: "Validation error", errors: { api_key: [message] } });
  expect((await fetch(`${sandbox.urls.respan}/api/providers/`, { headers })).status).toBe(401);
  expect(sandbox.stored("keywordsai", 123)).toBeUndefined();
});
