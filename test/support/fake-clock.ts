import type { Clock } from "../../src/kit/clock.ts";

/** Time that only the test moves. */
export class FakeClock implements Clock {
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
