import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import pino from "pino";
import { ngrok } from "../adapters/ngrok/index.ts";
import { type Gateway, type Hooks, type Logger, type Secret, secret } from "../src/index.ts";
import { openTelemetry } from "../src/opentelemetry/index.ts";

/**
 * What it costs to watch a gateway: processor time of this process for one update over HTTP on loopback, whose server is another
 * process. Every way of watching has its turn in every round. Shown are the median over the rounds, its ratio to that of the first
 * row, and the lowest and the highest of this ratio in five parts of the run: differences within that spread mean nothing.
 *
 *   npm run bench -- [--base FOLDER] [--rounds N]
 *
 * `--base` is a checkout of another version with its node_modules: then only the two, both unwatched, are measured against each
 * other. Among the rest its code would run a tenth as often as ours, and be optimised less.
 */

// Short turns: what slows the machine down for a while strikes all alike.
const UPDATES = 25;
const PARTS = 5;
const key = { id: "a", providerId: "openai", name: "N", keyRedacted: "sk-…", createdAt: "2024-01-15T10:30:00Z" };
const REPLY = JSON.stringify({ ...key, updatedAt: key.createdAt });

if (process.argv[2] === "serve") serve();
else void measure();

function serve(): void {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end(REPLY));
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit());
}

async function measure(): Promise<void> {
  const server = fork(__filename, ["serve"], { execArgv: ["--require", "esbuild-register"] });
  const [port]: unknown[] = await once(server, "message");
  const settings = { baseUrl: `http://127.0.0.1:${port}`, token: secret("bench-token-0123456789") };
  const gateways = gatewaysOf(settings);
  const times = new Map([...gateways.keys()].map((name) => [name, [] as number[]]));
  const rounds = Number(option("--rounds") ?? 200);
  for (const gateway of gateways.values()) await timeOf(gateway);
  for (let round = 0; round < rounds; round++) {
    const order = [...gateways];
    // Whoever comes after a costly one may pay for its garbage: everybody takes every place.
    const turned = [...order.slice(round % order.length), ...order.slice(0, round % order.length)];
    for (const [name, gateway] of turned) times.get(name)?.push(await timeOf(gateway));
  }
  server.disconnect();
  print(times);
}

function gatewaysOf(settings: { readonly baseUrl: string; readonly token: Secret }): Map<string, Gateway<string>> {
  const base = option("--base");
  if (base !== undefined) {
    const other: { ngrok: typeof ngrok } = require(join(resolve(base), "adapters/ngrok/index.ts"));
    return new Map([
      ["the other version", other.ngrok(settings)],
      ["this version", ngrok(settings)],
    ]);
  }
  const open = (more: { readonly hooks?: Hooks; readonly logger?: Logger }) => ngrok({ ...settings, ...more });
  const nowhere = { write: () => undefined };
  const counted = { requests: 0 };
  const counting: Hooks = {
    onRequest: () => {
      counted.requests += 1;
    },
  };
  const sdk = new BasicTracerProvider({
    spanProcessors: [new BatchSpanProcessor({ export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return new Map([
    ["no hooks", open({})],
    ["no hooks, again", open({})],
    ["hooks: {}", open({ hooks: {} })],
    ["a hook that counts", open({ hooks: counting })],
    ["pino, silent", open({ logger: pino({ level: "silent" }, nowhere) })],
    ["pino, info", open({ logger: pino({ level: "info" }, nowhere) })],
    ["pino, debug", open({ logger: pino({ level: "debug" }, nowhere) })],
    ["OpenTelemetry without an SDK", open({ hooks: openTelemetry() })],
    ["OpenTelemetry with an SDK", open({ hooks: openTelemetry({ tracerProvider: sdk }) })],
  ]);
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Microseconds of processor time for one update. */
async function timeOf(gateway: Gateway<string>): Promise<number> {
  const before = process.cpuUsage();
  for (let update = 0; update < UPDATES; update++) await gateway.update("a", { name: "N", description: "D" });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / UPDATES;
}

function print(times: ReadonlyMap<string, readonly number[]>): void {
  const [unwatched = []] = times.values();
  const ratioOf = (own: readonly number[], from = 0, to = own.length) =>
    median(own.slice(from, to)) / median(unwatched.slice(from, to));
  const rows = [...times].map(([name, own]) => {
    const part = Math.ceil(own.length / PARTS);
    const ratios = Array.from({ length: PARTS }, (_, index) => ratioOf(own, index * part, (index + 1) * part));
    const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
    return [name, median(own).toFixed(0), ratioOf(own).toFixed(3), spread];
  });
  const table = [["one update", "µs", "ratio", "spread"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
