import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { adapters } from "../adapters/index.ts";
import { capabilityRows } from "../src/cli/commands/capabilities.ts";
import * as contract from "../src/index.ts";
import { checkConfig, EXIT, parseConfig } from "../src/sync/index.ts";
import { root, runNode } from "./support/built.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const blocksOf = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"))].map(([, text]) => text ?? "");

const readme = read("README.md");
const pages = ["README.md", "CONTRIBUTING.md", ...markdownIn("docs")];
const [sandboxExample = ""] = blocksOf("docs/sandbox.md", "ts");

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file));
}

describe("the README", () => {
  it("shows the capability table of the adapters' own data", () => {
    const all = Object.fromEntries(adapters.map((adapter) => [adapter.name, adapter.capabilities()]));
    const [head = [], ...rows] = capabilityRows(all);
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const table = [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
    const shown = /<!-- capabilities -->\n([\s\S]*?)\n<!-- \/capabilities -->/.exec(readme)?.[1];
    expect(shown).toBe(table);
  });

  it("names every error class and every exit code", () => {
    const classes = Object.keys(contract).filter((name) => /Error$/.test(name) && name !== "isGatewayError");
    expect(classes.length).toBeGreaterThan(15);
    for (const name of classes) expect(readme).toContain(`\`${name}\``);
    for (const code of Object.values(EXIT)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\| `, "m"));
  });

  it("names every setting of every adapter", () => {
    const settings = readme + read("docs/settings.md");
    for (const { settings: schema } of adapters) {
      const shape = "shape" in schema ? Object.keys(schema.shape ?? {}) : [];
      expect(shape.length).toBeGreaterThan(0);
      for (const name of shape) expect(settings).toMatch(new RegExp(`\`${name}[\`.]`));
    }
  });

  it("has a config that the adapters take", () => {
    const [config = ""] = blocksOf("README.md", "yaml");
    const checked = checkConfig(parseConfig("README.md", config, root), adapters);
    expect(checked.bindings.map(({ gateway }) => gateway)).toStrictEqual([
      "respan-prod",
      "barndoor-prod",
      "ngrok-prod",
    ]);
  });

  it("gives a reason for every dependency", () => {
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    for (const name of Object.keys(manifest.dependencies)) expect(readme).toContain(`\n| ${name} | `);
  });
});

describe.each(pages)("%s", (page) => {
  it("links to pages and headings that are there", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const broken = links.filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? page : join(dirname(page), file);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !headingsOf(target).includes(heading);
    });
    expect(broken).toStrictEqual([]);
  });
});

/** The anchors of a page's headings, as they are made by those who show Markdown. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replace(/ /g, "-"),
  );
}

describe("the README's examples", () => {
  it("compile against the built package", () => {
    const examples = pages.flatMap((page) => blocksOf(page, "ts"));
    const files = new Map(examples.map((text, index) => [join(root, `readme-example-${index}.ts`), text]));
    // The reader's own adapter.
    const own = 'import type { AnyAdapter } from "gatefold"; export declare const acme: AnyAdapter;';
    files.set(join(root, "acme.ts"), own);
    const options: ts.CompilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (file) => files.get(file) ?? readFile(file);
    host.fileExists = (file) => files.has(file) || fileExists(file);
    const program = ts.createProgram([...files.keys()], options, host);
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    expect(messages).toStrictEqual([]);
  }, 60_000);

  it("start a sandbox", async () => {
    const { stdout } = await runNode(["--input-type=module", "-e", sandboxExample]);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+ sandbox-respan-token old 0\n$/);
  });
});
