/** @jest-config-loader esbuild-register */
import type { Config } from "jest";

const config: Config = {
  testEnvironment: "node",
  // Two cores are the smallest machine; some suites wait on sockets, which keeps a third worker busy.
  maxWorkers: 3,
  // A hung test must end, and a busy machine must not end one that works; a soak tries that much more.
  testTimeout: 60_000 * Math.max(1, Number(process.env.GATEFOLD_SOAK ?? 1) / 10),
  roots: ["<rootDir>/test"],
  setupFilesAfterEnv: ["<rootDir>/test/support/no-network.ts"],
  // What stands for a package of somebody else's names ours as it would; child processes get the built one, as users do.
  moduleNameMapper: {
    "^gatefold$": "<rootDir>/src/index.ts",
    "^gatefold/(kit|sync|testing|opentelemetry)$": "<rootDir>/src/$1/index.ts",
    "^\\.\\./locales/index\\.cjs$": "<rootDir>/test/support/no-locales.ts",
  },
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        sourceMaps: "inline",
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
      },
    ],
  },
};

export default config;
