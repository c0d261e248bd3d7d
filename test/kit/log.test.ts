import pino from "pino";
import { isGatewayError, secret } from "../../src/index.ts";
import { type Step, scriptWire } from "../support/wire.ts";
import { maker } from "./maker.ts";

const token = secret("maker-token-0123456789");
const thing = { id: "a", slug: "a", name: "N" };
const some = expect.any(Number);
const update = { adapter: "maker", operation: "update", id: "a" };

/** The lines that pino writes of one update. */
async function linesOf(steps: readonly Step[], settings: object = {}): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const options = {
    level: "trace",
    timestamp: false,
    base: null,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, { write: (line: string) => void lines.push(line) });
  scriptWire("https://maker.example", steps);
  const gateway = maker().open({ token, logger, retry: { attempts: 1 }, ...settings });
  await gateway.update("a", { name: "N" }).catch((error: unknown) => {
    if (!isGatewayError(error)) throw error;
  });
  return lines.map((line) => JSON.parse(line));
}

const request = { ...update, method: "PATCH", path: "/api/things/a", attempt: 1, purpose: "call" };

it("a logger gets a line for each request, reply and change, and for the end", async () => {
  expect(await linesOf([{ method: "PATCH", path: "/api/things/a", reply: thing }])).toStrictEqual([
    { level: "debug", ...request, msg: "maker: PATCH /api/things/a is sent" },
    { level: "debug", ...request, status: 200, durationMs: some, msg: "maker: PATCH /api/things/a was answered 200" },
    { level: "info", ...update, fields: ["name"], notes: [], msg: "maker: update wrote name" },
    { level: "debug", ...update, durationMs: some, msg: "maker: update is done" },
  ]);
});

it("a logger gets a warning of a repetition, and the error that a call ends with", async () => {
  const step = { method: "PATCH", path: "/api/things/a" };
  const lines = await linesOf([
    { ...step, fault: "ECONNRESET" },
    { ...step, status: 400, reply: { error: "no" } },
  ]);
  expect(lines.map(({ level, msg }) => [level, msg])).toStrictEqual([
    ["debug", "maker: PATCH /api/things/a is sent"],
    ["debug", "maker: PATCH /api/things/a had no reply (ECONNRESET)"],
    ["warn", expect.stringMatching(/^maker: PATCH \/api\/things\/a will be sent again in \d+ ms$/)],
    ["debug", "maker: PATCH /api/things/a is sent"],
    ["debug", "maker: PATCH /api/things/a was answered 400"],
    ["error", "update failed: maker: PATCH /things/a was answered 400: no"],
  ]);
  expect(lines.at(-1)).toMatchObject({ ...update, error: { name: "RejectedError", outcome: "unknown" } });
});

it("a logger gets a line of a wait", async () => {
  const lines: [object, string][] = [];
  const nothing = () => undefined;
  const logger = {
    debug: nothing,
    warn: nothing,
    error: nothing,
    info: (...line: [object, string]) => void lines.push(line),
  };
  scriptWire("https://maker.example", Array(2).fill({ method: "GET", path: "/api/things/a", reply: thing }));
  const gateway = maker().open({ token, logger, rateLimit: { requests: 1, perMs: 50 } });
  await Promise.all([gateway.get("a"), gateway.get("a")]);
  expect(lines).toStrictEqual([
    [
      {
        adapter: "maker",
        operation: "get",
        id: "a",
        reason: "budget",
        waitMs: some,
        until: expect.stringMatching(/Z$/),
      },
      expect.stringMatching(/^maker: get waits \d+ ms for the account's rate limit$/),
    ],
  ]);
});
