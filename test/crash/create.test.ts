import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { runtimeLater, useCli } from "../support/process.ts";
import { gatefold } from "../support/sync.ts";
import { differentPoints, momentsOf, type Point, tornHalf, type Watched, watched } from "./points.ts";
import { ofMany, timeoutOf } from "./soak.ts";

allowLoopback();
const startCli = useCli();
const HOUR_MS = 3_600_000;
const KEY = "sk-the-new-key-xxxxxxxxxxxx-0001";
// One gateway has a place for a marker, and the other has not.
const BINDINGS = {
  ngrok: "create: true, upstream: openai",
  barndoor: "create: true, upstream: openai, baseUrl: https://api.example.com, enabled: false",
};
const NAMES = ["ngrok", "barndoor"] as const;

interface Scene extends Watched {
  readonly sandbox: Sandbox;
  write(providers: string): void;
}

const MADE = `  made:
    name: Made
    credential: { scheme: api_key, apiKey: env:KEY }
    gateways:
${NAMES.map((name) => `      ${name}: { ${BINDINGS[name]} }`).join("\n")}
`;

/** Runs a task in a folder with a config that wants an object at two gateways, which have none. */
async function inScene<Result>(task: (scene: Scene) => Promise<Result>): Promise<Result> {
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), "gatefold-create-"));
  const gateways = NAMES.map((name) => {
    const address = `adapter: ${name}, baseUrl: "${sandbox.urls[name]}", token: env:${name.toUpperCase()}_TOKEN`;
    return `  ${name}: { ${address}, retry: { attempts: 0 }, rateLimit: false }`;
  });
  const tokens = NAMES.map((name) => [`${name.toUpperCase()}_TOKEN`, sandbox.tokens[name]]);
  const FINGERPRINT_KEY = "a key for fingerprints, 32 bytes";
  const environment: Record<string, string> = { ...Object.fromEntries(tokens), KEY, FINGERPRINT_KEY };
  const write = (providers: string) => {
    const head = `version: 1\nfingerprintKey: env:FINGERPRINT_KEY\ngateways:\n${gateways.join("\n")}\n`;
    writeFileSync(join(folder, "gatefold.yaml"), `${head}providers:${providers}`);
  };
  write(`\n${MADE}`);
  const journalFolder = join(folder, ".gatefold");
  mkdirSync(journalFolder);
  const process = { directory: folder, environment };
  try {
    return await task({ folder, journalFolder, environment, process, sandbox, write });
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const applyAt = (scene: Scene, argv: readonly string[], point?: Point) =>
  startCli(["apply", ...argv, "--json"], watched(scene, point)).ended;

/** Runs hours later, when whatever was under way is over. */
const later = ({ folder, environment }: Scene, hours: number, argv: readonly string[]) =>
  gatefold([...argv, "--json"], { directory: folder, environment, runtime: runtimeLater(hours * HOUR_MS) });

/** So many of these requests took effect, by gateway. */
function taken({ sandbox }: Scene, method: string): readonly number[] {
  return NAMES.map((name) => {
    const own = sandbox.requests.filter((each) => each.gateway === name && each.method === method);
    return own.filter(({ status }) => status === undefined || status < 400).length;
  });
}

const chosenOf = (points: readonly Point[]) => [
  ...points.slice(0, 1),
  ...ofMany(points.slice(1, -1), 3),
  ...points.slice(-1),
];

it(
  "objects are made once each, wherever the process that makes them is killed",
  async () => {
    const points = await inScene(async (scene) => {
      expect(await applyAt(scene, [])).toMatchObject({ exit: 0 });
      return differentPoints(momentsOf(scene), tornHalf);
    });
    for (const point of chosenOf(points)) {
      await inScene(async (scene) => {
        await applyAt(scene, [], point);
        const next = await later(scene, 1, ["apply"]);
        expect({ point, exit: next.exit, made: taken(scene, "POST") }).toEqual({ point, exit: 0, made: [1, 1] });
        expect({ point, exit: (await later(scene, 2, ["plan"])).exit }).toEqual({ point, exit: 0 });
      });
    }
  },
  timeoutOf(30),
);

it(
  "objects are removed, wherever the process that removes them is killed",
  async () => {
    const made = async (scene: Scene) => {
      expect((await later(scene, 0, ["apply"])).exit).toBe(0);
      scene.write(" {}\n");
    };
    const points = await inScene(async (scene) => {
      await made(scene);
      expect(await applyAt(scene, ["--prune"])).toMatchObject({ exit: 0 });
      return differentPoints(momentsOf(scene), tornHalf);
    });
    for (const point of chosenOf(points)) {
      await inScene(async (scene) => {
        await made(scene);
        await applyAt(scene, ["--prune"], point);
        const next = await later(scene, 1, ["apply", "--prune"]);
        expect({ point, exit: next.exit, removed: taken(scene, "DELETE") }).toEqual({
          point,
          exit: 0,
          removed: [1, 1],
        });
        const { exit, stdout } = await later(scene, 2, ["plan", "--prune"]);
        expect({ point, exit, isEmpty: stdout.includes('"rows":[]') || stdout.includes('"rows": []') }).toEqual({
          point,
          exit: 0,
          isEmpty: true,
        });
      });
    }
  },
  timeoutOf(30),
);
