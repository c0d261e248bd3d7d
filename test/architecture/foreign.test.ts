import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..", "foreign");

/** What somebody else's package can import: the public entries that an adapter needs, and zod. */
const PUBLIC = ["gatefold", "gatefold/kit", "gatefold/testing", "zod"];

/** Every module that a text names: imports, exports, types, `import()` and `require()`. */
const importsOf = (text: string) => ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

/** Whether a file of a folder may import a module. */
function isAllowed(file: string, specifier: string): boolean {
  if (!specifier.startsWith(".")) return PUBLIC.includes(specifier);
  return !posix.join(dirname(file), specifier).startsWith("..");
}

const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe("an adapter as somebody else would have it", () => {
  it("is there", () => {
    expect(folders).toEqual(["cobalt"]);
  });

  it.each(folders)("%s imports the public entries, zod and its own files, and nothing else", (name) => {
    const folder = join(ROOT, name);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name));
    const found = files.flatMap((path) => {
      const file = relative(folder, path).split(sep).join("/");
      return importsOf(readFileSync(path, "utf8")).map((specifier) => ({ file, specifier }));
    });
    expect(found.filter(({ file, specifier }) => !isAllowed(file, specifier))).toEqual([]);
    // All of them are used: an entry that nobody needs proves nothing.
    expect(PUBLIC.filter((entry) => !found.some(({ specifier }) => specifier === entry))).toEqual([]);
  });

  it("would be seen importing anything else, in any way", () => {
    const text = `import type { A } from "../b.ts"; export * from "gatefold/sync"; const c = await import("node:fs");
      type D = import("../../e.ts").D; const f = require("axios");`;
    const found = importsOf(text);
    expect([...found].sort()).toEqual(["../../e.ts", "../b.ts", "axios", "gatefold/sync", "node:fs"]);
    expect(found.filter((specifier) => isAllowed("index.ts", specifier))).toEqual([]);
    expect(isAllowed("inner/index.ts", "../schema.ts")).toBe(true);
  });
});
