import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, EXIT, type ExitCode, fileProblem, parseConfigDocument } from "../../sync/index.ts";
import { type Sandbox, SandboxConfigurationError, startSandboxFrom } from "../../testing/index.ts";
import type { Host } from "../host.ts";
import { type Format, printReport, type Report } from "../output.ts";
import { columns } from "../render/columns.ts";

/** Options of `sandbox`. */
export interface SandboxOptions {
  readonly portBase?: number;
  readonly seed?: string;
}

/** Runs the simulated gateways until the user ends it. The addresses are printed when they answer. */
export async function sandbox(host: Host, format: Format, options: SandboxOptions): Promise<ExitCode> {
  const started = await start(host, options);
  try {
    printReport(host, format, describe(started));
    await new Promise<void>((finish) => {
      if (host.signal.aborted) return finish();
      host.signal.addEventListener("abort", () => finish());
    });
  } finally {
    await started.close();
  }
  host.stderr("The sandbox is closed.\n");
  return EXIT.done;
}

async function start(host: Host, { portBase, seed }: SandboxOptions): Promise<Sandbox> {
  const file = seed === undefined ? undefined : await readOptions(host, seed);
  try {
    return await startSandboxFrom({ ...file, ...(portBase === undefined ? {} : { portBase }) });
  } catch (error) {
    if (!(error instanceof SandboxConfigurationError)) throw error;
    throw new ConfigError("invalid", [fileProblem(seed ?? "--port-base", error.message)]);
  }
}

async function readOptions(host: Host, seed: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(resolve(host.workingDirectory, seed), "utf8");
  } catch {
    throw new ConfigError("invalid", [fileProblem(seed, "cannot be read")]);
  }
  const { value } = parseConfigDocument(seed, text);
  if (typeof value !== "object" || value === null) {
    throw new ConfigError("invalid", [fileProblem(seed, "expected a mapping: seed, switches, faults")]);
  }
  return { ...value };
}

function describe({ urls, tokens }: Sandbox): Report {
  const gateways = Object.entries(urls).map(([name, url]) => ({
    name,
    url,
    token: Object.entries(tokens).find(([each]) => each === name)?.[1] ?? "",
  }));
  const rows = gateways.map(({ name, url, token }) => [name, url, `token ${token}`]);
  return { data: { gateways }, text: `${columns(rows).join("\n")}\nPress Ctrl-C to end it.`, exit: EXIT.done };
}
