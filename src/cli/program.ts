import { setMaxListeners } from "node:events";
import { Command, CommanderError } from "commander";
import { VERSION } from "../kit/version.ts";
import { EXIT, type ExitCode } from "../sync/exit-code.ts";
import type { Host } from "./host.ts";
import { FORMATS, type Format, printError, printReport, requireOutputs, writeReport } from "./output.ts";
import { addExamples } from "./program/examples.ts";
import { addJournalCommands } from "./program/journal-commands.ts";
import { addOtherCommands } from "./program/other-commands.ts";
import { DEFAULT_CONFIG, type Perform } from "./program/parts.ts";
import { addRotateCommand } from "./program/rotate-command.ts";
import { addSyncCommands } from "./program/sync-commands.ts";
import { type Watched, watched } from "./progress/progress.ts";

const EXIT_CODES = `
Exit codes: 0 clean or done, 1 error, 2 changes or drift present, 3 refused for safety, 4 partly applied,
5 credentials missing or refused, 6 the plan is stale, 8 cancelled.`;

/** Runs one command line. Never throws; what happened is the exit code and what was printed. */
export async function run(argv: readonly string[], given: Host): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  const { host, end, quieten } = watched(given);
  const format = formatIn(argv);
  // Every request under way listens to them: as many as there are is no leak.
  setMaxListeners(0, host.signal, host.force);
  const program = createProgram({ host, quieten }, async (work, files = [], formats = FORMATS) => {
    await requireOutputs(host, files, formats);
    const result = await work(format);
    if (typeof result === "number") {
      exit = result;
      return;
    }
    printReport(host, format, result);
    exit = await writeReport(host, files, result);
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0 && format === "json")
        host.stdout(`${JSON.stringify({ error: { name: "UsageError", message: error.message } })}\n`);
      return error.exitCode === 0 ? EXIT.done : EXIT.error;
    }
    return printError(host, format, error);
  } finally {
    end();
  }
}

// Known before the options are parsed, so that a wrong option is reported as JSON too.
function formatIn(argv: readonly string[]): Format {
  const given = argv.find((word, index) => argv[index - 1] === "--format" || word.startsWith("--format="));
  const named = FORMATS.find((format) => given?.replace(/^--format=/, "") === format);
  return argv.includes("--json") ? "json" : (named ?? "text");
}

/**
 * The command line, whose commands hand their work to `perform`. They are loaded when they run: `--version` needs neither an
 * HTTP client nor a YAML parser.
 */
export function createProgram({ host, quieten }: Pick<Watched, "host" | "quieten">, perform: Perform): Command {
  const program = new Command("gatefold")
    .description("One contract over many AI gateways: keeps upstream providers in line with one file.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr })
    .addHelpText("after", EXIT_CODES)
    .showSuggestionAfterError()
    .hook("preAction", (_program, command) => {
      if (command.getOptionValue("config") === undefined) command.setOptionValue("config", [DEFAULT_CONFIG]);
      if (command.getOptionValue("quiet") === true) quieten();
    });
  addSyncCommands(program, host, perform);
  addRotateCommand(program, host, perform);
  addJournalCommands(program, host, perform);
  addOtherCommands(program, host, perform);
  addExamples(program);
  return program;
}
