import { connect } from "node:net";
import { defineVendorSandbox, openSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { allowLoopback } from "../support/loopback.ts";

allowLoopback();

const anything = { safeParse: (value: unknown) => ({ success: true as const, data: value }) };

/** A gateway that stores one value and echoes what reached its routes. */
const toy = defineVendorSandbox({
  name: "toy",
  basePath: "/base",
  seed: anything,
  switches: anything,
  open: (_seed, _switches, environment) => {
    let value: unknown;
    return {
      token: "toy-token",
      routes: [
        {
          method: "GET",
          path: "/items/{id}",
          query: ["page"],
          handle: ({ id, query }) => ok({ id, query: [...query] }),
        },
        {
          method: "PATCH",
          path: "/items/{id}",
          handle: ({ body }) => {
            value = body;
            return ok({ at: environment.now(), origin: environment.origin() });
          },
        },
        {
          method: "GET",
          path: "/broken",
          handle: () => {
            throw new Error("bug");
          },
        },
      ],
      refuse: ({ kind, status }) => ({ status, json: { kind } }),
      stored: (id) => (id === "value" ? { value } : undefined),
    };
  },
});

function ok(json: unknown) {
  return { status: 200, json };
}

let sandbox: Sandbox<"toy">;
let origin: string;
beforeEach(async () => {
  sandbox = await openSandbox([toy], { now: () => 42 });
  origin = new URL(sandbox.urls.toy).origin;
});
afterEach(() => sandbox.close());

async function call(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: "Bearer toy-token", "content-type": "application/json", ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: reply.status, body: JSON.parse(await reply.text()) };
}

/** `fetch` would tidy the path. */
async function rawStatus(path: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer toy-token\r\nConnection: close\r\n\r\n`);
  let reply = "";
  for await (const chunk of socket) reply += String(chunk);
  return reply.split(" ")[1] ?? "";
}

describe("routes", () => {
  it("hands the decoded id and the query to the route", async () => {
    const { body } = await call("GET", "/items/a%2Fb%20c?page=2");
    expect(body).toEqual({ id: "a/b c", query: [["page", "2"]] });
  });

  it.each(["/items", "/items/", "/items/a/", "/items/a/b", "/Items/a", "/items/%zz", "/x/../items/a", "//items/a"])(
    "has nothing at %s",
    async (path) => {
      expect(await rawStatus(path)).toBe("404");
    },
  );

  it.each([
    ["GET", "/items/a?other=1", undefined, {}, 400, "unknown-query"],
    ["GET", "/items/a?page=1&page=2", undefined, {}, 400, "unknown-query"],
    ["GET", "/items/a", undefined, { authorization: "Basic dG95" }, 401, "missing-token"],
    ["GET", "/items/a", undefined, { authorization: "Bearer other" }, 401, "wrong-token"],
    ["DELETE", "/items/a", undefined, {}, 405, "wrong-method"],
    ["PATCH", "/items/a", "{}", { "content-type": "text/plain" }, 415, "content-type"],
    ["PATCH", "/items/a", "{}", { "content-type": "application/jsonp" }, 415, "content-type"],
    ["PATCH", "/items/a", "{", {}, 400, "malformed-body"],
    ["PATCH", "/items/a", undefined, {}, 400, "malformed-body"],
    ["PATCH", "/items/a", `"${"x".repeat(1024 * 1024)}"`, {}, 413, "oversized-body"],
  ])("refuses %s %s", async (method, path, body, headers, status, kind) => {
    expect(await call(method, path, body, headers)).toEqual({ status, body: { kind } });
    expect(sandbox.stored("toy", "value")).toEqual({ value: undefined });
  });

  it("takes JSON with a character set, and tells the route the clock and the origin", async () => {
    const reply = await call("PATCH", "/items/a", '{"b":null}', { "content-type": "application/json; charset=utf-8" });
    expect(reply).toEqual({ status: 200, body: { at: 42, origin } });
    expect(sandbox.stored("toy", "value")).toEqual({ value: { b: null } });
  });

  it("names the allowed verbs beside a 405", async () => {
    const reply = await fetch(`${origin}/items/a`, { method: "PUT", headers: { authorization: "Bearer toy-token" } });
    expect(reply.headers.get("allow")).toBe("GET, PATCH");
  });

  it("answers its own failures with 500", async () => {
    const reply = await fetch(`${origin}/broken`, { headers: { authorization: "Bearer toy-token" } });
    expect([reply.status, await reply.text()]).toEqual([500, "The sandbox itself failed: Error: bug"]);
  });
});

describe("the record of requests", () => {
  it("holds each in order of arrival, with parsed JSON or the text", async () => {
    await call("PATCH", "/items/a?x=1", '{"b":1}');
    await call("PATCH", "/items/b", "plain", { "content-type": "text/plain" });
    await call("GET", "/nowhere");
    const entries = sandbox.requests.map(({ headers, ...entry }) => entry);
    expect(entries).toEqual([
      { gateway: "toy", method: "PATCH", path: "/items/a?x=1", body: { b: 1 }, status: 400 },
      { gateway: "toy", method: "PATCH", path: "/items/b", body: "plain", status: 415 },
      { gateway: "toy", method: "GET", path: "/nowhere", status: 404 },
    ]);
    expect(sandbox.requests[0]?.headers).toMatchObject({ authorization: "Bearer toy-token" });
  });
});

describe("starting and closing", () => {
  it("tells base URL and token", () => {
    expect(sandbox.urls).toEqual({ toy: `${origin}/base` });
    expect(sandbox.tokens).toEqual({ toy: "toy-token" });
  });

  it("frees its port on close, and can be closed twice", async () => {
    await sandbox.close();
    await sandbox.close();
    await expect(fetch(origin)).rejects.toThrow();
  });

  it("listens where it is told, and fails when the port is taken", async () => {
    const portBase = Number(new URL(origin).port);
    await expect(openSandbox([toy], { portBase })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await sandbox.close();
    sandbox = await openSandbox([toy], { portBase });
    expect(sandbox.urls.toy).toBe(`http://127.0.0.1:${portBase}/base`);
  });
});
