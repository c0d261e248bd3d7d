/** @jest-config-loader esbuild-register */
import type { Config } from "jest";

const config: Config = {
  testEnvironment: "node",
  // Two cores are the smallest machine; some suites wait on sockets, which keeps a third worker busy.
  maxWorkers: 3,
  // A hung test must end, and a busy machine must not end one that works.
  testTimeout: 60_000,
  roots: ["<rootDir>/test"],
  setupFilesAfterEnv: ["<rootDir>/test/support/no-network.ts"],
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
