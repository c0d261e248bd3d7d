import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";

/** Where a module is: its file, or why it has none. `missing`: there is no package of that name. */
export type ResolvedModule = { readonly file: string } | { readonly problem: string } | { readonly missing: "package" };

// A name as registries take it, with or without a scope, and what may follow it.
const PACKAGE = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(\/.+)?$/i;
const CONDITIONS = new Set(["node", "import", "default"]);

/** Whether a text is the path of a file, and not a name. */
export function isPath(specifier: string): boolean {
  return /^\.\.?([\\/]|$)/.test(specifier) || isAbsolute(specifier);
}

/** The file that a path or a package's name leads to from a folder. Reads names and manifests; runs nothing. */
export function resolveModule(specifier: string, folder: string): ResolvedModule {
  if (isPath(specifier)) return resolvePath(specifier, folder);
  const [, name, rest = ""] = PACKAGE.exec(specifier) ?? [];
  if (name === undefined || isBuiltin(specifier)) return { missing: "package" };
  try {
    return { file: requireFrom(folder).resolve(specifier) };
  } catch {
    // A package for `import` alone is not there for a resolver that requires.
    return resolveForImport(specifier, name, `.${rest}`, folder);
  }
}

const requireFrom = (folder: string) => createRequire(join(resolve(folder), "gatefold.yaml"));

function resolvePath(specifier: string, folder: string): ResolvedModule {
  try {
    return { file: requireFrom(folder).resolve(specifier) };
  } catch {
    return { problem: "there is no such file" };
  }
}

function resolveForImport(specifier: string, name: string, subpath: string, folder: string): ResolvedModule {
  const home = packageFolder(name, resolve(folder));
  if (home === undefined) return { missing: "package" };
  const manifest = readManifest(home);
  if (manifest === undefined) return { problem: `the package.json of ${name} cannot be read` };
  if (manifest.exports === undefined) return { problem: `the package ${name} has no file for ${specifier}` };
  const target = exportTarget(manifest.exports, subpath);
  if (target === undefined) return { problem: `the package ${name} does not export ${subpath}` };
  const file = resolve(home, target);
  if (!file.startsWith(home + sep) || !existsSync(file)) {
    return { problem: `the package ${name} has no file for ${specifier}` };
  }
  return { file: realpathSync(file) };
}

/** The nearest folder of that package, from a folder upwards. */
function packageFolder(name: string, folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const home = join(current, "node_modules", name);
    if (existsSync(join(home, "package.json"))) return home;
    if (dirname(current) === current) return undefined;
  }
}

function readManifest(home: string): { readonly exports?: unknown } | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    return typeof manifest === "object" && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** What a package's `exports` give for a subpath to whoever imports, relative to the package. */
function exportTarget(exports: unknown, subpath: string): string | undefined {
  const entries = Object.entries(isMapping(exports) ? exports : {});
  const hasSubpaths = entries.some(([key]) => key.startsWith("."));
  if (!hasSubpaths) return subpath === "." ? conditionalTarget(exports) : undefined;
  const exact = entries.find(([key]) => key === subpath);
  if (exact !== undefined) return conditionalTarget(exact[1]);
  const patterns = entries.flatMap(([key, target]) => {
    const [start = "", end] = key.split("*");
    const matches = end !== undefined && subpath.startsWith(start) && subpath.endsWith(end);
    if (!matches || subpath.length <= start.length + end.length) return [];
    return [{ start, target, star: subpath.slice(start.length, subpath.length - end.length) }];
  });
  // The longest beginning says the most.
  const [best] = patterns.sort((left, right) => right.start.length - left.start.length);
  return best === undefined ? undefined : conditionalTarget(best.target)?.replaceAll("*", () => best.star);
}

function conditionalTarget(target: unknown): string | undefined {
  if (typeof target === "string") return target.startsWith("./") ? target : undefined;
  if (Array.isArray(target)) return firstTarget(target);
  if (!isMapping(target)) return undefined;
  return firstTarget(Object.entries(target).flatMap(([condition, each]) => (CONDITIONS.has(condition) ? [each] : [])));
}

function firstTarget(targets: readonly unknown[]): string | undefined {
  for (const each of targets) {
    const found = conditionalTarget(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
