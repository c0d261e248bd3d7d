import type { CheckedConfig } from "./check.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { type SecretUse, secretsOf } from "./desired.ts";

/**
 * A config may come from a stranger's pull request: without trust no command of it runs, and no token goes to a host other
 * than the ones that the vendor documents, or loopback.
 * @throws ConfigError of kind `untrusted` with every place that asks for trust
 */
export function requireTrust({ config, bindings }: CheckedConfig, trusted: boolean): void {
  if (trusted) return;
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, message: string) => {
    const { document } = config;
    problems.push({ file: document.file, ...document.position(path), path: path.join("."), message });
  };
  const hosts = new Map(bindings.map(({ entry, adapter }) => [entry.name, adapter.hosts]));
  for (const { name, path, token, settings } of config.gateways) {
    if (token.kind === "exec") report([...path, "token"], "runs a command: that needs --trust-config");
    const host = hostOf(settings.baseUrl);
    if (host === undefined || isLoopback(host) || hosts.get(name)?.some((pattern) => matches(pattern, host))) continue;
    const message = `${host} is none of the vendor's documented hosts: sending the token there needs --trust-config`;
    report([...path, "baseUrl"], message);
  }
  const commands = new Map<string, SecretUse>();
  for (const use of bindings.flatMap((binding) => secretsOf(binding).uses)) {
    if (use.reference.kind === "exec") commands.set(use.path.join("."), use);
  }
  for (const { path } of commands.values()) report(path, "runs a command: that needs --trust-config");
  if (problems.length > 0) throw new ConfigError("untrusted", problems);
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
