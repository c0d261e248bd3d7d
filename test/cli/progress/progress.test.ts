import type { Host } from "../../../src/cli/host.ts";
import { canDraw, watched } from "../../../src/cli/progress/progress.ts";
import type { Operation } from "../../../src/index.ts";
import type { ProgressEvent } from "../../../src/sync/index.ts";
import fc from "../../support/property.ts";
import { testRuntime } from "../../support/sync.ts";
import { Terminal } from "../../support/terminal.ts";

const START = Date.parse("2026-11-22T14:05:00.000Z");
/** A time of day as it is where the tests run. */
const clock = (at: number) => new Date(at).toTimeString().slice(0, 8);
const operation: Operation = { adapter: "acme", name: "get", id: "one" };
const request = {
  operation,
  method: "GET",
  url: "https://acme.example/one",
  headers: {},
  attempt: 1,
  purpose: "call",
} as const;

/** A host whose clock and whose frames a test moves on by hand. */
function startWatching({ columns = 80, ...different }: Partial<Omit<Host, "columns">> & { columns?: number } = {}) {
  const terminal = new Terminal(columns);
  let now = START;
  let tick: (() => void) | undefined;
  const { host, end, quieten } = watched({
    stdout: terminal.write,
    stderr: terminal.write,
    isTerminal: true,
    isErrorTerminal: true,
    columns: () => terminal.columns,
    every: (_milliseconds, work) => {
      tick = work;
      return () => {
        tick = undefined;
      };
    },
    environment: {},
    workingDirectory: "/",
    runtime: testRuntime({ now: () => now }),
    signal: new AbortController().signal,
    force: new AbortController().signal,
    ...different,
  });
  /** So many milliseconds later. */
  const later = (milliseconds: number) => {
    now += milliseconds;
    tick?.();
    return terminal.screen;
  };
  const tell = (event: ProgressEvent) => host.onProgress?.(event);
  const read = (done: number, total = 200, gateway = "acme-prod") =>
    tell({ kind: "work", gateway, work: "read", done, total });
  const hooks = (gateway = "acme-prod") => host.hooksFor?.(gateway)[0] ?? {};
  return { terminal, host, end, quieten, later, tell, read, hooks, at: (milliseconds: number) => now + milliseconds };
}

describe("progress on a terminal", () => {
  it("shows what each gateway is at, its rate, and what is left", () => {
    const { later, read, tell, hooks } = startWatching();
    read(0, 1000);
    tell({ kind: "work", gateway: "other", work: "write", done: 3, total: 7 });
    expect(later(1000)).toBe("acme-prod  reading 0/1,000\nother      changing 3/7");
    for (let sent = 0; sent < 40; sent++) hooks().onRequest?.(request);
    read(250, 1000);
    expect(later(20_000).split("\n")[0]).toBe("acme-prod  reading 250/1,000 · 120 requests/min · about 63 s left");
    expect(later(50_000).split("\n")[0]).toBe("acme-prod  reading 250/1,000 · about 4 min left");
  });

  it.each([
    ["its own rate limit", "budget", "waits for its rate limit"],
    ["the vendor's", "vendor", "the vendor asked to wait"],
  ] as const)("says that a gateway waits for %s, and until when", (_title, reason, words) => {
    const { later, read, hooks, at } = startWatching();
    read(60);
    later(1000);
    const until = at(22_000);
    hooks().onWait?.({ operation, waitMs: 22_000, until: new Date(until).toISOString(), reason });
    expect(later(0)).toBe(`acme-prod  reading 60/200 · ${words} until ${clock(until)} (22 s)`);
    expect(later(21_000)).toBe(`acme-prod  reading 60/200 · ${words} until ${clock(until)} (1 s)`);
    expect(later(1000)).toContain("reading 60/200 · about ");
  });

  it("says when a request is sent again, and after what", () => {
    const { later, hooks, at } = startWatching();
    hooks().onStart?.(operation);
    const until = at(9000);
    const retry = { request, waitMs: 9000, until: new Date(until).toISOString(), isStated: true };
    hooks().onRetry?.({ ...retry, status: 503 });
    expect(later(1000)).toBe(`acme-prod  at work · sends it again after a 503 until ${clock(until)} (8 s)`);
  });

  it.each([
    ["earlier-run", "waits for requests of an earlier run"],
    ["health", "waits for its health probe"],
  ] as const)("says that it waits for %s", (reason, words) => {
    const { later, tell, at } = startWatching();
    const until = at(120_000);
    tell({ kind: "wait", gateway: "acme-prod", reason, until });
    expect(later(20_000)).toBe(`acme-prod  ${words} until ${clock(until)} (2 min)`);
    expect(later(100_000)).toBe("");
  });

  it("forgets a gateway whose work is done, with what it waited for", () => {
    const { later, read, tell, at } = startWatching();
    read(0);
    tell({ kind: "wait", gateway: "acme-prod", reason: "health", until: at(60_000) });
    expect(later(1000)).not.toBe("");
    read(200);
    expect(later(100)).toBe("");
  });

  it("shows seven gateways of more than eight", () => {
    const { later, read } = startWatching();
    for (let number = 1; number <= 12; number++) read(0, 9, `gateway-${number}`);
    const lines = later(1000).split("\n");
    expect(lines).toHaveLength(8);
    expect(lines.slice(-2)).toEqual(["gateway-7  reading 0/9", "and 5 more"]);
  });

  it("shows nothing of a command that ends within a second", () => {
    const { terminal, later, read, end } = startWatching();
    read(0);
    later(900);
    read(200);
    later(500);
    end();
    expect(terminal.written).toBe("");
  });

  it("makes room for whatever is printed, and leaves nothing behind", () => {
    const { terminal, host, later, read, end } = startWatching();
    read(0);
    later(1000);
    host.stderr("warning: something\n");
    expect(terminal.screen).toBe("warning: something");
    read(1);
    expect(later(100)).toBe("warning: something\nacme-prod  reading 1/200");
    host.stdout("the report\n");
    later(100);
    end();
    expect(terminal.screen).toBe("warning: something\nthe report");
    later(100);
    read(2);
    later(100);
    expect(terminal.screen).toBe("warning: something\nthe report");
  });

  it("writes nothing where nothing changed", () => {
    const { terminal, later, read } = startWatching();
    read(0);
    later(1000);
    const { written } = terminal;
    later(100);
    expect(terminal.written).toBe(written);
  });

  it("finds its lines again on a terminal that became narrower", () => {
    const { terminal, later, read, end } = startWatching({ columns: 200 });
    const name = "a".repeat(60);
    read(0, 9, name);
    later(1000);
    terminal.columns = 40;
    // The line is two there, and the terminal's cursor a line lower.
    terminal.write("\n");
    end();
    expect(terminal.screen).toBe("");
  });

  it("never writes a line that is wider than the terminal", () => {
    const event = fc.record({
      gateway: fc.string({ minLength: 1, maxLength: 100 }),
      done: fc.nat(2_000_000),
      total: fc.nat(2_000_000),
      isWaiting: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(20, 40, 80, 200), fc.array(event, { maxLength: 12 }), (columns, events) => {
        const { terminal, later, read, tell, end, at } = startWatching({ columns });
        for (const { gateway, done, total, isWaiting } of events) {
          read(done, total, gateway);
          if (isWaiting) tell({ kind: "wait", gateway, reason: "earlier-run", until: at(done) });
          for (const line of later(1000).split("\n")) expect([...line].length).toBeLessThan(columns);
        }
        end();
        expect(terminal.screen).toBe("");
      }),
    );
  });
});

describe("progress elsewhere", () => {
  const elsewhere = { isErrorTerminal: false };

  it("is one line of a gateway in thirty seconds, without any code", () => {
    const { terminal, later, read } = startWatching(elsewhere);
    read(0, 10);
    for (let second = 1; second <= 95; second++) {
      read(Math.floor(second / 10), 10);
      later(1000);
    }
    expect(terminal.written.split("\n")).toEqual([
      "acme-prod  reading 3/10 · about 70 s left",
      "acme-prod  reading 6/10 · about 40 s left",
      "acme-prod  reading 9/10 · about 10 s left",
      "",
    ]);
  });

  it("tells at once of a wait of more than five seconds, not of each that follows", () => {
    const { terminal, later, read, hooks, at } = startWatching(elsewhere);
    const wait = (waitMs: number) =>
      hooks().onWait?.({ operation, waitMs, until: new Date(at(waitMs)).toISOString(), reason: "budget" });
    read(1, 10);
    wait(5000);
    expect(terminal.written).toBe("");
    wait(40_000);
    const told = `acme-prod  reading 1/10 · waits for its rate limit until ${clock(START + 40_000)} (40 s)\n`;
    expect(terminal.written).toBe(told);
    later(10_000);
    wait(45_000);
    expect(terminal.written).toBe(told);
    later(20_000);
    expect(terminal.written).toBe(
      `${told}acme-prod  reading 1/10 · waits for its rate limit until ${clock(START + 55_000)} (25 s)\n`,
    );
  });

  it("is nothing where only errors and results are asked for", () => {
    const { terminal, host, later, read, quieten, tell, at } = startWatching(elsewhere);
    expect(host.isQuiet).toBe(false);
    quieten();
    read(0);
    tell({ kind: "wait", gateway: "acme-prod", reason: "health", until: at(60_000) });
    later(40_000);
    expect(terminal.written).toBe("");
    expect(host.isQuiet).toBe(true);
  });
});

describe("progress is drawn in place", () => {
  const host = (isErrorTerminal: boolean, environment: Host["environment"]) => {
    return { ...startWatching().host, isErrorTerminal, environment };
  };

  it.each<[string, boolean, Record<string, string>, boolean]>([
    ["a terminal", true, {}, true],
    ["a terminal without colours", true, { NO_COLOR: "1" }, true],
    ["a terminal that cannot", true, { TERM: "dumb" }, false],
    ["the log of a CI job", true, { CI: "true" }, false],
    ["a shell in which CI is switched off", true, { CI: "false" }, true],
    ["no terminal", false, {}, false],
    ["no terminal, whatever colours are forced", false, { FORCE_COLOR: "1" }, false],
  ])("or not: %s", (_title, isTerminal, environment, isDrawn) => {
    expect(canDraw(host(isTerminal, environment))).toBe(isDrawn);
  });
});

it("tells the hooks of the host, too", () => {
  const onStart = jest.fn();
  const { host } = startWatching({ hooksFor: (name) => (name === "acme-prod" ? [{ onStart }] : []) });
  for (const hooks of host.hooksFor?.("acme-prod") ?? []) hooks.onStart?.(operation);
  expect(onStart).toHaveBeenCalledTimes(1);
});
