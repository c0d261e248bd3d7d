import { Agent } from "node:http";
import axios from "axios";
import { secret } from "gatefold";
import { ngrok } from "gatefold/adapters/ngrok";
import { Pool } from "undici";
import { startServer } from "./loopback.ts";
import { processorTime, takeTurns } from "./rounds.ts";
import type { Measurement } from "./row.ts";

const IN_FLIGHT = 16;
const UPDATES = 20 * IN_FLIGHT;
const ROUNDS = 60;
const TOKEN = "bench-token-0123456789";
const PATH = "/provider-keys/a";
const UPDATE = { name: "N", description: "D" };
const REPLY = JSON.stringify({
  id: "a",
  providerId: "openai",
  name: "N",
  keyRedacted: "sk-…",
  createdAt: "2024-01-15T10:30:00Z",
  updatedAt: "2024-01-15T10:30:00Z",
});
const GOAL = 0.8;

/** What an update costs in processor time, against the same request by a plain client that checks nothing. */
export const measureTransport: Measurement = async () => {
  const server = await startServer(REPLY);
  const gateway = ngrok({ baseUrl: server.url, token: secret(TOKEN) });
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const client = axios.create({ baseURL: server.url, headers, httpAgent: new Agent({ keepAlive: true }) });
  const pool = new Pool(server.url, { connections: IN_FLIGHT });
  const content = { ...headers, "content-type": "application/json" };
  const turn = (send: () => Promise<unknown>) => () => processorTime(UPDATES, () => inFlight(send));
  const turns = {
    gatefold: turn(() => gateway.update("a", UPDATE)),
    axios: turn(() => client.patch(PATH, UPDATE)),
    undici: turn(async () => {
      const request = { method: "PATCH", path: PATH, headers: content, body: JSON.stringify(UPDATE) } as const;
      return (await pool.request(request)).body.json();
    }),
  };
  for (const warmUp of Object.values(turns)) for (let time = 0; time < 10; time++) await warmUp();
  const rounds = await takeTurns(ROUNDS, turns);
  await pool.close();
  server.close();
  const against = (base: "axios" | "undici", label: string) => ({
    what: `processor time of an update, ${IN_FLIGHT} in flight`,
    ours: `${rounds.median("gatefold").toFixed(0)} µs`,
    against: `${label}: ${rounds.median(base).toFixed(0)} µs`,
    ratio: rounds.ratio("gatefold", base).toFixed(2),
    spread: rounds.spread("gatefold", base),
  });
  const isReached = rounds.ratio("gatefold", "axios") <= GOAL;
  return [
    { ...against("axios", "the same PATCH by axios"), goal: `≤ ${GOAL} ×`, isReached },
    against("undici", "the same PATCH by undici.request"),
  ];
};

/** Sends everything, so many at a time. */
async function inFlight(send: () => Promise<unknown>): Promise<void> {
  let left = UPDATES;
  const worker = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}
