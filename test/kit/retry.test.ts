import { retryDelay } from "../../src/kit/retry.ts";
import fc from "../support/property.ts";

const policy = { attempts: 2, budgetMs: 90_000 };
const noJitter = () => 0;
const mostJitter = () => 0.999_999;

describe("the wait before the next try", () => {
  it.each<[string, { tries: number; elapsedMs: number; statedMs?: number }, number | undefined, number | undefined]>([
    ["grows: the first", { tries: 1, elapsedMs: 0 }, 125, 250],
    ["grows: the second", { tries: 2, elapsedMs: 0 }, 250, 500],
    ["ends after the last extra try", { tries: 3, elapsedMs: 0 }, undefined, undefined],
    ["keeps what the vendor stated", { tries: 1, elapsedMs: 0, statedMs: 7000 }, 7000, 7050],
    ["takes a stated wait of nothing", { tries: 1, elapsedMs: 0, statedMs: 0 }, 0, 50],
    [
      "ends when the stated wait is longer than the budget",
      { tries: 1, elapsedMs: 0, statedMs: 90_001 },
      undefined,
      undefined,
    ],
    [
      "ends when the stated wait is longer than what is left",
      { tries: 1, elapsedMs: 60_000, statedMs: 30_001 },
      undefined,
      undefined,
    ],
    ["takes a stated wait that just fits", { tries: 1, elapsedMs: 60_000, statedMs: 29_900 }, 29_900, 29_950],
    ["ends when the budget is spent", { tries: 1, elapsedMs: 90_000 }, undefined, undefined],
  ])("%s", (_rule, attempt, least, most) => {
    const waits = [retryDelay(policy, attempt, noJitter), retryDelay(policy, attempt, mostJitter)];
    expect(waits.map((wait) => wait && Math.round(wait))).toStrictEqual([least, most]);
  });

  it("is none without extra tries", () => {
    expect(retryDelay({ attempts: 0, budgetMs: 90_000 }, { tries: 1, elapsedMs: 0 })).toBeUndefined();
  });

  it("does not grow without end", () => {
    const waits = Array.from({ length: 10 }, (_, index) =>
      retryDelay({ attempts: 10, budgetMs: 600_000 }, { tries: index + 1, elapsedMs: 0 }, mostJitter),
    );
    expect(Math.max(...waits.map((wait) => wait ?? Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(8000);
  });

  it("is by chance, so that many clients do not come back at once", () => {
    const waits = new Set(Array.from({ length: 20 }, () => retryDelay(policy, { tries: 1, elapsedMs: 0 })));
    expect(waits.size).toBeGreaterThan(1);
  });

  it("never exceeds the budget or the tries, and is never shorter than a stated wait", () => {
    fc.assert(
      fc.property(
        fc.record({ attempts: fc.nat(10), budgetMs: fc.integer({ min: 1, max: 600_000 }) }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(700_000),
        fc.option(fc.nat(700_000), { nil: undefined }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, tries, elapsedMs, statedMs, random) => {
          const wait = retryDelay(given, { tries, elapsedMs, statedMs }, () => random);
          if (wait === undefined) return;
          expect(tries).toBeLessThanOrEqual(given.attempts);
          expect(elapsedMs + wait).toBeLessThanOrEqual(given.budgetMs);
          expect(wait).toBeGreaterThanOrEqual(statedMs ?? 0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
