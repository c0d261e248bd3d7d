import type { Fault } from "../../sandbox/index.ts";
import { AT_ONCE_MS, atOnce } from "./at-once.ts";
import { all, type Bench, CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { countOf } from "./endures.ts";
import { simplest, strikeWrite } from "./strike.ts";
import { caseOf, type NamedWrite, type Subject, targetOf } from "./subject.ts";

const [, , , LEVEL] = LEVELS;
const LONG_MS = 60_000;

/** What a caller has to do with a call: ending it, and giving the token for it. */
export function calls(subject: Subject): readonly ConformanceCase[] {
  const write = simplest(subject);
  return [
    caseOf(LEVEL, "a call that is aborted ends at once", () => aborts(subject, write)),
    caseOf(LEVEL, "a token function is asked, and its failure is told without its words", () => asksForToken(subject)),
  ];
}

async function aborts(subject: Subject, named: NamedWrite): Promise<void> {
  const { adapter, fixture } = subject;
  const id = targetOf(subject, named.write);
  await onBench(adapter, fixture, async (bench) => {
    const { gateway, server } = bench;
    const call = { signal: AbortSignal.abort() };
    const calls = {
      update: () => gateway.update(id, named.write.update, call),
      get: () => gateway.get(id, call),
      list: () => all(gateway.list(call)),
    };
    for (const [what, run] of Object.entries(calls)) {
      const { name, outcome } = await failureOf(run, `${what}, aborted before it began`, CONTRACT);
      requireEqual(
        { name, outcome },
        { name: "AbortedError", outcome: "not-sent" },
        `${what}, aborted before it began`,
        CONTRACT,
      );
    }
    requireEqual(server.requests.length, 0, "requests of calls that were aborted before they began", CONTRACT);
  });
  const halts: readonly (readonly [string, Fault, string])[] = [
    ["while the answer is awaited", { kind: "latency", ms: LONG_MS }, "unknown"],
    [
      "while it waits for the next try",
      { kind: "status", status: 429, headers: { "retry-after": "60" } },
      "not-applied",
    ],
  ];
  for (const [what, fault, outcome] of halts) {
    let error = await abortedOnTheWay(subject, named, what, fault, 0);
    // The answer may still have been on its way: then nobody could know it, and the abort must come later.
    for (const pauseMs of [100, 1000, 5000]) {
      if (fault.kind === "latency" || error.outcome !== "unknown") break;
      error = await abortedOnTheWay(subject, named, what, fault, pauseMs);
    }
    // An adapter that leaves every wait to its caller has ended before the abort.
    const isLeftToCaller = error.name === "RateLimitError" && fault.kind === "status";
    requireThat(isLeftToCaller || (error.name === "AbortedError" && error.outcome === outcome), {
      problem: `update, aborted ${what}`,
      expected: `AbortedError, ${outcome}`,
      found: error,
      source: CONTRACT,
    });
  }
}

/** What an update ends with that is aborted so long after it arrived at the gateway. */
async function abortedOnTheWay(subject: Subject, named: NamedWrite, what: string, fault: Fault, pauseMs: number) {
  return onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      strikeWrite(bench, named, fault);
      const aborting = new AbortController();
      const call = bench.gateway.update(targetOf(subject, named.write), named.write.update, {
        signal: aborting.signal,
      });
      const failing = failureOf(() => call, `update, aborted ${what}`, CONTRACT);
      await arrival(bench, named);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      aborting.abort();
      return atOnce(failing, `an abort ${what}`);
    },
    { retry: { attempts: 1, budgetMs: 120_000 } },
  );
}

async function arrival(bench: Bench, named: NamedWrite): Promise<void> {
  for (const end = performance.now() + AT_ONCE_MS; countOf(bench, named) === 0; ) {
    requireThat(performance.now() < end, { problem: "the write never arrived at the gateway", source: CONTRACT });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function asksForToken(subject: Subject): Promise<void> {
  const { adapter, fixture } = subject;
  const [{ id }] = fixture.objects;
  const wrong: readonly (readonly [string, () => unknown])[] = [
    [
      "throws",
      () => {
        throw new Error("plain-text-token");
      },
    ],
    ["gives nothing", () => undefined],
    ["gives a plain text", () => "plain-text-token"],
  ];
  for (const [what, token] of wrong) {
    await onBench(
      adapter,
      fixture,
      async ({ gateway, server }) => {
        const error = await failureOf(() => gateway.get(id), `a token function that ${what}`, CONTRACT);
        requireEqual(error.name, "InvalidInputError", `a token function that ${what}`, CONTRACT);
        requireThat(!error.message.includes("plain-text-token"), {
          problem: `a token function that ${what}: its words are shown`,
          source: CONTRACT,
        });
        requireEqual(server.requests.length, 0, `a token function that ${what}: requests`, CONTRACT);
      },
      { token },
    );
  }
  await onBench(adapter, fixture, async ({ server }) => {
    const { token } = fixture.settings(server);
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return typeof token === "function" ? token() : token;
    };
    const gateway = adapter.open({ ...fixture.settings(server), rateLimit: false, token: ask });
    requireEqual(await gateway.get(id), fixture.objects[0].state, "the state, read with a token function", CONTRACT);
    requireThat(asked > 0, { problem: "the token function was not asked", source: CONTRACT });
  });
}
