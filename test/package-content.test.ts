import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { adapters } from "../adapters/index.ts";
import { requireBuild, root } from "./support/built.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The figure that the README states just before some words. */
function statedBefore(words: string): number {
  const [, figure] = new RegExp(`([\\d.]+) ${words}`).exec(readme) ?? [];
  if (figure === undefined) throw new Error(`the README states no number of: ${words}`);
  return Number(figure);
}

beforeAll(requireBuild);

describe("the packed package", () => {
  interface Packed {
    readonly unpackedSize: number;
    readonly files: readonly { readonly path: string }[];
  }
  let packed: Packed;

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
    });
    packed = JSON.parse(stdout)[0];
  });

  it("holds what runs, its types and what is read, and nothing else", () => {
    const others = packed.files.map(({ path }) => path).filter((path) => !/^dist\/.*\.(d\.)?[cm](js|ts)$/.test(path));
    const read = ["CHANGELOG.md", "LICENSE", "README.md", "dist/cli/LICENSES.txt", "package.json"];
    expect(others.sort()).toStrictEqual(read);
    expect(packed.files.filter(({ path }) => /(^|[./])(test|fixtures?)\//.test(path))).toStrictEqual([]);
  });

  it("has the size that the README states", () => {
    const megabytes = packed.unpackedSize / 1e6;
    expect(Math.abs(statedBefore("MB unpacked") / megabytes - 1)).toBeLessThan(0.1);
  });

  it("brings the number of packages that the README states", () => {
    const lock: { packages: Record<string, Record<string, unknown>> } = JSON.parse(
      readFileSync(join(root, "package-lock.json"), "utf8"),
    );
    const installed = Object.entries(lock.packages).filter(
      ([path, { dev, devOptional, optional, peer }]) => path !== "" && !(dev || devOptional || optional || peer),
    );
    expect(installed.length).toBe(statedBefore("packages of others"));
  });
});

describe("a consumer's bundle", () => {
  /** The modules of ours that are in a bundle of this code, and its size. */
  async function bundled(contents: string) {
    const { metafile } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      alias: Object.fromEntries(entriesOf()),
      write: false,
      metafile: true,
      logLevel: "error",
      // The package as it is published, not its source.
      tsconfigRaw: "{}",
    });
    const [output] = Object.values(metafile.outputs);
    const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return { modules: inputs.map(([path]) => path), bytes: output?.bytes ?? 0 };
  }

  /** The entries' files: with every package external, the package's own name would be, too. */
  function entriesOf(): readonly (readonly [string, string])[] {
    const manifest: { exports: Record<string, { import?: { default: string } }> } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    return Object.entries(manifest.exports).flatMap(([name, conditions]) =>
      conditions.import === undefined
        ? []
        : [[name.replace(/^\./, "gatefold"), join(root, conditions.import.default)] as const],
    );
  }

  const imported = [
    ["respan", "respan"],
    ["barndoor", "barndoor"],
    ["barndoor", "barndoorConnection"],
    ["ngrok", "ngrok"],
    ["ngrok", "ngrokProvider"],
  ] as const;

  it.each(imported)("of the adapter %s (%s) has no other adapter in it", async (entry, name) => {
    const { modules, bytes } = await bundled(`import { ${name} } from "gatefold/adapters/${entry}"; ${name}({});`);
    const own = modules.filter((path) => path.startsWith("dist/adapters/"));
    expect(own.filter((path) => !path.startsWith(`dist/adapters/${entry}`))).toStrictEqual([]);
    const indexes = own.filter((path) => /dist\/adapters\/[^/]+(\/(connection|provider)\/index)?\.mjs$/.test(path));
    expect(indexes).toHaveLength(1);
    expect(modules.filter((path) => /\/(sync|cli|sandbox|testing)\//.test(path))).toStrictEqual([]);
    expect(bytes / 1000).toBeLessThan(statedBefore("kB or less of gatefold's own"));
  });

  it("finds no adapter that this test does not name", () => {
    const named = imported.map(([, name]) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    // Two brands of one adapter.
    expect([...named, "keywordsai"].sort()).toStrictEqual(adapters.map(({ name }) => name).sort());
  });

  it("of the contract has no HTTP client in it, and no parser of files", async () => {
    const { modules } = await bundled('import * as gatefold from "gatefold"; console.log(gatefold);');
    expect(modules.filter((path) => !/^dist\/(index\.mjs|src\/(index|contract\/))/.test(path))).toStrictEqual([
      "<stdin>",
    ]);
  });
});
