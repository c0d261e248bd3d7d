import type { Clock } from "../../src/kit/clock.ts";
import { RateBudget } from "../../src/kit/rate-budget.ts";
import fc from "../support/property.ts";

/** Time that only the test moves. */
class FakeClock implements Clock {
  time = 1_000_000;
  readonly #sleepers = new Set<{ readonly until: number; wake(elapsed: boolean): void }>();

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(false);
      const sleeper = {
        until: this.time + milliseconds,
        wake: (elapsed: boolean) => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", onAbort);
          resolve(elapsed);
        },
      };
      const onAbort = () => sleeper.wake(false);
      signal?.addEventListener("abort", onAbort);
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves on to a moment, waking whoever sleeps until then, one after another. */
  async advanceTo(moment: number): Promise<void> {
    await this.settle();
    for (;;) {
      const [next] = [...this.#sleepers].sort((left, right) => left.until - right.until);
      if (next === undefined || next.until > moment) break;
      this.time = Math.max(this.time, next.until);
      next.wake(true);
      await this.settle();
    }
    this.time = Math.max(this.time, moment);
  }
}

function budgetOf(requests: number, perMs: number) {
  const clock = new FakeClock();
  const budget = new RateBudget({ requests, perMs }, clock);
  const granted: [name: string, at: number][] = [];
  const start = clock.now();
  const take = async (name: string, signal?: AbortSignal) => {
    const got = await budget.acquire(signal);
    if (got) granted.push([name, clock.now() - start]);
    return got;
  };
  return { clock, budget, granted, take, at: (moment: number) => clock.advanceTo(start + moment) };
}

describe("a rate budget", () => {
  it("lets the first ones through at once, and the next when the window has moved on", async () => {
    const { granted, take, at } = budgetOf(2, 1000);
    for (const name of ["a", "b", "c", "d", "e"]) void take(name);
    await at(999);
    expect(granted).toStrictEqual([
      ["a", 0],
      ["b", 0],
    ]);
    await at(1000);
    expect(granted.slice(2)).toStrictEqual([
      ["c", 1000],
      ["d", 1000],
    ]);
    await at(2000);
    expect(granted.slice(4)).toStrictEqual([["e", 2000]]);
  });

  it("rolls: there is no edge around which twice the limit gets through", async () => {
    const { granted, take, at } = budgetOf(2, 1000);
    await at(900);
    void take("a");
    void take("b");
    await at(1100);
    void take("c");
    await at(1899);
    expect(granted).toHaveLength(2);
    await at(1900);
    expect(granted).toHaveLength(3);
  });

  it("serves first come first", async () => {
    const { granted, take, at } = budgetOf(1, 100);
    const names = ["a", "b", "c", "d"];
    for (const name of names) void take(name);
    await at(10_000);
    expect(granted.map(([name]) => name)).toStrictEqual(names);
  });

  it("never lets more through than the limit in any window, in the order of asking", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.record({ after: fc.nat(300), abortAfter: fc.option(fc.nat(400), { nil: undefined }) }), {
          maxLength: 20,
        }),
        async (requests, perMs, calls) => {
          const { granted, take, at } = budgetOf(requests, perMs);
          const starts = calls.map((_, index) => calls.slice(0, index + 1).reduce((sum, { after }) => sum + after, 0));
          const events = calls.flatMap(({ abortAfter }, index) => {
            const controller = new AbortController();
            const start = starts[index] ?? 0;
            const begin = { moment: start, run: () => void take(String(index), controller.signal) };
            const end = { moment: start + (abortAfter ?? 0), run: () => controller.abort() };
            return abortAfter === undefined ? [begin] : [begin, end];
          });
          for (const { moment, run } of events.sort((left, right) => left.moment - right.moment)) {
            await at(moment);
            run();
          }
          await at(1_000_000);
          const order = granted.map(([name]) => Number(name));
          expect(order).toStrictEqual([...order].sort((left, right) => left - right));
          const times = granted.map(([, time]) => time);
          for (const [index, time] of times.slice(requests).entries()) {
            expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(perMs);
          }
          const patient = calls.flatMap(({ abortAfter }, index) => (abortAfter === undefined ? [index] : []));
          expect(order).toEqual(expect.arrayContaining(patient));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives no place to a call that was aborted, before or while it waits", async () => {
    const { granted, take, at, clock } = budgetOf(1, 1000);
    const before = AbortSignal.abort();
    await expect(take("never", before)).resolves.toBe(false);
    const waiting = new AbortController();
    void take("first");
    const given = take("gave up", waiting.signal);
    void take("second");
    await clock.settle();
    waiting.abort();
    await expect(given).resolves.toBe(false);
    await at(1000);
    expect(granted).toStrictEqual([
      ["first", 0],
      ["second", 1000],
    ]);
  });

  it("ends the wait of an aborted call at once, wherever it stands", async () => {
    const { take, clock } = budgetOf(1, 1000);
    const controllers = [new AbortController(), new AbortController()];
    void take("first");
    const waits = controllers.map((controller, index) => take(`waiting ${index}`, controller.signal));
    await clock.settle();
    for (const controller of [...controllers].reverse()) controller.abort();
    await expect(Promise.all(waits)).resolves.toStrictEqual([false, false]);
  });
});

describe("a pause", () => {
  it("holds back every call, and is never shortened by a later one", async () => {
    const { budget, granted, take, at } = budgetOf(5, 1000);
    budget.pause(3000);
    budget.pause(100);
    void take("a");
    await at(2999);
    expect(granted).toStrictEqual([]);
    await at(3000);
    expect(granted).toStrictEqual([["a", 3000]]);
  });

  it("holds back a call that waits already", async () => {
    const { budget, granted, take, at } = budgetOf(1, 1000);
    void take("a");
    void take("b");
    await at(500);
    budget.pause(2000);
    await at(2499);
    expect(granted).toHaveLength(1);
    await at(2500);
    expect(granted[1]).toStrictEqual(["b", 2500]);
  });

  it("can be left by aborting", async () => {
    const { budget, take, clock } = budgetOf(1, 1000);
    budget.pause(60_000);
    const controller = new AbortController();
    const waiting = take("a", controller.signal);
    await clock.settle();
    controller.abort();
    await expect(waiting).resolves.toBe(false);
  });

  it("holds without a limit, too; else nothing waits there", async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(undefined, clock);
    for (let call = 0; call < 1000; call++) await expect(budget.acquire()).resolves.toBe(true);
    budget.pause(500);
    const waiting = budget.acquire();
    await clock.advanceTo(clock.now() + 500);
    await expect(waiting).resolves.toBe(true);
  });
});

describe("whoever waits", () => {
  /** Asks for a place, and keeps what is told of the wait for it: when it will be, and why. */
  function asking(clock: FakeClock, budget: RateBudget, signal?: AbortSignal) {
    const start = clock.now();
    const told: [at: number, reason: string][] = [];
    void budget.acquire(signal, ({ freeAt, reason }) => told.push([freeAt - start, reason]));
    return told;
  }

  it("is told at once when its turn will be, behind those before it", async () => {
    const { clock, budget, at } = budgetOf(2, 1000);
    const all = ["a", "b", "c", "d", "e"].map(() => asking(clock, budget));
    expect(all).toStrictEqual([[], [], [[1000, "budget"]], [[1000, "budget"]], [[2000, "budget"]]]);
    await at(2000);
    expect(all.flat()).toHaveLength(3);
  });

  it("is told of the vendor's wait, and again where it grows", async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(undefined, clock);
    budget.pause(500);
    const [first, second] = [asking(clock, budget), asking(clock, budget)];
    await clock.settle();
    budget.pause(800);
    await clock.advanceTo(clock.now() + 800);
    expect(first).toStrictEqual([
      [500, "vendor"],
      [800, "vendor"],
    ]);
    expect(second[0]).toStrictEqual([500, "vendor"]);
  });

  it("is told nothing where it need not wait, or no longer wants to", async () => {
    const { clock, budget, at } = budgetOf(1, 1000);
    const free = asking(clock, budget);
    await clock.settle();
    const gone = asking(clock, budget, AbortSignal.abort());
    await at(1000);
    const later = asking(clock, budget);
    await clock.settle();
    expect([free, gone, later]).toStrictEqual([[], [], []]);
  });
});
