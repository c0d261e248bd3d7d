import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../src/testing/index.ts";
import { type CliOptions, runtimeLater } from "../support/process.ts";
import { gatefold, jsonOf, type Ran } from "../support/sync.ts";
import { roundsOf } from "./soak.ts";
import { GATEWAYS, KEYS, seedOf, type Thing, thingsOf } from "./things.ts";

/** The command line of every run. */
export const APPLY = ["apply", "--write-unverified", "--json"] as const;

/** How patient a run is with its gateways, and how many changes it has under way at each. */
export interface Pace {
  readonly timeoutMs: number;
  readonly concurrency?: number;
}

export interface SceneOptions extends Pace {
  readonly things?: readonly Thing[];
  /** Nothing was ever run here: there is no journal, nor a folder for it. */
  readonly isFresh?: boolean;
}

// Longer than a run may have waited before it sent anything.
const HOUR_MS = 3_600_000;

/** Enough of every kind of update, at three gateways. */
export const THINGS = thingsOf({ ngrok: roundsOf(1) > 1 ? 2 : 1, barndoor: 1, respan: 1 });

/** A config with its folder, its journal and the gateways that it is about. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "gatefold-crash-"));
  readonly journalFolder = join(this.folder, ".gatefold");
  readonly journal = join(this.journalFolder, "journal.jsonl");
  readonly environment: Readonly<Record<string, string>>;
  #requestsBefore = 0;
  #runs = 0;

  private constructor(
    readonly sandbox: Sandbox,
    readonly things: readonly Thing[],
  ) {
    const tokens = GATEWAYS.map((name) => [`${name.toUpperCase()}_TOKEN`, sandbox.tokens[name]]);
    const key = { FINGERPRINT_KEY: "a key for fingerprints, 32 bytes", GATEFOLD_ACTOR: "crash-test" };
    this.environment = { ...Object.fromEntries(tokens), ...KEYS, ...key };
  }

  /** Opens a scene in which one run was made already, unless it is fresh, and more is wanted since. */
  static async open({ things = THINGS, isFresh = false, ...pace }: SceneOptions): Promise<Scene> {
    const scene = new Scene(await startSandbox({ seed: seedOf(things) }), things);
    try {
      if (!isFresh) await scene.#runEarlier();
      scene.setPace(pace);
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  async #runEarlier(): Promise<void> {
    const first = "credential: { scheme: api_key, apiKey: env:FIRST_KEY }";
    const known = this.things.filter(({ gateway, id }) => gateway === "ngrok" && id === "aigpk_0");
    this.#write(
      known.map((thing) => ({ ...thing, wanted: [first] })),
      { timeoutMs: 30_000 },
    );
    const { exit, stdout, stderr } = await this.apply();
    if (exit !== 0) throw new Error(`the earlier run failed: ${stderr}${stdout}`);
    this.#requestsBefore = this.sandbox.requests.length;
  }

  /** Writes the config anew. */
  setPace(pace: Pace): void {
    this.#write(this.things, pace);
  }

  #write(things: readonly Thing[], { timeoutMs, concurrency = 4 }: Pace): void {
    const gateways = GATEWAYS.map((name) => {
      const address = `adapter: ${name}, baseUrl: "${this.sandbox.urls[name]}", token: env:${name.toUpperCase()}_TOKEN`;
      const pace = `timeoutMs: ${timeoutMs}, concurrency: ${concurrency}, retry: { attempts: 0 }, rateLimit: false`;
      return `  ${name}: { ${address}, ${pace} }`;
    });
    const providers = things.map(({ gateway, id, wanted }) => {
      return `  ${gateway}-${id}: { gateways: { ${gateway}: { id: ${id}, ${wanted.join(", ")} } } }`;
    });
    const all = "{ update: { percent: 100 }, key: { percent: 100 } }";
    const head = `version: 1\nfingerprintKey: env:FINGERPRINT_KEY\nlimits: { ${all.slice(1, -1)}, total: ${all} }\n`;
    const text = `${head}gateways:\n${gateways.join("\n")}\nproviders:\n${providers.join("\n")}\n`;
    writeFileSync(join(this.folder, "gatefold.yaml"), text);
  }

  /** What a process is started with. */
  get process(): CliOptions {
    return { directory: this.folder, environment: this.environment };
  }

  /**
   * Runs a command line in this process, hours after the ones before: a process of its own takes ten times as long, and would
   * have to wait for requests of a killed one.
   */
  async run(argv: readonly string[]): Promise<Ran> {
    const runtime = runtimeLater(this.later());
    return gatefold(argv, { directory: this.folder, environment: this.environment, runtime });
  }

  /** Milliseconds by which the next run is later than it is. */
  later(): number {
    this.#runs += 1;
    return this.#runs * HOUR_MS;
  }

  /** Applies in this process. */
  apply(): Promise<Ran> {
    return this.run(APPLY);
  }

  /** Resolves when the gateways have handled whatever was sent before: each has answered two more requests by then. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await Promise.all(GATEWAYS.map((name) => answered(this.sandbox.urls[name])));
  }

  /** What the gateways hold, without what changes by itself. */
  stored(): readonly Record<string, unknown>[] {
    return this.things.map(({ gateway, id }) => settled(this.sandbox.stored(gateway, id) ?? {}));
  }

  /** Every request that writes, since the config asks for more. */
  get writes() {
    return this.sandbox.requests.slice(this.#requestsBefore).filter(({ method }) => method !== "GET");
  }

  lockNames(): readonly string[] {
    if (!existsSync(this.journalFolder)) return [];
    return readdirSync(this.journalFolder).filter((name) => name.includes(".lock-"));
  }

  /** The events of the journal, as they stand there. */
  events(): readonly Record<string, unknown>[] {
    return readFileSync(this.journal, "utf8").trimEnd().split("\n").map(jsonOf);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Closes every scene of a test after it. */
export function useScenes(): (options: SceneOptions) => Promise<Scene> {
  const open: Scene[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((scene) => scene.close()));
  });
  return async (options) => {
    const scene = await Scene.open(options);
    open.push(scene);
    return scene;
  };
}

const CHANGES_BY_ITSELF = ["createdAt", "updatedAt", "created_at", "updated_at", "health_checked_at", "health_status"];

function settled(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !CHANGES_BY_ITSELF.includes(name)));
}

function answered(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, (reply) => reply.resume().on("end", resolve)).on("error", reject);
  });
}

/** A scene for one task, closed after it. */
export async function inScene<Result>(options: SceneOptions, task: (scene: Scene) => Promise<Result>): Promise<Result> {
  const scene = await Scene.open(options);
  try {
    return await task(scene);
  } finally {
    await scene.close();
  }
}
