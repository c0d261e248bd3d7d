import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { requireBuild, root } from "../support/built.ts";

/** What an example printed, and how it ended. */
export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The text of an example. */
export const exampleText = (file: string): string => readFileSync(join(root, "examples", file), "utf8");

/**
 * Starts an example as a user does: by itself, as an ES module, against the built package under its own name. `more` is what
 * calls it, where it is a part of a program.
 */
export function startExample(text: string, environment: Record<string, string>, more = "") {
  requireBuild();
  const { outputFiles } = buildSync({
    stdin: { contents: `${text}\n${more}`, loader: "ts", resolveDir: join(root, "examples") },
    bundle: true,
    packages: "external",
    tsconfigRaw: {},
    format: "esm",
    platform: "node",
    target: "node20",
    write: false,
  });
  const code = outputFiles[0]?.text ?? "";
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => {
    stdout += text;
  });
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, stdout, stderr }));
  });
  return { ended, kill: () => child.kill("SIGKILL") };
}

/** Runs one to its end. */
export const runExample = (file: string, environment: Record<string, string>, more?: string): Promise<Ran> =>
  startExample(exampleText(file), environment, more).ended;
