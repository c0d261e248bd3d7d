import type { z } from "zod";
import type { Client } from "./client.ts";
import { failed, type OpenCall, unusable } from "./gateway-parts.ts";
import { followPages, type Page } from "./pagination.ts";
import type { Path } from "./path.ts";
import { parseReply } from "./reply.ts";
import type { PagesRead } from "./vendor.ts";

/** A list in pages: where it is, and how a page of it reads. */
export interface PagedList<Item> {
  readonly path: Path;
  readonly query?: string;
  readonly page: z.ZodType<{ readonly items: readonly Item[]; readonly nextQuery?: string; readonly total?: number }>;
  queryAfter?(read: PagesRead): string | undefined;
}

/** Every entry of a list. @throws InvalidResponseError for a page that does not hold, and what the client's failures are */
export function fetchPages<Item>(
  adapter: string,
  client: Client,
  list: PagedList<Item>,
  call: OpenCall,
): AsyncGenerator<Item, void, undefined> {
  let [pages, entries] = [0, 0];
  return followPages(async (query) => {
    const page = await fetchPage(adapter, client, list, query, call);
    pages += 1;
    entries += page.items.length;
    const next = list.queryAfter?.({ pages, entries, total: page.total });
    return next === undefined ? page : { ...page, nextQuery: next };
  }, list.query);
}

async function fetchPage<Item>(
  adapter: string,
  client: Client,
  { path, page }: PagedList<Item>,
  query: string | undefined,
  call: OpenCall,
): Promise<Page<Item> & { readonly total?: number }> {
  const request = { method: "GET", path, ...(query === undefined ? {} : { query }) };
  const result = await client(request, { repeat: "safe", ...call });
  if (!result.ok) throw failed(adapter, result, "not-sent");
  const refuse = (problem: string) => unusable(adapter, request, result, problem, "not-sent");
  const parsed = parseReply(page, result.text);
  if ("problem" in parsed) throw refuse(parsed.problem);
  return { ...parsed.value, refuse };
}
