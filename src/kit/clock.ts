/** Time as the kit sees it, so that tests can pass their own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Waits; resolves to false at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(false);
      const finish = (elapsed: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        resolve(elapsed);
      };
      const onAbort = () => finish(false);
      const timer = setTimeout(() => finish(true), milliseconds);
      signal?.addEventListener("abort", onAbort);
    });
  },
};

/** The promise's result, or undefined at once when the signal aborts first. */
export async function unlessAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<{ readonly result: Result } | undefined> {
  if (signal === undefined) return { result: await promise };
  if (signal.aborted) {
    promise.catch(() => undefined);
    return undefined;
  }
  let onAbort = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([promise.then((result) => ({ result })), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
