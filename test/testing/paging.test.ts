import { z } from "zod";
import { secret } from "../../src/index.ts";
import { commonSettings, defineAdapter, opaqueId, path, queryOf } from "../../src/kit/index.ts";
import type { FakePaging } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { readOnlyCapabilities } from "../support/read-only.ts";
import { things, useFake } from "./support.ts";

allowLoopback();
const start = useFake();

const thing = z.object({ id: z.string(), name: z.string() });
type Thing = z.output<typeof thing>;
type ListOf = Parameters<typeof defineAdapter<z.output<typeof settings>, string, Thing, undefined, undefined>>[0];
type List = ReturnType<ListOf["vendor"]>["list"];

const settings = z.strictObject(commonSettings);
const items = z.array(thing);

/** An adapter of which nothing matters but how its list is paged. */
const paged = (list: List) =>
  defineAdapter({
    name: "paged",
    hosts: [],
    settings,
    capabilities: readOnlyCapabilities,
    vendor: ({ baseUrl = "" }) => ({
      baseUrl,
      parseId: opaqueId,
      reply: thing,
      normalize: ({ id, name }: Thing) => ({ id, name, credential: { kind: "unknown" as const } }),
      list,
      translate: () => ({ requests: [], notes: [] }),
      readError: () => ({}),
    }),
  });

const linked = z
  .object({ things: items, next: z.string().nullable() })
  .transform(({ things: entries, next }) => ({ items: entries, ...queryOf(next) }));
const withCursor = z.object({ things: items, next: z.string().nullable() }).transform(({ things: entries, next }) => ({
  items: entries,
  ...(next === null ? {} : { nextQuery: `from=${encodeURIComponent(next)}` }),
}));
const counted = z
  .object({ things: items, total: z.int() })
  .transform(({ things: entries, total }) => ({ items: entries, total }));

const kinds: readonly (readonly [FakePaging, List, readonly string[]])[] = [
  [
    { kind: "link", size: 2, member: "next", parameter: "from" },
    { path: path`/things`, page: linked },
    ["/things", "/things?from=2", "/things?from=4"],
  ],
  [
    { kind: "cursor", size: 2, member: "next", parameter: "from" },
    { path: path`/things`, page: withCursor },
    ["/things", "/things?from=2", "/things?from=4"],
  ],
  [
    { kind: "offset", size: 2, parameter: "offset", total: "total" },
    {
      path: path`/things`,
      page: counted,
      queryAfter: ({ entries, total = 0 }) => (entries < total ? `offset=${entries}` : undefined),
    },
    ["/things", "/things?offset=2", "/things?offset=4"],
  ],
  [
    { kind: "page", size: 2, parameter: "page", pages: "total" },
    {
      path: path`/things`,
      query: "page=1",
      page: counted,
      queryAfter: ({ pages, total = 0 }) => (pages < total ? `page=${pages + 1}` : undefined),
    },
    ["/things?page=1", "/things?page=2", "/things?page=3"],
  ],
];

it.each(kinds)(
  "a list that is paged by %j is read whole, and an object is found in it",
  async (paging, list, pages) => {
    const objects = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: id }));
    const server = await start({ ...things, list: { path: "/things", items: "things", paging }, objects });
    const gateway = paged(list)({ baseUrl: server.url, token: secret(server.token), retry: { attempts: 0 } });
    const ids: unknown[] = [];
    for await (const { id } of gateway.list()) ids.push(id);
    expect(ids).toEqual(["a", "b", "c", "d", "e"]);
    expect(server.requests.map((request) => request.path)).toEqual(pages);
    expect(await gateway.get("c")).toEqual({ id: "c", name: "c", credential: { kind: "unknown" } });
    // No further than needed, and counted anew.
    expect(server.requests.slice(pages.length).map((request) => request.path)).toEqual(pages.slice(0, 2));
  },
);
