/** @jest-config-loader esbuild-register */
import type { Config } from "jest";

const config: Config = {
  testEnvironment: "node",
  // The default leaves one core idle, which is half of a small machine.
  maxWorkers: "100%",
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
