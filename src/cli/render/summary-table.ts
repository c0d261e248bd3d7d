import type { Style } from "../style.ts";
import { displayWidth, padded } from "./columns.ts";
import { printable } from "./shown.ts";

/** A column of a summary: what its head says, and which rows it counts. */
export interface Counted<Row> {
  readonly title: string;
  readonly counts: (row: Row) => boolean;
}

/** A column for each word that something of a row can be. */
export function countedBy<Row, Word extends string>(words: readonly Word[], of: (row: Row) => Word): Counted<Row>[] {
  return words.map((word) => ({ title: word, counts: (row) => of(row) === word }));
}

/** How many rows of each gateway there are of which kind, and in all. A kind without any is left out; one gateway needs none. */
export function summaryTable<Row extends { readonly gateway: string }>(
  rows: readonly Row[],
  kinds: readonly Counted<Row>[],
  style: Style,
): string[] {
  const gateways = [...new Set(rows.map(({ gateway }) => gateway))];
  if (gateways.length < 2) return [];
  const shown = kinds.filter(({ counts }) => rows.some(counts));
  const countsOf = (own: readonly Row[]) => shown.map(({ counts }) => String(own.filter(counts).length));
  const body = gateways.map((name) => [printable(name), ...countsOf(rows.filter(({ gateway }) => gateway === name))]);
  const lines = rightAligned([["gateway", ...shown.map(({ title }) => title)], ...body, ["total", ...countsOf(rows)]]);
  const [head = "", ...others] = lines;
  return [style("muted", head), ...others];
}

/** Lines with a table among them, blank lines around it. */
export function aroundTable(before: readonly string[], table: readonly string[], after: readonly string[]): string[] {
  if (table.length === 0) return [...before, ...after];
  return [...before, ...(before.length === 0 ? [] : [""]), ...table, "", ...after];
}

/** Columns of which all but the first stand at the right. */
function rightAligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? padded(text, width) : " ".repeat(width - displayWidth(text)) + text;
  };
  return rows.map((row) => row.map(cell).join("  "));
}
