/** Counts requests in a sliding window, on a clock that is passed in. */
export class RateWindow {
  #admitted: number[] = [];

  constructor(
    private readonly requests: number,
    private readonly perMs: number,
    private readonly now: () => number,
  ) {}

  /** 0 when the request was admitted and counted, else the milliseconds until the next one will be. */
  take(): number {
    const now = this.now();
    this.#admitted = this.#admitted.filter((time) => now - time < this.perMs);
    const oldest = this.#admitted[0];
    if (oldest !== undefined && this.#admitted.length >= this.requests) return oldest + this.perMs - now;
    this.#admitted.push(now);
    return 0;
  }
}
