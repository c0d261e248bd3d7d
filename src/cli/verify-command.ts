import { spawn } from "node:child_process";
import type { Secret } from "../contract/secret.ts";
import { splitCommand } from "../sync/config/reference.ts";
import type { VerifyKey } from "../sync/index.ts";
import type { Host } from "./host.ts";

const TIMEOUT_MS = 120_000;

/**
 * A user's command as the check of a key: it gets the gateway, the provider and the provider's id as arguments and the key on
 * standard input, and says yes by exit code 0 within two minutes. It runs without a shell. What it prints goes nowhere, since
 * it could be the key.
 */
export function verifyCommand(
  command: string,
  { environment, workingDirectory }: Pick<Host, "environment" | "workingDirectory">,
): VerifyKey {
  const [program = "", ...parameters] = splitCommand(command);
  return ({ gateway, provider, id }, key, { signal }) =>
    new Promise((resolve, reject) => {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const child = spawn(program, [...parameters, gateway, provider, String(id)], {
        cwd: workingDirectory,
        env: withoutKey(environment, key),
        stdio: ["pipe", "ignore", "ignore"],
        killSignal: "SIGKILL",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      child.on("error", reject);
      child.on("close", (code) => resolve(code === 0));
      // A command that does not read its input may be gone before it is written.
      child.stdin.on("error", () => undefined);
      child.stdin.end(key.reveal());
    });
}

/** The environment without the variables that hold the key: whoever the command starts would inherit them. */
function withoutKey(environment: Host["environment"], key: Secret): Record<string, string> {
  const text = key.reveal();
  const entries = Object.entries(environment).flatMap(([name, value]) => {
    return value === undefined || value.includes(text) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
