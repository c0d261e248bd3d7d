import { isGatewayError } from "../contract/errors.ts";
import type {
  ChangeEvent,
  EndEvent,
  Hooks,
  Operation,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  WaitEvent,
} from "../contract/hooks.ts";
import type { Secret } from "../contract/secret.ts";
import type { ShownRequest } from "./http.ts";
import { redactedCopy } from "./scrub.ts";
import { warnOfHook } from "./warn-of-hook.ts";

/** Who is told of a gateway's calls. */
export interface Observer {
  readonly hooks: readonly Hooks[];
  /** What no event may show, whatever the call: the account's own secrets. */
  readonly secrets: readonly Secret[];
}

/** One request of an observed call. */
export interface ObservedRequest {
  /** Tells what came of it; only the first time counts. */
  answered(answer: Omit<ResponseEvent, "request" | "durationMs">): void;
  /** Tells that it will be sent again. */
  retried(retry: Omit<RetryEvent, "request">): void;
}

/**
 * What is told of one call, from its start to its end. After the end nothing more is told. What a hook is told is a redacted copy:
 * it is made when the first hook that wants it is met, so that what nobody listens to costs nothing.
 */
export class Observation {
  readonly #observer: Observer;
  readonly #operation: () => Operation;
  readonly #startedAt = performance.now();
  readonly #underWay = new Set<ObservedRequest>();
  #known: readonly Secret[];
  #isOver = false;

  constructor(observer: Observer, operation: Operation, known: readonly Secret[]) {
    this.#observer = observer;
    this.#known = known;
    // The same object in every event: a hook that changes it would change it for the others.
    this.#operation = madeOnce(() => Object.freeze(this.#redacted(operation)));
    this.#tell("onStart", (hook) => hook.onStart?.(this.#operation()));
  }

  /** From now on, what the call knows of secrets is this list, which may grow. */
  knows(known: readonly Secret[]): void {
    this.#known = known;
  }

  /** Runs the call within every hook that wants to, and tells its end. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await this.#within(work);
      this.succeeded();
      return result;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** Tells of a request; `known` are the secrets that it and its answer could show. */
  sends(
    request: ShownRequest,
    more: Pick<RequestEvent, "attempt" | "purpose">,
    known: readonly Secret[],
  ): ObservedRequest {
    const event = madeOnce((): RequestEvent => {
      return { operation: this.#operation(), ...this.#redacted(request, known), ...more };
    });
    const startedAt = performance.now();
    const observed: ObservedRequest = {
      answered: (answer) => {
        if (!this.#underWay.delete(observed)) return;
        const durationMs = performance.now() - startedAt;
        const response = madeOnce((): ResponseEvent => {
          return { request: event(), ...this.#redacted(answer, known), durationMs };
        });
        this.#tell("onResponse", (hook) => hook.onResponse?.(response()));
      },
      retried: (retry) => {
        const told = madeOnce((): RetryEvent => ({ request: event(), ...retry }));
        this.#tell("onRetry", (hook) => hook.onRetry?.(told()));
      },
    };
    this.#underWay.add(observed);
    this.#tell("onRequest", (hook) => hook.onRequest?.(event()));
    return observed;
  }

  waits(wait: Omit<WaitEvent, "operation">): void {
    const event = madeOnce((): WaitEvent => ({ operation: this.#operation(), ...wait }));
    this.#tell("onWait", (hook) => hook.onWait?.(event()));
  }

  changed(change: Omit<ChangeEvent, "operation">): void {
    const event = madeOnce((): ChangeEvent => ({ operation: this.#operation(), ...this.#redacted(change) }));
    this.#tell("onChange", (hook) => hook.onChange?.(event()));
  }

  succeeded(): void {
    this.#end(() => ({}));
  }

  failed(error: unknown): void {
    this.#end(() => ({ error: this.#redacted(factsOf(error)) }));
  }

  #end(ending: () => Pick<EndEvent, "error">): void {
    if (this.#isOver) return;
    // A login that another call waits for goes on.
    for (const request of this.#underWay) {
      request.answered({ problem: "the call ended before its answer", reason: "abandoned" });
    }
    const durationMs = performance.now() - this.#startedAt;
    const event = madeOnce((): EndEvent => ({ operation: this.#operation(), durationMs, ...ending() }));
    this.#tell("onEnd", (hook) => hook.onEnd?.(event()));
    this.#isOver = true;
  }

  #within<Result>(work: () => Promise<Result>): Promise<Result> {
    let begun: Promise<Result> | undefined;
    const begin = () => {
      begun ??= work();
      return begun;
    };
    const over = () => {};
    let inner = () => begin().then(over, over);
    for (const hook of this.#observer.hooks.toReversed()) inner = this.#wrapped(hook, inner);
    inner();
    return begin();
  }

  #wrapped(hook: Hooks, work: () => Promise<void>): () => Promise<void> {
    return () => {
      let begun: Promise<void> | undefined;
      const once = () => {
        begun ??= work();
        return begun;
      };
      attempt(hook, "within", () => hook.within?.(this.#operation(), once));
      return once();
    };
  }

  #tell(member: keyof Hooks, call: (hook: Hooks) => unknown): void {
    if (this.#isOver) return;
    for (const hook of this.#observer.hooks) attempt(hook, member, () => call(hook));
  }

  #redacted<Data extends object>(data: Data, known = this.#known): Data {
    return redactedCopy(data, [...this.#observer.secrets, ...known]);
  }
}

/** Makes something when it is first asked for, and gives the same from then on. */
function madeOnce<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Calls a hook: whatever it does, the caller goes on. */
function attempt(hook: Hooks, member: keyof Hooks, call: () => unknown): void {
  try {
    const given = call();
    if (typeof given === "object" && given !== null && "then" in given) {
      Promise.resolve(given).catch((error: unknown) => warnOfHook(hook, member, error));
    }
  } catch (error) {
    warnOfHook(hook, member, error);
  }
}

// What is no error of the contract is nobody's to explain: its text may hold anything.
const UNEXPECTED = { name: "Error", code: "UNEXPECTED", message: "ended in an unexpected error" };

function factsOf(error: unknown): NonNullable<EndEvent["error"]> {
  if (!isGatewayError(error)) return { ...UNEXPECTED, outcome: "unknown" };
  const { name, code, message, outcome } = error;
  return { name, code, message, outcome };
}
