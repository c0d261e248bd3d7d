import type { Command } from "commander";
import type { Host } from "../host.ts";
import { FORMATS_WITH_PAGE } from "../output.ts";
import { collect, onConfig, type Perform, TRUST_FULLY, usageError, withForms } from "./parts.ts";

export function addSyncCommands(program: Command, host: Host, perform: Perform): void {
  const onGateways = (usage: string, description: string) =>
    onConfig(program, usage, description)
      .option("--gateway <names...>", "only these gateways")
      .option("--provider <names...>", "only these providers")
      .option("--tag <names...>", "only providers with one of these tags")
      .option("--journal <file>", "the journal, in place of the config's")
      .option("--trust-config", TRUST_FULLY);
  const reporting = (command: Command) =>
    withForms(command, ".json, .md, .txt or .html").option(
      "--strict",
      "treat what was possibly changed elsewhere as changed",
    );
  const writing = (command: Command) =>
    command
      .option("--write-unverified", "also write what nothing is known of, keys above all")
      .option("--prune", "also remove what was made or adopted and is gone from the config")
      .option("--allow <limit>", "go beyond a limit: update:GATEWAY=12, remove:GATEWAY=3, key=40; repeatable", collect);

  writing(reporting(onGateways("plan", "show what an apply would write; reads only"))).action((options) =>
    perform(async () => (await import("../commands/plan.ts")).plan(host, options), options.out, FORMATS_WITH_PAGE),
  );
  reporting(onGateways("drift", "show where gateways and config differ, for a cron job; reads only")).action(
    (options) =>
      perform(async () => (await import("../commands/plan.ts")).drift(host, options), options.out, FORMATS_WITH_PAGE),
  );
  writing(reporting(onGateways("apply [plan]", "make the gateways match the config, or carry out a saved plan")))
    .option("--reason <text>", "why, for the journal")
    .option("--write-ids", "write the ids of what was made into the config's files")
    .option("--watch", "apply again and again until it is ended")
    .option("--interval <time>", "with --watch: the pause between two rounds, such as 30s, 5m, 1h", "5m")
    .action((plan: string | undefined, options) =>
      perform(
        async (format) => {
          if (options.watch !== true) return (await import("../commands/apply.ts")).apply(host, plan, options);
          const { parseInterval, watch } = await import("../commands/watch.ts");
          const interval = parseInterval(options.interval);
          if (interval === undefined)
            throw usageError("--interval", "expected a time of at most 24h, such as 30s, 5m, 1h");
          if (plan !== undefined || options.out !== undefined) {
            throw usageError("--watch", "takes neither a saved plan nor --out: it makes a plan in each round");
          }
          return watch(host, format, { ...options, interval });
        },
        options.out,
        FORMATS_WITH_PAGE,
      ),
    );
  onGateways("adopt", "record, without writing, what the gateways have already as the config's own")
    .option("--key", "that they hold the keys that the config refers to")
    .option("--object", "that their objects are the config's, to be removed with their entries; so without --key")
    .option("--reason <text>", "why, for the journal")
    .action((options) => perform(async () => (await import("../commands/adopt.ts")).adopt(host, options)));
  onGateways("report", "write a page for a browser: every provider at every gateway, and what differs; reads only")
    .option("--html <file>", "where the page goes", "gatefold-report.html")
    .option("--strict", "treat what was possibly changed elsewhere as changed")
    .action((options) =>
      perform(async (format) => (await import("../commands/report.ts")).report(host, format, options)),
    );
}
