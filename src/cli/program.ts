import { Command, CommanderError, InvalidArgumentError } from "commander";
import { VERSION } from "../kit/version.ts";
import { EXIT, type ExitCode } from "../sync/index.ts";
import type { Host } from "./host.ts";
import { printError, printReport, type Report } from "./output.ts";

const EXIT_CODES = `
Exit codes: 0 clean or done, 1 error, 2 changes present, 3 refused for safety, 4 partly applied,
5 credentials missing or refused, 6 the plan is stale, 8 cancelled.`;

/** Runs one command line. Never throws; what happened is the exit code and what was printed. */
export async function run(argv: readonly string[], host: Host): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  // Known before the options are parsed, so that a wrong option is reported as JSON too.
  const json = argv.includes("--json");
  const program = createProgram(host, async (work) => {
    const result = await work(json);
    if (typeof result === "number") {
      exit = result;
      return;
    }
    exit = result.exit;
    printReport(host, json, result);
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0 && json)
        host.stdout(`${JSON.stringify({ error: { name: "UsageError", message: error.message } })}\n`);
      return error.exitCode === 0 ? EXIT.done : EXIT.error;
    }
    return printError(host, json, error);
  }
}

/** Runs a command's work: what it gives is printed in the end, but for a command that prints as it goes. */
type Perform = (work: (json: boolean) => Promise<Report | ExitCode>) => Promise<void>;

// Commands are loaded when they run: `--version` needs neither an HTTP client nor a YAML parser.
function createProgram(host: Host, perform: Perform): Command {
  const program = new Command("gatefold")
    .description("One contract over many AI gateways: keeps upstream providers in line with one file.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr })
    .addHelpText("after", EXIT_CODES)
    .showSuggestionAfterError();
  const command = (usage: string, description: string) =>
    program.command(usage).description(description).option("--json", "print pure JSON on standard output");
  const onConfig = (usage: string, description: string) =>
    command(usage, description).option("--config <file>", "the config file", "gatefold.yaml");
  const onGateways = (usage: string, description: string) =>
    onConfig(usage, description)
      .option("--gateway <names...>", "only these gateways")
      .option("--provider <names...>", "only these providers")
      .option("--tag <names...>", "only providers with one of these tags")
      .option("--write-unverified", "also write what the gateways do not show, keys above all")
      .option("--trust-config", "run the file's exec: commands, and send tokens to the hosts it names");

  onConfig("validate", "check the config; needs no token, no key and no network").action((options) =>
    perform(async () => (await import("./commands/validate.ts")).validate(host, options)),
  );
  onGateways("plan", "show what an apply would write; reads only").action((options) =>
    perform(async () => (await import("./commands/plan.ts")).plan(host, options)),
  );
  onGateways("apply", "make the gateways match the config").action((options) =>
    perform(async () => (await import("./commands/apply.ts")).apply(host, options)),
  );
  onConfig("explain <target> <id> <update>", "show the requests that an update would make; sends nothing")
    .option("--settings <yaml>", "settings of the adapter, where the target is an adapter")
    .addHelpText(
      "after",
      "\nThe target is an adapter or a gateway of the config. The update is YAML or JSON, or a file that holds it:\n" +
        "  gatefold explain my-gateway 123 '{name: New, credential: {scheme: api_key, apiKey: env:KEY}}'",
    )
    .action((target: string, id: string, update: string, options) =>
      perform(async () => (await import("./commands/explain.ts")).explain(host, { target, id, update }, options)),
    );
  command("capabilities [adapter]", "show what the adapters can do").action((name: string | undefined) =>
    perform(async () => (await import("./commands/capabilities.ts")).capabilities(host, name)),
  );
  command("sandbox", "run the simulated gateways on loopback until it is ended")
    .option("--port-base <number>", "the first gateway's port; the others follow", parsePort)
    .option("--seed <file>", "what the gateways hold: YAML or JSON with seed, switches, faults")
    .action((options) => perform(async (json) => (await import("./commands/sandbox.ts")).sandbox(host, json, options)));
  command("demo", "plan, apply and verify against simulated gateways; needs nothing").action(() =>
    perform(async () => (await import("./commands/demo.ts")).demo(host)),
  );
  return program;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_500) return port;
  throw new InvalidArgumentError("expected a port from 1 to 65500");
}
