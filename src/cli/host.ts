/** Everything of the process that a command may touch: passed in, so that a command can be run and watched. */
export interface Host {
  /** Writes to standard output. */
  readonly stdout: (text: string) => void;
  /** Writes to standard error. */
  readonly stderr: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborts when the user asks the command to end. */
  readonly signal: AbortSignal;
}
