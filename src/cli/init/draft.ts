import { dirname } from "node:path";
import { stringify } from "yaml";
import {
  type AdapterDirectory,
  type CheckedConfig,
  ConfigError,
  type ConfigProblem,
  checkConfig,
  parseConfig,
  requireTrust,
} from "../../sync/index.ts";
import { adaptersOf, type TrustOptions } from "../adapters.ts";
import { bareBinding } from "../bare-binding.ts";
import type { Host } from "../host.ts";
import type { NewFile } from "../new-file.ts";
import type { GatewayAnswers } from "./answers.ts";

/** The variable for the key of the fingerprints. */
export const FINGERPRINT_VARIABLE = "GATEFOLD_FINGERPRINT_KEY";

/** A config of gateways alone, judged by all that needs neither a secret nor a network. */
export interface Draft {
  readonly checked: CheckedConfig;
  readonly adapters: AdapterDirectory;
}

/**
 * The config that the answers make, without providers.
 * @throws ConfigError that names the flags by which what is wrong is told
 */
export async function draftOf(
  host: Host,
  file: NewFile,
  answers: readonly GatewayAnswers[],
  options: TrustOptions,
): Promise<Draft> {
  try {
    const config = parseConfig(file.name, draftText(answers), dirname(file.path));
    const adapters = await adaptersOf(host, config, options);
    return { checked: checkConfig(config, adapters), adapters };
  } catch (error) {
    throw inFlags(error, answers);
  }
}

/** What of a draft asks for trust; undefined where nothing does. */
export function untrustedIn(
  { checked }: Pick<Draft, "checked">,
  answers: readonly GatewayAnswers[],
): ConfigError | undefined {
  const targets = checked.gateways.map(({ entry, adapter }) => bareBinding(checked, entry, adapter));
  try {
    requireTrust(checked, targets, false, { usesJournal: false });
    return undefined;
  } catch (error) {
    const told = inFlags(error, answers);
    if (told instanceof ConfigError) return told;
    throw error;
  }
}

function draftText(answers: readonly GatewayAnswers[]): string {
  const gateways = answers.map(({ name, adapter, settings, token }) => {
    return [name, { adapter, ...settings, ...(token === undefined ? {} : { token }) }] as const;
  });
  return stringify(
    new Map<string, unknown>([
      ["version", 1],
      ["fingerprintKey", `env:${FINGERPRINT_VARIABLE}`],
      ["gateways", new Map(gateways)],
    ]),
    { version: "1.2", aliasDuplicateObjects: false },
  );
}

/** The error with flags in the place of lines: there is no file yet that they could be of. */
export function inFlags(error: unknown, answers: readonly GatewayAnswers[]): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new ConfigError(
    error.kind,
    error.problems.map((problem) => withFlag(problem, answers)),
  );
}

function withFlag(problem: ConfigProblem, answers: readonly GatewayAnswers[]): ConfigProblem {
  const { path } = problem;
  const [name] = answers
    .map((each) => each.name)
    .filter((each) => `${path}.`.startsWith(`gateways.${each}.`))
    .sort((one, other) => other.length - one.length);
  const member = name === undefined ? path : path.slice(`gateways.${name}.`.length);
  const file = member === "token" ? "--token" : member === "adapter" || member === "" ? "--gateway" : "--setting";
  const told = { ...problem, file, line: 1, column: 1 };
  return name === undefined ? told : { ...told, path: file === "--setting" ? `${name}.${member}` : name };
}
