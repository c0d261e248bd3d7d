import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { adapterPage, exampleConfig } from "../../scripts/adapter-page.ts";
import { checkConfig, parseConfig } from "../../src/sync/index.ts";
import { root } from "../support/built.ts";

const folder = join(root, "docs", "adapters");

describe("the adapters' pages", () => {
  it("are one for each adapter, and no other", () => {
    expect(readdirSync(folder).sort()).toStrictEqual(adapters.map(({ name }) => `${name}.md`).sort());
  });

  it.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
    "%s: is what the adapter says of itself; if not, `npm run docs:adapters` writes it anew",
    (name, adapter) => {
      expect(readFileSync(join(folder, `${name}.md`), "utf8")).toBe(adapterPage(adapter));
    },
  );

  it.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
    "%s: shows a config that the adapter takes",
    (name, adapter) => {
      const { bindings } = checkConfig(parseConfig(`${name}.yaml`, exampleConfig(adapter), root), adapters);
      expect(bindings.map(({ gateway }) => gateway)).toStrictEqual([`${name}-prod`]);
    },
  );

  it.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
    "%s: describes every setting and every native member",
    (_name, adapter) => {
      const rows = adapterPage(adapter).match(/^\| `[^`]+` \|(?: [^|]* \|){3}$/gm) ?? [];
      expect(rows.length).toBeGreaterThan(5);
      expect(rows.filter((row) => / {2}\|$/.test(row))).toStrictEqual([]);
    },
  );

  it.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
    "%s: names the vendor's pages",
    (_name, { documentation = [] }) => {
      expect(documentation.length).toBeGreaterThan(0);
      expect(documentation.filter((page) => !/^https:\/\/[^\s]+$/.test(page))).toStrictEqual([]);
    },
  );
});
