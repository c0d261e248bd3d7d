import type { CheckedBinding, CheckedConfig } from "./check.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { secretsOf } from "./desired.ts";

/**
 * A config may come from a stranger's pull request: without trust no command of it runs, and no token goes unencrypted, or
 * to a host other than the ones that the vendor documents. Loopback needs no trust. Judged for the bindings in scope.
 * @throws ConfigError of kind `untrusted` with every place that asks for trust
 */
export function requireTrust({ config }: CheckedConfig, bindings: readonly CheckedBinding[], trusted: boolean): void {
  if (trusted) return;
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, message: string) => {
    const { document } = config;
    problems.push({ file: document.file, ...document.position(path), path: path.join("."), message });
  };
  for (const { entry, adapter } of bindings) {
    if (entry.token.kind === "exec") report([...entry.path, "token"], "runs a command: that needs --trust-config");
    const message = addressProblem(entry.settings.baseUrl, adapter.hosts);
    if (message !== undefined) report([...entry.path, "baseUrl"], message);
  }
  for (const { path, reference } of bindings.flatMap((binding) => secretsOf(binding).uses)) {
    if (reference.kind === "exec") report(path, "runs a command: that needs --trust-config");
  }
  if (problems.length > 0) throw new ConfigError("untrusted", problems);
}

function addressProblem(baseUrl: unknown, documented: readonly string[]): string | undefined {
  const host = hostOf(baseUrl);
  if (host === undefined || isLoopback(host)) return undefined;
  if (!documented.some((pattern) => matches(pattern, host))) {
    return `${host} is none of the vendor's documented hosts: sending the token there needs --trust-config`;
  }
  const isEncrypted = String(baseUrl).toLowerCase().startsWith("https:");
  return isEncrypted ? undefined : "sends the token unencrypted: that needs --trust-config";
}

/** The host of a base URL as a setting, or undefined. */
export function hostOf(url: unknown): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern;
}
