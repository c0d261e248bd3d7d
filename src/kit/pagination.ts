/** One page: its entries, the next page's query where there is one, and how to refuse the page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextQuery?: string;
  refuse(problem: string): Error;
}

// A gateway that always names a further page would be read until the memory is full.
const MOST_PAGES = 10_000;

/**
 * Every entry of every page, of at most 10,000 pages. A page that points back to one already seen is refused: it would
 * never end.
 */
export async function* followPages<Item>(
  fetchPage: (query: string | undefined) => Promise<Page<Item>>,
  firstQuery: string | undefined,
): AsyncGenerator<Item, void, undefined> {
  const seen = new Set<string | undefined>();
  for (let query = firstQuery; ; ) {
    seen.add(query);
    const page = await fetchPage(query);
    yield* page.items;
    if (page.nextQuery === undefined) return;
    if (page.nextQuery === "") throw page.refuse("points to a next page without a query");
    if (seen.has(page.nextQuery)) throw page.refuse("points back to a page that was read already");
    if (seen.size >= MOST_PAGES) throw page.refuse(`points to a further page after ${MOST_PAGES} of them`);
    query = page.nextQuery;
  }
}

/** The query of a link to a next page. Its host and path are never followed. */
export function queryOf(link: string | null | undefined): { nextQuery?: string } {
  if (link === null || link === undefined) return {};
  const start = link.indexOf("?");
  const query = start < 0 ? "" : (link.slice(start + 1).split("#", 1)[0] ?? "");
  return { nextQuery: query };
}
