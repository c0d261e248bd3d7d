/**
 * A suite of what needs more than Node and npm. `GATEFOLD_TESTS=all` runs it, and takes for an error what is missing; else it is
 * skipped, and says so.
 */
export function describeWhole(title: string, obstacle: string | undefined, suite: () => void): void {
  if (process.env.GATEFOLD_TESTS === "all") {
    if (obstacle !== undefined) throw new Error(`${title}: ${obstacle}`);
    describe(title, suite);
    return;
  }
  const reason = "GATEFOLD_TESTS=all runs it";
  process.stderr.write(`skipped: ${title} (${reason})\n`);
  describe.skip(`${title} (${reason})`, suite);
}
