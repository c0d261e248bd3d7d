import { setMaxListeners } from "node:events";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { VERSION } from "../kit/version.ts";
// Not from the room's index: that would load all of it, with what it parses and checks by, for a mere `--version`.
import { ConfigError, fileProblem } from "../sync/config/config-error.ts";
import { EXIT, type ExitCode } from "../sync/exit-code.ts";
import type { Host } from "./host.ts";
import { FORMATS, type Format, printError, printReport, type Report, requireOutputs, writeReport } from "./output.ts";

const DEFAULT_CONFIG = "gatefold.yaml";

const TRUST_CODE = "run the adapters that are files or packages";
const TRUST_FULLY = "run the config's adapters and exec: commands, and send tokens to the hosts it names";

const EXIT_CODES = `
Exit codes: 0 clean or done, 1 error, 2 changes or drift present, 3 refused for safety, 4 partly applied,
5 credentials missing or refused, 6 the plan is stale, 8 cancelled.`;

/** Runs one command line. Never throws; what happened is the exit code and what was printed. */
export async function run(argv: readonly string[], host: Host): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  const format = formatIn(argv);
  // Every request under way listens to them: as many as there are is no leak.
  setMaxListeners(0, host.signal, host.force);
  const program = createProgram(host, async (work, files = []) => {
    await requireOutputs(host, files);
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
  }
}

// Known before the options are parsed, so that a wrong option is reported as JSON too.
function formatIn(argv: readonly string[]): Format {
  const given = argv.find((word, index) => argv[index - 1] === "--format" || word.startsWith("--format="));
  const named = FORMATS.find((format) => given?.replace(/^--format=/, "") === format);
  return argv.includes("--json") ? "json" : (named ?? "text");
}

/** Runs a command's work: what it gives is printed in the end, but for a command that prints as it goes. */
type Perform = (work: (format: Format) => Promise<Report | ExitCode>, files?: readonly string[]) => Promise<void>;

// Commands are loaded when they run: `--version` needs neither an HTTP client nor a YAML parser.
function createProgram(host: Host, perform: Perform): Command {
  const program = new Command("gatefold")
    .description("One contract over many AI gateways: keeps upstream providers in line with one file.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr })
    .addHelpText("after", EXIT_CODES)
    .showSuggestionAfterError()
    .hook("preAction", (_program, command) => {
      if (command.getOptionValue("config") === undefined) command.setOptionValue("config", [DEFAULT_CONFIG]);
    });
  addSyncCommands(program, host, perform);
  addRotateCommand(program, host, perform);
  addJournalCommands(program, host, perform);
  addOtherCommands(program, host, perform);
  return program;
}

function addSyncCommands(program: Command, host: Host, perform: Perform): void {
  const onGateways = (usage: string, description: string) =>
    onConfig(program, usage, description)
      .option("--gateway <names...>", "only these gateways")
      .option("--provider <names...>", "only these providers")
      .option("--tag <names...>", "only providers with one of these tags")
      .option("--journal <file>", "the journal, in place of the config's")
      .option("--trust-config", TRUST_FULLY);
  const reporting = (command: Command) =>
    command
      .addOption(new Option("--format <form>", "how to print it; --json is short for json").choices(FORMATS))
      .option("--out <file>", "also write it to a file, the form by its end: .json, .md or .txt; repeatable", collect)
      .option("--strict", "treat what was possibly changed elsewhere as changed");
  const writing = (command: Command) =>
    command
      .option("--write-unverified", "also write what nothing is known of, keys above all")
      .option("--prune", "also remove what was made or adopted and is gone from the config")
      .option("--allow <limit>", "go beyond a limit: update:GATEWAY=12, remove:GATEWAY=3, key=40; repeatable", collect);

  writing(reporting(onGateways("plan", "show what an apply would write; reads only"))).action((options) =>
    perform(async () => (await import("./commands/plan.ts")).plan(host, options), options.out),
  );
  reporting(onGateways("drift", "show where gateways and config differ, for a cron job; reads only")).action(
    (options) => perform(async () => (await import("./commands/plan.ts")).drift(host, options), options.out),
  );
  writing(reporting(onGateways("apply [plan]", "make the gateways match the config, or carry out a saved plan")))
    .option("--reason <text>", "why, for the journal")
    .option("--write-ids", "write the ids of what was made into the config's files")
    .option("--watch", "apply again and again until it is ended")
    .option("--interval <time>", "with --watch: the pause between two rounds, such as 30s, 5m, 1h", "5m")
    .action((plan: string | undefined, options) =>
      perform(async (format) => {
        if (options.watch !== true) return (await import("./commands/apply.ts")).apply(host, plan, options);
        const { parseInterval, watch } = await import("./commands/watch.ts");
        const interval = parseInterval(options.interval);
        if (interval === undefined)
          throw usageError("--interval", "expected a time of at most 24h, such as 30s, 5m, 1h");
        if (plan !== undefined || options.out !== undefined) {
          throw usageError("--watch", "takes neither a saved plan nor --out: it makes a plan in each round");
        }
        return watch(host, format, { ...options, interval });
      }, options.out),
    );
  onGateways("adopt", "record, without writing, what the gateways have already as the config's own")
    .option("--key", "that they hold the keys that the config refers to")
    .option("--object", "that their objects are the config's, to be removed with their entries; so without --key")
    .option("--reason <text>", "why, for the journal")
    .action((options) => perform(async () => (await import("./commands/adopt.ts")).adopt(host, options)));
}

function addRotateCommand(program: Command, host: Host, perform: Perform): void {
  onConfig(program, "rotate [providers...]", "change a key at every gateway that holds it, or at none")
    .option("--to <reference>", "where the new key is kept: env:NAME, file:PATH or exec:COMMAND")
    .option("--from <reference>", "where the old key is kept, to put it back after a failure")
    .option("--key <reference>", "the config's reference to the key that is meant, where the providers have several")
    .addOption(
      new Option(
        "--on-failure <policy>",
        "restore the old key (default), or keep the new one wherever it got to",
      ).choices(["restore", "keep"]),
    )
    .option(
      "--verify <command>",
      "your own check: gets gateway, provider and id as arguments, the key on standard input",
    )
    .option("--probe-within <time>", "how long the gateways' own health probes may take", "60s")
    .option("--resume", "go on with a rotation that was interrupted or needed an operator")
    .option("--allow <limit>", "go beyond a limit: key:GATEWAY=3, key=40; repeatable", collect)
    .option("--reason <text>", "why, for the journal")
    .option("--journal <file>", "the journal, in place of the config's")
    .option("--trust-config", TRUST_FULLY)
    .action((providers: readonly string[], options) =>
      perform(async () => {
        const { parseInterval } = await import("./commands/watch.ts");
        const probeWithinMs = parseInterval(options.probeWithin);
        if (probeWithinMs === undefined) throw usageError("--probe-within", "expected a time such as 30s, 5m, 1h");
        const { rotate } = await import("./commands/rotate.ts");
        return rotate(host, providers, { ...options, probeWithinMs });
      }),
    );
}

function addJournalCommands(program: Command, host: Host, perform: Perform): void {
  const journal = program.command("journal").description("look at the record of every change");
  const onJournal = (usage: string, description: string) =>
    onConfig(journal, usage, description).option("--journal <file>", "the journal, in place of the config's");
  onJournal("verify", "check that nothing in it was changed or taken out")
    .option("--head <hash>", "a head that was noted before: it must still be there")
    .action((options) => perform(async () => (await import("./commands/journal.ts")).journalVerify(host, options)));
  onJournal("show", "show who changed what, when, and why")
    .option("--gateway <names...>", "only these gateways")
    .option("--provider <names...>", "only these providers")
    .option("--since <time>", "a time in ISO 8601, or so long back: 24h, 7d")
    .action((options) => perform(async () => (await import("./commands/journal.ts")).journalShow(host, options)));
}

function addOtherCommands(program: Command, host: Host, perform: Perform): void {
  onConfig(program, "validate", "check the config; needs no token, no key and no network")
    .option("--trust-config", TRUST_CODE)
    .action((options) => perform(async () => (await import("./commands/validate.ts")).validate(host, options)));
  onConfig(program, "import", "write a config from what a gateway holds; reads only")
    .requiredOption("--gateway <name>", "the gateway; the config has its entry")
    .option("--out <file>", "a file that is not there yet; without it the config is printed")
    .option("--all", "also what the config binds already")
    .option("--journal <file>", "the journal, in place of the config's")
    .option("--trust-config", TRUST_FULLY)
    .action((options) => perform(async () => (await import("./commands/import.ts")).importConfig(host, options)));
  onConfig(program, "explain <target> <id> <update>", "show the requests that an update would make; sends nothing")
    .option("--settings <yaml>", "settings of the adapter, where the target is an adapter")
    .option("--trust-config", TRUST_CODE)
    .addHelpText(
      "after",
      "\nThe target is an adapter (a name, a file such as ./my-gateway.js, or a package) or a gateway of the config.\n" +
        "The update is YAML or JSON, or a file that holds it:\n" +
        "  gatefold explain my-gateway 123 '{name: New, credential: {scheme: api_key, apiKey: env:KEY}}'",
    )
    .action((target: string, id: string, update: string, options) =>
      perform(async () => (await import("./commands/explain.ts")).explain(host, { target, id, update }, options)),
    );
  withJson(program, "capabilities [adapter]", "show what the adapters can do; one may be a file or a package")
    .option("--trust-config", TRUST_CODE)
    .action((name: string | undefined, options) =>
      perform(async () => (await import("./commands/capabilities.ts")).capabilities(host, name, options)),
    );
  withJson(
    program,
    "new-adapter <name>",
    "write a folder with an adapter, its fixture and its test, to start from",
  ).action((name: string) => perform(async () => (await import("./commands/new-adapter.ts")).newAdapter(host, name)));
  withJson(program, "schema <name>", "print a JSON Schema: of config, plan or apply").action((name: string) =>
    perform(async () => (await import("./commands/schema.ts")).schema(name)),
  );
  withJson(program, "sandbox", "run the simulated gateways on loopback until it is ended")
    .option("--port-base <number>", "the first gateway's port; the others follow", parsePort)
    .option("--seed <file>", "what the gateways hold: YAML or JSON with seed, switches, faults")
    .action((options) =>
      perform(async (format) => (await import("./commands/sandbox.ts")).sandbox(host, format, options)),
    );
  withJson(program, "demo", "plan, apply, verify and rotate against simulated gateways; needs nothing").action(() =>
    perform(async () => (await import("./commands/demo.ts")).demo(host)),
  );
}

function withJson(program: Command, usage: string, description: string): Command {
  return program.command(usage).description(description).option("--json", "print pure JSON on standard output");
}

function onConfig(program: Command, usage: string, description: string): Command {
  return withJson(program, usage, description).option(
    "--config <path>",
    `a config file, or a folder of them; repeatable (default: ${DEFAULT_CONFIG})`,
    collect,
  );
}

const usageError = (option: string, message: string) => new ConfigError("invalid", [fileProblem(option, message)]);

const collect = (value: string, earlier: readonly string[] = []) => [...earlier, value];

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_500) return port;
  throw new InvalidArgumentError("expected a port from 1 to 65500");
}
