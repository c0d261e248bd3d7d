import type { FakeDescription, FakePaging } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { things, useFake } from "./support.ts";

allowLoopback();
const start = useFake();

const errorOf = (message: string) => ({ error: { message } });
const NO_OBJECT = errorOf("There is no such object.");

describe("the routes of a fake", () => {
  it("read one object, list all, and change one", async () => {
    const { send, stored } = await start(things);
    expect(await send("GET", "/things/a")).toEqual({ status: 200, body: { id: "a", name: "A" } });
    expect(await send("GET", "/things")).toEqual({ status: 200, body: [{ id: "a", name: "A" }] });
    expect(await send("PATCH", "/things/a", { body: { name: "B" } })).toEqual({
      status: 200,
      body: { id: "a", name: "B" },
    });
    expect(stored("a")).toEqual({ id: "a", name: "B" });
    expect(await send("GET", "/things")).toMatchObject({ body: [{ id: "a", name: "B" }] });
  });

  it("stand under the base path that a user configures", async () => {
    const { send, url } = await start({ ...things, basePath: "/api/v2" });
    expect(new URL(url).pathname).toBe("/api/v2");
    expect((await send("GET", "/things/a")).status).toBe(200);
  });

  it("are all there is: another path is 404, another method 405, another query parameter 400", async () => {
    const { send } = await start({ ...things, list: { path: "/things", query: ["filter"] } });
    expect(await send("GET", "/others")).toEqual({
      status: 404,
      body: errorOf("There is nothing at this path."),
    });
    const wrong = await send("DELETE", "/things/a");
    expect(wrong).toEqual({ status: 405, body: errorOf("The method DELETE is not allowed here.") });
    expect(wrong.headers.get("allow")).toBe("GET, PATCH");
    expect(await send("GET", "/things?sort=1")).toEqual({
      status: 400,
      body: errorOf("The query parameter sort is not known."),
    });
    expect(await send("GET", "/things?filter=1")).toEqual({ status: 200, body: [{ id: "a", name: "A" }] });
  });

  it("do not read one object where the vendor has no such route", async () => {
    const { get: _get, ...listOnly } = things;
    const { send } = await start(listOnly);
    expect((await send("GET", "/things/a")).status).toBe(405);
    expect((await send("GET", "/things")).status).toBe(200);
  });

  it("answer in envelopes where they are described", async () => {
    const { send } = await start({
      ...things,
      get: { path: "/things/{id}", envelope: "thing" },
      list: { path: "/things", items: "things" },
      writes: [{ method: "PUT", path: "/things/{id}", mode: "merge", envelope: "data" }],
    });
    expect((await send("GET", "/things/a")).body).toEqual({ thing: { id: "a", name: "A" } });
    expect((await send("GET", "/things")).body).toEqual({ things: [{ id: "a", name: "A" }] });
    expect((await send("PUT", "/things/a", { body: {} })).body).toEqual({ data: { id: "a", name: "A" } });
  });

  it("take a body that is a JSON object, and no other", async () => {
    const { send, stored } = await start(things);
    for (const body of ["[]", "null", '"text"', "1"]) {
      expect(await send("PATCH", "/things/a", { body })).toEqual({
        status: 400,
        body: errorOf("The body must be an object."),
      });
    }
    expect(await send("PATCH", "/things/a", { body: "{" })).toMatchObject({ status: 400 });
    expect(await send("PATCH", "/things/a", { body: "{}", headers: { "content-type": "text/plain" } })).toMatchObject({
      status: 415,
    });
    expect(stored("a")).toEqual({ id: "a", name: "A" });
  });

  it("record every request as it came", async () => {
    const { send, requests } = await start(things);
    await send("PATCH", "/things/a?x=1", { body: { name: "B" } });
    expect(requests).toMatchObject([
      {
        method: "PATCH",
        path: "/things/a?x=1",
        body: { name: "B" },
        status: 400,
        headers: { authorization: "Bearer fake-token" },
      },
    ]);
  });
});

describe("the ids of a fake", () => {
  const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
  const kinds: readonly (readonly [FakeDescription["id"]["kind"], string | number, string, readonly string[]])[] = [
    ["integer", 7, "/things/7", ["/things/07", "/things/8", "/things/seven", "/things/-7", "/things/7.0"]],
    ["uuid", UUID, `/things/${UUID.toUpperCase()}`, [`/things/${UUID.slice(1)}`, "/things/1"]],
    ["text", "a/b c", "/things/a%2Fb%20c", ["/things/A%2FB%20C", "/things/a"]],
  ];

  it.each(kinds)("of kind %s find their object, and nothing else does", async (kind, id, found, absent) => {
    const { send, stored } = await start({ ...things, id: { member: "id", kind }, objects: [{ id, name: "A" }] });
    expect(await send("GET", found)).toEqual({ status: 200, body: { id, name: "A" } });
    expect(await send("PATCH", found, { body: { name: "B" } })).toMatchObject({ status: 200 });
    expect(stored(id)).toEqual({ id, name: "B" });
    for (const path of absent) {
      expect(await send("GET", path)).toEqual({ status: 404, body: NO_OBJECT });
      expect(await send("PATCH", path, { body: { name: "C" } })).toEqual({ status: 404, body: NO_OBJECT });
    }
  });

  it("stand in the body where it is described so, and must be there and of their kind", async () => {
    const { send, stored } = await start({
      ...things,
      id: { member: "id", kind: "integer" },
      writes: [{ method: "PUT", path: "/things", idIn: "id", mode: "merge" }],
      objects: [{ id: 7, name: "A" }],
    });
    expect(await send("PUT", "/things", { body: { id: 7, name: "B" } })).toEqual({
      status: 200,
      body: { id: 7, name: "B" },
    });
    expect(await send("PUT", "/things", { body: { name: "C" } })).toEqual({
      status: 400,
      body: errorOf("id: is required"),
    });
    expect(await send("PUT", "/things", { body: { id: null } })).toMatchObject({ status: 400 });
    expect(await send("PUT", "/things", { body: { id: "7", name: "C" } })).toEqual({
      status: 400,
      body: errorOf("id: must be an integer"),
    });
    expect(await send("PUT", "/things", { body: { id: 8, name: "C" } })).toEqual({
      status: 404,
      body: NO_OBJECT,
    });
    expect(stored(7)).toEqual({ id: 7, name: "B" });
  });

  it("are not shown where replies do not tell them", async () => {
    const { send } = await start({ ...things, id: { member: "id", kind: "text", shown: false } });
    expect((await send("GET", "/things/a")).body).toEqual({ name: "A" });
    expect((await send("GET", "/things")).body).toEqual([{ name: "A" }]);
  });
});

describe("the authentication of a fake", () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const kinds: readonly (readonly [
    string,
    Partial<FakeDescription>,
    Record<string, string>,
    Record<string, string>,
  ])[] = [
    ["bearer, and a token of its own", { token: "t1" }, { authorization: "Bearer t1" }, { authorization: "Bearer t2" }],
    ["basic", { authentication: "basic", token: "user:pass" }, basic("user:pass"), basic("user:other")],
    [
      "a header",
      { authentication: { header: "X-Key" }, token: "t1" },
      { authorization: "", "x-key": "t1" },
      { authorization: "", "x-key": "t2" },
    ],
  ];

  it.each(kinds)("by %s takes its token and no other", async (_kind, more, right, wrong) => {
    const { send, token } = await start({ ...things, ...more });
    expect(token).toBe(more.token);
    expect((await send("GET", "/things/a", { headers: right })).status).toBe(200);
    expect(await send("GET", "/things/a", { headers: wrong })).toEqual({
      status: 401,
      body: errorOf(expect.stringMatching(/^The (bearer )?token is not valid\.$/)),
    });
    expect(await send("GET", "/things/a", { headers: { authorization: "" } })).toEqual({
      status: 401,
      body: errorOf(expect.stringMatching(/^No (bearer )?token was sent\.$/)),
    });
  });

  it("is by bearer with the token fake-token where nothing else is said", async () => {
    const { send, token } = await start(things);
    expect(token).toBe("fake-token");
    expect((await send("GET", "/things")).status).toBe(200);
    expect((await send("GET", "/things", { headers: { authorization: "Basic ZmFrZS10b2tlbg==" } })).status).toBe(401);
  });
});

describe("the pages of a fake's list", () => {
  const five = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: id.toUpperCase() }));
  const paged = (paging: FakePaging): FakeDescription => ({
    ...things,
    basePath: "/v1",
    list: { path: "/things", items: "things", paging },
    objects: five,
  });
  const entries = (from: number, to: number) => five.slice(from, to);

  it("are linked: a member holds the whole URL of the next one, or null", async () => {
    const { send, url } = await start(paged({ kind: "link", size: 2, member: "next", parameter: "after" }));
    expect((await send("GET", "/things")).body).toEqual({ things: entries(0, 2), next: `${url}/things?after=2` });
    expect((await send("GET", "/things?after=4")).body).toEqual({ things: entries(4, 5), next: null });
  });

  it("have cursors: a member holds the next one, or null", async () => {
    const { send } = await start(paged({ kind: "cursor", size: 2, member: "cursor", parameter: "from" }));
    expect((await send("GET", "/things")).body).toEqual({ things: entries(0, 2), cursor: "2" });
    expect((await send("GET", "/things?from=2")).body).toEqual({ things: entries(2, 4), cursor: "4" });
    expect((await send("GET", "/things?from=4")).body).toEqual({ things: entries(4, 5), cursor: null });
  });

  it("begin at an offset that the caller counts, beside how many entries there are", async () => {
    const { send } = await start(paged({ kind: "offset", size: 2, parameter: "offset", total: "total" }));
    expect((await send("GET", "/things")).body).toEqual({ things: entries(0, 2), total: 5 });
    expect((await send("GET", "/things?offset=3")).body).toEqual({ things: entries(3, 5), total: 5 });
    expect((await send("GET", "/things?offset=9")).body).toEqual({ things: [], total: 5 });
  });

  it("are numbered from 1, beside how many pages there are", async () => {
    const { send } = await start(paged({ kind: "page", size: 2, parameter: "page", pages: "pages" }));
    expect((await send("GET", "/things")).body).toEqual({ things: entries(0, 2), pages: 3 });
    expect((await send("GET", "/things?page=3")).body).toEqual({ things: entries(4, 5), pages: 3 });
    expect((await send("GET", "/things?page=0")).status).toBe(400);
  });

  it.each(["x", "-1", "1.5"])("are not found at %s", async (place) => {
    const { send } = await start(paged({ kind: "offset", size: 2, parameter: "offset", total: "total" }));
    expect(await send("GET", `/things?offset=${place}`)).toEqual({
      status: 400,
      body: errorOf("offset: is no place in this list"),
    });
  });
});
