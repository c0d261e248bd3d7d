import { adapters } from "../../../adapters/index.ts";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { NAME, REFERENCE_EXPECTED } from "../../sync/config/config-fields.ts";
import { parseReference } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Prompter } from "../prompter.ts";
import { type GatewayAnswers, missingSettings, settingProblem, takesLogin, withMember } from "./answers.ts";

/** The user gave up at a question. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** @throws Cancelled where the user gave up */
export async function answered<Answer>(question: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await question;
  if (answer === undefined) throw new Cancelled("the question was not answered");
  return answer;
}

/** Asks which gateways there are, and what each is to be called. */
export async function askGateways(prompter: Prompter): Promise<readonly GatewayAnswers[]> {
  const choices = adapters.map(({ name, hosts }) => ({ value: name, label: name, hint: hosts.join(", ") }));
  const chosen = await answered(prompter.chooseSeveral("Which gateways are to be kept in line?", choices));
  const gateways: GatewayAnswers[] = [];
  for (const adapter of chosen) {
    const problem = (text: string) => {
      if (gateways.some(({ name }) => name === text)) return "another gateway is called that";
      return NAME.test(text) ? undefined : "expected letters, digits, dot, hyphen and underscore, at most 100";
    };
    const name = await answered(
      prompter.askText(`A name for the gateway at ${adapter}`, { initially: adapter, problem }),
    );
    gateways.push({ name, adapter, settings: {} });
  }
  return gateways;
}

/** What a gateway's questions start from. */
export interface Known {
  readonly adapter: AnyAdapter;
  /** Answers for another gateway of the same vendor, which are proposed here. */
  readonly sibling?: GatewayAnswers | undefined;
}

/** Asks for whatever the adapter needs that the answers do not have: settings, and where the token comes from. */
export async function askMissing(
  { prompter, environment }: Pick<Host, "environment"> & { readonly prompter: Prompter },
  given: GatewayAnswers,
  { adapter, sibling }: Known,
): Promise<GatewayAnswers> {
  let answers = given;
  const { name } = given;
  const hasLogin = Object.hasOwn(given.settings, "auth") || given.token !== undefined;
  if (!hasLogin && takesLogin(adapter)) {
    const how = await answered(
      prompter.choose(`How does gatefold log in at ${name}?`, [
        { value: "token", label: "with a token" },
        { value: "auth", label: "as a machine, with a client's id and secret", hint: "auth" },
      ]),
    );
    if (how === "auth") answers = { ...answers, settings: { ...answers.settings, auth: {} } };
  }
  for (const { path, isSecret, description } of missingSettings(adapter, answers)) {
    const key = path.join(".");
    const about = description === undefined ? "" : `\n${description}`;
    const { settings } = answers;
    const value = isSecret
      ? await askReference(prompter, environment, `Where is ${key} of ${name} kept?`, variablesFor(path, name, adapter))
      : await answered(
          prompter.askText(`${key} of ${name}${about}`, {
            ...proposal(sibling?.settings, path),
            problem: (text) => settingProblem(adapter, settings, path, text),
          }),
        );
    answers = { ...answers, settings: withMember(settings, path, value) };
  }
  if (answers.token !== undefined || Object.hasOwn(answers.settings, "auth")) return answers;
  const variables = variablesFor(["token"], name, adapter);
  const question = `Where is the token of ${name} kept?`;
  return { ...answers, token: await askReference(prompter, environment, question, variables, sibling?.token) };
}

/** The secret itself is never asked for: only where it is. */
async function askReference(
  prompter: Prompter,
  environment: Host["environment"],
  question: string,
  variables: readonly string[],
  before?: string,
): Promise<string> {
  const isSet = (variable: string) => (environment[variable] ?? "") !== "";
  const [first = ""] = variables;
  const variable = variables.find(isSet) ?? first;
  const state = isSet(variable) ? `${variable} is set here.` : `${variable} is not set here.`;
  const hint = "A reference, never the secret itself: env:NAME, file:PATH or exec:COMMAND.";
  return answered(
    prompter.askText(`${question}\n${hint}${before === undefined ? `\n${state}` : ""}`, {
      initially: before ?? `env:${variable}`,
      problem: (text) => (parseReference(text) === undefined ? REFERENCE_EXPECTED : undefined),
    }),
  );
}

/** The variables that a secret may be in; of these the first that is set is proposed. */
function variablesFor(path: readonly string[], gateway: string, adapter: AnyAdapter): readonly string[] {
  const member = (path.at(-1) ?? "").replace(/(?<=[a-z])(?=[A-Z])/g, "_");
  const words = path[0] === "token" ? [member, "api_key"] : [member];
  const named = (owner: string) =>
    words.map((word) =>
      `${owner}_${word}`
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_")
        .replace(/^(?=\d)/, "_"),
    );
  return [...new Set([...named(gateway), ...named(adapter.name)])];
}

function proposal(settings: object | undefined, [name]: readonly string[]): { readonly initially?: string } {
  const value: unknown = settings === undefined || name === undefined ? undefined : Reflect.get(settings, name);
  return typeof value === "string" ? { initially: value } : {};
}
