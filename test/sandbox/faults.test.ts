import { type Fault, type Sandbox, startSandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

const provider = { pk: 1, provider_id: "one", provider_name: "Old" };
const managed = { pk: 2, provider_id: "two", provider_name: "Other" };

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ seed: { respan: { providers: [provider, managed] } }, now: () => 0 });
});
afterEach(() => sandbox.close());

function rename(pk = 1, init: RequestInit = {}): Promise<Response> {
  return fetch(`${sandbox.urls.respan}/api/providers/${pk}/`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${sandbox.tokens.respan}`, "content-type": "application/json" },
    body: JSON.stringify({ provider_name: "New" }),
    ...init,
  });
}

function storedName(): unknown {
  return sandbox.stored("respan", 1)?.provider_name;
}

function lastStatus(): number | undefined {
  return sandbox.requests.at(-1)?.status;
}

describe("before the write", () => {
  afterEach(() => expect(storedName()).toBe("Old"));

  it("answers a status with headers and JSON", async () => {
    const headers = { "retry-after": "7" };
    sandbox.inject("respan", { kind: "status", status: 503, headers, body: { detail: "down" } });
    const reply = await rename();
    expect([reply.status, reply.headers.get("retry-after"), await reply.json()]).toEqual([
      503,
      "7",
      { detail: "down" },
    ]);
    expect(lastStatus()).toBe(503);
  });

  it("answers a status with text, or with nothing", async () => {
    sandbox.inject("respan", { kind: "status", status: 502, body: "Bad gateway" });
    sandbox.inject("respan", { kind: "status", status: 500 });
    const [text, nothing] = [await rename(), await rename()];
    expect([text.status, await text.text()]).toEqual([502, "Bad gateway"]);
    expect([nothing.status, await nothing.text()]).toEqual([500, ""]);
  });

  it("redirects", async () => {
    sandbox.inject("respan", { kind: "redirect", location: "https://elsewhere.example/" });
    sandbox.inject("respan", { kind: "redirect", status: 301, location: "/x" });
    const [first, second] = [await rename(1, { redirect: "manual" }), await rename(1, { redirect: "manual" })];
    expect([first.status, first.headers.get("location")]).toEqual([307, "https://elsewhere.example/"]);
    expect([second.status, second.headers.get("location")]).toEqual([301, "/x"]);
  });

  it("resets the connection", async () => {
    sandbox.inject("respan", { kind: "reset" });
    await expect(rename()).rejects.toThrow("fetch failed");
    expect(sandbox.requests).toMatchObject([{ method: "PATCH", body: { provider_name: "New" } }]);
    expect(lastStatus()).toBeUndefined();
  });
});

describe("after the write", () => {
  afterEach(() => expect(storedName()).toBe("New"));

  it("loses the reply", async () => {
    sandbox.inject("respan", { kind: "lost-reply" });
    await expect(rename()).rejects.toThrow("fetch failed");
    expect(lastStatus()).toBeUndefined();
  });

  it("answers a web page", async () => {
    sandbox.inject("respan", { kind: "html" });
    const reply = await rename();
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await reply.text()).toMatch(/^<!doctype html>/);
  });

  it("cuts the JSON short", async () => {
    sandbox.inject("respan", { kind: "truncated" });
    const reply = await rename();
    const text = await reply.text();
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(text).toMatch(/^\{"id":"one"/);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it("sends more than 10 MiB", async () => {
    sandbox.inject("respan", { kind: "huge-body" });
    const text = await (await rename()).text();
    expect(text.length).toBeGreaterThan(10 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject({ provider_name: "New" });
  });

  it("stops half way through the body, until it is closed", async () => {
    sandbox.inject("respan", { kind: "slow-body" });
    const reply = await rename();
    const reader = reply.body?.getReader();
    const chunk = await reader?.read();
    expect(new TextDecoder().decode(chunk?.value)).toMatch(/^\{"id":"one"/);
    const rest = expect(reader?.read()).rejects.toThrow("terminated");
    await sandbox.close();
    await rest;
  });
});

describe("latency", () => {
  it("lets the write take effect late, and combines with another fault", async () => {
    sandbox.inject("respan", { kind: "latency", ms: 1 });
    sandbox.inject("respan", { kind: "status", status: 500 });
    expect((await rename()).status).toBe(500);
    expect((await rename()).status).toBe(200);
  });

  it("does not hold up close, and the write is then not made", async () => {
    sandbox.inject("respan", { kind: "latency", ms: 1_000_000 });
    const waiting = expect(rename()).rejects.toThrow("fetch failed");
    while (sandbox.requests[0]?.body === undefined) await new Promise(setImmediate);
    await sandbox.close();
    await waiting;
    expect(storedName()).toBe("Old");
  });
});

describe("which requests are struck", () => {
  it("is the next one, or as many as said", async () => {
    sandbox.inject("respan", { kind: "status", status: 500, times: 2 });
    const statuses = [await rename(), await rename(), await rename()].map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 200]);
  });

  it("is narrowed by method and by a part of the path", async () => {
    sandbox.inject("respan", { kind: "status", status: 500, method: "GET" });
    sandbox.inject("respan", { kind: "status", status: 502, path: "/1/" });
    sandbox.inject("respan", { kind: "status", status: 501, method: "patch", path: "/2/" });
    const statuses = [await rename(2), await rename(1), await rename(1)].map(({ status }) => status);
    expect(statuses).toEqual([501, 502, 200]);
  });

  it("can be given at the start, and stays with its gateway", async () => {
    await sandbox.close();
    const faults = { ngrok: [{ kind: "status", status: 500 }] } satisfies Record<string, Fault[]>;
    sandbox = await startSandbox({ seed: { respan: { providers: [provider] } }, faults });
    expect((await rename()).status).toBe(200);
    expect((await fetch(`${sandbox.urls.ngrok}/provider-keys`)).status).toBe(500);
  });
});
