import type { FakeList } from "./description.ts";

/** One page of a list as the reply shows it, or what is wrong with the query. Only what is on it is shown. */
export function pageOf<Entry>(
  { path, items, paging }: FakeList,
  all: readonly Entry[],
  show: (entry: Entry) => unknown,
  query: ReadonlyMap<string, string>,
  origin: string,
): { readonly reply: unknown } | { readonly problem: string } {
  if (items === undefined) return { reply: all.map(show) };
  if (paging === undefined) return { reply: { [items]: all.map(show) } };
  const given = query.get(paging.parameter);
  const first = paging.kind === "page" ? 1 : 0;
  const place = given === undefined ? first : Number(given);
  if (!Number.isSafeInteger(place) || place < first)
    return { problem: `${paging.parameter}: is no place in this list` };
  const start = paging.kind === "page" ? (place - 1) * paging.size : place;
  const end = start + paging.size;
  const entries = { [items]: all.slice(start, end).map(show) };
  const next = end < all.length ? end : null;
  if (paging.kind === "offset") return { reply: { ...entries, [paging.total]: all.length } };
  if (paging.kind === "page") return { reply: { ...entries, [paging.pages]: Math.ceil(all.length / paging.size) } };
  if (paging.kind === "cursor") return { reply: { ...entries, [paging.member]: next === null ? null : String(next) } };
  const link = next === null ? null : `${origin}${path}?${paging.parameter}=${next}`;
  return { reply: { ...entries, [paging.member]: link } };
}
