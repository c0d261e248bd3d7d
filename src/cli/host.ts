import type { Hooks } from "../contract/hooks.ts";
import type { OnProgress, Runtime } from "../sync/index.ts";
import type { Prompter } from "./prompter.ts";

/** Everything of the process that a command may touch: passed in, so that a command can be run and watched. */
export interface Host {
  /** Writes to standard output. */
  readonly stdout: (text: string) => void;
  /** Writes to standard error. */
  readonly stderr: (text: string) => void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Whether standard error is a terminal: progress shows there, and nowhere else. */
  readonly isErrorTerminal?: boolean;
  /** Calls a function again and again, so many milliseconds apart, until what it gives is called. Absent: nothing is drawn. */
  readonly every?: (milliseconds: number, work: () => void) => () => void;
  /** What the command tells of its work. */
  readonly onProgress?: OnProgress;
  /** Whether only results and errors are printed. */
  readonly isQuiet?: boolean;
  /** Columns of the terminal as it is now; undefined where that is not known. */
  readonly columns?: () => number | undefined;
  /** What is to be told of a gateway's work, such as telemetry. */
  readonly hooksFor?: (gateway: string) => readonly Hooks[];
  /** Asks the user. Absent where nobody can answer. */
  readonly prompter?: Prompter;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly runtime: Runtime;
  /** Aborts when the user asks the command to end: what is in flight may be finished. */
  readonly signal: AbortSignal;
  /** Aborts when the user asks again: what is in flight ends at once. */
  readonly force: AbortSignal;
  /** Imports the module at a `file:` URL. Without it no adapter of a file or a package can be used. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Whether the modes of files mean nothing, as on Windows. */
  readonly ignoresModes?: boolean;
}
