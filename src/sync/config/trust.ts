import { resolve } from "node:path";
import { TRUST_ADVICE } from "./advice.ts";
import type { BoundBinding, CheckedConfig } from "./check.ts";
import type { ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { secretsOf } from "./desired.ts";
import { leadsOutside } from "./leads-outside.ts";
import { addressesIn } from "./login.ts";
import type { SecretReference } from "./reference.ts";

const COMMAND = "runs a command: that needs --trust-config";
const OUTSIDE = "reads a file outside the folder of the config: that needs --trust-config";

/**
 * A config may come from a stranger's pull request: without trust no command of it runs, no token goes unencrypted, or
 * to a host other than the ones that the vendor documents, and nothing is read or written outside the config's own folder.
 * Loopback needs no trust. Gateways and keys are judged for the bindings in scope, the journal only where it is used.
 * @throws ConfigError of kind `untrusted` with every place that asks for trust
 */
export function requireTrust(
  { config }: Pick<CheckedConfig, "config">,
  bindings: readonly BoundBinding[],
  trusted: boolean,
  { usesJournal = true }: { readonly usesJournal?: boolean } = {},
): void {
  if (trusted) return;
  const problems: ConfigProblem[] = [];
  const report = (path: ConfigPath, message: string) =>
    problems.push({ ...config.sources.problem(path, message), ...TRUST_ADVICE });
  // Where a file leads is asked of the file system: once for each.
  const known = new Map<string, string | undefined>();
  const judge = (path: ConfigPath, reference: SecretReference) => {
    const { kind, target, directory = config.sources.directoryOf(path) } = reference;
    const key = `${kind}:${target}\n${directory}`;
    if (!known.has(key)) known.set(key, referenceProblem(reference, directory));
    const message = known.get(key);
    if (message !== undefined) report(path, message);
  };
  if (config.fingerprintKey !== undefined) judge(["fingerprintKey"], config.fingerprintKey);
  if (usesJournal && leadsOutside(config.sources.directoryOf(["journal"]), config.journal)) {
    report(["journal"], "leads outside the folder of the config: writing there needs --trust-config");
  }
  for (const { entry, adapter } of bindings) {
    for (const { path, reference } of entry.secrets) judge([...entry.path, ...path], reference);
    for (const { path, url } of addressesIn(entry)) {
      const message = addressProblem(url, adapter.hosts, path[0] === "auth" ? "login" : "token");
      if (message !== undefined) report([...entry.path, ...path], message);
    }
  }
  for (const { path, reference } of bindings.flatMap((binding) => secretsOf(binding).uses)) {
    judge(path, reference);
  }
  if (problems.length > 0) throw new ConfigError("untrusted", problems);
}

/** Why a reference needs trust, or undefined. `own` is the folder that it starts from if it names none, and may read in. */
export function referenceProblem({ kind, target, directory }: SecretReference, own: string): string | undefined {
  if (kind === "exec") return COMMAND;
  const folder = directory ?? own;
  return kind === "file" && leadsOutside(folder, resolve(folder, target)) ? OUTSIDE : undefined;
}

function addressProblem(url: unknown, documented: readonly string[], sent: "token" | "login"): string | undefined {
  const host = hostOf(url);
  if (host === undefined || isLoopback(host)) return undefined;
  if (!documented.some((pattern) => matches(pattern, host))) {
    return `${host} is none of the vendor's documented hosts: sending the ${sent} there needs --trust-config`;
  }
  const isEncrypted = String(url).toLowerCase().startsWith("https:");
  return isEncrypted ? undefined : `sends the ${sent} unencrypted: that needs --trust-config`;
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
