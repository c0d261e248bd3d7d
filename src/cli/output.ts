import { isGatewayError } from "../contract/errors.ts";
import { ConfigError, configExit, describeProblem, EXIT, type ExitCode, errorExit } from "../sync/index.ts";
import type { Host } from "./host.ts";

/** What a command has to say: data for `--json`, text for people. */
export interface Report {
  readonly data: unknown;
  readonly text: string;
  readonly exit: ExitCode;
}

/** Prints a report: with `--json` pure JSON on standard output, else the text. */
export function printReport(host: Host, json: boolean, { data, text }: Report): void {
  host.stdout(json ? `${JSON.stringify(data, null, 2)}\n` : ensureLineEnd(text));
}

/** Prints an error: always in words on standard error, with `--json` also as data on standard output. */
export function printError(host: Host, json: boolean, error: unknown): ExitCode {
  host.stderr(ensureLineEnd(errorText(error)));
  if (json) host.stdout(`${JSON.stringify({ error: errorData(error) }, null, 2)}\n`);
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

function errorText(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.map(describeProblem).join("\n");
  if (isGatewayError(error)) return `${error.name}: ${error.message}`;
  return error instanceof Error ? error.message : "something failed without saying what";
}

function errorData(error: unknown): unknown {
  if (error instanceof ConfigError || isGatewayError(error)) return error;
  return { name: error instanceof Error ? error.name : "Error", message: errorText(error) };
}

const ensureLineEnd = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);
