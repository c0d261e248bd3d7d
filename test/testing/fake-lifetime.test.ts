import { type FakeDescription, startFake } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { things, useFake } from "./support.ts";

allowLoopback();
const start = useFake();

const refusedWith = (status: number, message: string) => ({ status, body: { error: { message } } });
const byCaller = { ...things, creation: { path: "/things", id: "caller" } } as const satisfies FakeDescription;
const removing = { ...things, removal: { path: "/things/{id}" } } as const satisfies FakeDescription;

describe("a creation", () => {
  it("makes an object of the id that is in the body, answered 201, and is listed", async () => {
    const { send, stored } = await start(byCaller);
    const made = { id: "b", name: "B" };
    expect(await send("POST", "/things", { body: made })).toEqual({ status: 201, body: made });
    expect(stored("b")).toEqual(made);
    expect(await send("GET", "/things")).toEqual({ status: 200, body: [{ id: "a", name: "A" }, made] });
  });

  it.each<readonly ["integer" | "uuid" | "text", string | number, string | number]>([
    ["integer", 7, 2],
    ["integer", 2, 3],
    ["uuid", "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111", "00000000-0000-4000-8000-000000000002"],
    ["text", "a", "new-2"],
  ])("has an id of the server's choice: of kind %s, after %s", async (kind, first, chosen) => {
    const { send } = await start({
      ...things,
      id: { member: "id", kind },
      objects: [{ id: first, name: "A" }],
      creation: { path: "/things", id: "server" },
    });
    expect(await send("POST", "/things", { body: { name: "B" } })).toEqual({
      status: 201,
      body: { id: chosen, name: "B" },
    });
    expect(await send("POST", "/things", { body: { id: chosen, name: "B" } })).toEqual(
      refusedWith(400, "id: is not taken here"),
    );
  });

  it.each<readonly [string, unknown, string]>([
    ["an id that is lacking", { name: "B" }, "id: is required"],
    ["an id of another kind", { id: 1, name: "B" }, "id: must be a text"],
    ["a member that is not described", { id: "b", name: "B", more: 1 }, "more: is not taken here"],
    ["a member that it does not take", { id: "b", name: "B", note: "N" }, "note: is not taken here"],
    ["a member of another type", { id: "b", name: 1 }, "name: must be of type text"],
    ["a member that it requires", { id: "b" }, "name: is required"],
    ["a list", [], "The body must be an object."],
  ])("refuses %s", async (_what, body, message) => {
    const { send, stored } = await start({
      ...things,
      members: { name: { type: "text" }, note: { type: "text" } },
      creation: { path: "/things", id: "caller", takes: ["name"], requires: ["name"] },
    });
    expect(await send("POST", "/things", { body })).toEqual(refusedWith(400, message));
    expect(stored("b")).toBeUndefined();
  });

  it("refuses an id that is there already, or updates that object where it is described so", async () => {
    const refusing = await start(byCaller);
    const body = { id: "a", name: "B" };
    expect(await refusing.send("POST", "/things", { body })).toEqual(
      refusedWith(409, "There is an object of this id already."),
    );
    expect(refusing.stored("a")?.name).toBe("A");
    const updating = await start({ ...things, creation: { ...byCaller.creation, existing: "updated" } });
    expect(await updating.send("POST", "/things", { body })).toEqual({ status: 200, body });
  });

  it("gives members their defaults and the times of the server, in an envelope where there is one", async () => {
    const { send } = await start(
      {
        ...things,
        members: {
          name: { type: "text" },
          on: { type: "boolean", default: true },
          born: { type: "text", stamp: "created" },
        },
        creation: { path: "/things", id: "server", envelope: "thing" },
      },
      { now: () => 0 },
    );
    expect((await send("POST", "/things", { body: { name: "B" } })).body).toEqual({
      thing: { id: "new-2", name: "B", on: true, born: "1970-01-01T00:00:00.000Z" },
    });
  });
});

describe("a removal", () => {
  it("removes one object, answered 204 without a body, and finds it no more", async () => {
    const { send, stored } = await start(removing);
    expect(await send("DELETE", "/things/a")).toEqual({ status: 204, body: "" });
    expect(stored("a")).toBeUndefined();
    expect(await send("DELETE", "/things/a")).toEqual(refusedWith(404, "There is no such object."));
    expect(await send("GET", "/things")).toEqual({ status: 200, body: [] });
  });

  it("answers 200 with what was removed, where that is described", async () => {
    const { send } = await start({ ...things, removal: { ...removing.removal, status: 200 } });
    expect(await send("DELETE", "/things/a")).toEqual({ status: 200, body: { id: "a", name: "A" } });
  });

  it("keeps what the vendor keeps, with its words", async () => {
    const { send, stored } = await start({
      ...things,
      removal: { ...removing.removal, refuses: ({ name }) => (name === "A" ? "It is in use." : undefined) },
    });
    expect(await send("DELETE", "/things/a")).toEqual(refusedWith(409, "It is in use."));
    expect(stored("a")).toBeDefined();
  });
});

describe("a list of other things", () => {
  it("shows them as they are, page by page", async () => {
    const { send, url } = await start({
      ...things,
      others: [
        {
          path: "/users",
          items: "users",
          paging: { kind: "link", size: 1, member: "next", parameter: "page" },
          entries: [{ id: "u1" }, { id: "u2", thing: "a" }],
        },
      ],
    });
    const next = `${url}/users?page=1`;
    expect((await send("GET", "/users")).body).toEqual({ users: [{ id: "u1" }], next });
    expect((await send("GET", "/users?page=1")).body).toEqual({ users: [{ id: "u2", thing: "a" }], next: null });
  });
});

it.each<readonly [string, Partial<FakeDescription>, string]>([
  ["a creation at one object", { creation: { path: "/{id}", id: "caller" } }, "creation: its path must not have {id}"],
  [
    "a creation that takes what no write may set",
    { creation: { path: "/things", id: "caller", takes: ["other"] } },
    "creation: it takes other, which no write may set",
  ],
  [
    "a creation that requires what it does not take",
    { creation: { path: "/things", id: "caller", takes: [], requires: ["name"] } },
    "creation: it requires name, which it does not take",
  ],
  [
    "an id of the server's choice that is there already",
    { creation: { path: "/things", id: "server", existing: "updated" } },
    "creation: an id that the server chooses is never there already",
  ],
  ["a removal of everything", { removal: { path: "/things" } }, "removal: its path must have {id}"],
  [
    "another list at the path of the list",
    { others: [{ path: "/things", entries: [] }] },
    "there are two routes for GET /things",
  ],
])("%s is refused", async (_what, changed, problem) => {
  await expect(startFake({ ...things, ...changed })).rejects.toThrow(
    `the fake's description contradicts itself: ${problem}`,
  );
});
