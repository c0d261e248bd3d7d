import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The project's root. */
export const root = join(__dirname, "..", "..");

/** Fails with what to do when the package is not built. */
export function requireBuild(): void {
  if (!existsSync(join(root, "dist", "cli.mjs")))
    throw new Error("the package is not built: run `npm run build` first");
}

/** Runs Node in the project's root, where the package's own name resolves to what is built. */
export async function runNode(parameters: readonly string[], environment: Record<string, string> = {}) {
  requireBuild();
  const options = { cwd: root, env: { PATH: process.env.PATH ?? "", ...environment } };
  return promisify(execFile)(process.execPath, parameters, options);
}
