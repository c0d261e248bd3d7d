import { type FakeDescription, type FakeMember, startFake } from "../../src/testing/index.ts";
import { things } from "./support.ts";

const member = (it: FakeMember): Partial<FakeDescription> => ({ members: { name: { type: "text" }, it } });
const writing = (write: Partial<FakeDescription["writes"][number]>): Partial<FakeDescription> => ({
  writes: [{ method: "PATCH", path: "/things/{id}", mode: "merge", ...write }],
});
const uuid = { id: { member: "id", kind: "uuid" }, objects: [] } as const;
const mask = (text: string) => text;

describe("a description that contradicts itself is refused", () => {
  it.each<readonly [string, Partial<FakeDescription>, string]>([
    [
      "an id that is a member as well",
      { members: { id: { type: "text" }, name: { type: "text" } } },
      "members: id is the id already",
    ],
    ["a number that is masked", member({ type: "integer", shown: { mask } }), "members.it: only a text can be masked"],
    ["a text that has parts", member({ type: "text", parts: "merged" }), "members.it: only an object has parts"],
    [
      "bounds that leave nothing",
      member({ type: "integer", minimum: 2, maximum: 1 }),
      "members.it: its minimum is over its maximum",
    ],
    [
      "a member that is required of writes that do not take it",
      member({ type: "text", from: "server", required: true }),
      "members.it: no write takes it, so none can require it",
    ],
    [
      "a required member that may be left out",
      member({ type: "text", required: true, omitted: "kept" }),
      "members.it: it is required, so it is never left out",
    ],
    ["a revision that is a text", member({ type: "text", stamp: "revision" }), "members.it: a revision is an integer"],
    ["a time that is a number", member({ type: "integer", stamp: "written" }), "members.it: a time is a text"],
    [
      "a default of another type",
      member({ type: "boolean", default: "yes" }),
      "members.it: its default must be of type boolean",
    ],
    [
      "two members under one name in replies",
      member({ type: "text", shown: { mask, as: "name" } }),
      "members: a reply would show two of them as name",
    ],
    [
      "a member under the id's name in replies",
      member({ type: "text", shown: { mask, as: "id" } }),
      "members: a reply would show two of them as id",
    ],
    ["a read of one object without its id", { get: { path: "/thing" } }, "get: its path must have {id}"],
    ["a list of one object", { list: { path: "/things/{id}/all" } }, "list: its path must not have {id}"],
    ["a path without a slash", { list: { path: "things" } }, "list: its path must start with a slash"],
    [
      "pages of a bare list",
      { list: { path: "/things", paging: { kind: "cursor", size: 1, member: "next", parameter: "from" } } },
      "list: a list that is the reply itself has no pages",
    ],
    [
      "pages of nothing",
      {
        list: {
          path: "/things",
          items: "things",
          paging: { kind: "cursor", size: 0, member: "next", parameter: "from" },
        },
      },
      "list: a page must have at least one entry",
    ],
    [
      "a parameter that has two meanings",
      {
        list: {
          path: "/things",
          items: "things",
          query: ["from"],
          paging: { kind: "cursor", size: 1, member: "next", parameter: "from" },
        },
      },
      "list: from is the parameter of the paging already",
    ],
    [
      "a write to no object",
      writing({ path: "/things/all" }),
      "writes[0]: the id must be in the path or in the body, not in both",
    ],
    [
      "a write with two ids",
      writing({ idIn: "id" }),
      "writes[0]: the id must be in the path or in the body, not in both",
    ],
    ["a write by GET", writing({ method: "GET", path: "/other/{id}" }), "writes[0]: GET changes nothing"],
    [
      "a write that takes what is not described",
      writing({ takes: ["nmae"] }),
      "writes[0]: it takes nmae, which no write may set",
    ],
    [
      "a write that takes what the server keeps",
      { ...member({ type: "text", from: "server" }), ...writing({ takes: ["it"] }) },
      "writes[0]: it takes it, which no write may set",
    ],
    [
      "an id in the body that is a member",
      writing({ path: "/all", idIn: "name" }),
      "writes[0]: name is the id, and a member as well",
    ],
    [
      "a precondition on what is not described",
      writing({ precondition: { header: "If-Match", member: "revision" } }),
      "writes[0]: its precondition asks for revision, which is not described",
    ],
    [
      "two answers to one request",
      { writes: [...things.writes, { method: "PATCH", path: "/things/{id}", mode: "replace" }] },
      "there are two routes for PATCH /things/{id}",
    ],
    [
      "a limit of nothing",
      { rateLimit: { requests: 0, perMs: 1000 } },
      "rateLimit: both numbers must be whole and at least 1",
    ],
    ["half a stale read", { staleReads: 0.5 }, "staleReads: must be a whole number, at least 0"],
    ["an object without its id", { objects: [{ name: "A" }] }, "objects[0]: id is required"],
    ["an object with an id of another kind", { ...uuid, objects: [{ id: "a" }] }, "objects[0]: id must be a UUID"],
    [
      "an object with what is not described",
      { objects: [{ id: "a", nmae: "A" }] },
      "objects[0]: nmae is not described",
    ],
    [
      "an object with a value of another type",
      { objects: [{ id: "a", name: 1 }] },
      "objects[0]: name must be of type text",
    ],
  ])("%s", async (_what, more, problem) => {
    const starting = startFake({ ...things, ...more });
    await expect(starting).rejects.toThrow(new TypeError(`the fake's description contradicts itself: ${problem}`));
  });

  it("two objects with one id, however it is written", async () => {
    const id = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
    const objects = [{ id }, { id: id.toUpperCase() }];
    await expect(startFake({ ...things, ...uuid, objects })).rejects.toThrow(
      new TypeError("two of the fake's objects have one id"),
    );
  });

  it("with everything that is wrong, at once", async () => {
    const starting = startFake({ ...things, staleReads: -1, get: { path: "thing" } });
    await expect(starting).rejects.toThrow(
      "get: its path must start with a slash; get: its path must have {id}; staleReads: must be a whole number, at least 0",
    );
  });
});
