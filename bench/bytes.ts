import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Measurement, Row } from "./row.ts";

const GOAL_KB = 25;
const MOST_PACKAGES = 45;
const adapters = [
  ["respan", "respan"],
  ["barndoor", "barndoor"],
  ["barndoor", "barndoorConnection"],
  ["ngrok", "ngrok"],
  ["ngrok", "ngrokProvider"],
] as const;
const root = dirname(createRequire(import.meta.url).resolve("gatefold/package.json"));

/** What one adapter brings into a bundle, and what an install brings along. */
export const measureBytes: Measurement = async () => {
  const rows: Row[] = [];
  for (const [entry, name] of adapters) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: `import { ${name} } from "gatefold/adapters/${entry}"; ${name}({});`, resolveDir: root },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      external: ["axios", "zod"],
      write: false,
      metafile: true,
      logLevel: "error",
      tsconfigRaw: "{}",
    });
    const [output] = outputFiles;
    const bytes = output?.contents ?? new Uint8Array();
    const parts = Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {});
    const weightOf = (part: RegExp) =>
      parts.reduce((sum, [path, { bytesInOutput }]) => sum + (part.test(path) ? bytesInOutput : 0), 0);
    const kB = bytes.length / 1000;
    const weights = Object.entries({ kit: /src\/kit\//, contract: /src\/contract\//, adapter: /dist\/adapters\// });
    const said = weights.map(([room, pattern]) => `${room} ${(weightOf(pattern) / 1000).toFixed(1)}`);
    rows.push({
      what: `\`${name}\` in a bundle, minified, without axios and zod`,
      ours: `${kB.toFixed(1)} kB (gzipped ${(gzipSync(bytes).length / 1000).toFixed(1)})`,
      against: said.join(", "),
      goal: `≤ ${GOAL_KB} kB`,
      isReached: kB <= GOAL_KB,
    });
  }
  return [...rows, installed()];
};

/** How many packages of others an install brings. */
function installed(): Row {
  const lock: { packages: Record<string, Record<string, unknown>> } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  const packages = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional, optional, peer }]) => path !== "" && !(dev || devOptional || optional || peer),
  );
  return {
    what: "packages of others that an install brings",
    ours: String(packages.length),
    against: "",
    goal: `≤ ${MOST_PACKAGES}`,
    isReached: packages.length <= MOST_PACKAGES,
  };
}
