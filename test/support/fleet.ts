import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest, Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { gatewaysOf } from "./sync.ts";

/** The gateways of a fleet: each holds so many objects, all alike. */
export const fleetGateways = ["respan", "barndoor", "ngrok"] as const;
export type FleetGateway = (typeof fleetGateways)[number];

export const FLEET_KEY = "sk-fleet-new-key-2026";
export const FLEET_FINGERPRINT_KEY = "a random text that nobody guesses";
/** The journal's place where a config names none. */
export const JOURNAL = join(".gatefold", "journal.jsonl");

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The id of the nth object of a gateway, from 1. None is the beginning of another. */
export function fleetId(gateway: FleetGateway, number: number): string | number {
  if (gateway === "respan") return number;
  const digits = String(number).padStart(12, "0");
  return gateway === "barndoor" ? `4f8b2a3c-12ee-4d92-9c7b-${digits}` : `aigpk_${digits}`;
}

/** So many objects at each gateway, with an old name and an old key. */
export function fleetSeed(count: number): NonNullable<SandboxOptions["seed"]> {
  const all = numbers(count);
  return {
    respan: {
      providers: all.map((number) => ({
        pk: number,
        provider_id: `p${number}`,
        provider_name: "Old",
        api_key: `sk-old-respan-${number}`,
      })),
    },
    barndoor: {
      providers: all.map((number) => ({
        id: String(fleetId("barndoor", number)),
        name: "Old",
        model_provider: "openai",
        base_url: "https://api.openai.com/v1",
        auth_type: "api_key",
        api_key: `sk-old-barndoor-${number}`,
      })),
    },
    ngrok: {
      keys: all.map((number) => ({
        id: String(fleetId("ngrok", number)),
        providerId: "openai",
        name: "Old",
        value: `sk-old-ngrok-${number}`,
      })),
    },
  };
}

/** What is different about a fleet's config. */
export interface FleetOptions {
  readonly gateways?: readonly FleetGateway[];
  /** Each gateway's further settings, as YAML in a flow mapping. */
  readonly settings?: Readonly<Partial<Record<FleetGateway, string>>>;
  /** Further lines at the top of the file. Without any, the limits let everything through. */
  readonly top?: string;
  /** Each provider's fields, as members of a YAML flow mapping. */
  readonly fields?: string;
}

const NO_LIMITS =
  "limits: { update: { percent: 100 }, key: { percent: 100 }, total: { update: { percent: 100 }, key: { percent: 100 } } }";

/** A config that gives every object of a fleet a new name, or other fields; and the variables that it refers to. */
export function fleetConfig(sandbox: Sandbox, count: number, options: FleetOptions = {}) {
  const { gateways = fleetGateways, settings = {}, top = NO_LIMITS, fields = "name: New" } = options;
  const { yaml, environment } = gatewaysOf(sandbox, { barndoor: "updateMethod: PATCH", ...settings });
  const providers = numbers(count).map((number) => {
    const bindings = gateways.map((name) => `${name}-prod: { id: ${JSON.stringify(fleetId(name, number))} }`);
    return `  p${number}: { ${fields}, gateways: { ${bindings.join(", ")} } }`;
  });
  const variables: Readonly<Record<string, string | undefined>> = { ...environment, FLEET_KEY, FLEET_FINGERPRINT_KEY };
  return {
    yaml: `${top}\n${yaml}providers:\n${providers.join("\n")}\n`,
    environment: variables,
  };
}

/** The lines of a folder's journal, parsed; none where there is no journal. */
export function journalLines(directory: string, file = JOURNAL): readonly Record<string, unknown>[] {
  const path = join(directory, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

/** The journal's lines of one type. */
export function eventsOf(directory: string, type: string): readonly Record<string, unknown>[] {
  return journalLines(directory).filter((line) => line.type === type);
}

/** The lock files of a folder's journal. */
export function lockFiles(directory: string): readonly string[] {
  const folder = join(directory, ".gatefold");
  return readdirSync(folder)
    .filter((name) => name.includes(".lock-"))
    .map((name) => join(folder, name));
}

/** Whether a request would change something. */
export const isWrite = ({ method }: Pick<RecordedRequest, "method">): boolean => method !== "GET";

/** The requests that would change something, of all gateways or of one. */
export function writesOf(sandbox: Pick<Sandbox, "requests">, gateway?: FleetGateway): readonly RecordedRequest[] {
  return sandbox.requests.filter((each) => isWrite(each) && (gateway === undefined || each.gateway === gateway));
}
