import type { Fault } from "../../sandbox/index.ts";
import { atOnce } from "./at-once.ts";
import { type Bench, CONTRACT, failureOf, onBench } from "./bench.ts";
import { type ConformanceCase, LEVELS, requireEqual, requireThat } from "./case.ts";
import { isSentOnce, ONCE, simplest, strikeWrite, update, writeLines } from "./strike.ts";
import { caseOf, type NamedWrite, type Subject, targetOf, writesOf } from "./subject.ts";

const [, , , LEVEL] = LEVELS;
const LONG_MS = 60_000;
const REDIRECTS = [301, 302, 303, 307, 308];

/** What becomes of waits, lost answers, redirects and aborts: whatever happens on the way. */
export function endures(subject: Subject): readonly ConformanceCase[] {
  const titled = (title: string, run: () => Promise<void>, skipped?: string) => caseOf(LEVEL, title, run, skipped);
  const write = simplest(subject);
  return [
    titled("a stated wait is kept before the next try", () => waits(subject, write)),
    titled("a wait that is longer than the budget ends the tries at once", () => givesUp(subject, write)),
    titled("redirects are not followed", () => followsNothing(subject, write)),
    ...distinctWrites(subject).map(([line, named]) =>
      titled(`a lost reply to ${line} is unknown, and repeated only where that is safe`, () =>
        losesReply(subject, named),
      ),
    ),
    titled("a reply that stays away is TimeoutError", () => timesOut(subject, write)),
    titled("a reply that cannot be used leaves a write unknown", () => isUnknown(subject, write)),
  ];
}

/** One write for each kind of request that changes something. */
function distinctWrites(subject: Subject): readonly (readonly [string, NamedWrite])[] {
  const found = new Map<string, NamedWrite>();
  for (const named of writesOf(subject)) {
    const [line] = writeLines(named);
    if (line === undefined || named.write.id !== undefined) continue;
    const name = `${line.method} ${line.path}`;
    if (!found.has(name)) found.set(name, named);
  }
  return [...found];
}

export const countOf = ({ server }: Bench, named: NamedWrite): number => {
  const [line] = writeLines(named);
  return server.requests.filter(({ method, path }) => method === line?.method && path === line.path).length;
};

async function waits(subject: Subject, named: NamedWrite): Promise<void> {
  await onBench(
    subject.adapter,
    subject.fixture,
    async (bench) => {
      strikeWrite(bench, named, { kind: "status", status: 429, headers: { "retry-after": "1" } });
      const begun = performance.now();
      const result = await update(subject, bench, named).catch((error: unknown) => error);
      const tries = countOf(bench, named);
      const isLeftToCaller = tries === 1 && result instanceof Error && Reflect.get(result, "retryAfterMs") === 1000;
      // A timer may end a millisecond early.
      requireThat(isLeftToCaller || (tries === 2 && performance.now() - begun >= 999), {
        problem: "an update that was answered 429 with Retry-After: 1",
        expected: "a second try after a second, or RateLimitError with retryAfterMs 1000",
        found: { tries, milliseconds: Math.round(performance.now() - begun), result },
        source: CONTRACT,
      });
    },
    { retry: { attempts: 1 } },
  );
}

async function givesUp(subject: Subject, named: NamedWrite): Promise<void> {
  const ending = new AbortController();
  const id = targetOf(subject, named.write);
  await onBench(subject.adapter, subject.fixture, async (bench) => {
    strikeWrite(bench, named, { kind: "status", status: 429, headers: { "retry-after": "3600" } });
    const call = () => bench.gateway.update(id, named.write.update, { signal: ending.signal });
    const error = await atOnce(failureOf(call, "update, answered 429", CONTRACT), "a wait of an hour");
    requireEqual(error.name, "RateLimitError", "update, to wait for an hour", CONTRACT);
    requireEqual(Reflect.get(error, "retryAfterMs"), 3_600_000, "the stated wait in milliseconds", CONTRACT);
    requireEqual(countOf(bench, named), 1, "how often it was sent", CONTRACT);
  }).finally(() => ending.abort());
}

async function followsNothing(subject: Subject, named: NamedWrite): Promise<void> {
  const { adapter, fixture } = subject;
  await onBench(adapter, fixture, async (elsewhere) => {
    await onBench(
      adapter,
      fixture,
      async (bench) => {
        for (const status of REDIRECTS) {
          const path = writeLines(named)[0]?.path ?? "/";
          const fault: Fault = { kind: "redirect", status, location: new URL(path, elsewhere.server.url).href };
          strikeWrite(bench, named, fault);
          const writing = await failureOf(
            () => update(subject, bench, named),
            `update, redirected (${status})`,
            CONTRACT,
          );
          requireEqual(writing.name, "InvalidResponseError", `update, redirected (${status})`, CONTRACT);
          bench.server.inject(fault);
          const reading = await failureOf(
            () => bench.gateway.get(fixture.objects[0].id),
            `get, redirected (${status})`,
            CONTRACT,
          );
          requireEqual(reading.name, "InvalidResponseError", `get, redirected (${status})`, CONTRACT);
          const strays = elsewhere.server.requests.map((request) => `${request.method} ${request.path}`);
          requireEqual(strays, [], `what arrived where ${status} pointed, with token and key`, CONTRACT);
        }
      },
      ONCE,
    );
  });
}

async function losesReply(subject: Subject, named: NamedWrite): Promise<void> {
  const faults: readonly Fault[] = [{ kind: "lost-reply" }, { kind: "status", status: 503 }, { kind: "reset" }];
  for (const fault of faults) {
    await onBench(
      subject.adapter,
      subject.fixture,
      async (bench) => {
        strikeWrite(bench, named, fault);
        const result = await update(subject, bench, named).catch((error: unknown) => error);
        const isFailure = result instanceof Error;
        const found = {
          tries: countOf(bench, named),
          outcome: isFailure ? Reflect.get(result, "outcome") : "done",
          result,
        };
        const what = `${named.title}, ${fault.kind} in place of the answer`;
        requireThat(!isFailure || found.outcome === "unknown", {
          problem: `${what}: the outcome`,
          expected: "unknown",
          found,
          source: CONTRACT,
        });
        requireThat(!isSentOnce(named) || (isFailure && found.tries === 1), {
          problem: `${what}: what a repetition does is not documented`,
          expected: "it was sent once, and the error's outcome is unknown",
          found,
          source: named.source,
        });
      },
      { retry: { attempts: 1, budgetMs: 5000 } },
    );
  }
}

async function timesOut(subject: Subject, named: NamedWrite): Promise<void> {
  for (const fault of [{ kind: "slow-body" }, { kind: "latency", ms: LONG_MS }] as const) {
    await onBench(
      subject.adapter,
      subject.fixture,
      async (bench) => {
        strikeWrite(bench, named, fault);
        const error = await atOnce(
          failureOf(() => update(subject, bench, named), `update, ${fault.kind}`, CONTRACT),
          fault.kind,
        );
        const { name, outcome } = error;
        requireEqual(
          { name, outcome },
          { name: "TimeoutError", outcome: "unknown" },
          `update, ${fault.kind}`,
          CONTRACT,
        );
      },
      { ...ONCE, timeoutMs: 300 },
    );
  }
}

async function isUnknown(subject: Subject, named: NamedWrite): Promise<void> {
  for (const kind of ["html", "truncated", "huge-body"] as const) {
    await onBench(
      subject.adapter,
      subject.fixture,
      async (bench) => {
        strikeWrite(bench, named, { kind });
        const error = await failureOf(() => update(subject, bench, named), `update, ${kind}`, CONTRACT);
        const { name, outcome, retryable } = error;
        const expected = { name: "InvalidResponseError", outcome: "unknown", retryable: false };
        requireEqual({ name, outcome, retryable }, expected, `update, ${kind}`, CONTRACT);
      },
      ONCE,
    );
  }
}
