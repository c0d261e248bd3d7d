import { defineConfig } from "tsdown";

const entries = {
  index: "src/index.ts",
  kit: "src/kit/index.ts",
  sync: "src/sync/index.ts",
  testing: "src/testing/index.ts",
  "adapters/respan": "adapters/respan/index.ts",
  "adapters/barndoor": "adapters/barndoor/index.ts",
  "adapters/ngrok": "adapters/ngrok/index.ts",
};
const common = {
  platform: "node",
  target: "node20",
  logLevel: "warn",
  inputOptions: { checks: { pluginTimings: false } },
} as const;

// Entries of one format share their chunks, so that a consumer of several loads the contract once. Only the command line
// is not built twice.
export default defineConfig([
  { ...common, entry: { ...entries, cli: "src/cli/main.ts" }, format: ["esm"] },
  {
    ...common,
    entry: entries,
    format: ["cjs"],
    clean: false,
    // Without a chunk of its own the bundler's runtime lands in the kit, and the contract would require the kit.
    outputOptions: { codeSplitting: { groups: [{ name: "runtime", test: /rolldown.runtime/ }] } },
  },
]);
