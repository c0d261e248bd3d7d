import { createHook } from "node:async_hooks";
import { RateBudget } from "../../src/kit/rate-budget.ts";
import { FakeClock } from "../support/fake-clock.ts";

const LIMIT = { requests: 20, perMs: 1000 };

/** Milliseconds to the vendor and back, drawn anew for each request. */
interface Way {
  there(): number;
  back(): number;
}

/** The same numbers in every run, from 0 up to 1. */
function drawing(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A vendor that lets 20 through in any second, or in each second of its own clock, and refuses the rest. */
function vendorOf(window: "rolling" | "fixed", clock: FakeClock) {
  let taken: number[] = [];
  return () => {
    const now = clock.now();
    const secondOf = (moment: number) => Math.floor((moment + 370) / LIMIT.perMs);
    taken = taken.filter((at) => (window === "rolling" ? now - at < LIMIT.perMs : secondOf(at) === secondOf(now)));
    if (taken.length >= LIMIT.requests) return false;
    taken.push(now);
    return true;
  };
}

/** Sends for 60 seconds as much as the budget lets; what came of it in the last 50 of them. */
async function use(window: "rolling" | "fixed", atOnce: number, way: Way) {
  const clock = new FakeClock();
  const budget = new RateBudget(LIMIT, clock);
  const vendor = vendorOf(window, clock);
  const start = clock.now();
  const end = start + 60_000;
  const counts = { taken: 0, refused: 0 };
  const work = async () => {
    while (clock.now() < end) {
      const admission = await budget.acquire();
      await clock.sleep(way.there());
      const isTaken = vendor();
      if (clock.now() >= start + 10_000 && clock.now() < end) counts[isTaken ? "taken" : "refused"] += 1;
      await clock.sleep(way.back());
      admission?.ended(true);
    }
  };
  const working = Promise.all(Array.from({ length: atOnce }, work));
  await clock.advanceTo(end + 10_000);
  await working;
  const places = 50 * LIMIT.requests;
  return { share: counts.taken / places, refused: counts.refused / places };
}

describe.each(["rolling", "fixed"] as const)("a budget against a vendor with a %s window", (window) => {
  it.each([
    ["next door", 1],
    ["100 ms away", 50],
    ["300 ms away", 150],
  ])("is used up without a refusal: %s", async (_where, half) => {
    const { share, refused } = await use(window, 8, { there: () => half, back: () => half });
    expect(refused).toBe(0);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  it.each([100, 200, 300])("is used up where answers take %d ms, give or take 20", async (base) => {
    const random = drawing();
    const half = () => base / 2 - 10 + random() * 20;
    const { share, refused } = await use(window, 16, { there: half, back: half });
    expect(refused).toBeLessThanOrEqual(0.01);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  // The vendor counts at a moment that nobody knows 200 ms before: more of the budget would cost refusals.
  it.each([
    ["there", { there: 1, back: 0 }],
    ["back", { there: 0, back: 1 }],
    ["there and back", { there: 0.5, back: 0.5 }],
  ])("is kept where answers take anything from 100 to 300 ms: on the way %s", async (_where, { there, back }) => {
    const random = drawing();
    const wayOf = (part: number) => () => part * (100 + random() * 200);
    const { share, refused } = await use(window, 16, { there: wayOf(there), back: wayOf(back) });
    expect(refused).toBeLessThanOrEqual(0.01);
    expect(share).toBeGreaterThanOrEqual(0.9);
  });
});

it("costs a call that need not wait nothing but its own promise", () => {
  let promises = 0;
  const counting = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") promises += 1;
    },
  });
  const budgets = [new RateBudget(undefined), new RateBudget(LIMIT)];
  counting.enable();
  for (const budget of budgets) void budget.acquire(new AbortController().signal, () => undefined);
  counting.disable();
  expect(promises).toBe(budgets.length);
});

it("tells 20,000 callers when their turn will be in not much more than ten times what 2,000 take", async () => {
  const tell = (callers: number) => {
    const budget = new RateBudget(LIMIT, new FakeClock());
    const told: number[] = [];
    const begin = process.cpuUsage();
    for (let caller = 0; caller < callers; caller++) void budget.acquire(undefined, ({ freeAt }) => told.push(freeAt));
    const { user, system } = process.cpuUsage(begin);
    expect(told).toHaveLength(callers - LIMIT.requests);
    return user + system;
  };
  tell(2000);
  const [few, many] = [tell(2000), tell(20_000)];
  // A hundred times, if each looked at all before it.
  expect(many / few).toBeLessThan(50);
});
