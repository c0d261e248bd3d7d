import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type Gateway, type Hooks, type Logger, secret } from "gatefold";
import { ngrok } from "gatefold/adapters/ngrok";
import { openTelemetry } from "gatefold/opentelemetry";
import pino from "pino";
import { startServer } from "./loopback.ts";
import { processorTime, takeTurns } from "./rounds.ts";
import type { Measurement } from "./row.ts";

// Short turns: what slows the machine down for a while strikes all alike.
const UPDATES = 25;
const ROUNDS = 100;
const key = { id: "a", providerId: "openai", name: "N", keyRedacted: "sk-…", createdAt: "2024-01-15T10:30:00Z" };
const REPLY = JSON.stringify({ ...key, updatedAt: key.createdAt });
const UNWATCHED = "no hooks";

/** What it costs to watch a gateway: processor time of one update, watched in several ways, against nobody watching. */
export const measureWatching: Measurement = async () => {
  const server = await startServer(REPLY);
  const settings = { baseUrl: server.url, token: secret("bench-token-0123456789") };
  const open = (more: { readonly hooks?: Hooks; readonly logger?: Logger } = {}) => ngrok({ ...settings, ...more });
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
  const gateways: Record<string, Gateway<string>> = {
    [UNWATCHED]: open(),
    "no hooks, again": open(),
    "hooks: {}": open({ hooks: {} }),
    "a hook that counts": open({ hooks: counting }),
    "pino at info": open({ logger: pino({ level: "info" }, nowhere) }),
    "OpenTelemetry with an SDK": open({ hooks: openTelemetry({ tracerProvider: sdk }) }),
  };
  const timeOf = (gateway: Gateway<string>) =>
    processorTime(UPDATES, async () => {
      for (let update = 0; update < UPDATES; update++) await gateway.update("a", { name: "N", description: "D" });
    });
  const turns = Object.fromEntries(Object.entries(gateways).map(([name, gateway]) => [name, () => timeOf(gateway)]));
  for (const gateway of Object.values(gateways)) await timeOf(gateway);
  const rounds = await takeTurns(ROUNDS, turns);
  server.close();
  return Object.keys(gateways)
    .filter((name) => name !== UNWATCHED)
    .map((name) => ({
      what: `watched by: ${name}`,
      ours: `${rounds.median(name).toFixed(0)} µs`,
      against: `${UNWATCHED}: ${rounds.median(UNWATCHED).toFixed(0)} µs`,
      ratio: rounds.ratio(name, UNWATCHED).toFixed(2),
      spread: rounds.spread(name, UNWATCHED),
    }));
};
