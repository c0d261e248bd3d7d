import { defineConfig } from "tsdown";

const entries = {
  index: "src/index.ts",
  kit: "src/kit/index.ts",
  sync: "src/sync/index.ts",
  testing: "src/testing/index.ts",
  opentelemetry: "src/opentelemetry/index.ts",
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

export default defineConfig([
  // A file for each module, so that a consumer's bundler can leave out what is not used: of a chunk it keeps every schema.
  { ...common, entry: entries, format: ["esm"], unbundle: true },
  // The command line loads few files, as it is started again and again.
  {
    ...common,
    entry: { cli: "src/cli/main.ts" },
    format: ["esm"],
    clean: false,
    dts: false,
    outputOptions: { chunkFileNames: "cli/[name]-[hash].mjs" },
  },
  {
    ...common,
    entry: entries,
    format: ["cjs"],
    clean: false,
    outputOptions: {
      // Without a chunk of its own the bundler's runtime lands in the kit, and the contract would require the kit.
      codeSplitting: { groups: [{ name: "runtime", test: /rolldown.runtime/ }] },
      // A test runner that loads CommonJS refuses `import()`: what is loaded late is required late.
      dynamicImportInCjs: false,
    },
  },
]);
