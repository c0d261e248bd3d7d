import type { AnyAdapter } from "../../contract/gateway.ts";
import { NAME, REFERENCE_EXPECTED } from "../../sync/config/config-fields.ts";
import { ConfigError, type ConfigProblem, fileProblem, parseConfigDocument, parseReference } from "../../sync/index.ts";
import { type GatewayAnswers, missingSettings, takesLogin, withMember } from "./answers.ts";

/** What the command line says of the gateways. */
export interface GatewayFlags {
  /** `NAME=ADAPTER`. */
  readonly gateway?: readonly string[];
  /** `NAME.KEY=VALUE`, the value as in the config. */
  readonly setting?: readonly string[];
  /** `NAME=REFERENCE`. */
  readonly token?: readonly string[];
}

// What was given is never shown: a token may have been pasted into the wrong place.
const GATEWAY_EXPECTED = "expected NAME=ADAPTER, such as main=my-adapter, each name once";
const NO_GATEWAY = "names no gateway of --gateway";
const OWN_FLAG: Readonly<Record<string, string>> = { token: "--token", adapter: "--gateway" };

/**
 * The gateways as the flags tell them, each as far as it is told.
 * @throws ConfigError with every flag that cannot be read
 */
export function answersFrom({ gateway = [], setting = [], token = [] }: GatewayFlags): readonly GatewayAnswers[] {
  const problems: ConfigProblem[] = [];
  const refuse = (flag: string, message: string) => {
    problems.push(fileProblem(flag, message));
  };
  const found = new Map<string, GatewayAnswers>();
  for (const text of gateway) {
    const [name, adapter] = halves(text);
    if (adapter === "" || !NAME.test(name) || found.has(name)) refuse("--gateway", GATEWAY_EXPECTED);
    else found.set(name, { name, adapter, settings: {} });
  }
  for (const text of token) {
    const [name, reference] = halves(text);
    const answers = found.get(name);
    if (answers === undefined) refuse("--token", `${NO_GATEWAY}: expected NAME=REFERENCE`);
    else if (parseReference(reference) === undefined) refuse("--token", `${name}: ${REFERENCE_EXPECTED}`);
    else found.set(name, { ...answers, token: reference });
  }
  for (const text of setting) {
    const [key, value] = halves(text);
    // A gateway's name may hold dots, too.
    const answers = [...found.values()]
      .filter(({ name }) => key.startsWith(`${name}.`))
      .sort(byLength)
      .at(0);
    if (answers === undefined) {
      refuse("--setting", `${NO_GATEWAY}: expected NAME.KEY=VALUE`);
      continue;
    }
    const path = key.slice(answers.name.length + 1).split(".");
    const ownFlag = OWN_FLAG[path[0] ?? ""];
    if (ownFlag !== undefined) refuse("--setting", `${answers.name}.${path[0]} is given by ${ownFlag}`);
    else found.set(answers.name, { ...answers, settings: withMember(answers.settings, path, parsed(value, refuse)) });
  }
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  return [...found.values()];
}

/**
 * Where nobody can be asked, everything has to be told.
 * @throws ConfigError with every flag that is missing
 */
export function requireAll(
  gateways: readonly GatewayAnswers[],
  adapterOf: (answers: GatewayAnswers) => AnyAdapter | undefined,
): void {
  const problems: ConfigProblem[] = [];
  if (gateways.length === 0) {
    problems.push(fileProblem("--gateway", `is required where nobody can be asked: ${GATEWAY_EXPECTED}`));
  }
  for (const answers of gateways) {
    const adapter = adapterOf(answers);
    if (adapter === undefined) continue;
    const { name, token, settings } = answers;
    for (const { path } of missingSettings(adapter, answers)) {
      const key = `${name}.${path.join(".")}`;
      problems.push(fileProblem("--setting", `${key} is required: give --setting ${key}=VALUE`));
    }
    if (token !== undefined || Object.hasOwn(settings, "auth")) continue;
    const orLogin = takesLogin(adapter) ? `, or --setting ${name}.auth.KEY=VALUE for a login` : "";
    problems.push(fileProblem("--token", `${name} has none: give --token ${name}=env:VARIABLE${orLogin}`));
  }
  if (problems.length > 0) throw new ConfigError("invalid", problems);
}

function halves(text: string): readonly [before: string, after: string] {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const byLength = (one: GatewayAnswers, other: GatewayAnswers) => other.name.length - one.name.length;

function parsed(value: string, refuse: (flag: string, message: string) => void): unknown {
  try {
    return parseConfigDocument("--setting", value).value;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    refuse("--setting", "has a value that is not valid YAML");
    return undefined;
  }
}
