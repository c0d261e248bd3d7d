import { type CheckedConfig, ConfigError, EXIT, type ExitCode, JournalError } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { type Format, printedError, printReport } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { errorData } from "../render/error-text.ts";
import { type ApplyOptions, applyChecked } from "./apply.ts";

/** Options of `apply --watch`. */
export interface WatchOptions extends ApplyOptions {
  /** Milliseconds from the end of one round to the next. */
  readonly interval: number;
}

// Several watchers must not come at the same moment for ever.
const JITTER = 0.1;

/**
 * Applies again and again until it is told to end. A config that is broken when it is read again is reported, and the last
 * good one is used; no gateway's failure ends it, and no journal that another run holds.
 * @throws ConfigError, JournalError for what is wrong from the start
 */
export async function watch(
  host: Host,
  format: Format,
  options: WatchOptions,
  random: () => number = Math.random,
): Promise<ExitCode> {
  let config = await readConfig(host, options);
  for (let rounds = 0; ; rounds++) {
    try {
      const { data, exit, ...report } = await applyChecked(host, config, options);
      // One line for each round, so that a reader of JSON can tell the rounds apart.
      if (format === "json") host.stdout(`${JSON.stringify(data)}\n`);
      else printReport(host, format, { data, exit, ...report });
      if (exit === EXIT.cancelled) return exit;
    } catch (error) {
      if (!isPassing(error, rounds)) throw error;
      host.stderr(printedError(host, error));
      if (format === "json") host.stdout(`${JSON.stringify({ error: errorData(error) })}\n`);
    }
    const pause = options.interval * (1 - JITTER + 2 * JITTER * random());
    if (!(await host.runtime.sleep(pause, host.signal))) return EXIT.done;
    config = await reread(host, options, config);
  }
}

// What is wrong from the start, such as a token that is not there, is told at once; another run ends some time.
function isPassing(error: unknown, rounds: number): error is ConfigError | JournalError {
  if (error instanceof JournalError) return rounds > 0 || error.kind === "locked";
  return error instanceof ConfigError && rounds > 0;
}

async function reread(host: Host, options: WatchOptions, last: CheckedConfig): Promise<CheckedConfig> {
  try {
    return await readConfig(host, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr(`The config is broken, the last good one is used:\n${printedError(host, error)}`);
    return last;
  }
}

/** Milliseconds of `30s`, `5m`, `1h`; undefined for anything else. */
export function parseInterval(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})(s|m|h)$/.exec(text) ?? [];
  const milliseconds = { s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ""];
  // Timers end at once beyond 2^31 - 1 milliseconds.
  const longest = 24 * 3_600_000;
  if (count === undefined || milliseconds === undefined) return undefined;
  const interval = Number(count) * milliseconds;
  return interval <= longest ? interval : undefined;
}
