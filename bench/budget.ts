import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ngrok } from "gatefold/adapters/ngrok";
import { checkedConfig, inFolder, KEY, opened, withPlan } from "./changes.ts";
import type { Measurement } from "./row.ts";

const CHANGES = 1000;
const LIMIT = { requests: 20, perMs: 1000 };
// The first windows fill up while nobody knows yet how far away the vendor is.
const WARM_UP_MS = 3000;
const OLD_KEY = "sk-bench-old-key-2026";

/** A vendor as it limits an account, and how far away it is. */
const vendors = [
  { window: "rolling", fromMs: 90, toMs: 110 },
  { window: "fixed", fromMs: 90, toMs: 110 },
  { window: "rolling", fromMs: 280, toMs: 300 },
  { window: "rolling", fromMs: 100, toMs: 300 },
] as const;
type Vendor = (typeof vendors)[number];

/** How much of an account's budget a long apply uses, and how often it is refused: each vendor in its own process, all at once. */
export const measureBudget: Measurement = () =>
  inFolder(async (folder) =>
    Promise.all(
      vendors.map(async (vendor, index) => {
        const { rate, refused } = await use(vendor, join(folder, `journal-${index}`));
        return {
          what: `budget use: ${CHANGES} changes, ${LIMIT.requests}/s in a ${vendor.window} window, answers in ${vendor.fromMs} to ${vendor.toMs} ms`,
          ours: `${rate.toFixed(2)} answered/s; ${(refused * 100).toFixed(2)} % refused`,
          against: `the limit: ${LIMIT.requests}/s`,
          ratio: (rate / LIMIT.requests).toFixed(3),
          goal: "≥ 0.95; ≤ 1 % refused",
          isReached: rate / LIMIT.requests >= 0.95 && refused <= 0.01,
        };
      }),
    ),
  );

async function use(vendor: Vendor, file: string): Promise<{ readonly rate: number; readonly refused: number }> {
  const server = fork(fileURLToPath(new URL("./budget.mjs", import.meta.url)), [SERVE, JSON.stringify(vendor)]);
  const [port]: unknown[] = await once(server, "message");
  const ids = Array.from({ length: CHANGES }, (_, index) => `aigpk_${index}`);
  const settings = {
    token: "env:NGROK_TOKEN",
    baseUrl: `http://127.0.0.1:${port}`,
    concurrency: 16,
    rateLimit: LIMIT,
  };
  const fields = { name: "New", ...KEY };
  const checked = checkedConfig([{ name: "account", adapter: ngrok, settings, ids, fields }]);
  const connections = await opened(checked, { NGROK_TOKEN: "bench-token-0123456789" });
  await withPlan(checked, connections, file, async (_planned, apply) => {
    const { rows } = await apply();
    if (rows.some(({ status }) => status !== "done")) throw new Error("not everything was done");
  });
  server.send("end");
  const [answers]: unknown[] = await once(server, "message");
  server.disconnect();
  return figuresOf(answers as readonly Answer[]);
}

/** When a write was answered, and whether it was refused. */
type Answer = readonly [at: number, isRefused: boolean];

/** Of the writes between the warm-up and the end. */
function figuresOf(answers: readonly Answer[]) {
  const [first = 0] = answers.map(([at]) => at);
  const warm = answers.filter(([at]) => at >= first + WARM_UP_MS);
  const taken = warm.filter(([, isRefused]) => !isRefused);
  const [begin = 0, end = 0] = [warm[0]?.[0], taken.at(-1)?.[0]];
  return { rate: (taken.length - 1) / ((end - begin) / 1000), refused: 1 - taken.length / warm.length };
}

const SERVE = "--serve";

function serve({ window, fromMs, toMs }: Vendor): void {
  const answers: Answer[] = [];
  let counted: number[] = [];
  const secondOf = (moment: number) => Math.floor(moment / LIMIT.perMs);
  const admits = (now: number) => {
    counted = counted.filter((at) => (window === "rolling" ? now - at < LIMIT.perMs : secondOf(at) === secondOf(now)));
    if (counted.length >= LIMIT.requests) return false;
    counted.push(now);
    return true;
  };
  const server = createServer(async (request, response) => {
    // Half of the way there, half of it back: each takes as long as it does.
    const half = () => wait((fromMs + Math.random() * (toMs - fromMs)) / 2);
    request.resume();
    await half();
    const isAdmitted = admits(performance.now());
    await half();
    if (request.method !== "GET") answers.push([performance.now(), !isAdmitted]);
    response.setHeader("content-type", "application/json");
    const id = request.url?.split("/").find((part) => part.startsWith("aigpk_"));
    if (isAdmitted) response.end(JSON.stringify(id === undefined ? list() : shown(id, "New")));
    else response.writeHead(429, { "retry-after": "1" }).end(JSON.stringify({ msg: "too many requests" }));
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("message", () => process.send?.(answers));
  process.on("disconnect", () => process.exit());
}

function shown(id: string, name: string) {
  const at = "2024-01-15T10:30:00Z";
  return { id, providerId: "openai", name, keyRedacted: `${OLD_KEY.slice(0, 3)}…`, createdAt: at, updatedAt: at };
}

const list = () => ({
  aiGatewayProviderKeys: Array.from({ length: CHANGES }, (_, index) => shown(`aigpk_${index}`, "Old")),
  nextPageUri: null,
});

const [, , command, vendor = ""] = process.argv;
if (command === SERVE) serve(JSON.parse(vendor));
