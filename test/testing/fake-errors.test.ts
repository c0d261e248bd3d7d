import type { FakeDescription } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { things, useFake } from "./support.ts";

allowLoopback();
const start = useFake();

const path = "/things/a";

describe("the errors of a fake", () => {
  const body = (status: number, message: string) => ({ ok: false, fault: { status, message } });

  it("have a body of the vendor's own", async () => {
    const { send } = await start({ ...things, errors: { body } });
    expect(await send("GET", "/things/none")).toEqual({
      status: 404,
      body: { ok: false, fault: { status: 404, message: "There is no such object." } },
    });
  });

  it.each<readonly [string, string, object | undefined, Record<string, string>, number]>([
    ["an object that is not there", "/things/none", undefined, {}, 404],
    ["a path that is not there", "/others", undefined, {}, 404],
    ["a wrong token", path, undefined, { authorization: "Bearer wrong" }, 401],
    ["a query that is not known", `${path}?x=1`, undefined, {}, 400],
    ["a write that is refused", path, { name: 1 }, {}, 400],
  ])("all come with status 200 where it is described so: %s", async (_what, at, sent, headers, meant) => {
    const { send, stored, requests } = await start({ ...things, errors: { body, under200: true } });
    const answer = await send(sent === undefined ? "GET" : "PATCH", at, { body: sent, headers });
    expect(answer).toMatchObject({ status: 200, body: { ok: false, fault: { status: meant } } });
    expect(requests.map(({ status }) => status)).toEqual([200]);
    expect(stored("a")).toEqual({ id: "a", name: "A" });
  });
});

describe("the rate limit of a fake", () => {
  const limited = (errors: FakeDescription["errors"] = {}): FakeDescription => ({
    ...things,
    rateLimit: { requests: 2, perMs: 10_000 },
    errors,
  });

  /** A clock that stands still until it is moved. */
  function clock() {
    let now = 0;
    return { now: () => now, advance: (milliseconds: number) => (now += milliseconds) };
  }

  it("answers 429 with the wait in whole seconds in the header, and nothing takes effect; then it is over", async () => {
    const { now, advance } = clock();
    const { send, stored } = await start(limited(), { now });
    await send("GET", path);
    advance(500);
    await send("GET", path);
    const refused = await send("PATCH", path, { body: { name: "B" } });
    expect(refused).toEqual({ status: 429, body: { error: { message: "Too many requests." } } });
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(stored("a")?.name).toBe("A");
    advance(9499);
    expect((await send("GET", path)).headers.get("retry-after")).toBe("1");
    advance(1);
    expect((await send("PATCH", path, { body: { name: "B" } })).status).toBe(200);
  });

  it.each<readonly [string, FakeDescription["errors"], object]>([
    ["at the top", { waitIn: "retry_after" }, { error: { message: "Too many requests." }, retry_after: 10 }],
    ["deeper", { waitIn: "error.wait" }, { error: { message: "Too many requests.", wait: 10 } }],
    ["in an object that is not there", { waitIn: "meta.wait", body: () => ["no"] }, { meta: { wait: 10 } }],
  ])("has the wait in the body where it is described so: %s", async (_where, errors, body) => {
    const { send } = await start(limited(errors), { now: () => 0 });
    await send("GET", path);
    await send("GET", path);
    const refused = await send("GET", path);
    expect(refused).toMatchObject({ status: 429, body });
    expect(refused.headers.get("retry-after")).toBeNull();
  });

  it("comes with status 200 as well where all errors do", async () => {
    const { send } = await start(limited({ under200: true, waitIn: "error.wait" }), { now: () => 0 });
    await send("GET", path);
    await send("GET", path);
    expect(await send("GET", path)).toEqual({
      status: 200,
      body: { error: { message: "Too many requests.", wait: 10 } },
    });
  });

  it("does not count a request without the token", async () => {
    const { send } = await start(limited(), { now: () => 0 });
    for (let tries = 0; tries < 3; tries++) {
      expect((await send("GET", path, { headers: { authorization: "" } })).status).toBe(401);
    }
    expect((await send("GET", path)).status).toBe(200);
  });
});

describe("the precondition of a fake's write", () => {
  const guarded: FakeDescription = {
    ...things,
    members: { name: { type: "text" }, revision: { type: "integer", stamp: "revision" } },
    writes: [
      {
        method: "PUT",
        path: "/things",
        idIn: "id",
        mode: "replace",
        creates: true,
        precondition: { header: "If-Match", member: "revision" },
      },
    ],
    objects: [{ id: "a", name: "A", revision: 7 }],
  };
  const put = (name: string, id: string, match?: string) => ({
    body: { id, name },
    headers: match === undefined ? {} : { "if-match": match },
  });

  it.each(["7", '"7"'])("holds with the current value, here as %s", async (match) => {
    const { send, stored } = await start(guarded);
    expect(await send("PUT", "/things", put("B", "a", match))).toEqual({
      status: 200,
      body: { id: "a", name: "B", revision: 8 },
    });
    expect(stored("a")).toEqual({ id: "a", name: "B", revision: 8 });
  });

  it("is 412 with another value, and 428 without one: nothing takes effect", async () => {
    const { send, stored } = await start(guarded);
    expect(await send("PUT", "/things", put("B", "a", '"6"'))).toEqual({
      status: 412,
      body: { error: { message: "Somebody else has changed it since." } },
    });
    expect(await send("PUT", "/things", put("B", "a"))).toEqual({
      status: 428,
      body: { error: { message: "The header If-Match is required." } },
    });
    expect(stored("a")).toEqual({ id: "a", name: "A", revision: 7 });
  });

  it("is 412 for an object that is not there, which a write without it makes", async () => {
    const { send, stored } = await start(guarded);
    expect((await send("PUT", "/things", put("B", "b", '"1"'))).status).toBe(412);
    expect(stored("b")).toBeUndefined();
    expect((await send("PUT", "/things", put("B", "b"))).status).toBe(201);
    expect(stored("b")).toEqual({ id: "b", name: "B", revision: 1 });
  });
});

describe("reads of a fake that come to show a write later", () => {
  it("show what was before, so many times for each object, one by one or in the list", async () => {
    const { send, stored } = await start({
      ...things,
      staleReads: 2,
      objects: [
        { id: "a", name: "A" },
        { id: "b", name: "B" },
      ],
    });
    expect(await send("PATCH", path, { body: { name: "New" } })).toMatchObject({ body: { name: "New" } });
    expect(stored("a")?.name).toBe("New");
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "A" });
    expect((await send("GET", "/things/b")).body).toEqual({ id: "b", name: "B" });
    expect((await send("GET", "/things")).body).toEqual([
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ]);
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "New" });
  });

  it("are the pages that show the object, and no others", async () => {
    const { send } = await start({
      ...things,
      list: {
        path: "/things",
        items: "things",
        paging: { kind: "offset", size: 1, parameter: "offset", total: "total" },
      },
      staleReads: 1,
      objects: [
        { id: "a", name: "A" },
        { id: "b", name: "B" },
      ],
    });
    await send("PATCH", path, { body: { name: "New" } });
    expect((await send("GET", "/things?offset=1")).body).toEqual({ things: [{ id: "b", name: "B" }], total: 2 });
    expect((await send("GET", "/things?offset=0")).body).toEqual({ things: [{ id: "a", name: "A" }], total: 2 });
    expect((await send("GET", "/things?offset=0")).body).toEqual({ things: [{ id: "a", name: "New" }], total: 2 });
  });

  it("do not make a write work on what was before", async () => {
    const { send, stored } = await start({
      ...things,
      members: { name: { type: "text" }, note: { type: "text" } },
      staleReads: 5,
    });
    await send("PATCH", path, { body: { name: "B" } });
    await send("PATCH", path, { body: { note: "n" } });
    expect(stored("a")).toEqual({ id: "a", name: "B", note: "n" });
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "B", note: null });
  });
});

describe("the faults of a fake", () => {
  const rename = { body: { name: "B" } };

  it("strike before the write: a status with header or body, a redirect, a reset", async () => {
    const { send, inject, stored, requests } = await start(things);
    inject({ kind: "status", status: 429, headers: { "retry-after": "7" } });
    const waiting = await send("PATCH", path, rename);
    expect([waiting.status, waiting.headers.get("retry-after")]).toEqual([429, "7"]);
    inject({ kind: "status", status: 429, body: { retry_after: 7 } });
    expect(await send("PATCH", path, rename)).toEqual({ status: 429, body: { retry_after: 7 } });
    inject({ kind: "status", status: 503, body: "down" });
    expect(await send("PATCH", path, rename)).toEqual({ status: 503, body: "down" });
    inject({ kind: "redirect", location: "https://elsewhere.test/things" });
    const moved = await send("PATCH", path, rename);
    expect([moved.status, moved.headers.get("location")]).toEqual([307, "https://elsewhere.test/things"]);
    inject({ kind: "reset" });
    await expect(send("PATCH", path, rename)).rejects.toThrow("fetch failed");
    expect(stored("a")?.name).toBe("A");
    expect(requests.map(({ status }) => status)).toEqual([429, 429, 503, 307, undefined]);
  });

  it("strike after the write: a lost reply, half of the JSON, a web page", async () => {
    const { send, inject, stored } = await start(things);
    inject({ kind: "lost-reply" });
    await expect(send("PATCH", path, rename)).rejects.toThrow("fetch failed");
    expect(stored("a")?.name).toBe("B");
    inject({ kind: "truncated" });
    expect(await send("PATCH", path, { body: { name: "C" } })).toEqual({ status: 200, body: '{"id":"a","' });
    expect(stored("a")?.name).toBe("C");
    inject({ kind: "html" });
    expect((await send("PATCH", path, { body: { name: "D" } })).body).toMatch(/^<!doctype html>/);
    expect(stored("a")?.name).toBe("D");
  });

  it("strike after the write: a body that never ends", async () => {
    const server = await start(things);
    server.inject({ kind: "slow-body" });
    const reply = await fetch(`${server.url}${path}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "B" }),
    });
    const reader = reply.body?.getReader();
    const chunk = await reader?.read();
    expect(new TextDecoder().decode(chunk?.value)).toBe('{"id":"a","');
    expect(server.stored("a")?.name).toBe("B");
    const rest = expect(reader?.read()).rejects.toThrow("terminated");
    await server.close();
    await rest;
  });

  it("strike the requests that they are meant for, and no others", async () => {
    const { send, inject } = await start(things);
    inject({ kind: "status", status: 500, method: "PATCH", times: 2 });
    expect((await send("GET", path)).status).toBe(200);
    const statuses = [];
    for (let tries = 0; tries < 3; tries++) statuses.push((await send("PATCH", path, rename)).status);
    expect(statuses).toEqual([500, 500, 200]);
  });
});
