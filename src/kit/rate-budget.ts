import { type Clock, systemClock, unlessAborted } from "./clock.ts";

/** At most so many requests in any span of so many milliseconds. */
export interface RateLimit {
  /** At least 1. */
  readonly requests: number;
  /** Milliseconds, at least 1. */
  readonly perMs: number;
}

/** When a request that is held back is free to go, as things stand, and what holds it back. */
export interface Place {
  /** By the clock, in milliseconds. */
  readonly freeAt: number;
  /** `budget`: the account's own limit. `vendor`: the vendor refuses this account until then. */
  readonly reason: "budget" | "vendor";
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
  #queued = 0;

  constructor(limit: RateLimit | undefined, clock: Clock = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Waits for a place. Resolves to false at once when the signal aborts; no place is taken then. `onWait` is told at once that
   * there is something to wait for, and again only where the vendor makes it longer meanwhile.
   */
  async acquire(signal?: AbortSignal, onWait?: (place: Place) => void): Promise<boolean> {
    if (signal?.aborted) return false;
    const tell = onWait && this.#teller(onWait);
    tell?.(this.#forecast(this.#queued));
    this.#queued += 1;
    const turn = this.#lastTurn.then(() => this.#wait(signal, tell));
    this.#lastTurn = turn;
    return (await unlessAborted(turn, signal))?.result ?? false;
  }

  /** Holds back every call: the vendor said how long it will refuse this account. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + milliseconds);
  }

  async #wait(signal?: AbortSignal, tell?: (place: Place) => void): Promise<boolean> {
    try {
      for (;;) {
        if (signal?.aborted) return false;
        const wait = this.#untilFree();
        if (wait <= 0) break;
        tell?.(this.#forecast(0));
        if (!(await this.#clock.sleep(wait, signal))) return false;
      }
      if (this.#limit !== undefined) this.#sentAt.push(this.#clock.now());
      return true;
    } finally {
      this.#queued -= 1;
    }
  }

  /** Passes on what there is to wait for: once, and what the vendor adds to it. */
  #teller(onWait: (place: Place) => void): (place: Place) => void {
    let told: number | undefined;
    return (place) => {
      if (place.freeAt <= this.#clock.now()) return;
      if (told !== undefined && (place.reason === "budget" || place.freeAt <= told)) return;
      told = place.freeAt;
      onWait(place);
    };
  }

  /** When a request is free to go that has so many before it. */
  #forecast(ahead: number): Place {
    const [now, paused] = [this.#clock.now(), this.#pausedUntil];
    const places = [...this.#sentAt];
    for (let index = 0; index <= ahead; index++) {
      const oldest = this.#limit && places[places.length - this.#limit.requests];
      places.push(Math.max(now, paused, oldest === undefined ? 0 : oldest + (this.#limit?.perMs ?? 0)));
    }
    const freeAt = places.at(-1) ?? now;
    return { freeAt, reason: freeAt === paused ? "vendor" : "budget" };
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
