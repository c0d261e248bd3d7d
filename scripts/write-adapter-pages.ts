import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../adapters/index.ts";
import { adapterPage } from "./adapter-page.ts";

const folder = join(__dirname, "..", "docs", "adapters");
mkdirSync(folder, { recursive: true });
for (const adapter of adapters) writeFileSync(join(folder, `${adapter.name}.md`), adapterPage(adapter));
console.log(`docs/adapters: ${adapters.map(({ name }) => name).join(", ")}`);
