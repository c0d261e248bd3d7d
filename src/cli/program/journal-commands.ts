import type { Command } from "commander";
import type { Host } from "../host.ts";
import { onConfig, type Perform } from "./parts.ts";

export function addJournalCommands(program: Command, host: Host, perform: Perform): void {
  const journal = program.command("journal").description("look at the record of every change");
  const onJournal = (usage: string, description: string) =>
    onConfig(journal, usage, description).option("--journal <file>", "the journal, in place of the config's");
  onJournal("verify", "check that nothing in it was changed or taken out")
    .option("--head <hash>", "a head that was noted before: it must still be there")
    .action((options) => perform(async () => (await import("../commands/journal.ts")).journalVerify(host, options)));
  onJournal("show", "show who changed what, when, and why")
    .option("--gateway <names...>", "only these gateways")
    .option("--provider <names...>", "only these providers")
    .option("--since <time>", "a time in ISO 8601, or so long back: 24h, 7d")
    .action((options) => perform(async () => (await import("../commands/journal.ts")).journalShow(host, options)));
}
