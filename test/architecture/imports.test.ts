import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix, relative, sep } from "node:path";
import ts from "typescript";
import { VERSION } from "../../src/kit/version.ts";

const ROOT = join(__dirname, "..", "..");

interface Import {
  readonly specifier: string;
  readonly dynamic: boolean;
}

interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly syntax: ts.SourceFile;
}

function filesUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function parse(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), "utf8");
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, syntax, imports: importsOf(syntax) };
}

/** Every module that a file names: imports and exports, types included, `import()`, `require()` and types by `import()`. */
function importsOf(syntax: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, dynamic: boolean) => {
    const isText = node !== undefined && ts.isStringLiteralLike(node);
    if (node !== undefined) found.push({ specifier: isText ? node.text : "(not a literal)", dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, false);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, false);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node, false);
    else if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return found;
}

const isImportCall = ({ expression }: ts.CallExpression) =>
  expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require");

const files = [...filesUnder("src"), ...filesUnder("adapters")].map(parse);

/** The room that a file is in. */
function roomOf(path: string): string {
  const [top = "", folder = "", file = ""] = path.split("/");
  if (top === "src") return file === "" ? "src/index" : folder;
  if (file === "") return "adapters/index";
  return file === "sandbox.ts" || file === "sandbox" ? "adapters/X/sandbox" : "adapters/X";
}

/** What an import leads to: `zod`, `node:`, or a file of ours. */
function targetOf({ path }: SourceFile, { specifier }: Import): string {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(dirname(path), specifier));
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return "node:";
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

type Rule = (target: string, from: SourceFile, dynamic: boolean) => boolean;

const packages =
  (...names: readonly string[]): Rule =>
  (target) =>
    names.includes(target);
const room =
  (...names: readonly string[]): Rule =>
  (target) =>
    isOurs(target) && names.includes(roomOf(target));
const file =
  (...paths: readonly string[]): Rule =>
  (target) =>
    paths.includes(target);
const isOurs = (target: string) => target.startsWith("src/") || target.startsWith("adapters/");
const ownFolder: Rule = (target, from) => isOurs(target) && dirname(target).startsWith(dirname(from.path));
const folderName = (path: string) => path.split("/")[1] ?? "";

/** What each room may import besides its own folder. */
const table: Readonly<Record<string, readonly Rule[]>> = {
  contract: [ownFolder, packages("zod")],
  "src/index": [room("contract")],
  kit: [room("kit", "contract", "src/index"), packages("axios", "zod", "ts-pattern", "node:")],
  opentelemetry: [
    room("opentelemetry", "contract", "src/index"),
    file("src/kit/version.ts"),
    packages("@opentelemetry/api"),
  ],
  "adapters/X": [
    (target, from) => isOurs(target) && roomOf(target) === "adapters/X" && folderName(target) === folderName(from.path),
    file("src/index.ts", "src/kit/index.ts"),
    packages("zod", "ts-pattern"),
  ],
  "adapters/X/sandbox": [
    (target, from) => roomOf(target) === "adapters/X/sandbox" && folderName(target) === folderName(from.path),
    file("src/sandbox/index.ts"),
    packages("zod"),
  ],
  "adapters/index": [
    (target) => isOurs(target) && roomOf(target) === "adapters/X" && target.endsWith("/index.ts"),
    (target, _from, dynamic) => dynamic && isOurs(target) && roomOf(target) === "adapters/X/sandbox",
    (target, _from, dynamic) => dynamic && isOurs(target) && /^adapters\/[^/]+\/demo\.ts$/.test(target),
    room("src/index"),
  ],
  sync: [room("sync", "contract", "src/index"), packages("zod", "yaml", "node:")],
  sandbox: [room("sandbox"), packages("node:")],
  testing: [room("testing", "contract", "src/index", "kit", "sync", "sandbox", "adapters/index"), packages("node:")],
  cli: [
    room("cli", "contract", "src/index", "kit", "sync", "sandbox", "testing", "adapters/index"),
    // Its index loads a package that may be absent.
    file("src/opentelemetry/hooks.ts"),
    packages("node:", "zod", "yaml", "ts-pattern", "axios", "commander", "@clack/prompts"),
    // The one import whose name is known at run time alone: adapters that a config names.
    (target, from, dynamic) => dynamic && from.path === "src/cli/main.ts" && target === "(not a literal)",
  ],
};

const shown = (found: readonly { readonly path: string; readonly what: string }[]) =>
  found.map(({ path, what }) => `${path}: ${what}`);

/** Every line of every file that has the pattern, outside the given places. */
function linesWith(pattern: RegExp, allowed: (path: string) => boolean): string[] {
  const found = files
    .filter(({ path }) => !allowed(path))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, index) => (pattern.test(line) ? [{ path, what: `${index + 1}: ${line.trim()}` }] : [])),
    );
  return shown(found);
}

describe("the import table", () => {
  it("knows a room for every file", () => {
    const homeless = files.filter(({ path }) => table[roomOf(path)] === undefined).map(({ path }) => path);
    expect(homeless).toStrictEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(Object.keys(table))("holds in %s", (name) => {
    const broken = files
      .filter(({ path }) => roomOf(path) === name)
      .flatMap((from) =>
        from.imports
          .filter((each) => !(table[name] ?? []).some((rule) => rule(targetOf(from, each), from, each.dynamic)))
          .map(({ specifier }) => ({ path: from.path, what: specifier })),
      );
    expect(shown(broken)).toStrictEqual([]);
  });

  it("sees every way to import", () => {
    const text = `
      import a from "a"; import type { B } from "b"; import "c"; export * from "d"; export type { E } from "e";
      type F = import("f").F; const g = () => import("g"); const h = require("h"); import i = require("i");
      export { type J } from "j"; const k = import(name);
    `;
    const found = importsOf(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true));
    const names = found.map(({ specifier }) => specifier).sort();
    expect(names).toStrictEqual(["(not a literal)", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
  });

  it("names every file of ours by its whole name, and each one exists", () => {
    const broken = files.flatMap((from) =>
      from.imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .filter((each) => !existsSync(join(ROOT, targetOf(from, each))))
        .map(({ specifier }) => ({ path: from.path, what: specifier })),
    );
    expect(shown(broken)).toStrictEqual([]);
  });

  it("leads to no cycle between rooms", () => {
    const arrows = new Map<string, Set<string>>();
    for (const from of files) {
      for (const each of from.imports) {
        const target = targetOf(from, each);
        const [left, right] = [roomOf(from.path), isOurs(target) ? roomOf(target) : ""];
        if (right !== "" && right !== left) arrows.set(left, (arrows.get(left) ?? new Set()).add(right));
      }
    }
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      [...(arrows.get(from) ?? [])].some((next) => {
        if (next === to) return true;
        if (seen.has(next)) return false;
        return reaches(next, to, seen.add(next));
      });
    expect([...arrows.keys()].filter((name) => reaches(name, name))).toStrictEqual([]);
  });
});

describe("what has one place only", () => {
  it("axios is imported by the transport", () => {
    const importers = files.filter((from) => from.imports.some((each) => targetOf(from, each) === "axios"));
    expect(importers.map(({ path }) => path)).toStrictEqual(["src/kit/http.ts"]);
  });

  it("a secret is revealed where its text is judged, fingerprinted, searched for or leaves for its destination", () => {
    const kit = ["kit/authentication", "kit/body", "kit/scrub", "kit/settings"];
    const cli = "cli/verify-command";
    const places = ["contract/credential", ...kit, "sync/journal/fingerprint", "testing/conformance/canary", cli];
    const allowed = new Set(places.map((place) => `src/${place}.ts`));
    const revealing = files.filter(({ syntax }) => mentions(syntax, isRevealed)).map(({ path }) => path);
    expect(revealing.filter((path) => !allowed.has(path))).toStrictEqual([]);
    expect(revealing).toContain("src/kit/authentication.ts");
  });

  it("process and console belong to the command line", () => {
    const globals = new Set(["process", "console"]);
    const using = files.filter(
      ({ path, syntax, imports }) =>
        !path.startsWith("src/cli/") &&
        // A hook that fails has nobody else to tell it.
        path !== "src/kit/warn-of-hook.ts" &&
        // axios reads the proxies of the environment: whether it has any to read is known there alone.
        path !== "src/kit/named-proxy.ts" &&
        (mentions(syntax, (node) => isGlobal(node, globals)) ||
          imports.some(({ specifier }) => /^(node:)?(process|console)$/.test(specifier))),
    );
    expect(using.map(({ path }) => path)).toStrictEqual([]);
  });

  it.each([
    ["Respan", /respan|keywords ?ai/i, "adapters/respan/"],
    ["Barndoor", /barndoor/i, "adapters/barndoor/"],
    ["ngrok", /ngrok/i, "adapters/ngrok/"],
  ])("the name %s stands in its folder and in the registry", (_vendor, pattern, folder) => {
    const allowed = (path: string) => path.startsWith(folder) || path === "adapters/index.ts";
    expect(linesWith(pattern, allowed)).toStrictEqual([]);
  });
});

function mentions(node: ts.Node, wanted: (node: ts.Node) => boolean): boolean {
  return wanted(node) || ts.forEachChild(node, (child) => mentions(child, wanted) || undefined) === true;
}

function isRevealed(node: ts.Node): boolean {
  const isMember = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  if (!isMember) return false;
  const name = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  const isTypeQuery = ts.isTypeOfExpression(node.parent);
  return (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) && name.text === "reveal" && !isTypeQuery;
}

function isGlobal(node: ts.Node, names: ReadonlySet<string>): boolean {
  if (!ts.isIdentifier(node) || !names.has(node.text)) return false;
  const { parent } = node;
  const isMemberName = ts.isPropertyAccessExpression(parent) && parent.name === node;
  const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
  const isDeclared = (ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node;
  return !isMemberName && !isKey && !isDeclared;
}

describe("a vendor's folder", () => {
  const folders = readdirSync(join(ROOT, "adapters"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const required = ["index.ts", "schema.ts", "translate.ts", "normalize.ts", "errors.ts", "sandbox.ts", "README.md"];

  it.each(folders.map(({ name }) => name))("%s has the files that every vendor has", (name) => {
    const missing = required.filter((each) => !existsSync(join(ROOT, "adapters", name, each)));
    expect(missing).toStrictEqual([]);
  });

  it.each(folders.map(({ name }) => name))("%s begins with a short index.ts", (name) => {
    expect(lineCount(readFileSync(join(ROOT, "adapters", name, "index.ts"), "utf8"))).toBeLessThanOrEqual(120);
  });

  it("stands in the registry", () => {
    const registry = files.find(({ path }) => path === "adapters/index.ts");
    const named = registry?.imports.map(({ specifier }) => specifier) ?? [];
    for (const { name } of folders) {
      expect(named).toEqual(expect.arrayContaining([`./${name}/index.ts`, `./${name}/sandbox.ts`]));
    }
  });
});

const lineCount = (text: string) => text.trimEnd().split("\n").length;

describe("files", () => {
  it("have at most 300 lines", () => {
    const long = files.filter(({ text }) => lineCount(text) > 300);
    expect(shown(long.map(({ path, text }) => ({ path, what: `${lineCount(text)} lines` })))).toStrictEqual([]);
  });
});

describe("the version", () => {
  it("is the package's", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: unknown };
    expect(VERSION).toBe(manifest.version);
  });
});
