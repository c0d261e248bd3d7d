import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { medianOf } from "./rounds.ts";
import type { Measurement } from "./row.ts";

const ROUNDS = 3;
const FLEET = 10_000;
const LARGE = 100_000;
const TOKEN = "GATEFOLD_BENCH_TOKEN";

// octoDNS 1.22 on 10,000 zones at three targets that hold nothing and ask nobody, as it was measured once: it is not run here.
const OCTODNS = { seconds: 20.7, megabytes: 162 };
const GOAL = { seconds: 2, megabytes: 160 };
const LARGE_GOAL = { ratio: 11, megabytes: 600 };

/** What a plan took. */
interface Taken {
  /** Processor time of reading the config, checking it, and planning. */
  readonly milliseconds: readonly number[];
  /** The most memory that the process ever held. */
  readonly megabytes: number;
}

/** What a plan costs without a network: processor time and memory of a process that reads a config, checks it, and plans. */
export const measurePlan: Measurement = async () => {
  const directory = await mkdtemp(join(tmpdir(), "gatefold-bench-"));
  const fleet: Taken[] = [];
  try {
    const files = { fleet: await writeConfig(directory, FLEET), large: await writeConfig(directory, LARGE) };
    for (let round = 0; round < ROUNDS; round++) fleet.push(await planOnce(files.fleet, FLEET));
    // Once is enough, and long.
    const large = await planOnce(files.large, LARGE);
    const seconds = { fleet: medianOf(fleet.map(secondsOf)), large: secondsOf(large) };
    const memory = { fleet: medianOf(fleet.map(({ megabytes }) => megabytes)), large: large.megabytes };
    const growth = seconds.large / seconds.fleet;
    return [
      {
        what: `plan, ${count(FLEET)} providers at 3 gateways, no network: processor time (${partsOf(fleet)})`,
        ours: `${seconds.fleet.toFixed(2)} s`,
        against: `octoDNS 1.22, measured apart: ${OCTODNS.seconds} s`,
        ratio: (seconds.fleet / OCTODNS.seconds).toFixed(2),
        goal: `≤ ${GOAL.seconds} s`,
        isReached: seconds.fleet <= GOAL.seconds,
      },
      {
        what: "the same: most memory",
        ours: `${memory.fleet.toFixed(0)} MB`,
        against: `octoDNS 1.22, measured apart: ${OCTODNS.megabytes} MB`,
        ratio: (memory.fleet / OCTODNS.megabytes).toFixed(2),
        goal: `≤ ${GOAL.megabytes} MB`,
        isReached: memory.fleet <= GOAL.megabytes,
      },
      {
        what: `plan, ${count(LARGE)} providers at 3 gateways: processor time (${partsOf([large])})`,
        ours: `${seconds.large.toFixed(1)} s`,
        against: `${count(FLEET)} providers: ${seconds.fleet.toFixed(2)} s`,
        ratio: growth.toFixed(1),
        goal: `≤ ${LARGE_GOAL.ratio} ×`,
        isReached: growth <= LARGE_GOAL.ratio,
      },
      {
        what: "the same: most memory",
        ours: `${memory.large.toFixed(0)} MB`,
        against: `${count(FLEET)} providers: ${memory.fleet.toFixed(0)} MB`,
        ratio: (memory.large / memory.fleet).toFixed(1),
        goal: `≤ ${LARGE_GOAL.megabytes} MB`,
        isReached: memory.large <= LARGE_GOAL.megabytes,
      },
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** Plans in a process of its own, and holds that it read everything and found it as described. */
async function planOnce(file: string, providers: number): Promise<Taken> {
  const child = fileURLToPath(new URL("./plan-child.mjs", import.meta.url));
  const env = { ...process.env, [TOKEN]: "bench-token-0123456789" };
  const { stdout } = await promisify(execFile)(process.execPath, [child, file], { env });
  const { unchanged, ...taken }: Taken & { unchanged: number } = JSON.parse(stdout);
  if (unchanged !== 3 * providers) throw new Error(`${unchanged} of ${3 * providers} objects are as described`);
  return taken;
}

async function writeConfig(directory: string, providers: number): Promise<string> {
  const token = `env:${TOKEN}`;
  const gateways = {
    respan: { adapter: "respan", token },
    barndoor: { adapter: "barndoor", baseUrl: "https://acme.platform.barndoor.ai", token },
    ngrok: { adapter: "ngrok", token },
  };
  const entries = Array.from({ length: providers }, (_, index) => {
    const digits = String(index + 1).padStart(12, "0");
    const bound = {
      respan: { id: index + 1 },
      barndoor: { id: `4f8b2a3c-12ee-4d92-9c7b-${digits}` },
      ngrok: { id: `aigpk_${digits}` },
    };
    const credential = { scheme: "api_key", apiKey: `env:KEY_${index + 1}` };
    return [`provider-${index + 1}`, { name: `Provider ${index + 1}`, credential, gateways: bound }];
  });
  const file = join(directory, `${providers}.json`);
  await writeFile(file, JSON.stringify({ version: 1, gateways, providers: Object.fromEntries(entries) }), {
    mode: 0o600,
  });
  return file;
}

function partsOf(taken: readonly Taken[]): string {
  const part = (index: number) =>
    medianOf(taken.map(({ milliseconds }) => milliseconds[index] ?? Number.NaN)).toFixed(0);
  return `config ${part(0)} ms, check ${part(1)} ms, plan ${part(2)} ms`;
}

const secondsOf = ({ milliseconds }: Taken) => milliseconds.reduce((total, part) => total + part, 0) / 1000;
const count = (number: number) => number.toLocaleString("en-US");
