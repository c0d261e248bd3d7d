import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../support/built.ts";
import { commandLinesIn, usageProblem } from "../support/command-lines.ts";
import { gatefold } from "../support/sync.ts";

/** The shell of a page: its blocks for a shell. */
function shellOfPage(text: string): string {
  return [...text.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? "").join("\n");
}

/** The shell of a recipe: every text that a runner would run. */
function shellOfRecipe(value: unknown, member = ""): string {
  if (typeof value === "string") return /^(run|script|before_script)$/.test(member) ? `${value}\n` : "";
  if (typeof value !== "object" || value === null) return "";
  const of = (name: string) => (Array.isArray(value) ? member : name);
  return Object.entries(value)
    .map(([name, each]) => shellOfRecipe(each, of(name)))
    .join("");
}

const read = (...names: string[]) => readFileSync(join(root, ...names), "utf8");
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const recipes = readdirSync(join(root, "docs", "ci")).filter((name) => name.endsWith(".yml"));

const lines = [
  ...pages.map((name) => ({ name, found: commandLinesIn(shellOfPage(read(name))) })),
  ...recipes.map((name) => ({ name, found: commandLinesIn(shellOfRecipe(parse(read("docs", "ci", name)))) })),
].flatMap(({ name, found }) => found.map((argv) => ({ name, argv })));

describe("every command line that the documents show", () => {
  it("is found", () => {
    const counts = (name: string) => lines.filter((line) => line.name === name).length;
    expect(counts("README.md")).toBeGreaterThanOrEqual(5);
    for (const name of recipes) expect(counts(name)).toBeGreaterThanOrEqual(6);
  });

  it.each(lines)("is one that the parser takes: $name $argv", async ({ argv }) => {
    expect(await usageProblem(argv)).toBeUndefined();
  });

  it.each(lines.filter(({ argv }) => argv[0] === "schema"))(
    "names a schema that there is: $name $argv",
    async ({ argv }) => {
      expect((await gatefold(argv)).exit).toBe(0);
    },
  );
});
