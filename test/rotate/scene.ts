import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { type ProviderId, type ProviderUpdate, secret } from "../../src/index.ts";
import {
  type Connections,
  connect,
  Fingerprints,
  type Happening,
  type Journal,
  openJournal,
  type RotationCall,
  type RotationInput,
  type RotationResult,
  resolveSecrets,
  rotateKey,
  selectForRotation,
} from "../../src/sync/index.ts";
import type { Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import {
  BARNDOOR_ID,
  checked,
  gatefold,
  jsonOf,
  type Surroundings,
  seed,
  testRuntime,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

export const OLD = "sk-the-old-key-aaaaaaaaaaaa-0001";
export const NEW = "sk-the-new-key-bbbbbbbbbbbb-0002";
export const OTHER = "sk-another-key-cccccccccccc-0003";

/** The three gateways in the order in which a rotation writes them, and where each keeps its key. */
export const GATEWAYS = {
  respan: { id: 101, key: "api_key", write: "PATCH" },
  barndoor: { id: BARNDOOR_ID, key: "api_key", write: "PATCH" },
  ngrok: { id: "aigpk_openai", key: "value", write: "POST" },
} as const;
export type GatewayName = keyof typeof GATEWAYS;
const SERVERS = ["respan", "keywordsai", "barndoor", "ngrok"] as const;
export const NAMES: readonly GatewayName[] = ["respan", "barndoor", "ngrok"];

/** What a scene is besides its defaults. */
export interface SceneOptions {
  readonly switches?: SandboxOptions["switches"];
  /** More of the config: providers, as YAML with two blanks before each line. */
  readonly providers?: string;
  /** Limits and whatever else stands at the top. */
  readonly head?: string;
  readonly isFingerprinted?: boolean;
  /** Fields of the provider at its gateways, as YAML with a comma after each. */
  readonly fields?: Partial<Record<GatewayName, string>>;
  /** The provider to apply at first; all of them if not given. */
  readonly applies?: string;
  /** The gateways held the old key all along, and found it good; that is adopted instead of applied. */
  readonly isAdopted?: boolean;
  /** When the last gateway's key was last used. */
  readonly lastUsed?: string | null;
  /** Milliseconds for a request. Default 10,000. */
  readonly timeoutMs?: number;
  /** Further gateways: `connections`, `NAME` or `NAME-2`, a second entry of the same account. */
  readonly gateways?: readonly string[];
}

/** What one rotation came to. */
export interface Rotated {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly result: RotationResult;
}

/** A provider at three gateways that all hold the old key, written by an apply, and the command line on it. */
export function useRotation() {
  const parent = useTemporaryDirectory();
  const open = useSandbox();
  let scenes = 0;
  return async (options: SceneOptions = {}) => {
    const {
      switches = {},
      providers = "",
      head = "",
      isFingerprinted = true,
      gateways = [],
      fields = {},
      timeoutMs = 10_000,
    } = options;
    const sandbox = await open({ seed: seedWith(options), switches });
    scenes += 1;
    const directory = join(parent.path, String(scenes));
    mkdirSync(directory);
    const writeFile = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o600 });
    const entry = (name: string) => {
      const adapter = name === "connections" ? "barndoor-connection" : SERVERS.find((each) => name.startsWith(each));
      const server = name === "connections" ? "barndoor" : (SERVERS.find((each) => name.startsWith(each)) ?? "ngrok");
      const pace = `timeoutMs: ${timeoutMs}, retry: { attempts: 0 }, rateLimit: false`;
      const address = `adapter: ${adapter}, baseUrl: "${sandbox.urls[server]}"`;
      return `  ${name}: { ${address}, token: env:${server.toUpperCase()}_TOKEN, ${pace} }`;
    };
    const fingerprints = isFingerprinted ? "fingerprintKey: env:FINGERPRINT_KEY\n" : "";
    writeFile(
      "gatefold.yaml",
      `version: 1
${fingerprints}${head}gateways:
${[...NAMES, ...gateways].map(entry).join("\n")}
providers:
  openai:
    credential: { scheme: api_key, apiKey: env:KEY }
    gateways:
${NAMES.map((name) => `      ${name}: { ${fields[name] ?? ""}id: ${JSON.stringify(GATEWAYS[name].id)} }`).join("\n")}
${providers}`,
    );
    const environment: Record<string, string> = {
      ...Object.fromEntries(SERVERS.map((name) => [`${name.toUpperCase()}_TOKEN`, sandbox.tokens[name]])),
      FINGERPRINT_KEY: "a-random-text-that-nobody-guesses",
      KEY: OLD,
      OLD_KEY: OLD,
      NEW_KEY: NEW,
      OTHER_KEY: OTHER,
    };
    const run = (argv: readonly string[], surroundings: Surroundings = {}) =>
      gatefold(argv, { directory, environment, ...surroundings });
    const scope = options.applies === undefined ? [] : ["--provider", options.applies];
    const all = ["--allow", "key=99", ...[...NAMES, ...gateways].flatMap((name) => ["--allow", `key:${name}=9`])];
    const apply = ["apply", "--write-unverified", ...(head === "" ? [] : all)];
    const first = options.isAdopted === true ? ["adopt", "--key"] : apply;
    const applied = await run([...first, "--json", ...scope]);
    if (applied.exit !== 0) throw new Error(`the old key was not written: ${applied.stdout}${applied.stderr}`);
    const begun = sandbox.requests.length;
    return {
      sandbox,
      environment,
      directory,
      writeFile,
      run,
      words,
      /** Somebody else's update of an object. */
      async bySomebodyElse(name: (typeof SERVERS)[number], id: ProviderId, update: ProviderUpdate): Promise<void> {
        const settings = { baseUrl: sandbox.urls[name], token: secret(sandbox.tokens[name]) };
        await adapters
          .find((adapter) => adapter.name === name)
          ?.open(settings)
          .update(id, update);
      },
      /** `rotate`, with these arguments after it. */
      async rotate(line: string, surroundings: Surroundings = {}): Promise<Rotated> {
        const ran = await run(["rotate", ...words(line), "--json"], surroundings);
        return { ...ran, result: asResult(ran.stdout) };
      },
      stored: () => NAMES.map((name) => storedKey(sandbox, name)),
      /** Method and gateway of each write since the apply. */
      writes: () =>
        sandbox.requests
          .slice(begun)
          .filter(({ method }) => method !== "GET")
          .map(({ gateway, method }) => `${gateway} ${method}`),
      /** The lines of a file, each of them JSON. */
      linesOf: (name: string) => readFileSync(join(directory, name), "utf8").trimEnd().split("\n").map(jsonOf),
      events: () => readFileSync(join(directory, ".gatefold/journal.jsonl"), "utf8").trimEnd().split("\n").map(jsonOf),
    };
  };
}

/** A journal that tells of each line before it is written and after. What is thrown then is as a crash: nothing comes after. */
export function watchedJournal(journal: Journal, watch: (when: "before" | "after", line: Happening) => void): Journal {
  let isDead = false;
  const tell = (when: "before" | "after", line: Happening) => {
    if (isDead) throw new Error("it is dead already");
    try {
      watch(when, line);
    } catch (error) {
      isDead = true;
      throw error;
    }
  };
  return {
    file: journal.file,
    run: journal.run,
    get events() {
      return journal.events;
    },
    async append(line) {
      tell("before", line);
      const event = await journal.append(line);
      tell("after", line);
      return event;
    },
    close: () => journal.close(),
  };
}

/** The same rotation as a library call. */
export async function asLibraryCall(
  scene: RotationScene,
  given: (journal: Journal, connections: Connections) => Partial<RotationInput>,
  call: RotationCall = {},
  work: typeof rotateKey = rotateKey,
): Promise<RotationResult> {
  const { directory, environment } = scene;
  const text = readFileSync(join(directory, "gatefold.yaml"), "utf8");
  const config = checked(text, "gatefold.yaml", directory);
  const selection = selectForRotation(config, ["openai"]);
  const connections = await connect(config, selection.bindings, environment, {});
  const file = join(directory, ".gatefold/journal.jsonl");
  const runtime = testRuntime();
  const journal = await openJournal(file, runtime, { command: "test" });
  try {
    return await work(
      {
        checked: config,
        selection,
        to: { reference: { kind: "env", target: "NEW_KEY" }, secret: secret(NEW) },
        from: { reference: { kind: "env", target: "OLD_KEY" }, secret: secret(OLD) },
        onFailure: "restore",
        connections,
        secretOf: await resolveSecrets(config, [], environment),
        fingerprints: new Fingerprints(secret(environment.FINGERPRINT_KEY ?? "")),
        journal,
        runtime,
        ...given(journal, connections),
      },
      call,
    );
  } finally {
    await journal.close();
  }
}

export type RotationScene = Awaited<ReturnType<ReturnType<typeof useRotation>>>;

function seedWith({ isAdopted = false, lastUsed = null }: SceneOptions): NonNullable<SandboxOptions["seed"]> {
  const { respan, barndoor, ngrok } = seed;
  const health = { health_status: "healthy", health_checked_at: "2026-01-01T00:00:00.000Z" } as const;
  return {
    ...seed,
    respan: { providers: respan.providers.map((each) => ({ ...each, ...(isAdopted ? { api_key: OLD } : {}) })) },
    barndoor: {
      ...barndoor,
      providers: barndoor.providers.map((each) => {
        return { ...each, ...(isAdopted && each.id === BARNDOOR_ID ? { api_key: OLD, ...health } : {}) };
      }),
    },
    ngrok: { keys: ngrok.keys.map((key) => ({ ...key, lastUsed, ...(isAdopted ? { value: OLD } : {}) })) },
  };
}

export function storedKey(sandbox: Sandbox, name: GatewayName): unknown {
  return sandbox.stored(name, GATEWAYS[name].id)?.[GATEWAYS[name].key];
}

/** Words at blanks; what stands in single quotes stays together. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ""));
}

function asResult(stdout: string): RotationResult {
  const document: unknown = jsonOf(stdout);
  return document as RotationResult;
}
