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

/** A request that may go now. */
export interface Admission {
  /** To be called when the answer is there, or none will come: from then on its place becomes free again. */
  ended(isAnswered: boolean): void;
}

interface SentRequest extends Admission {
  readonly sentAt: number;
}

const UNLIMITED: Admission = { ended: () => undefined };

// Enough to hold one of the quickest that there are, and few enough to forget what it took before.
const ROUND_TRIPS = 60;

/**
 * The request budget of one account, shared by all calls of a gateway: a rolling window, first come first served.
 * Rolling, because a window that restarts lets twice the limit through around its edge.
 *
 * The vendor counts a request at some moment between its sending and its answer. So its place is free again a window after
 * the answer, less the quickest round trip: the next one takes at least that long to get there and back. Counted from the
 * sending, a request that was quicker than the one before would come early and be refused.
 */
export class RateBudget {
  readonly #limit: RateLimit | undefined;
  readonly #clock: Clock;
  /** Sent, and not answered; the oldest first. */
  readonly #underWay = new Set<SentRequest>();
  /** When the places of those that were answered are free again, in that order. */
  readonly #freeAt: number[] = [];
  readonly #roundTrips: number[] = [];
  #pausedUntil = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #queued = 0;

  constructor(limit: RateLimit | undefined, clock: Clock = systemClock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Waits for a place. Resolves to undefined at once when the signal aborts; no place is taken then. `onWait` is told at once
   * that there is something to wait for, and again only where the vendor makes it longer meanwhile.
   */
  async acquire(signal?: AbortSignal, onWait?: (place: Place) => void): Promise<Admission | undefined> {
    if (signal?.aborted) return undefined;
    if (this.#queued === 0 && this.#untilFree() <= 0) return this.#admit();
    const tell = onWait && this.#teller(onWait);
    tell?.(this.#forecast(this.#queued));
    this.#queued += 1;
    const turn = this.#lastTurn.then(() => this.#wait(signal, tell));
    this.#lastTurn = turn;
    return (await unlessAborted(turn, signal))?.result;
  }

  /** Holds back every call: the vendor said how long it will refuse this account. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + milliseconds);
  }

  async #wait(signal?: AbortSignal, tell?: (place: Place) => void): Promise<Admission | undefined> {
    try {
      for (;;) {
        if (signal?.aborted) return undefined;
        const wait = this.#untilFree();
        if (wait <= 0) return this.#admit();
        tell?.(this.#forecast(0));
        if (!(await this.#clock.sleep(wait, signal))) return undefined;
      }
    } finally {
      this.#queued -= 1;
    }
  }

  #admit(): Admission {
    if (this.#limit === undefined) return UNLIMITED;
    const request: SentRequest = {
      sentAt: this.#clock.now(),
      ended: (isAnswered) => this.#end(request, isAnswered),
    };
    this.#underWay.add(request);
    return request;
  }

  #end(request: SentRequest, isAnswered: boolean): void {
    const tookMs = this.#clock.now() - request.sentAt;
    // Both moments are whole milliseconds, so it may have been one less.
    if (isAnswered) this.#roundTrips.push(Math.max(0, tookMs - 1));
    if (this.#roundTrips.length > ROUND_TRIPS) this.#roundTrips.shift();
    this.#release(request, tookMs);
  }

  /** Lets the place of a request that took so long rest, if it does not yet. */
  #release(request: SentRequest, tookMs: number): void {
    if (this.#limit === undefined || !this.#underWay.delete(request)) return;
    const shortest = this.#roundTrips.length === 0 ? 0 : Math.min(...this.#roundTrips);
    const freeAt = request.sentAt + this.#limit.perMs + Math.max(0, tookMs - shortest);
    this.#freeAt.push(Math.max(freeAt, this.#freeAt.at(-1) ?? 0));
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

  /** When a request is free to go that has so many before it, if those under way are answered as quickly as they can be. */
  #forecast(ahead: number): Place {
    const earliest = Math.max(this.#clock.now(), this.#pausedUntil);
    const { requests, perMs } = this.#limit ?? { requests: Number.POSITIVE_INFINITY, perMs: 0 };
    const rounds = Math.floor(ahead / requests);
    const place = (ahead % requests) - Math.max(0, requests - this.#freeAt.length - this.#underWay.size);
    const freeAt = Math.max(earliest, place < 0 ? 0 : this.#freeAgainAt(place, perMs)) + rounds * perMs;
    return { freeAt, reason: freeAt === this.#pausedUntil ? "vendor" : "budget" };
  }

  #freeAgainAt(place: number, perMs: number): number {
    const [resting, underWay] = [this.#freeAt[place], [...this.#underWay][place - this.#freeAt.length]];
    return resting ?? (underWay === undefined ? 0 : underWay.sentAt + perMs);
  }

  #untilFree(): number {
    const now = this.#clock.now();
    const paused = this.#pausedUntil - now;
    if (this.#limit === undefined) return paused;
    const { requests, perMs } = this.#limit;
    // One that hangs must not hold up the account for as long as it does.
    for (const request of this.#underWay) {
      if (request.sentAt + perMs > now) break;
      this.#release(request, perMs);
    }
    while (this.#freeAt.length > 0 && (this.#freeAt[0] ?? 0) <= now) this.#freeAt.shift();
    if (this.#underWay.size + this.#freeAt.length < requests) return paused;
    const [oldest] = this.#underWay;
    return Math.max(paused, (this.#freeAt[0] ?? (oldest?.sentAt ?? now) + perMs) - now);
  }
}
