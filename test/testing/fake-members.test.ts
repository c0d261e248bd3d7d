import type { FakeDescription, FakeMember, FakeWrite } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { things, useFake } from "./support.ts";

allowLoopback();
const start = useFake();

/** One thing with one member besides its name, and one write. */
function withMember(member: FakeMember, value: unknown, write: Partial<FakeWrite> = {}): FakeDescription {
  return {
    ...things,
    members: { name: { type: "text" }, it: member },
    writes: [{ method: "PUT", path: "/things/{id}", mode: "merge", ...write }],
    objects: [{ id: "a", name: "A", ...(value === undefined ? {} : { it: value }) }],
  };
}

const put = "PUT";
const path = "/things/a";
const refusedWith = (message: string) => ({ status: 400, body: { error: { message } } });

describe("what a reply shows of a member", () => {
  const mask = (text: string) => `***${text.slice(-2)}`;

  it.each<readonly [string, FakeMember, unknown, object]>([
    ["all of it", { type: "text" }, "secret", { it: "secret" }],
    ["nothing of it", { type: "text", shown: "never" }, "secret", {}],
    ["a masked form", { type: "text", shown: { mask } }, "secret", { it: "***et" }],
    ["a masked form under another name", { type: "text", shown: { mask, as: "last" } }, "secret", { last: "***et" }],
    [
      "what is derived from it",
      { type: "object", shown: { derive: (value) => Object.keys(Object(value)), as: "names" } },
      { one: "1", two: "2" },
      { names: ["one", "two"] },
    ],
    ["null, where it is empty", { type: "text" }, undefined, { it: null }],
    ["nothing, where it is empty and absent then", { type: "text", empty: "absent" }, undefined, {}],
    ["null, where it is empty and masked", { type: "text", shown: { mask, as: "last" } }, undefined, { last: null }],
    [
      "nothing, where it is empty, masked and absent then",
      { type: "text", empty: "absent", shown: { mask } },
      undefined,
      {},
    ],
    ["its default, where nothing else is given", { type: "boolean", default: true }, undefined, { it: true }],
  ])("is %s", async (_what, member, value, shown) => {
    const { send, stored } = await start(withMember(member, value));
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "A", ...shown });
    expect((await send("GET", "/things")).body).toEqual([{ id: "a", name: "A", ...shown }]);
    expect(stored("a")?.it).toEqual(value ?? member.default ?? null);
  });

  it("is not what it stores: a mask that is sent back is stored as the value", async () => {
    const { send, stored } = await start(withMember({ type: "text", shown: { mask } }, "secret"));
    await send(put, path, { body: { it: "***et" } });
    expect(stored("a")?.it).toBe("***et");
  });
});

describe("what a write does", () => {
  const kept = "former";
  const modes: readonly (readonly [FakeWrite["mode"], FakeMember["omitted"], unknown])[] = [
    ["merge", undefined, kept],
    ["merge", "kept", kept],
    ["merge", "reset", null],
    ["replace", undefined, null],
    ["replace", "reset", null],
    ["replace", "kept", kept],
  ];

  it.each(modes)("by %s to a member left out that is to be %s", async (mode, omitted, expected) => {
    const member: FakeMember = { type: "text", ...(omitted === undefined ? {} : { omitted }) };
    const { send, stored } = await start(withMember(member, kept, { mode }));
    expect(await send(put, path, { body: { name: "B" } })).toEqual({
      status: 200,
      body: { id: "a", name: "B", it: expected },
    });
    expect(stored("a")).toEqual({ id: "a", name: "B", it: expected });
  });

  it("resets to the default where there is one", async () => {
    const { send, stored } = await start(withMember({ type: "boolean", default: true }, false, { mode: "replace" }));
    await send(put, path, { body: { name: "B" } });
    expect(stored("a")?.it).toBe(true);
  });

  it.each<readonly [FakeMember["null"], FakeWrite["mode"], number, unknown]>([
    [undefined, "merge", 400, "former"],
    ["refused", "merge", 400, "former"],
    ["clears", "merge", 200, null],
    ["ignored", "merge", 200, "former"],
    ["ignored", "replace", 200, null],
  ])("with a null that is %s, by %s", async (given, mode, status, expected) => {
    const member: FakeMember = { type: "text", ...(given === undefined ? {} : { null: given }) };
    const { send, stored } = await start(withMember(member, "former", { mode }));
    const answer = await send(put, path, { body: { name: "B", it: null } });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer).toMatchObject(refusedWith("it: must not be null"));
    expect(stored("a")?.it).toBe(expected);
  });

  it("with a null that clears gives back the default", async () => {
    const { send, stored } = await start(withMember({ type: "integer", null: "clears", default: 30 }, 60));
    await send(put, path, { body: { it: null } });
    expect(stored("a")?.it).toBe(30);
  });

  it.each<readonly [FakeMember["parts"], unknown]>([
    [undefined, { b: 3 }],
    ["replaced", { b: 3 }],
    ["merged", { a: 1, b: 3 }],
  ])("to an object whose parts are %s", async (parts, expected) => {
    const member: FakeMember = { type: "object", ...(parts === undefined ? {} : { parts }) };
    const { send, stored } = await start(withMember(member, { a: 1, b: 2 }));
    await send(put, path, { body: { it: { b: 3 } } });
    expect(stored("a")?.it).toEqual(expected);
  });

  it("needs what is required, every time, and takes no null for it", async () => {
    const member: FakeMember = { type: "text", required: true, null: "ignored" };
    const { send, stored } = await start(withMember(member, "former"));
    expect(await send(put, path, { body: { name: "B" } })).toMatchObject(refusedWith("it: is required"));
    expect(await send(put, path, { body: { name: "B", it: null } })).toMatchObject(refusedWith("it: is required"));
    expect((await send(put, path, { body: { it: "new" } })).status).toBe(200);
    expect(stored("a")).toEqual({ id: "a", name: "A", it: "new" });
  });

  it("takes what is described, and refuses the whole write for anything else", async () => {
    const { send, stored } = await start(withMember({ type: "text", from: "server" }, "former"));
    expect(await send(put, path, { body: { name: "B", other: 1 } })).toMatchObject(
      refusedWith("other: is not taken here"),
    );
    expect(await send(put, path, { body: { name: "B", it: "new" } })).toMatchObject(
      refusedWith("it: is not taken here"),
    );
    expect(await send(put, path, { body: { name: "B", id: "b" } })).toMatchObject(refusedWith("id: is not taken here"));
    expect(stored("a")).toEqual({ id: "a", name: "A", it: "former" });
  });

  it("takes the members that its route has, where there are several", async () => {
    const { send, stored } = await start({
      ...withMember({ type: "text", shown: "never", required: true }, "former"),
      writes: [
        { method: "PATCH", path: "/things/{id}", mode: "merge", takes: ["name"] },
        { method: "POST", path: "/things/{id}/rotate", mode: "replace", takes: ["it"] },
      ],
    });
    expect((await send("PATCH", path, { body: { name: "B" } })).status).toBe(200);
    expect(await send("PATCH", path, { body: { it: "new" } })).toMatchObject(refusedWith("it: is not taken here"));
    expect((await send("POST", `${path}/rotate`, { body: { it: "new" } })).status).toBe(200);
    expect(stored("a")).toEqual({ id: "a", name: "B", it: "new" });
  });

  it.each<readonly [FakeMember, readonly unknown[], readonly (readonly [unknown, string])[]]>([
    [
      { type: "text", maxLength: 2 },
      ["x", "😀😀"],
      [
        ["xyz", "must have at most 2 characters"],
        ["", "must not be empty"],
        [1, "must be of type text"],
      ],
    ],
    [
      { type: "integer", minimum: 1, maximum: 3 },
      [1, 3],
      [
        [0, "must be at least 1"],
        [4, "must be at most 3"],
        [1.5, "must be of type integer"],
        ["1", "must be of type integer"],
      ],
    ],
    [{ type: "number" }, [1.5, -1], [["1", "must be of type number"]]],
    [
      { type: "boolean" },
      [true, false],
      [
        [0, "must be of type boolean"],
        ["true", "must be of type boolean"],
      ],
    ],
    [
      { type: "object" },
      [{}, { a: [1] }],
      [
        [[], "must be of type object"],
        ["{}", "must be of type object"],
      ],
    ],
    [{ type: "list" }, [[], [1, "a"]], [[{}, "must be of type list"]]],
  ])("holds values to %j", async (member, taken, refused) => {
    const { send, stored } = await start(withMember(member, undefined));
    for (const value of taken) {
      expect((await send(put, path, { body: { it: value } })).status).toBe(200);
      expect(stored("a")?.it).toEqual(value);
    }
    const last = stored("a");
    for (const [value, problem] of refused) {
      expect(await send(put, path, { body: { it: value } })).toMatchObject(refusedWith(`it: ${problem}`));
    }
    expect(stored("a")).toEqual(last);
  });

  it("obeys a rule that spans members, and tells what is stored from what is sent", async () => {
    const { send, stored } = await start({
      ...withMember({ type: "text" }, "former"),
      check: (body, former) =>
        body.name === "B" && former.it === "former" && body.it === undefined ? "B needs another it" : undefined,
    });
    expect(await send(put, path, { body: { name: "B" } })).toMatchObject(refusedWith("B needs another it"));
    expect(stored("a")?.name).toBe("A");
    expect((await send(put, path, { body: { name: "B", it: "new" } })).status).toBe(200);
  });
});

describe("what a fake keeps by itself", () => {
  const members: FakeDescription["members"] = {
    name: { type: "text" },
    createdAt: { type: "text", stamp: "created" },
    updatedAt: { type: "text", stamp: "written" },
    revision: { type: "integer", stamp: "revision" },
  };
  const description: FakeDescription = {
    ...things,
    members,
    writes: [
      { method: "PATCH", path: "/things/{id}", mode: "merge" },
      { method: "PUT", path: "/things", idIn: "id", mode: "replace", creates: true },
    ],
  };
  const START = "2026-01-01T00:00:00.000Z";
  const LATER = "2026-01-01T00:00:05.000Z";

  function clock() {
    let now = Date.parse(START);
    return { now: () => now, advance: () => (now += 5000) };
  }

  it("is the time of birth, the time of the last write and a revision: no write takes them", async () => {
    const { now, advance } = clock();
    const { send } = await start(description, { now });
    expect((await send("GET", path)).body).toEqual({
      id: "a",
      name: "A",
      createdAt: START,
      updatedAt: START,
      revision: 1,
    });
    advance();
    await send("PATCH", path, { body: { name: "B" } });
    expect((await send("GET", path)).body).toEqual({
      id: "a",
      name: "B",
      createdAt: START,
      updatedAt: LATER,
      revision: 2,
    });
    expect((await send("PATCH", path, { body: { revision: 9 } })).status).toBe(400);
  });

  it("begins with what its objects have of it", async () => {
    const born = { createdAt: "2025-05-05T05:05:05.000Z", updatedAt: "2025-06-06T06:06:06.000Z", revision: 7 };
    const { now } = clock();
    const { send } = await start({ ...description, objects: [{ id: "a", name: "A", ...born }] }, { now });
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "A", ...born });
    await send("PATCH", path, { body: {} });
    expect((await send("GET", path)).body).toEqual({ id: "a", name: "A", ...born, updatedAt: START, revision: 8 });
  });

  it("begins with the write that makes an object: 201, and 200 from then on", async () => {
    const { now, advance } = clock();
    const { send, stored } = await start(description, { now });
    advance();
    expect(await send("PUT", "/things", { body: { id: "b", name: "B" } })).toEqual({
      status: 201,
      body: { id: "b", name: "B", createdAt: LATER, updatedAt: LATER, revision: 1 },
    });
    expect((await send("PUT", "/things", { body: { id: "b" } })).status).toBe(200);
    expect(stored("b")).toEqual({ id: "b", name: null, createdAt: LATER, updatedAt: LATER, revision: 2 });
    expect((await send("GET", "/things")).body).toMatchObject([{ id: "a" }, { id: "b" }]);
  });
});

describe("a write that makes objects by its path", () => {
  const creating = (kind: "integer" | "text"): FakeDescription => ({
    ...things,
    id: { member: "id", kind },
    writes: [{ method: "PUT", path: "/things/{id}", mode: "replace", creates: true }],
    objects: [],
  });

  it("gives them an id of the right kind", async () => {
    const { send, stored } = await start(creating("integer"));
    expect(await send("PUT", "/things/7", { body: { name: "A" } })).toEqual({
      status: 201,
      body: { id: 7, name: "A" },
    });
    expect((await send("PUT", "/things/seven", { body: { name: "A" } })).status).toBe(404);
    expect(stored("seven")).toBeUndefined();
  });

  it("makes nothing of a body that is refused", async () => {
    const { send, stored } = await start(creating("text"));
    expect((await send("PUT", "/things/b", { body: { name: 1 } })).status).toBe(400);
    expect(stored("b")).toBeUndefined();
  });
});
