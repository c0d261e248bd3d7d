import { EXIT, type ExitCode, worstExit } from "../../sync/exit-code.ts";
import { planExit, withoutProposal } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { type Format, printReport, requireOutputs, writeReport } from "../output.ts";
import { planHtml } from "../render/html/index.ts";
import { printable } from "../render/shown.ts";
import { consequenceOf, countsOf } from "../render/words.ts";
import { type DriftOptions, look } from "./plan.ts";

/** Options of `report`. */
export interface ReportOptions extends DriftOptions {
  /** Where the page goes. */
  readonly html: string;
}

/** Writes a page of every provider at every gateway, with what an apply would write. Reads only; exits as `drift` does. */
export async function report(host: Host, format: Format, options: ReportOptions): Promise<ExitCode> {
  await requireOutputs(host, [options.html], ["page"]);
  const { made, background } = await look(host, options);
  const told = {
    data: made,
    text: `${printable(options.html)}: ${countsOf(made)}; ${consequenceOf(made)}.`,
    page: () => planHtml(made, "plan", { ...background, command: "report" }),
    exit: planExit(withoutProposal(made)),
  };
  const written = await writeReport(host, [options.html], { ...told, exit: EXIT.done });
  // The line says where the page is: so it must be there.
  if (written === EXIT.done) printReport(host, format, told);
  return worstExit([written, told.exit]);
}
