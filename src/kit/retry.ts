/** Extra tries, and the time that one request may take with all of them. */
export interface RetryPolicy {
  /** Extra tries after the first; 0 is none. */
  readonly attempts: number;
  /** Milliseconds from the first send; waits included. */
  readonly budgetMs: number;
}

/**
 * What a request allows to be sent again. `safe`: it reads, or sets the same values again.
 * `unsent`: only what certainly had no effect, a refused connection or a 429.
 */
export type Repeat = "safe" | "unsent";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;

/**
 * The wait before the next try in milliseconds, or undefined when there is none: a pure decision.
 * A wait that the vendor stated is kept, never shortened; if it is longer than what is left of the budget, retrying ends at once.
 */
export function retryDelay(
  policy: RetryPolicy,
  attempt: { readonly tries: number; readonly elapsedMs: number; readonly statedMs?: number | undefined },
  random: () => number = Math.random,
): number | undefined {
  if (attempt.tries > policy.attempts) return undefined;
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt.tries - 1));
  const wait = attempt.statedMs === undefined ? grown * (0.5 + random() / 2) : attempt.statedMs + random() * 50;
  return attempt.elapsedMs + wait > policy.budgetMs ? undefined : wait;
}
