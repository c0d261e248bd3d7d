import { queryOf } from "../../src/kit/index.ts";
import { followPages } from "../../src/kit/pagination.ts";

type Script = Readonly<Record<string, { readonly items: readonly number[]; readonly nextQuery?: string }>>;

function pagesOf(script: Script) {
  const asked: (string | undefined)[] = [];
  const refuse = (problem: string) => new Error(problem);
  const fetchPage = async (query: string | undefined) => {
    asked.push(query);
    const page = script[query ?? "first"];
    if (page === undefined) throw new Error(`no page for ${query}`);
    return { ...page, refuse };
  };
  return { asked, fetchPage };
}

async function collect<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

describe("following pages", () => {
  it("gives every entry of every page, empty ones included, in order", async () => {
    const { asked, fetchPage } = pagesOf({
      first: { items: [1, 2], nextQuery: "page=2" },
      "page=2": { items: [], nextQuery: "page=3" },
      "page=3": { items: [3] },
    });
    await expect(collect(followPages(fetchPage, undefined))).resolves.toStrictEqual([1, 2, 3]);
    expect(asked).toStrictEqual([undefined, "page=2", "page=3"]);
  });

  it("starts with the first page's query", async () => {
    const { asked, fetchPage } = pagesOf({ "limit=100": { items: [1] } });
    await expect(collect(followPages(fetchPage, "limit=100"))).resolves.toStrictEqual([1]);
    expect(asked).toStrictEqual(["limit=100"]);
  });

  it("asks for a page only when it is needed", async () => {
    const { asked, fetchPage } = pagesOf({ first: { items: [1, 2], nextQuery: "page=2" } });
    for await (const item of followPages(fetchPage, undefined)) if (item === 2) break;
    expect(asked).toStrictEqual([undefined]);
  });

  it.each<[string, string | undefined, Script]>([
    ["itself", "a", { a: { items: [1], nextQuery: "a" } }],
    ["the first", "a", { a: { items: [1], nextQuery: "b" }, b: { items: [2], nextQuery: "a" } }],
    [
      "one in between",
      undefined,
      {
        first: { items: [], nextQuery: "a" },
        a: { items: [], nextQuery: "b" },
        b: { items: [], nextQuery: "a" },
      },
    ],
  ])("refuses a page that points back to %s", async (_page, first, script) => {
    const { asked, fetchPage } = pagesOf(script);
    await expect(collect(followPages(fetchPage, first))).rejects.toThrow(/points back/);
    expect(asked).toHaveLength(Object.keys(script).length);
  });
});

describe("pages without end", () => {
  /** A gateway that names another page each time, of one entry each. */
  function endless() {
    let asked = 0;
    const refuse = (problem: string) => new Error(problem);
    const fetchPage = async () => {
      asked += 1;
      return { items: [asked], nextQuery: `page=${asked + 1}`, refuse };
    };
    return { fetchPage, count: () => asked };
  }

  it("are refused after 10,000 of them, all of whose entries were given", async () => {
    const { fetchPage, count } = endless();
    let last = 0;
    const reading = async () => {
      for await (const item of followPages(fetchPage, undefined)) last = item;
    };
    await expect(reading()).rejects.toThrow("points to a further page after 10000 of them");
    expect([last, count()]).toEqual([10_000, 10_000]);
  });

  it("are 10,000 where the last of them names no other", async () => {
    const { fetchPage } = endless();
    const bounded = async () => {
      const { items, nextQuery, refuse } = await fetchPage();
      return items[0] === 10_000 ? { items, refuse } : { items, nextQuery, refuse };
    };
    expect(await collect(followPages(bounded, undefined))).toHaveLength(10_000);
  });
});

describe("the query of a link to a next page", () => {
  it.each<[string, string]>([
    ["https://x.test/items?page=2&limit=100", "page=2&limit=100"],
    ["https://elsewhere.test/stolen?page=2", "page=2"],
    ["/items?cursor=a%2Fb", "cursor=a%2Fb"],
    ["?page=2#top", "page=2"],
    ["https://x.test/items?next=https://y.test?a=1", "next=https://y.test?a=1"],
  ])("of %s", (link, nextQuery) => {
    expect(queryOf(link)).toStrictEqual({ nextQuery });
  });

  it.each([null, undefined])("is none for %p", (link) => {
    expect(queryOf(link)).toStrictEqual({});
  });
});
