import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { type CheckedConfig, checkConfig, loadConfig, parseConfig, writeIds } from "../../src/sync/index.ts";
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

it("reading grows so too where numbers must be looked up in the text, and are kept as they were written", () => {
  const exact = (text: string) =>
    text.replaceAll(/"aigpk_(\d+)"/g, (_id, digits: string) => `9007199254740993${digits}`);
  const [small, large] = [exact(configText(500)), exact(configText(2000))];
  const read = (text: string) => parseConfig("gatefold.json", text, "/nowhere");
  expect(read(small).bindings.at(-1)?.id).toBe("9007199254740993499");
  const ratios = [1, 2].map(() => processorMs(() => read(large)) / processorMs(() => read(small)));
  expect(Math.min(...ratios)).toBeLessThan(9);
});

it("bindings that say nothing of their own share their provider's fields", () => {
  const text = configText(2).replaceAll(/,\s*"description": "D \d"/g, "");
  const [first, second, , next] = check(text).bindings;
  expect(first?.fields).toEqual({ name: "P 0", credential: { scheme: "api_key", apiKey: "env:KEY_0" } });
  expect([second?.fields, second?.fieldPaths]).toEqual([first?.fields, first?.fieldPaths]);
  expect([second?.fields === first?.fields, second?.fieldPaths === first?.fieldPaths]).toEqual([true, true]);
  expect(next?.fields).not.toBe(first?.fields);
});

it("writing ids grows with their number, not faster", async () => {
  const write = async (providers: number) => {
    const text = configText(providers).replaceAll(/"id": "\w+"/g, '"create": true');
    directory.write("gatefold.json", text);
    const config = await loadConfig(["gatefold.json"], directory.path);
    const ids = config.bindings.map(({ path }, index) => ({ path, id: `aigpk_${index}` }));
    const before = process.cpuUsage();
    const written = await writeIds(config, ids);
    const { user, system } = process.cpuUsage(before);
    expect(written.map(({ ids: own, problem }) => [own.length, problem])).toEqual([[3 * providers, undefined]]);
    return user + system;
  };
  await write(100);
  const ratios = [await write(1600), await write(1600)].map(async (large) => large / (await write(400)));
  expect(Math.min(...(await Promise.all(ratios)))).toBeLessThan(9);
});

it("a checked binding takes little memory, its share of the text included", () => {
  const built = (name: string) => JSON.stringify(pathToFileURL(join(root, "dist", `${name}.mjs`)).href);
  const config = directory.write("gatefold.json", configText(2000));
  const script = directory.write("measure.mjs", "");
  writeFileSync(
    script,
    `import { checkConfig, loadConfig } from ${built("sync")};
     import { ngrok } from ${built("adapters/ngrok")};
     const used = () => { gc(); gc(); return process.memoryUsage(); };
     const read = async () => checkConfig(await loadConfig([${JSON.stringify(config)}], "/"), [ngrok]);
     const kept = [await read()];
     const before = used();
     kept.push(await read());
     const after = used();
     const heap = (after.heapUsed - before.heapUsed) / kept[1].bindings.length;
     process.stdout.write(JSON.stringify({ heap, buffers: after.arrayBuffers - before.arrayBuffers }));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  const { heap, buffers }: { heap: number; buffers: number } = JSON.parse(stdout);
  expect(heap).toBeGreaterThan(100);
  expect(heap).toBeLessThan(1100);
  // Neither the file's bytes nor where each value stands.
  expect(buffers).toBeLessThan(1000);
});
