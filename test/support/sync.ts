import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adapters } from "../../adapters/index.ts";
import type { Host } from "../../src/cli/host.ts";
import { run } from "../../src/cli/program.ts";
import {
  type Gateway,
  type GatewayError,
  isGatewayError,
  type ProviderId,
  type ProviderState,
  type ProviderUpdate,
} from "../../src/index.ts";
import {
  type CheckedConfig,
  ConfigError,
  type ConfigProblem,
  type Connections,
  checkConfig,
  connect,
  makePlan,
  openWithoutToken,
  type PlanInput,
  type Planned,
  type PlanOptions,
  parseConfig,
  type Runtime,
  readersOf,
} from "../../src/sync/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/testing/index.ts";

export const BARNDOOR_ID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
export const OTHER_BARNDOOR_ID = "9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33";
export const CONNECTION_ID = "c0ffee00-5a5a-4b4b-9c9c-0123456789ab";
export const OTHER_CONNECTION_ID = "deadbeef-5a5a-4b4b-9c9c-0123456789ab";

/** A folder of its own for each test, removed after it. */
export function useTemporaryDirectory(): { readonly path: string; write(name: string, text: string): string } {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "gatefold-test-"));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    write(name, text) {
      // As tight as a config, a key and a journal should be.
      writeFileSync(join(path, name), text, { mode: 0o600 });
      return join(path, name);
    },
  };
}

/** A sandbox for each test that asks for one, closed after it. */
export function useSandbox(): (options?: SandboxOptions) => Promise<Sandbox> {
  const open: Sandbox[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  });
  return async (options = {}) => {
    const sandbox = await startSandbox(options);
    open.push(sandbox);
    return sandbox;
  };
}

/** Takes the mark `»` out of a text, and tells line and column of what stood behind it. */
export function marked(text: string): { readonly text: string; readonly line: number; readonly column: number } {
  const before = text.split("»", 1)[0] ?? "";
  if (before === text) throw new Error("the text has no mark");
  const lines = before.split("\n");
  return { text: text.replace("»", ""), line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** What a config is refused with, or an empty list; through both checks that need no secret. */
export function problemsOf(text: string, file = "gatefold.yaml"): readonly ConfigProblem[] {
  try {
    checked(text, file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError && error.kind === "invalid") return error.problems;
    throw error;
  }
}

/** A config that has passed every check that needs no secret. */
export function checked(text: string, file = "gatefold.yaml", directory = tmpdir()): CheckedConfig {
  return checkConfig(parseConfig(file, text, directory), adapters);
}

/** A checked config whose gateways are all opened. */
export async function opened(text: string, environment: Readonly<Record<string, string | undefined>>) {
  const config = checked(text);
  const connections = await connect(config, config.bindings, environment, {});
  return { config, bindings: config.bindings, connections };
}

/** The ConfigError that something ends with. */
export async function configErrorOf(work: () => unknown): Promise<ConfigError> {
  const error = await caught(work);
  if (error instanceof ConfigError) return error;
  throw error instanceof Error ? error : new Error("nothing was thrown");
}

/** The error of the contract that something ends with. */
export async function gatewayErrorOf(work: () => unknown): Promise<GatewayError> {
  const error = await caught(work);
  if (isGatewayError(error)) return error;
  throw error instanceof Error ? error : new Error("nothing was thrown");
}

async function caught(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Waits until something holds; gives up after a while, so that a wrong expectation ends. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    if (turns === 1000) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** What a stand-in for a gateway does: reports this state, or fails with this error. */
export type StandIn = Partial<ProviderState<ProviderId>> | GatewayError;

/** Gateways that are not there: they report what they are told to, and keep what is written to them. */
export function standIns(
  config: CheckedConfig,
  behaviour: Readonly<Record<string, { readonly get?: StandIn; readonly update?: GatewayError | (() => unknown) }>>,
) {
  const updates: { readonly gateway: string; readonly id: ProviderId; readonly update: ProviderUpdate }[] = [];
  const reads: string[] = [];
  const connections = new Map<string, Gateway<ProviderId>>();
  for (const { entry, adapter } of config.bindings) {
    const { get = {}, update: failure } = behaviour[entry.name] ?? {};
    const stateOf = (id: ProviderId): ProviderState<ProviderId> => {
      if (isGatewayError(get)) throw get;
      return { id, name: "Name", credential: { kind: "unknown" }, ...get };
    };
    connections.set(entry.name, {
      ...openWithoutToken(adapter, entry.settings),
      get: async (id) => {
        reads.push(entry.name);
        return stateOf(id);
      },
      list: async function* () {
        reads.push(entry.name);
        for (const binding of config.bindings) {
          if (binding.gateway === entry.name) yield stateOf(binding.providerId);
        }
      },
      update: async (id, update) => {
        updates.push({ gateway: entry.name, id, update });
        if (isGatewayError(failure)) throw failure;
        await failure?.();
        const { credential: _key, ...shown } = update;
        return { provider: { id, name: "Name", credential: { kind: "unknown" }, ...shown }, notes: [] };
      },
    });
  }
  return { connections, updates, reads };
}

/** The process as a test sees it: its waits end at once, and its clock moves on by them. */
export function testRuntime(given: Partial<Runtime> = {}): Runtime {
  let waited = 0;
  return {
    now: () => Date.now() + waited,
    sleep: async (milliseconds, signal) => {
      waited += milliseconds;
      return signal?.aborted !== true;
    },
    pid: process.pid,
    hostName: "test-host",
    actor: "tester",
    isAlive: (pid) => pid === process.pid,
    ...given,
  };
}

/** The plan of a config, with no journal unless one is given. */
export async function planned(
  config: CheckedConfig,
  connections: Connections,
  options: PlanOptions = {},
  more: Partial<PlanInput> = {},
): Promise<Planned> {
  const { bindings } = config;
  return makePlan({ checked: config, bindings, readers: readersOf(connections), ...more }, options);
}

/** What one command line did. */
export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command line is run with. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  readonly signal?: AbortSignal;
  readonly force?: AbortSignal;
  readonly runtime?: Partial<Runtime>;
  readonly isTerminal?: boolean;
  /** The terminal that standard error is. */
  readonly errorTerminal?: { readonly columns: number; readonly write: (text: string) => void };
  /** More of the host, as it is. */
  readonly host?: Partial<Host>;
  /** Called with everything on standard output so far, whenever there is more. */
  readonly onOutput?: (stdout: string) => void;
}

/** Loads a CommonJS module in the place of `import()`, which nothing in this process can do. */
export async function requireModule(url: string): Promise<unknown> {
  return require(fileURLToPath(url));
}

/** What stands below a text on standard error that asks for trust. */
export const TRUST_LINES =
  "  why: a config may come from a stranger, so without trust it runs nothing, and sends and reads nothing elsewhere\n" +
  "  fix: if you trust whoever wrote it, give --trust-config, or set GATEFOLD_TRUST_CONFIG=1\n";

/** Runs one command line in this process, and keeps what it prints. */
export async function gatefold(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { environment = {}, directory = tmpdir(), isTerminal = false, errorTerminal, onOutput } = surroundings;
  const { signal = new AbortController().signal, force = new AbortController().signal } = surroundings;
  let stdout = "";
  let stderr = "";
  const host: Host = {
    stdout: (text) => {
      stdout += text;
      onOutput?.(stdout);
    },
    stderr: (text) => {
      stderr += text;
      errorTerminal?.write(text);
    },
    isTerminal,
    ...(errorTerminal === undefined ? {} : { isErrorTerminal: true, columns: () => errorTerminal.columns }),
    environment,
    workingDirectory: directory,
    runtime: testRuntime(surroundings.runtime),
    signal,
    force,
    importModule: requireModule,
    ...surroundings.host,
  };
  const exit = await run(argv, host);
  return { exit, stdout, stderr };
}

/** The one JSON document that a text is. Throws when it is anything else. */
export function jsonOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("expected a JSON object");
  return { ...value };
}

/** A seed with one provider at each gateway, and two at Barndoor. */
export const seed = {
  respan: {
    providers: [
      {
        pk: 101,
        provider_id: "openai",
        provider_name: "OpenAI",
        api_key: "sk-old-respan-key",
        extra_kwargs: { base_url: "https://api.openai.com/v1", timeout: 60 },
      },
    ],
  },
  keywordsai: {
    providers: [
      {
        pk: 7,
        provider_id: "anthropic",
        provider_name: "Anthropic",
        api_key: "sk-old-keywordsai-key",
        extra_kwargs: { base_url: "https://api.anthropic.com" },
      },
    ],
  },
  barndoor: {
    connections: [
      {
        id: CONNECTION_ID,
        name: "Shared OpenAI",
        model_provider: "openai",
        base_url: "https://api.openai.com/v1",
        auth_type: "api_key",
        api_key: "sk-old-shared-key",
      },
    ],
    providers: [
      {
        id: BARNDOOR_ID,
        name: "OpenAI",
        model_provider: "openai",
        base_url: "https://api.openai.com/v1",
        auth_type: "api_key",
        api_key: "sk-old-barndoor-key",
        request_timeout_secs: 60,
      },
      {
        id: OTHER_BARNDOOR_ID,
        name: "Attached",
        model_provider: "openai",
        base_url: "https://api.openai.com/v1",
        connection_id: CONNECTION_ID,
      },
    ],
  },
  ngrok: {
    keys: [
      {
        id: "aigpk_openai",
        providerId: "openai",
        name: "OpenAI",
        value: "sk-old-ngrok-key",
        description: "primary",
        metadata: '{"team":"ml"}',
      },
    ],
  },
} satisfies SandboxOptions["seed"];

/** The `gateways` part of a config for a sandbox, quick to give up, and the variables that it refers to. */
export function gatewaysOf(sandbox: Sandbox, settings: Readonly<Record<string, string>> = {}) {
  const names = ["respan", "keywordsai", "barndoor", "ngrok"] as const;
  const entries = names.map((name) => {
    const more = settings[name] === undefined ? "" : `, ${settings[name]}`;
    const common = `adapter: ${name}, baseUrl: "${sandbox.urls[name]}", token: env:${name.toUpperCase()}_TOKEN`;
    return `  ${name}-prod: { ${common}, retry: { attempts: 0 }, timeoutMs: 30000, rateLimit: false${more} }`;
  });
  const environment = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_TOKEN`, sandbox.tokens[name]]));
  return { yaml: `version: 1\ngateways:\n${entries.join("\n")}\n`, environment };
}
