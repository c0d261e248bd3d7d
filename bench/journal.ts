import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Happening, JournalState, openJournal, readJournal, runtimeOf } from "gatefold/sync";
import { inFolder } from "./changes.ts";
import { processorTime, takeTurns } from "./rounds.ts";
import type { Measurement } from "./row.ts";

const LINES = 100_000;
const ROUNDS = 3;
const GOAL = 4;

/** What every plan with a journal begins with: its lines read, checked and taken in, against their bare JSON and hashes. */
export const measureJournal: Measurement = () =>
  inFolder(async (folder) => {
    const file = join(folder, "journal");
    await fill(file);
    const ours = async () => {
      const events = await readJournal(file);
      new JournalState(events ?? []);
      if (events?.length !== LINES) throw new Error("not every line was read");
    };
    const bare = async () => {
      for (const line of (await readFile(file, "utf8")).split("\n")) {
        if (line === "") continue;
        JSON.parse(line);
        hash("sha256", line);
      }
    };
    const rounds = await takeTurns(ROUNDS, {
      ours: () => processorTime(LINES, ours),
      bare: () => processorTime(LINES, bare),
    });
    const ratio = rounds.ratio("ours", "bare");
    const figure = (name: "ours" | "bare") => {
      const perLine = rounds.median(name);
      return `${((perLine * LINES) / 1e6).toFixed(2)} s of processor time, ${perLine.toFixed(1)} µs a line`;
    };
    return [
      {
        what: `reading a journal of ${LINES} lines`,
        ours: figure("ours"),
        against: `JSON.parse and SHA-256 of the same lines: ${figure("bare")}`,
        ratio: ratio.toFixed(2),
        spread: rounds.spread("ours", "bare"),
        goal: `≤ ${GOAL} ×`,
        isReached: ratio <= GOAL,
      },
    ];
  });

/** Writes of name and key, as many as there are lines for, each with its outcome. */
async function fill(file: string): Promise<void> {
  const journal = await openJournal(file, runtimeOf(process, "bench"), { command: "apply" });
  const lines = Array.from({ length: LINES }, (_, index) => {
    return journal.append(index % 2 === 0 ? intentOf(index) : outcomeOf(index));
  });
  await Promise.all(lines);
  await journal.close();
}

const intentOf = (index: number): Happening => ({
  type: "intent",
  object: { gateway: "account", adapter: "ngrok", baseUrl: null, id: `aigpk_${index}` },
  provider: `account-${index}`,
  fields: ["name", "credential"],
  fingerprints: {
    credential: `keyed:0123456789ab:${hash("sha256", `credential ${index}`)}`,
    name: `plain:${hash("sha256", `name ${index}`)}`,
  },
  before: { hint: "sk-…2025", updatedAt: "2026-01-01T00:00:00.000Z" },
  timeoutMs: 30_000,
});

const outcomeOf = (intent: number): Happening => ({
  type: "outcome",
  intent,
  status: "done",
  applied: ["name", "credential"],
  after: { hint: "sk-…2026", updatedAt: "2026-01-01T00:00:01.000Z" },
});
