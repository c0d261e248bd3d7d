/** What the sync takes from the process it runs in: passed in, so that nothing here reads a clock or a process by itself. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; resolves to false at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
  readonly pid: number;
  readonly hostName: string;
  /** Who runs this: for the journal and for whoever finds it locked. */
  readonly actor: string;
  /** Whether a process of this machine is alive. */
  isAlive(pid: number): boolean;
}
