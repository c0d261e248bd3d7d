import { createHash } from "node:crypto";
import { VERSION } from "../../../kit/version.ts";
import { details, shownTime } from "./details.ts";
import { html, Markup } from "./markup.ts";
import { cutName, inParts, matrix, type PlacedRow, tallies } from "./matrix.ts";
import type { Page } from "./page-model.ts";
import { SCRIPT } from "./script.ts";
import { ENTRIES_AT_A_TIME, styleFor } from "./style.ts";

/** A page as one HTML document that needs nothing else: no network, and to be read no script. */
export function renderPage(page: Page): string {
  const { title, rows, providers, gateways, alerts, notes } = page;
  const style = styleFor(gateways.length);
  const placed = rows.map((row, place): PlacedRow => ({ row, place }));
  const byPlace = groupBy(placed, ({ row }) => keyOf(row.provider, row.gateway));
  const providerAt = new Map(providers.map(({ name }, index) => [name, index]));
  const gatewayAt = new Map(gateways.map((name, index) => [name, index + 1]));
  const detailsOf = ({ row, place }: PlacedRow) => {
    const at = { provider: providerAt.get(row.provider) ?? 0, gateway: gatewayAt.get(row.gateway) ?? 0 };
    return details(row, place, at);
  };
  const spare = (each: PlacedRow) => html`<noscript id="n${each.place}">${detailsOf(each)}</noscript>`;
  const listed = placed.filter(({ row }) => row.isListed);
  const quiet = placed.filter(({ row }) => !row.isListed);
  return `<!doctype html>
${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${sourceOf(style)}; script-src ${sourceOf(SCRIPT)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gatefold ${VERSION}">
<title>${title}: ${page.headline}</title>
<style>${Markup.ours(style)}</style>
<script>${Markup.ours(SCRIPT)}</script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<p class="brand">${title}</p>
<h1>${page.headline}</h1>
<p class="muted">${page.about.map((part) => html`<bdi>${cutName(part)}</bdi> · `)}${plural(rows.length, "binding")} · <time datetime="${page.at}">${shownTime(page.at)}</time>; ages count from then</p>
</header>
<main id="content">
${alerts.map(
  (alert) => html`<p class="alert">${alert}</p>
`,
)}<form id="filters">
${tallies(page)}
${controls(page)}</form>
<section aria-labelledby="matrix-title">
<h2 id="matrix-title">Providers at gateways</h2>
<p class="muted">Below a status: the key as its gateway redacts it, and its age. With a plus it is that old at least.</p>
<p class="muted scripted" id="help">Details show on hover and focus. Arrow keys move between cells, Enter opens the details, Escape closes them.</p>
${matrix(page, (provider, gateway) => byPlace.get(keyOf(provider, gateway)) ?? [])}
<p class="muted empty" id="nothing" hidden>Nothing matches these filters.</p>
${PANEL}
</section>
${
  notes.length === 0
    ? undefined
    : html`<section aria-labelledby="notes-title"><h2 id="notes-title">Notes</h2>
<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>
`
}<section aria-labelledby="list-title" id="list">
<h2 id="list-title">${page.listTitle}</h2>
${listed.length === 0 ? html`<p class="muted">None.</p>` : undefined}${inParts(
  listed.slice(0, AT_ONCE),
  ENTRIES_AT_A_TIME,
).map(
  (part) => html`<div class="some">${part.map(detailsOf)}</div>
`,
)}${listed.slice(AT_ONCE).map(spare)}</section>
${
  quiet.length === 0
    ? undefined
    : html`<section id="others"><noscript><h2>Everything else</h2></noscript>
${quiet.map(spare)}</section>`
}
</main>
<footer><p class="muted">Made by gatefold ${VERSION}. Holds no secret: keys show as their gateways redact them.</p></footer>
</body>
</html>
`}`;
}

// Entries of the list that the browser lays out before it shows the page. The others, and the details of what is as
// desired, are for readers without a script; with one they are made from that: in quiet moments, and when somebody asks.
const AT_ONCE = 50;

const PANEL = html`<div id="panel" role="dialog" aria-labelledby="panel-title" tabindex="-1" hidden>
<button type="button" id="panel-close">Close</button>
<div id="panel-body"></div>
<p id="panel-more"><a href="#list">Show it in the list</a></p>
</div>`;

function controls({ gateways, providers }: Page): Markup {
  return html`<div class="controls scripted" role="search" aria-label="Filter">
<label for="q">Search <input id="q" name="q" type="search" autocomplete="off" spellcheck="false" placeholder="provider or tag"></label>
<label for="g">Gateway <select id="g" name="gateway"><option value="">all</option>${gateways.map((name) => html`<option value="${name}">${cutName(name)}</option>`)}</select></label>
<button type="reset">Clear filters</button>
<output id="count" for="q g">${plural(providers.length, "provider")}</output>
</div>
`;
}

const sourceOf = (text: string) => Markup.ours(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);

const keyOf = (provider: string, gateway: string) => JSON.stringify([provider, gateway]);

const plural = (count: number, word: string) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

function groupBy<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
