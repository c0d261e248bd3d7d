import { type Clock, systemClock, unlessAborted } from "./clock.ts";

/** At most so many requests in any span of so many milliseconds. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/**
 * The request budget of one account, shared by all calls of a gateway: a rolling window, first come first served.
 * Rolling, because a window that restarts lets twice the limit through around its edge.
 */
export class RateBudget {
  readonly #limit: RateLimit | undefined;
  readonly #clock: Clock;
  readonly #sentAt: number[] = [];
  #pausedUntil = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(limit: RateLimit | undefined, clock: Clock = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Waits for a place. Resolves to false at once when the signal aborts; no place is taken then. */
  async acquire(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    const turn = this.#lastTurn.then(() => this.#wait(signal));
    this.#lastTurn = turn;
    return (await unlessAborted(turn, signal))?.result ?? false;
  }

  /** Holds back every call: the vendor said how long it will refuse this account. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + milliseconds);
  }

  async #wait(signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      if (signal?.aborted) return false;
      const wait = this.#untilFree();
      if (wait <= 0) break;
      if (!(await this.#clock.sleep(wait, signal))) return false;
    }
    if (this.#limit !== undefined) this.#sentAt.push(this.#clock.now());
    return true;
  }

  #untilFree(): number {
    const now = this.#clock.now();
    const paused = this.#pausedUntil - now;
    if (this.#limit === undefined) return paused;
    const { requests, perMs } = this.#limit;
    while (this.#sentAt.length > 0 && (this.#sentAt[0] ?? 0) + perMs <= now) this.#sentAt.shift();
    const oldest = this.#sentAt[this.#sentAt.length - requests];
    return Math.max(paused, oldest === undefined ? 0 : oldest + perMs - now);
  }
}
