import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { takeTurns } from "./rounds.ts";
import type { Measurement, Row } from "./row.ts";

const ROUNDS = 15;
const PROVIDERS = 10;

interface Start {
  readonly what: string;
  readonly parameters: readonly string[];
  /** What it is held against, and how much longer it may take; absent where it is a floor itself. */
  readonly against?: { readonly name: string; readonly goal: number };
}

/** What it takes to start: fresh processes, by the wall clock and by processor time. */
export const measureStart: Measurement = async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatefold-bench-"));
  writeFileSync(join(folder, "gatefold.yaml"), configOf(PROVIDERS));
  const manifest = createRequire(import.meta.url).resolve("gatefold/package.json");
  const root = dirname(manifest);
  const cli = join(root, "dist", "cli.mjs");
  const esm = (code: string) => ["--input-type=module", "-e", code];
  const starts: Readonly<Record<string, Start>> = {
    nothing: { what: "node -e 0", parameters: ["-e", "0"] },
    version: {
      what: "gatefold --version",
      parameters: [cli, "--version"],
      against: { name: "nothing", goal: 1.6 },
    },
    validate: {
      what: `gatefold validate of ${PROVIDERS} providers on 3 gateways`,
      parameters: [cli, "validate", "--config", join(folder, "gatefold.yaml")],
      against: { name: "nothing", goal: 3 },
    },
    "bare import": { what: "import axios and zod", parameters: esm('import "axios"; import "zod";') },
    import: {
      what: 'import "gatefold/adapters/respan"',
      parameters: esm('import "gatefold/adapters/respan";'),
      against: { name: "bare import", goal: 1.15 },
    },
    "bare require": { what: "require axios and zod", parameters: ["-e", 'require("axios"); require("zod");'] },
    require: {
      what: 'require("gatefold/adapters/respan")',
      parameters: ["-e", 'require("gatefold/adapters/respan");'],
      against: { name: "bare require", goal: 1.15 },
    },
  };
  const processor = new Map<string, number>();
  const turns = Object.fromEntries(
    Object.entries(starts).map(([name, { parameters }]) => [
      name,
      async () => {
        const before = childrensTime();
        const from = performance.now();
        const { status, stderr } = spawnSync(process.execPath, parameters, { cwd: root, encoding: "utf8" });
        const wall = performance.now() - from;
        if (status !== 0) throw new Error(`${name}: ${stderr}`);
        processor.set(name, (processor.get(name) ?? 0) + childrensTime() - before);
        return wall;
      },
    ]),
  );
  const rounds = await takeTurns(ROUNDS, turns);
  rmSync(folder, { recursive: true });
  return Object.entries(starts).flatMap(([name, { what, against }]): Row[] => {
    const floor = against && starts[against.name];
    if (against === undefined || floor === undefined) return [];
    const ratio = rounds.ratio(name, against.name);
    const busy = (processor.get(name) ?? 0) / (processor.get(against.name) ?? 0);
    return [
      {
        what,
        ours: `${rounds.median(name).toFixed(0)} ms`,
        against: `${floor.what}: ${rounds.median(against.name).toFixed(0)} ms`,
        ratio: `${ratio.toFixed(2)}${Number.isFinite(busy) ? `; processor time ${busy.toFixed(2)}` : ""}`,
        spread: rounds.spread(name, against.name),
        goal: `≤ ${against.goal} ×`,
        isReached: ratio <= against.goal,
      },
    ];
  });
};

/** A config in which each provider is at three gateways. */
function configOf(providers: number): string {
  const entries = Array.from({ length: providers }, (_, index) => {
    const uuid = `4f8b2a3c-12ee-4d92-9c7b-${String(index).padStart(12, "0")}`;
    return `  openai-${index}:
    name: OpenAI ${index}
    credential: { scheme: api_key, apiKey: env:OPENAI_API_KEY }
    gateways:
      respan-prod: { id: ${index + 1}, baseUrl: https://api.openai.com/v1 }
      barndoor-prod: { id: ${uuid}, requestTimeout: 60 }
      ngrok-prod: { id: aigpk_${index}, metadata: { team: ml } }
`;
  });
  return `version: 1
gateways:
  respan-prod: { adapter: respan, token: env:RESPAN_API_KEY }
  barndoor-prod: { adapter: barndoor, baseUrl: https://acme.platform.barndoor.ai/api/llm-gateway, token: env:BARNDOOR_TOKEN }
  ngrok-prod: { adapter: ngrok, token: env:NGROK_AI_API_KEY }
providers:
${entries.join("")}`;
}

/** Processor time of the child processes that ended, in ticks of the system; not a number where it does not tell. */
function childrensTime(): number {
  try {
    const [, fields = ""] = readFileSync("/proc/self/stat", "utf8").split(") ");
    const [user, system] = fields.split(" ").slice(13, 15).map(Number);
    return (user ?? Number.NaN) + (system ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}
