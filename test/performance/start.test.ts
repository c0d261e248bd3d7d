import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { requireBuild, root, runNode } from "../support/built.ts";
import { useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();
const cli = join(root, "dist", "cli.mjs");

beforeAll(requireBuild);
beforeEach(() =>
  directory.write(
    "gatefold.yaml",
    `version: 1
gateways:
  respan-prod: { adapter: respan, token: env:RESPAN_API_KEY }
  ngrok-prod: { adapter: ngrok, token: env:NGROK_AI_API_KEY }
providers:
  openai-prod:
    name: OpenAI Production
    gateways: { respan-prod: { id: 123 }, ngrok-prod: { id: aigpk_2abc } }
`,
  ),
);

const asDataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const hook = asDataUrl(`
  import { writeSync } from "node:fs";
  export async function load(url, context, next) { writeSync(2, url + "\\n"); return next(url, context); }`);
const watching = asDataUrl(`import { register } from "node:module"; register(${JSON.stringify(hook)});`);

/** The files that a command loads, in no order. */
async function loadedBy(...parameters: string[]): Promise<string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ["--import", watching, cli, ...parameters], {
    cwd: directory.path,
    env: {},
    timeout: 20_000,
  });
  const urls = stderr.split("\n").filter((line) => line.startsWith("file:"));
  return [...new Set(urls)].map((url) => fileURLToPath(url));
}

const files = readdirSync(join(root, "dist", "cli")).map((name) => join(root, "dist", "cli", name));

/** Which of these functions and classes are in the files; each is in the command line somewhere. */
function madeIn(loaded: readonly string[], names: readonly string[]): readonly string[] {
  const holds = (paths: readonly string[], name: string) =>
    paths.some((path) => new RegExp(`\\b(function|class) ${name}\\b|\\b${name}=`).test(readFileSync(path, "utf8")));
  expect(names.filter((name) => !holds(files, name))).toStrictEqual([]);
  return names.filter((name) => holds(loaded, name));
}

/** The names of built files, without what changes with their content. */
const namesOf = (loaded: readonly string[]) =>
  loaded.map((path) => path.slice(join(root, "dist").length + 1).replace(/-[\w-]{8}\.mjs$/, ".mjs")).sort();

const kilobytesOf = (loaded: readonly string[]) => loaded.reduce((sum, path) => sum + statSync(path).size / 1000, 0);

/** What every command loads: the first file, what it needs, and what binds built files together. */
const start = ["cli.mjs", "cli/rolldown-runtime.mjs", "cli/start.mjs"];

describe("gatefold --version", () => {
  it("loads three files of its own, and no package", async () => {
    const loaded = await loadedBy("--version");
    expect(namesOf(loaded)).toStrictEqual(start);
    expect(kilobytesOf(loaded)).toBeLessThan(130);
  });

  it("loads nothing that parses, checks or sends", async () => {
    const loaded = await loadedBy("--version");
    expect(madeIn(loaded, ["ZodObject", "parseDocument", "defineAdapter", "loadConfig"])).toStrictEqual([]);
  });
});

describe("gatefold validate", () => {
  it("loads a few files of its own, and no package", async () => {
    const loaded = await loadedBy("validate");
    expect(namesOf(loaded)).toStrictEqual([...start, "cli/config.mjs", "cli/validate.mjs"].sort());
    expect(kilobytesOf(loaded)).toBeLessThan(700);
  });

  it("loads nothing that plans, writes, rotates, imports, keeps a journal or guards against foreign adapters", async () => {
    const others = [
      "makePlan",
      "applyPlan",
      "rotateKey",
      "importGateway",
      "openJournal",
      "JournalState",
      "guardAdapter",
    ];
    expect(madeIn(await loadedBy("validate"), others)).toStrictEqual([]);
  });

  it("takes a small multiple of the processor time in which Node starts", async () => {
    const nodes: number[] = [];
    const validates: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      nodes.push(await processorTimeOf(["-e", "0"]));
      validates.push(await processorTimeOf([cli, "validate", "--config", join(directory.path, "gatefold.yaml")]));
    }
    expect(Math.min(...validates) / Math.min(...nodes)).toBeLessThan(8);
  });
});

const telling = asDataUrl(`
  import { writeSync } from "node:fs";
  process.on("exit", () => { const { user, system } = process.cpuUsage(); writeSync(2, "took " + (user + system)); });`);

/** Microseconds of processor time from start to end: a busy machine makes a process wait, and work but little more. */
async function processorTimeOf(parameters: readonly string[]): Promise<number> {
  const { stderr } = await runNode(["--import", telling, ...parameters]);
  return Number(/took (\d+)$/.exec(stderr)?.[1]);
}
