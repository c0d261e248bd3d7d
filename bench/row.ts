/** One line of the table. */
export interface Row {
  /** What is measured. */
  readonly what: string;
  /** Our figure, with its unit. */
  readonly ours: string;
  /** What it is held against, and its figure. */
  readonly against: string;
  /** The first over the second, where it is one. */
  readonly ratio?: string;
  /** The lowest and the highest of the ratio in the parts of the run. */
  readonly spread?: string;
  /** What is to be reached; absent where it is only reported. */
  readonly goal?: string;
  /** Whether it is. */
  readonly isReached?: boolean;
}

/** Measures something, side by side with what it is held against. */
export type Measurement = () => Promise<readonly Row[]>;

const HEAD = ["Measured", "Ours", "Against", "Ratio", "Spread", "To reach", ""];

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.ratio ?? "",
    row.spread ?? "",
    row.goal ?? "reported",
    row.isReached === undefined ? "" : row.isReached ? "reached" : "**missed**",
  ]);
  const table = [HEAD, HEAD.map(() => "---"), ...cells];
  return table.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
