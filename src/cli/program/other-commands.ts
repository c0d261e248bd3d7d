import { type Command, InvalidArgumentError } from "commander";
import type { Host } from "../host.ts";
import { collect, DEFAULT_CONFIG, onConfig, type Perform, TRUST_CODE, TRUST_FULLY, withJson } from "./parts.ts";

export function addOtherCommands(program: Command, host: Host, perform: Perform): void {
  withJson(program, "init", "make a config: asks what no flag tells, reads the gateways, shows the first plan")
    .option("--config <file>", "the file to be written, where none is yet", DEFAULT_CONFIG)
    .option("--gateway <name=adapter>", "a gateway, by a name of your own; repeatable", collect)
    .option("--setting <name.key=value>", "a setting of a gateway, its value as in the config; repeatable", collect)
    .option("--token <name=reference>", "where a gateway's token is kept, such as main=env:TOKEN; repeatable", collect)
    .option("--no-import", "leave out what the gateways hold")
    .option("--no-check", "ask no gateway for anything; so nothing is imported")
    .option("--trust-config", TRUST_FULLY)
    .action((options) => perform(async () => (await import("../commands/init.ts")).init(host, options)));
  onConfig(program, "validate", "check the config; needs no token, no key and no network")
    .option("--trust-config", TRUST_CODE)
    .action((options) => perform(async () => (await import("../commands/validate.ts")).validate(host, options)));
  onConfig(program, "import", "write a config from what a gateway holds; reads only")
    .requiredOption("--gateway <name>", "the gateway; the config has its entry")
    .option("--out <file>", "a file that is not there yet; without it the config is printed")
    .option("--all", "also what the config binds already")
    .option("--journal <file>", "the journal, in place of the config's")
    .option("--trust-config", TRUST_FULLY)
    .action((options) => perform(async () => (await import("../commands/import.ts")).importConfig(host, options)));
  onConfig(program, "explain <target> <id> <update>", "show the requests that an update would make; sends nothing")
    .option("--settings <yaml>", "settings of the adapter, where the target is an adapter")
    .option("--trust-config", TRUST_CODE)
    .addHelpText(
      "after",
      "\nThe target is an adapter (a name, a file such as ./my-gateway.js, or a package) or a gateway of the config.\n" +
        "The update is YAML or JSON, or a file that holds it.",
    )
    .action((target: string, id: string, update: string, options) =>
      perform(async () => (await import("../commands/explain.ts")).explain(host, { target, id, update }, options)),
    );
  withJson(program, "capabilities [adapter]", "show what the adapters can do; one may be a file or a package")
    .option("--trust-config", TRUST_CODE)
    .action((name: string | undefined, options) =>
      perform(async () => (await import("../commands/capabilities.ts")).capabilities(host, name, options)),
    );
  withJson(
    program,
    "new-adapter <name>",
    "write a folder with an adapter, its fixture and its test, to start from",
  ).action((name: string) => perform(async () => (await import("../commands/new-adapter.ts")).newAdapter(host, name)));
  withJson(program, "schema <name>", "print a JSON Schema: of the config, or of what a command prints as JSON").action(
    (name: string) => perform(async () => (await import("../commands/schema.ts")).schema(name)),
  );
  withJson(program, "sandbox", "run the simulated gateways on loopback until it is ended")
    .option("--port-base <number>", "the first gateway's port; the others follow", parsePort)
    .option("--seed <file>", "what the gateways hold: YAML or JSON with seed, switches, faults")
    .action((options) =>
      perform(async (format) => (await import("../commands/sandbox.ts")).sandbox(host, format, options)),
    );
  withJson(program, "demo", "plan, apply, verify and rotate against simulated gateways; needs nothing").action(() =>
    perform(async () => (await import("../commands/demo.ts")).demo(host)),
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_500) return port;
  throw new InvalidArgumentError("expected a port from 1 to 65500");
}
