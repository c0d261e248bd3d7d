#!/usr/bin/env node
import { createRequire } from "node:module";
import { userInfo } from "node:os";
import { EXIT } from "../sync/exit-code.ts";
import { runtimeOf } from "../sync/runtime.ts";
import { clackPrompter } from "./clack-prompter.ts";
import { run } from "./program.ts";
import { telemetry } from "./telemetry.ts";

const ending = new AbortController();
const forcing = new AbortController();

// The first request lets what is in flight finish, the second does not, and the third does not even let us write it down.
function end(): void {
  if (forcing.signal.aborted) process.exit(EXIT.cancelled);
  if (ending.signal.aborted) forcing.abort();
  else ending.abort();
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
// A closed pipe (`gatefold plan | head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

function actor(): string {
  try {
    return process.env.GATEFOLD_ACTOR || userInfo().username;
  } catch {
    return "unknown";
  }
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  isErrorTerminal: process.stderr.isTTY === true,
  columns: () => process.stdout.columns ?? process.stderr.columns,
  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds).unref();
    return () => clearInterval(timer);
  },
  ...(process.stdin.isTTY && process.stderr.isTTY
    ? { prompter: clackPrompter({ input: process.stdin, output: process.stderr, signal: ending.signal }) }
    : {}),
  environment: process.env,
  workingDirectory: process.cwd(),
  runtime: runtimeOf(process, actor()),
  signal: ending.signal,
  force: forcing.signal,
  importModule: (url) => import(url),
  hooksFor: telemetry(() => createRequire(import.meta.url)("@opentelemetry/api")),
  ignoresModes: process.platform === "win32",
});

// The bundler takes a file without an export for CommonJS, and would load every module of the tree to be on the safe side.
// biome-ignore lint/complexity/noUselessEmptyExport: as said above
export {};
