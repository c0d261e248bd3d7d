import { isRecord, SandboxConfigurationError } from "./configuration.ts";

/** The options as far as they are the same for every vendor; each vendor checks its own seed and switches. */
export interface Settings {
  readonly seed: Readonly<Record<string, unknown>>;
  readonly switches: Readonly<Record<string, unknown>>;
  readonly faults: Readonly<Record<string, unknown>>;
  readonly portBase: number | undefined;
  readonly now: () => number;
}

const optionNames = ["seed", "switches", "faults", "portBase", "now"];

export function readSettings(options: unknown, gateways: readonly string[]): Settings {
  if (!isRecord(options)) throw fault("options", "expected an object");
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) throw fault(unknown, `there is no such option; expected ${optionNames.join(", ")}`);
  return {
    seed: perGateway(options.seed, "seed", gateways),
    switches: perGateway(options.switches, "switches", gateways),
    faults: perGateway(options.faults, "faults", gateways),
    portBase: readPortBase(options.portBase, gateways.length),
    now: readClock(options.now),
  };
}

export function unknownGateway(gateways: readonly string[]): string {
  return `there is no such gateway; expected ${gateways.join(", ")}`;
}

function perGateway(value: unknown, part: string, gateways: readonly string[]): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw fault(part, "expected an object with a key per gateway");
  const unknown = Object.keys(value).find((name) => !gateways.includes(name));
  if (unknown !== undefined) throw fault(`${part}.${unknown}`, unknownGateway(gateways));
  return value;
}

function readPortBase(value: unknown, gateways: number): number | undefined {
  if (value === undefined) return undefined;
  const highest = 65_535 - gateways + 1;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= highest) return value;
  throw fault("portBase", `expected a port from 1 to ${highest}`);
}

function readClock(value: unknown): () => number {
  if (value === undefined) return Date.now;
  if (typeof value !== "function") throw fault("now", "expected a function that answers milliseconds");
  return () => Number(value());
}

function fault(path: string, message: string): SandboxConfigurationError {
  return new SandboxConfigurationError([{ path, message }]);
}
