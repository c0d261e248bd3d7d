import { type Command, Option } from "commander";
// Not from the room's index: that would load all of it, with what it parses and checks by, for a mere `--version`.
import { ConfigError, fileProblem } from "../../sync/config/config-error.ts";
import type { ExitCode } from "../../sync/exit-code.ts";
import { type FileFormat, FORMATS, type Format, type Report } from "../output.ts";

export const DEFAULT_CONFIG = "gatefold.yaml";

export const TRUST_CODE = "run the adapters that are files or packages";
export const TRUST_FULLY = "run the config's adapters and exec: commands, and send tokens to the hosts it names";

/** Runs a command's work: what it gives is printed in the end, but for a command that prints as it goes. */
export type Perform = (
  work: (format: Format) => Promise<Report | ExitCode>,
  files?: readonly string[],
  formats?: readonly FileFormat[],
) => Promise<void>;

/** A command that can print JSON, or less. */
export function withJson(program: Command, usage: string, description: string): Command {
  return program
    .command(usage)
    .description(description)
    .option("--json", "print pure JSON on standard output")
    .option("-q, --quiet", "print errors and the essentials of the result, no progress, notes or advice");
}

/** The same for one that reads a config. */
export function onConfig(program: Command, usage: string, description: string): Command {
  return withJson(program, usage, description).option(
    "--config <path>",
    `a config file, or a folder of them; repeatable (default: ${DEFAULT_CONFIG})`,
    collect,
  );
}

/** A command whose report can be had in several forms, and in files. */
export function withForms(command: Command, ends = ".json, .md or .txt"): Command {
  return command
    .addOption(new Option("--format <form>", "how to print it; --json is short for json").choices(FORMATS))
    .option("--out <file>", `also write it to a file, the form by its end: ${ends}; repeatable`, collect);
}

/** What is wrong with an option. */
export const usageError = (option: string, message: string) =>
  new ConfigError("invalid", [fileProblem(option, message)]);

/** Gathers an option that may be given again and again. */
export const collect = (value: string, earlier: readonly string[] = []) => [...earlier, value];
