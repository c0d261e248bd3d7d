import type { Hooks } from "../../contract/hooks.ts";
import type { ProgressEvent } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { type GatewayProgress, isAtWork, noteEvent, noteRequest, noteWait, progressLine } from "./gateway-progress.ts";
import { Region } from "./region.ts";

/** A host with progress, and what ends it. */
export interface Watched {
  readonly host: Host;
  /** Shows nothing from now on; what is there is erased. */
  end(): void;
  /** Errors and results alone are printed from now on. */
  quieten(): void;
}

/** No frame follows another sooner, in milliseconds. */
export const FRAME_MS = 100;
/** A command that ends within so many milliseconds shows no progress. */
const QUIET_START_MS = 1_000;
/** Where there is no terminal, a gateway is told of so often at most, in milliseconds. */
const LINE_EVERY_MS = 30_000;
/** Where there is no terminal, a wait as long as that is told when it begins. */
const LONG_WAIT_MS = 5_000;
const MOST_LINES = 8;
const LEAST_COLUMNS = 10;
const USUAL_COLUMNS = 80;

/** Whether progress may be drawn in place: on a terminal that can, and that is not the log of a CI job. */
export function canDraw({ isErrorTerminal, environment: { TERM, CI } }: Host): boolean {
  return isErrorTerminal === true && TERM !== "dumb" && (CI === undefined || CI === "" || CI === "false");
}

/**
 * A host whose commands show their progress on standard error: as lines drawn in place on a terminal, else as plain lines, few
 * and only of long work. Whatever is printed comes in its place, never into the middle of a line that is drawn.
 */
export function watched(given: Host): Watched {
  const display = new Display(given);
  const print = (write: (text: string) => void) => (text: string) => {
    display.clear();
    write(text);
  };
  const host: Host = {
    ...given,
    stdout: print(given.stdout),
    stderr: print(given.stderr),
    onProgress: (event) => display.note(event),
    hooksFor: (gateway) => [...(given.hooksFor?.(gateway) ?? []), display.hooksFor(gateway)],
    get isQuiet() {
      return display.isQuiet;
    },
  };
  return { host, end: () => display.end(), quieten: () => display.quieten() };
}

class Display {
  readonly #host: Host;
  readonly #region: Region | undefined;
  readonly #gateways = new Map<string, GatewayProgress>();
  readonly #startedAt: number;
  readonly #toldAt = new Map<string, number>();
  #stop: (() => void) | undefined;
  #isEnded = false;
  #isQuiet = false;

  constructor(host: Host) {
    this.#host = host;
    this.#startedAt = host.runtime.now();
    this.#region = canDraw(host) ? new Region(host.stderr) : undefined;
  }

  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  note(event: ProgressEvent): void {
    const gateway = this.#of(event.gateway);
    noteEvent(gateway, event, this.#now);
    this.#tellOfWait(gateway);
  }

  /** What a gateway's requests and waits are known by. */
  hooksFor(name: string): Hooks {
    const gateway = this.#of(name);
    const wait = (what: string, until: string) => {
      noteWait(gateway, what, Date.parse(until));
      this.#tellOfWait(gateway);
    };
    return {
      onStart: () => {
        gateway.calls += 1;
      },
      onEnd: () => {
        gateway.calls -= 1;
      },
      onRequest: () => noteRequest(gateway, this.#now),
      onRetry: ({ until, status, request }) =>
        wait(status === undefined ? `sends ${request.method} again` : `sends it again after a ${status}`, until),
      onWait: ({ until, reason }) =>
        wait(reason === "budget" ? "waits for its rate limit" : "the vendor asked to wait", until),
    };
  }

  /** Takes away what is drawn, until the next frame. */
  clear(): void {
    this.#region?.erase(this.#columns);
  }

  quieten(): void {
    this.#isQuiet = true;
    this.end();
  }

  end(): void {
    this.#isEnded = true;
    this.#stop?.();
    this.clear();
  }

  get #now(): number {
    return this.#host.runtime.now();
  }

  get #columns(): number {
    return Math.max(LEAST_COLUMNS, this.#host.columns?.() ?? USUAL_COLUMNS);
  }

  #of(name: string): GatewayProgress {
    const known = this.#gateways.get(name);
    if (known !== undefined) return known;
    if (!this.#isEnded) this.#stop ??= this.#host.every?.(FRAME_MS, () => this.#tick());
    const fresh: GatewayProgress = { name, calls: 0, requests: new Map() };
    this.#gateways.set(name, fresh);
    return fresh;
  }

  #tick(): void {
    const now = this.#now;
    if (now - this.#startedAt < QUIET_START_MS) return;
    const busy = [...this.#gateways.values()].filter((gateway) => isAtWork(gateway, now));
    if (this.#region !== undefined) this.#draw(this.#region, busy, now);
    else for (const gateway of busy) this.#tellOfWork(gateway, now);
  }

  #draw(region: Region, busy: readonly GatewayProgress[], now: number): void {
    const shown = busy.length > MOST_LINES ? busy.slice(0, MOST_LINES - 1) : busy;
    const width = Math.max(0, ...shown.map(({ name }) => name.length));
    const lines = shown.map((gateway) => progressLine(gateway, now, width));
    const others = busy.length - shown.length;
    region.draw(others === 0 ? lines : [...lines, `and ${others} more`], this.#columns);
  }

  #tellOfWork(gateway: GatewayProgress, now: number): void {
    const since = this.#toldAt.get(gateway.name) ?? this.#startedAt;
    if (now - since >= LINE_EVERY_MS) this.#line(gateway, now);
  }

  #tellOfWait(gateway: GatewayProgress): void {
    const now = this.#now;
    const { wait } = gateway;
    if (this.#region !== undefined || wait === undefined || wait.until - now <= LONG_WAIT_MS) return;
    const toldAt = this.#toldAt.get(gateway.name);
    if (toldAt === undefined || now - toldAt >= LINE_EVERY_MS) this.#line(gateway, now);
  }

  #line(gateway: GatewayProgress, now: number): void {
    if (this.#isEnded) return;
    this.#toldAt.set(gateway.name, now);
    this.#host.stderr(`${progressLine(gateway, now)}\n`);
  }
}
