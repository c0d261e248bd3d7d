import { badge, filterKeys, refusal } from "./details.ts";
import { html, type Markup } from "./markup.ts";
import type { Page, PageProvider, PageRow, PageStatus } from "./page-model.ts";
import { REFUSED, SIGNS } from "./statuses.ts";
import { ROWS_AT_A_TIME } from "./style.ts";

/** Characters of a name in the matrix; its details have the whole. */
const LONGEST_NAME = 60;

/** A row and its place in the page. */
export interface PlacedRow {
  readonly row: PageRow;
  readonly place: number;
}

/** How many rows there are of each status, as plain text; with a script, to filter by. */
export function tallies({ rows }: Page): Markup {
  const counts = new Map<string, { readonly status: PageStatus; count: number }>();
  for (const { status } of rows) {
    const { count } = counts.get(status.key) ?? { count: 0 };
    counts.set(status.key, { status, count: count + 1 });
  }
  const ordered = [...SIGNS.keys()].flatMap((key) => counts.get(key) ?? []);
  const refused = { status: REFUSED, count: rows.filter(({ isRefused }) => isRefused).length };
  // It says something where it is not what one status says by itself.
  const isApart =
    refused.count > 0 && ordered.every(({ status, count }) => status.tone !== "bad" || count !== refused.count);
  return html`<ul class="tallies" aria-label="Bindings by status">${[...ordered, ...(isApart ? [refused] : [])].map(
    ({
      status,
      count,
    }) => html`<li><label><input type="checkbox" name="status" value="${status.key}"><span>${count.toLocaleString("en")}</span> ${badge({ status })}</label></li>
`,
  )}</ul>`;
}

/** Providers by gateways: one cell for each binding, which leads to its details. */
export function matrix(page: Page, rowsOf: (provider: string, gateway: string) => readonly PlacedRow[]): Markup {
  const { providers, gateways } = page;
  return html`<table id="matrix" role="table" aria-labelledby="matrix-title">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Provider</th>${gateways.map((name) => html`<th scope="col" role="columnheader"><bdi>${cutName(name)}</bdi></th>`)}</tr></thead>
${inParts(providers, ROWS_AT_A_TIME).map(
  (part) => html`<tbody role="rowgroup">
${part.map((provider) => line(provider, gateways, rowsOf))}</tbody>
`,
)}</table>
`;
}

function line({ name, tags }: PageProvider, gateways: readonly string[], rowsOf: Parameters<typeof matrix>[1]): Markup {
  const shownTags = tags.map((tag) => html` <small><bdi>${cutName(tag)}</bdi></small>`);
  return html`<tr role="row"><th scope="row" role="rowheader"><bdi>${cutName(name)}</bdi>${shownTags}</th>${gateways.map((gateway) => cell(gateway, rowsOf(name, gateway)))}</tr>
`;
}

function cell(gateway: string, rows: readonly PlacedRow[]): Markup {
  if (rows.length === 0) return html`<td role="cell"><span class="hidden">no binding</span></td>`;
  const keys = rows.map(({ row }) => filterKeys(row)).join(" ");
  return html`<td role="cell" data-g="${cutName(gateway)}" data-s="${keys}">${rows.map(entry)}</td>`;
}

function entry({ row, place }: PlacedRow): Markup {
  const { hint, shortAge } = row;
  const key = [
    ...(hint === undefined ? [] : [html`<bdi>${cutName(hint)}</bdi>`]),
    ...(shortAge === undefined ? [] : [shortAge]),
  ];
  const [first, ...others] = key;
  return html`<a href="#r${place}">${badge(row)}${refusal(row)}${first === undefined ? undefined : html` <small>${first}${others.map((each) => html` <span>· ${each}</span>`)}</small>`}</a>`;
}

/** A list cut into parts of this length. */
export function inParts<Item>(items: readonly Item[], length: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) => {
    return items.slice(index * length, (index + 1) * length);
  });
}

/** A name as long as there is room for; by whole characters. */
export function cutName(name: string): string {
  const characters = name.length > LONGEST_NAME ? [...name.slice(0, 2 * LONGEST_NAME)] : [];
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME).join("")}…` : name;
}
