import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join, resolve, sep } from "node:path";
import { isGatewayError } from "../contract/errors.ts";
import { ConfigError, type ConfigProblem, fileProblem } from "../sync/config/config-error.ts";
import { configExit, EXIT, type ExitCode, errorExit, worstExit } from "../sync/exit-code.ts";
import type { Host } from "./host.ts";
import { wrapped } from "./render/columns.ts";
import { errorData, errorText } from "./render/error-text.ts";
import type { View } from "./render/view.ts";
import { plainStyle, type Style, styleFor } from "./style.ts";

/** The forms in which a report can be had. */
export const FORMATS = ["text", "json", "markdown"] as const;
export type Format = (typeof FORMATS)[number];

/** What a command has to say: data for JSON, text for people, Markdown for a comment where there is one. */
export interface Report {
  readonly data: unknown;
  readonly text: string;
  /** The text as this terminal shows it. */
  readonly coloured?: string;
  /** What is left of that where only essentials are asked for. */
  readonly essentials?: string;
  readonly markdown?: string;
  /** As a page for a browser. Made where it is asked for only. */
  readonly page?: () => string;
  readonly exit: ExitCode;
}

/** The forms of a file where a report has a page, too: that is nothing for a terminal. */
export const FORMATS_WITH_PAGE = [...FORMATS, "page"] as const;
export type FileFormat = (typeof FORMATS_WITH_PAGE)[number];

const FORMAT_OF: Readonly<Record<string, FileFormat>> = {
  ".json": "json",
  ".md": "markdown",
  ".markdown": "markdown",
  ".txt": "text",
  ".html": "page",
  ".htm": "page",
};

/** Prints a report: JSON alone on standard output, or the text. */
export function printReport(host: Host, format: Format, report: Report): void {
  const { text, coloured = text, essentials = coloured } = report;
  const shown = host.isQuiet === true ? essentials : coloured;
  host.stdout(format === "text" ? withLineEnd(shown) : render(report, format));
}

/** The texts of a report, by what renders it in a style for a view. */
export function textsOf(
  host: Host,
  render: (style: Style, view: View) => string,
): Pick<Report, "text" | "coloured" | "essentials"> {
  const width = host.isTerminal ? host.columns?.() : undefined;
  const style = styleFor(host);
  const shown = (isBrief: boolean) => {
    const text = render(style, { width, isBrief });
    return width === undefined ? text : wrapped(text, width);
  };
  return { text: render(plainStyle, {}), coloured: shown(false), essentials: shown(true) };
}

/** Says something that is neither a result nor an error, unless only these are asked for. */
export function printNote(host: Host, line: string): void {
  if (host.isQuiet !== true) host.stderr(withLineEnd(line));
}

/** An error as standard error shows it. */
export function printedError({ isErrorTerminal = false, environment, columns }: Host, error: unknown): string {
  const text = withLineEnd(errorText(error, styleFor({ isTerminal: isErrorTerminal, environment })));
  const width = isErrorTerminal ? columns?.() : undefined;
  return width === undefined ? text : wrapped(text, width);
}

/**
 * Looks at the files that a report is to go to before any work is done for it.
 * @param formats those that the report can be had in
 * @throws ConfigError with every name that tells no form, and every place that takes no file
 */
export async function requireOutputs(
  { workingDirectory }: Host,
  files: readonly string[],
  formats: readonly FileFormat[],
): Promise<void> {
  const ends = Object.keys(FORMAT_OF).filter((end) => formats.some((format) => FORMAT_OF[end] === format));
  const problems: ConfigProblem[] = [];
  for (const file of files) {
    const message = !ends.includes(extname(file).toLowerCase())
      ? `cannot tell the form: expected a name that ends in ${ends.join(", ")}`
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
      const problem = fileProblem(file, `cannot be written (${failureCode(error)})`);
      host.stderr(printedError(host, new ConfigError("invalid", [problem])));
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
function formatOf(file: string): FileFormat | undefined {
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
  host.stderr(printedError(host, error));
  if (format === "json") host.stdout(`${JSON.stringify({ error: errorData(error) }, null, 2)}\n`);
  return exitOf(error);
}

/** The exit code of whatever a command ended with. */
export function exitOf(error: unknown): ExitCode {
  if (error instanceof ConfigError) return configExit(error);
  return isGatewayError(error) ? errorExit(error) : EXIT.error;
}

function render({ data, text, markdown, page }: Report, format: FileFormat): string {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  if (format === "page") return page?.() ?? text;
  return withLineEnd(format === "markdown" ? (markdown ?? text) : text);
}

const withLineEnd = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);
