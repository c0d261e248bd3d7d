import { type Command, Option } from "commander";
import type { Host } from "../host.ts";
import { collect, onConfig, type Perform, TRUST_FULLY, usageError, withForms } from "./parts.ts";

export function addRotateCommand(program: Command, host: Host, perform: Perform): void {
  withForms(onConfig(program, "rotate [providers...]", "change a key at every gateway that holds it, or at none"))
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
        const { parseInterval } = await import("../commands/watch.ts");
        const probeWithinMs = parseInterval(options.probeWithin);
        if (probeWithinMs === undefined) throw usageError("--probe-within", "expected a time such as 30s, 5m, 1h");
        const { rotate } = await import("../commands/rotate.ts");
        return rotate(host, providers, { ...options, probeWithinMs });
      }, options.out),
    );
}
