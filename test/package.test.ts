import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { requireBuild, root, runNode } from "./support/built.ts";

interface Conditions {
  readonly import: { readonly types: string; readonly default: string };
  readonly require: { readonly types: string; readonly default: string };
}

const manifest: {
  exports: Record<string, Conditions | string>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const entries = Object.entries(manifest.exports).flatMap(([name, conditions]) =>
  typeof conditions === "string" ? [] : [[name, conditions] as const],
);
/** The packages whose code is in the command line's own files. */
const takenAlong = ["commander", "ts-pattern", "yaml", "zod"];
const specifiers = entries.map(([name]) => name.replace(/^\./, "gatefold"));

beforeAll(requireBuild);

describe("the package's exports", () => {
  it("are the public entries", () => {
    expect(Object.keys(manifest.exports)).toStrictEqual([
      ".",
      "./kit",
      "./sync",
      "./testing",
      "./opentelemetry",
      "./adapters/respan",
      "./adapters/barndoor",
      "./adapters/ngrok",
      "./package.json",
    ]);
  });

  it.each(entries)("%s is built in both formats, with types", (_name, conditions) => {
    for (const file of [...Object.values(conditions.import), ...Object.values(conditions.require)]) {
      expect([file, existsSync(join(root, file))]).toStrictEqual([file, true]);
    }
  });

  it("reach every folder of adapters", () => {
    const folders = readdirSync(join(root, "adapters"), { withFileTypes: true }).filter((each) => each.isDirectory());
    const exported = entries.map(([name]) => name);
    expect(folders.map(({ name }) => `./adapters/${name}`).filter((name) => !exported.includes(name))).toStrictEqual(
      [],
    );
  });

  it("load as ES modules and as CommonJS, with the same names", async () => {
    const list = JSON.stringify(specifiers);
    const names = "Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports').sort()";
    const [esm, cjs] = await Promise.all([
      runNode([
        "--input-type=module",
        "-e",
        `for (const each of ${list}) { const module = await import(each); console.log(each, ...${names}); }`,
      ]),
      runNode(["-e", `for (const each of ${list}) { const module = require(each); console.log(each, ...${names}); }`]),
    ]);
    expect(cjs.stdout).toBe(esm.stdout);
    expect(esm.stdout).toContain("gatefold/adapters/respan keywordsai respan");
  });

  it("understand each other's secrets and errors across the two formats", async () => {
    const script = `
      import { createRequire } from "node:module";
      import { isGatewayError, isSecret } from "gatefold";
      const other = createRequire(import.meta.url)("gatefold");
      let error;
      try { other.secret(undefined); } catch (caught) { error = caught; }
      console.log(isSecret(other.secret("text")), isGatewayError(error), error instanceof Error);`;
    const { stdout } = await runNode(["--input-type=module", "-e", script]);
    expect(stdout).toBe("true true true\n");
  });
});

describe("the package's parts", () => {
  it("have a built command line", () => {
    expect(readFileSync(join(root, manifest.bin.gatefold ?? ""), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("need the packages that are declared, and no other", () => {
    const imported = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[mc]js$/.test(file))
      // Read as syntax: the files of a new adapter are texts that hold imports, too.
      .flatMap((file) => ts.preProcessFile(readFileSync(join(root, "dist", file), "utf8"), true, true).importedFiles)
      .map(({ fileName }) => fileName)
      .filter((name) => !name.startsWith("."))
      .filter((name) => !name.startsWith("node:"));
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    expect([...new Set([...imported, ...takenAlong])].sort()).toStrictEqual(Object.keys(declared).sort());
  });

  it("load OpenTelemetry with the entry that is named after it, and with nothing else", () => {
    const loading = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[mc]js$/.test(file))
      .filter((file) => {
        const text = readFileSync(join(root, "dist", file), "utf8");
        return ts
          .preProcessFile(text, true, true)
          .importedFiles.some(({ fileName }) => /^@opentelemetry/.test(fileName));
      });
    expect(loading.filter((file) => !file.includes("opentelemetry"))).toStrictEqual([]);
    expect(loading.length).toBeGreaterThan(1);
  });

  it("have the licences of what the command line takes along", () => {
    const text = readFileSync(join(root, "dist", "cli", "LICENSES.txt"), "utf8");
    const lacking = takenAlong.filter((name) => {
      const licence = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
      return !text.includes(`${name}\n\n${licence}`);
    });
    expect(lacking).toStrictEqual([]);
  });
});
