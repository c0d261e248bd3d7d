import { RateBudget } from "../../src/kit/rate-budget.ts";
import { FakeClock } from "../support/fake-clock.ts";
import fc from "../support/property.ts";

function budgetOf(requests: number, perMs: number) {
  const clock = new FakeClock();
  const budget = new RateBudget({ requests, perMs }, clock);
  const granted: [name: string, at: number][] = [];
  const start = clock.now();
  const take = async (name: string, signal?: AbortSignal) => {
    const got = await budget.acquire(signal);
    if (got) granted.push([name, clock.now() - start]);
    // Answered at once, unless the test says otherwise.
    got?.ended(true);
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
    await expect(take("never", before)).resolves.toBeUndefined();
    const waiting = new AbortController();
    void take("first");
    const given = take("gave up", waiting.signal);
    void take("second");
    await clock.settle();
    waiting.abort();
    await expect(given).resolves.toBeUndefined();
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
    await expect(Promise.all(waits)).resolves.toStrictEqual([undefined, undefined]);
  });
});

describe("a place", () => {
  /** Takes a place, and gives what ends its request. */
  async function sent(budget: RateBudget) {
    const admission = await budget.acquire();
    return () => admission?.ended(true);
  }

  it("is free a window after the answer, less the quickest round trip: so one that is quicker than it does not come early", async () => {
    const { budget, granted, take, at } = budgetOf(2, 1000);
    const [slow, quick] = [await sent(budget), await sent(budget)];
    await at(101);
    quick();
    await at(301);
    slow();
    void take("after the quick one");
    void take("after the slow one");
    await at(3000);
    expect(granted).toStrictEqual([
      ["after the quick one", 1001],
      ["after the slow one", 1201],
    ]);
  });

  it("is not held by a request that hangs for longer than a window", async () => {
    const { budget, granted, take, at } = budgetOf(1, 1000);
    const hanging = await sent(budget);
    void take("next");
    await at(60_000);
    hanging();
    expect(granted).toStrictEqual([["next", 2000]]);
  });

  it("does not take a failure for a quick answer", async () => {
    const { budget, granted, take, at } = budgetOf(2, 1000);
    const [answered, failed] = [await sent(budget), await budget.acquire()];
    failed?.ended(false);
    await at(201);
    answered();
    void take("after the failure");
    void take("after the answer");
    await at(3000);
    expect(granted).toStrictEqual([
      ["after the failure", 1000],
      ["after the answer", 1001],
    ]);
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
    await expect(waiting).resolves.toBeUndefined();
  });

  it("holds without a limit, too; else nothing waits there", async () => {
    const clock = new FakeClock();
    const budget = new RateBudget(undefined, clock);
    for (let call = 0; call < 1000; call++) await expect(budget.acquire()).resolves.toBeDefined();
    budget.pause(500);
    const waiting = budget.acquire();
    await clock.advanceTo(clock.now() + 500);
    await expect(waiting).resolves.toBeDefined();
  });
});

describe("whoever waits", () => {
  /** Asks for a place, and keeps what is told of the wait for it: when it will be, and why. */
  function asking(clock: FakeClock, budget: RateBudget, signal?: AbortSignal) {
    const start = clock.now();
    const told: [at: number, reason: string][] = [];
    const admission = budget.acquire(signal, ({ freeAt, reason }) => told.push([freeAt - start, reason]));
    void admission.then((admitted) => admitted?.ended(true));
    return told;
  }

  it("is told at once when its turn will be, behind those before it", async () => {
    const { clock, budget, at } = budgetOf(2, 1000);
    const all = ["a", "b", "c", "d", "e"].map(() => asking(clock, budget));
    expect(all).toStrictEqual([[], [], [[1000, "budget"]], [[1000, "budget"]], [[2000, "budget"]]]);
    await at(2000);
    expect(all.flat()).toHaveLength(3);
  });

  it("is told of what is under way and of the vendor's wait alike, however many are before it", async () => {
    const { clock, budget, at } = budgetOf(2, 1000);
    await budget.acquire();
    await at(400);
    await budget.acquire();
    const all = Array.from({ length: 5 }, () => asking(clock, budget));
    expect(all.flat().map(([freeAt]) => freeAt)).toStrictEqual([600, 1000, 1600, 2000, 2600]);
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
