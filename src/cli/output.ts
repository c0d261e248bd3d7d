import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join, resolve, sep } from "node:path";
import { isGatewayError } from "../contract/errors.ts";
import { ConfigError, type ConfigProblem, describeProblem, fileProblem } from "../sync/config/config-error.ts";
import { configExit, EXIT, type ExitCode, errorExit, worstExit } from "../sync/exit-code.ts";
import { JournalError } from "../sync/journal/journal-error.ts";
import type { Host } from "./host.ts";
import { printable } from "./render/shown.ts";

/** The forms in which a report can be had. */
export const FORMATS = ["text", "json", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

/** What a command has to say: data for JSON, text for people, Markdown for a comment where there is one. */
export interface Report {
  readonly data: unknown;
  readonly text: string;
  /** The text as this terminal shows it. */
  readonly coloured?: string;
  readonly markdown?: string;
  readonly exit: ExitCode;
}

const FORMAT_OF: Readonly<Record<string, Format>> = {
  ".json": "json",
  ".md": "markdown",
  ".markdown": "markdown",
  ".txt": "text",
};

/** Prints a report: JSON alone on standard output, or the text. */
export function printReport(host: Host, format: Format, report: Report): void {
  host.stdout(format === "text" ? withLineEnd(report.coloured ?? report.text) : render(report, format));
}

/**
 * Looks at the files that a report is to go to before any work is done for it.
 * @throws ConfigError with every name that tells no form, and every place that takes no file
 */
export async function requireOutputs({ workingDirectory }: Host, files: readonly string[]): Promise<void> {
  const problems: ConfigProblem[] = [];
  for (const file of files) {
    const message =
      formatOf(file) === undefined
        ? `cannot tell the form: expected a name that ends in ${Object.keys(FORMAT_OF).join(", ")}`
        : await obstacleTo(resolve(workingDirectory, file));
    if (message !== undefined) problems.push(fileProblem(file, message));
  }
  if (problems.length > 0) throw new ConfigError("invalid", problems);
}

/**
 * Writes a report to files, the form by the name's end. Each file is there whole or not at all; what could not be written
 * is told on standard error. Gives the exit code that this leaves.
 */
export async function writeReport(host: Host, files: readonly string[], report: Report): Promise<ExitCode> {
  let { exit } = report;
  for (const file of files) {
    const path = resolve(host.workingDirectory, file);
    const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      await writeFile(temporary, render(report, formatOf(file) ?? "text"), { flag: "wx" });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      host.stderr(withLineEnd(describeProblem(fileProblem(file, `cannot be written (${failureCode(error)})`))));
      exit = worstExit([exit, EXIT.error]);
    }
  }
  return exit;
}

/** The code of a failure of the file system. */
export function failureCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
}

/** The form that a file's name asks for; undefined for a name that asks for none. */
function formatOf(file: string): Format | undefined {
  return FORMAT_OF[extname(file).toLowerCase()];
}

async function obstacleTo(path: string): Promise<string | undefined> {
  try {
    await access(join(dirname(path), sep), constants.W_OK);
  } catch (error) {
    return `cannot be written: its folder takes no file (${failureCode(error)})`;
  }
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? "cannot be written: it is a folder" : undefined;
}

/** Prints an error: always in words on standard error, and as data on standard output where that is to be JSON. */
export function printError(host: Host, format: Format, error: unknown): ExitCode {
  host.stderr(withLineEnd(errorText(error)));
  if (format === "json") host.stdout(`${JSON.stringify({ error: errorData(error) }, null, 2)}\n`);
  return exitOf(error);
}

/** The exit code of whatever a command ended with. */
export function exitOf(error: unknown): ExitCode {
  if (error instanceof ConfigError) return configExit(error);
  return isGatewayError(error) ? errorExit(error) : EXIT.error;
}

/** Columns padded to the widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? "")].length)),
  );
  const padded = (row: readonly string[]) =>
    row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length)).join("  ");
  return rows.map((row) => padded(row).trimEnd()).join("\n");
}

function render({ data, text, markdown }: Report, format: Format): string {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  return withLineEnd(format === "markdown" ? (markdown ?? text) : text);
}

/** An error in words. What strangers wrote into a file or an answer can neither move the cursor nor begin a line. */
export function errorText(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.map(describeProblem).map(printable).join("\n");
  if (isGatewayError(error)) return printable(`${error.name}: ${error.message}`);
  if (!(error instanceof Error)) return "something failed without saying what";
  return error.message.split("\n").map(printable).join("\n");
}

/** An error as plain data. */
export function errorData(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof JournalError || isGatewayError(error)) return error;
  return { name: error instanceof Error ? error.name : "Error", message: errorText(error) };
}

const withLineEnd = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);

/** Says why nothing seems to happen for a while. */
export function announceWait({ stderr }: Pick<Host, "stderr">, milliseconds: number): void {
  stderr(`Waiting ${Math.ceil(milliseconds / 1000)} s: requests of an earlier run may still be under way.\n`);
}
