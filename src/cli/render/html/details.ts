import { html, type Markup } from "./markup.ts";
import type { Deed, DiffLine, PageField, PageRow } from "./page-model.ts";
import { REFUSED } from "./statuses.ts";

/** How a row can be filtered: its status, and whether it is refused. */
export const filterKeys = ({ status, isRefused }: PageRow): string => `${status.key}${isRefused ? " refused" : ""}`;

/** The words of a status; its sign stands before them by the style sheet. */
export function badge({ status }: Pick<PageRow, "status">): Markup {
  return html`<b class="${status.tone} is-${status.key}">${status.words}</b>`;
}

/** Says that a row is refused, where its status does not. */
export function refusal({ status, isRefused }: PageRow): Markup | undefined {
  return isRefused && status.tone !== "bad" ? html` ${badge({ status: REFUSED })}` : undefined;
}

/** A place in the matrix: providers count from 0, gateways, which stand behind the names, from 1. */
export interface MatrixPlace {
  readonly provider: number;
  readonly gateway: number;
}

/**
 * Everything that is known of one row.
 * @param place of the row in the page: what leads to it has this number
 * @param at its place in the matrix
 */
export function details(row: PageRow, place: number, at: MatrixPlace): Markup {
  const { status, gateway, adapter, id, fields, remarks } = row;
  const differing = fields.filter(({ lines }) => lines.length > 0);
  const judged = fields.filter(({ lines, evidence }) => lines.length === 0 && evidence !== undefined);
  const plain = fields.filter(({ lines, evidence }) => lines.length === 0 && evidence === undefined);
  return html`<article id="r${place}" class="${status.tone}" data-p="${at.provider}" data-g="${at.gateway}" data-s="${filterKeys(row)}">
<h3><bdi>${row.provider}</bdi> <i>at</i> <bdi>${gateway}</bdi></h3>
<p>${badge(row)}${refusal(row)} <span><bdi>${adapter}</bdi>, id <bdi class="mono">${id}</bdi></span></p>
${remarks.map(
  (remark) => html`<p class="remark">${remark}</p>
`,
)}${differing.map(difference)}<dl>
${judged.map(({ name, verdict, evidence }) => fact(name, html`${verdict}<small>${evidence}</small>`))}${plainFields(plain)}${facts(row)}</dl>
</article>
`;
}

// Alike for most rows: one line for all of them.
function plainFields(fields: readonly PageField[]): Markup[] {
  const verdicts = [...new Set(fields.map(({ verdict }) => verdict))];
  return verdicts.map((verdict) => {
    const names = fields.filter((field) => field.verdict === verdict).map(({ name }) => name);
    return fact(names.join(", "), verdict);
  });
}

function difference({ name, verdict, evidence, lines }: PageField): Markup {
  return html`<h4>${name} <i>${verdict}</i></h4>
<div class="diff">${lines.map(diffLine)}</div>${evidence === undefined ? undefined : html`<small>${evidence}</small>`}
`;
}

function diffLine({ sign, text }: DiffLine): Markup {
  const line = html`<span>${sign}</span><bdi>${text}</bdi>`;
  if (sign === " ") return html`<p>${line}</p>`;
  return sign === "-" ? html`<del>${line}</del>` : html`<ins>${line}</ins>`;
}

function facts({ hint, age, deed }: PageRow): readonly Markup[] {
  return [
    ...(hint === undefined ? [] : [fact("Key as shown", html`<bdi class="mono">${hint}</bdi>`)]),
    ...(age === undefined ? [] : [fact("Age of the key", age)]),
    fact("Last write", deed === undefined ? "none that gatefold knows of" : lastWrite(deed)),
  ];
}

const fact = (name: string, value: Markup | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`;

function lastWrite({ kind, at, ago, by, fields, reason, run }: Deed): Markup {
  return html`${kind} <time datetime="${at}">${ago}</time>${by === undefined ? undefined : html` by <bdi>${by}</bdi>`}: ${fields.join(", ")}<small>${shownTime(at)}, run <bdi>${run}</bdi>${
    reason === undefined ? undefined : html`; reason: <bdi>${reason}</bdi>`
  }</small>`;
}

/** A time in ISO 8601, for people. */
export const shownTime = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
