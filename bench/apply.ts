import { join } from "node:path";
import { ngrok } from "gatefold/adapters/ngrok";
import { checkedConfig, inFolder, inProcess, KEY, withPlan } from "./changes.ts";
import { appendAll, countDisk } from "./disk.ts";
import { takeTurns } from "./rounds.ts";
import type { Measurement } from "./row.ts";

const CHANGES = 10_000;
const ROUNDS = 3;

/** What the journal's promise costs: an apply to gateways that take no time, against nothing but its waits for the disk. */
export const measureApply: Measurement = () =>
  inFolder(async (folder) => {
    const ids = Array.from({ length: CHANGES }, (_, index) => `aigpk_${index}`);
    const checked = checkedConfig([
      {
        name: "account",
        adapter: ngrok,
        settings: { token: "env:NGROK_TOKEN" },
        ids,
        fields: { name: "New", ...KEY },
      },
    ]);
    const connections = inProcess(checked);
    let [groups, waitedShare, processorShare]: [readonly number[], number, number] = [[], 0, 0];
    let runs = 0;
    const apply = async () => {
      runs += 1;
      const file = join(folder, `journal-${runs}`);
      return withPlan(checked, connections, file, async (_planned, carryOut) => {
        const processor = process.cpuUsage();
        const begin = performance.now();
        const disk = await countDisk(join(folder, "probe"), async () => {
          const { rows } = await carryOut();
          if (rows.some(({ status }) => status !== "done")) throw new Error("not everything was done");
        });
        const took = performance.now() - begin;
        const { user, system } = process.cpuUsage(processor);
        groups = disk.groups;
        waitedShare = disk.waitedMs / took;
        processorShare = (user + system) / CHANGES;
        return took;
      });
    };
    await apply();
    const rounds = await takeTurns(ROUNDS, {
      apply,
      "the same appends": () => appendAll(join(folder, "appends"), groups),
    });
    const perWait = CHANGES / groups.length;
    const seconds = (name: "apply" | "the same appends") => `${(rounds.median(name) / 1000).toFixed(2)} s`;
    return [
      {
        what: `apply of ${CHANGES} changes, gateways that take no time`,
        ours: `${seconds("apply")}; ${processorShare.toFixed(0)} µs of processor time a change; ${(waitedShare * 100).toFixed(0)} % waiting for the disk; ${perWait.toFixed(1)} changes a wait`,
        against: `the same bytes on the disk in as many waits: ${seconds("the same appends")}`,
        ratio: rounds.ratio("apply", "the same appends").toFixed(2),
        spread: rounds.spread("apply", "the same appends"),
      },
    ];
  });
