import type { ClientResult } from "./client.ts";
import { unlessAborted } from "./clock.ts";
import { abortedWaiting, worse } from "./failure.ts";

/** What a discovery may do: send the write with one method, and see whether the object can be read at all. */
export interface MethodTrial {
  readonly label: string;
  readonly signal: AbortSignal | undefined;
  write(method: string): Promise<ClientResult>;
  read(): Promise<ClientResult>;
}

/**
 * Finds out which method a gateway takes where the vendor's documents disagree, and remembers it for that gateway.
 * A 405 rules a method out, and so does a 404 for an object that can be read. One discovery runs at a time.
 */
export class MethodChoice {
  #known: string | undefined;
  #discovery: Promise<unknown> | undefined;

  /** The methods still in question, the next to try first. */
  remaining(methods: readonly [string, ...string[]]): readonly [string, ...string[]] {
    return this.#known === undefined ? methods : [this.#known];
  }

  async send(methods: readonly [string, ...string[]], trial: MethodTrial): Promise<ClientResult> {
    while (this.#discovery !== undefined && this.remaining(methods).length > 1) {
      const waited = await unlessAborted(this.#discovery, trial.signal);
      if (waited === undefined) {
        return { ok: false, failure: abortedWaiting(trial.label), effect: "not-sent", repeatable: false };
      }
    }
    const [first, ...others] = this.remaining(methods);
    if (others.length === 0) return trial.write(first);
    const discovery = this.#discover(first, others, trial);
    const settled = discovery.catch(() => undefined);
    this.#discovery = settled;
    try {
      return await discovery;
    } finally {
      if (this.#discovery === settled) this.#discovery = undefined;
    }
  }

  async #discover(method: string, others: readonly string[], trial: MethodTrial): Promise<ClientResult> {
    const result = await trial.write(method);
    if (result.ok) this.#known = method;
    const [next, ...rest] = others;
    if (result.ok || next === undefined) return result;
    const { status } = result.failure;
    if (status !== 404 && status !== 405) return result;
    if (status === 404) {
      const reading = await trial.read();
      // The write was answered: whatever the read runs into, that answer stands.
      if (!reading.ok) return { ...reading, effect: result.effect };
    }
    if (rest.length === 0) this.#known = next;
    const retried = await this.#discover(next, rest, trial);
    // The gateway takes none of them: nothing was found out.
    if (!retried.ok && retried.failure.status === 405) this.#known = undefined;
    return retried.ok ? retried : { ...retried, effect: worse(result.effect, retried.effect) };
  }
}
