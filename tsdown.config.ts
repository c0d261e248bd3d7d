import { readFileSync } from "node:fs";
import { defineConfig, type Rolldown } from "tsdown";

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

// What each start of the command line needs is in its own files: fewer are opened, and of zod only what is used is read.
const takenAlong = ["commander", "ts-pattern", "yaml", "zod"];

/** Puts beside the bundle the licences of the packages whose code is in it, as these ask for. */
const licences: Rolldown.Plugin = {
  name: "licences",
  generateBundle() {
    const texts = takenAlong.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8")}`);
    this.emitFile({ type: "asset", fileName: "cli/LICENSES.txt", source: texts.join("\n\n") });
  },
};

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
    deps: { alwaysBundle: takenAlong, onlyBundle: takenAlong },
    plugins: [licences],
    // Names are kept; what is read at each start is shorter.
    minify: { compress: false, mangle: false },
    outputOptions: {
      chunkFileNames: "cli/[name]-[hash].mjs",
      // Each file that is opened costs its millisecond: what every command loads is in one, what reads a config in another.
      // The first file waits for its command to end, so that nothing that a command loads may wait for it.
      codeSplitting: {
        groups: [
          { name: "start", tags: ["$initial"], test: /^(?!.*cli.main\.ts$)/ },
          { name: "config", test: /src.cli.read-config\.ts$/ },
        ],
      },
    },
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
