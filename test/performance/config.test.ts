import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { type CheckedConfig, checkConfig, parseConfig } from "../../src/sync/index.ts";
import { requireBuild, root } from "../support/built.ts";
import { useTemporaryDirectory } from "../support/sync.ts";

beforeAll(requireBuild);
const directory = useTemporaryDirectory();

const GATEWAYS = ["a", "b", "c"];

/** A config of so many providers, each at three gateways. */
function configText(providers: number): string {
  const gateways = GATEWAYS.map((name) => [name, { adapter: "ngrok", token: `env:${name}` }]);
  const entries = Array.from({ length: providers }, (_, index) => {
    const bindings = GATEWAYS.map((name) => [name, { id: `aigpk_${index}`, description: `D ${index}` }]);
    const credential = { scheme: "api_key", apiKey: `env:KEY_${index % 100}` };
    return [`p${index}`, { tags: ["prod"], name: `P ${index}`, credential, gateways: Object.fromEntries(bindings) }];
  });
  const config = { version: 1, gateways: Object.fromEntries(gateways), providers: Object.fromEntries(entries) };
  return JSON.stringify(config, null, 2);
}

const check = (text: string): CheckedConfig => checkConfig(parseConfig("gatefold.json", text, "/nowhere"), [ngrok]);

function processorMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it("a JSON config of 10,000 providers at three gateways is taken", () => {
  const { bindings } = check(configText(10_000));
  expect([bindings.length, bindings.at(-1)?.id]).toEqual([30_000, "aigpk_9999"]);
});

it("reading and checking grows with the config, not faster", () => {
  const [small, large] = [configText(500), configText(2000)];
  check(small);
  const ratios = [1, 2].map(() => processorMs(() => check(large)) / processorMs(() => check(small)));
  // Four times as much; what grows with the square would be sixteen times.
  expect(Math.min(...ratios)).toBeLessThan(9);
});

it("a checked binding takes little memory, its share of the text included", () => {
  const built = (name: string) => JSON.stringify(pathToFileURL(join(root, "dist", `${name}.mjs`)).href);
  const config = directory.write("gatefold.json", configText(2000));
  const script = directory.write("measure.mjs", "");
  writeFileSync(
    script,
    `import { checkConfig, loadConfig } from ${built("sync")};
     import { ngrok } from ${built("adapters/ngrok")};
     const used = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
     const read = async () => checkConfig(await loadConfig([${JSON.stringify(config)}], "/"), [ngrok]);
     const kept = [await read()];
     const before = used();
     kept.push(await read());
     process.stdout.write(String((used() - before) / kept[1].bindings.length));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(Number(stdout)).toBeGreaterThan(100);
  expect(Number(stdout)).toBeLessThan(1400);
});
