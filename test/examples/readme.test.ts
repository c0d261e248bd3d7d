import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/built.ts";
import { exampleText } from "./support.ts";

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];
const text = pages.map((page) => readFileSync(join(root, page), "utf8")).join("\n");

it.each(readdirSync(join(root, "examples")))("a page shows examples/%s as it is", (file) => {
  expect(text).toContain(`\`\`\`ts\n${exampleText(file)}\`\`\``);
});
