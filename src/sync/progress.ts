/** What a run tells of its work while it goes on: plain data, for a progress display. Nothing in it is a secret. */
export type ProgressEvent = WorkEvent | WaitEvent;

/** So many of a gateway's objects are read, written, or verified after a write. The first event of a `work` has `done` 0, the last its `total`. */
export interface WorkEvent {
  readonly kind: "work";
  readonly gateway: string;
  readonly work: "read" | "write" | "verify";
  readonly done: number;
  readonly total: number;
}

/**
 * Nothing is sent to a gateway for a while, for a `reason`. `earlier-run`: requests of an earlier run may still take effect. `health`: the
 * gateway has not probed a new key yet.
 */
export interface WaitEvent {
  readonly kind: "wait";
  readonly gateway: string;
  readonly reason: "earlier-run" | "health";
  /** Milliseconds since 1970; it may end before. */
  readonly until: number;
}

/** Is told of a run's progress. What it throws never reaches the run. */
export type OnProgress = (event: ProgressEvent) => void;

/** Tells an event to whoever listens. */
export function tell(onProgress: OnProgress | undefined, event: ProgressEvent): void {
  try {
    onProgress?.(event);
  } catch {
    // A display that fails must not end a run between a write and its note in the journal.
  }
}

/** Tells that a work on these items begins, and gives what is to be called for each that is done. */
export function startWork(
  onProgress: OnProgress | undefined,
  work: WorkEvent["work"],
  items: readonly { readonly gateway: string }[],
): (gateway: string) => void {
  const counts = new Map<string, { done: number; total: number }>();
  for (const { gateway } of items) {
    const count = counts.get(gateway) ?? { done: 0, total: 0 };
    counts.set(gateway, { ...count, total: count.total + 1 });
  }
  for (const [gateway, count] of counts) tell(onProgress, { kind: "work", gateway, work, ...count });
  return (gateway) => {
    const count = counts.get(gateway);
    if (count === undefined) return;
    count.done += 1;
    tell(onProgress, { kind: "work", gateway, work, ...count });
  };
}

/** Tells of the gateways whose requests of an earlier run are over only later than `now`, by when that is. */
export function tellWaits(onProgress: OnProgress | undefined, ends: ReadonlyMap<string, number>, now: number): void {
  for (const [gateway, until] of ends) {
    if (until > now) tell(onProgress, { kind: "wait", gateway, reason: "earlier-run", until });
  }
}
