import { adapters } from "../../../adapters/index.ts";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { worstExit } from "../../sync/exit-code.ts";
import type { CheckedGateway, ConfigError, GatewayReader } from "../../sync/index.ts";
import { isTrusted, type TrustOptions } from "../adapters.ts";
import type { Host } from "../host.ts";
import type { NewFile } from "../new-file.ts";
import { exitOf, printNote } from "../output.ts";
import type { Prompter } from "../prompter.ts";
import { errorText } from "../render/error-text.ts";
import { type GatewayAnswers, settingForIds, withMember, withoutAsked } from "./answers.ts";
import { type Draft, draftOf, inFlags, untrustedIn } from "./draft.ts";
import { requireAll } from "./flags.ts";
import { lookAt, unasked } from "./look.ts";
import { answered, askGateways, askMissing, Cancelled } from "./questions.ts";
import { spoken } from "./spoken.ts";

/** How the gateways of a new config are found out about. */
export interface SetupOptions extends TrustOptions {
  /** Whether each gateway is asked for its list. */
  readonly check: boolean;
}

/** A gateway of the new config, ready to be imported. */
export interface SetUpGateway extends CheckedGateway {
  /** What was read, to be given again without asking. */
  readonly reader: GatewayReader;
  /** How many objects its list has; undefined where it was not asked. */
  readonly listed?: number;
}

/** The gateways of the new config. */
export interface Setup {
  readonly draft: Draft;
  readonly gateways: readonly SetUpGateway[];
  /** What a user should know of them. */
  readonly remarks: readonly string[];
  /** What of the config asks for trust in every later command; undefined where nothing does. */
  readonly untrusted: ConfigError | undefined;
}

/**
 * Completes what the flags tell of the gateways, by asking where somebody can be asked, and looks whether each can be read.
 * @throws ConfigError, GatewayError of the gateway that ends worst, Cancelled
 */
export async function setUp(
  host: Host,
  file: NewFile,
  given: readonly GatewayAnswers[],
  options: SetupOptions,
): Promise<Setup> {
  const completed = await complete(host, given);
  const first = await draftOf(host, file, completed, options);
  if (options.check) await requireConsent(host, first, completed, options);
  const looks = options.check ? await lookAtAll(host, file, completed, options) : [];
  const answers = completed.map((each, index) => looks[index]?.answers ?? each);
  const draft = await draftOf(host, file, answers, options);
  const gateways = draft.checked.gateways.map((gateway, index) => {
    return { ...gateway, reader: unasked(gateway), ...looks[index]?.found };
  });
  return { draft, gateways, remarks: idRemarks(gateways, answers), untrusted: untrustedIn(draft, answers) };
}

const builtIn = ({ adapter }: GatewayAnswers) => adapters.find(({ name }) => name === adapter);

async function complete(host: Host, given: readonly GatewayAnswers[]): Promise<readonly GatewayAnswers[]> {
  const { prompter, environment } = host;
  if (prompter === undefined) {
    requireAll(given, builtIn);
    return given;
  }
  const completed: GatewayAnswers[] = [];
  for (const answers of given.length > 0 ? given : await askGateways(prompter)) {
    const adapter = builtIn(answers);
    const ask = { prompter, environment };
    completed.push(
      adapter === undefined
        ? answers
        : await askMissing(ask, answers, { adapter, sibling: siblingOf(adapter, completed) }),
    );
  }
  return completed;
}

/** An earlier gateway of the same vendor: most likely it is the same account. */
function siblingOf(adapter: AnyAdapter, earlier: readonly GatewayAnswers[]): GatewayAnswers | undefined {
  return earlier.find((answers) => builtIn(answers)?.hosts.join() === adapter.hosts.join());
}

/** Who types a host is asked once more before a token goes there: a name that is nearly right may be somebody else's. */
async function requireConsent(
  host: Host,
  draft: Draft,
  answers: readonly GatewayAnswers[],
  options: TrustOptions,
): Promise<void> {
  const untrusted = isTrusted(host, options) ? undefined : untrustedIn(draft, answers);
  if (untrusted === undefined) return;
  const { prompter } = host;
  if (prompter === undefined) throw untrusted;
  await prompter.say(spoken(untrusted));
  if (await answered(prompter.confirm("This needs your trust. Go on?", false))) return;
  throw new Cancelled("no trust was given");
}

interface Looked {
  readonly answers: GatewayAnswers;
  readonly found?: Pick<SetUpGateway, "reader" | "listed">;
}

async function lookAtAll(
  host: Host,
  file: NewFile,
  all: readonly GatewayAnswers[],
  options: SetupOptions,
): Promise<readonly Looked[]> {
  const looks: Looked[] = [];
  const failures: unknown[] = [];
  for (const answers of all) {
    try {
      looks.push(await lookUntilSettled(host, file, answers, options));
    } catch (error) {
      if (error instanceof Cancelled || host.signal.aborted) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return looks;
  const exit = worstExit(failures.map(exitOf));
  const worst = failures.find((error) => exitOf(error) === exit);
  for (const error of failures.filter((each) => each !== worst)) host.stderr(`${errorText(error)}\n`);
  host.stderr("Nothing is written. --no-check writes the config without asking the gateways.\n");
  throw worst;
}

async function lookUntilSettled(
  host: Host,
  file: NewFile,
  given: GatewayAnswers,
  options: SetupOptions,
): Promise<Looked> {
  const { prompter } = host;
  let answers = given;
  for (;;) {
    try {
      const { checked } = await draftOf(host, file, [answers], options);
      const [gateway] = checked.gateways;
      if (gateway === undefined) throw new Error(`the gateway ${answers.name} is not in the draft`);
      const found = await lookAt(host, checked, gateway);
      await tell(host, `${answers.name} works: ${found.listed === 1 ? "1 object" : `${found.listed} objects`}.`);
      const better = prompter === undefined ? undefined : await askForIds(prompter, gateway.adapter, answers);
      if (better === undefined) return { answers, found };
      answers = better;
    } catch (error) {
      const told = inFlags(error, [answers]);
      if (prompter === undefined || error instanceof Cancelled || host.signal.aborted) throw told;
      const next = await askAfterFailure(prompter, answers, told);
      if (next === "skip") return { answers };
      if (next === "change") answers = await askAgain(host, prompter, answers, file, options);
    }
  }
}

async function tell(host: Host, text: string): Promise<void> {
  if (host.prompter === undefined) printNote(host, text);
  else await host.prompter.say(text);
}

async function askAfterFailure(prompter: Prompter, { name }: GatewayAnswers, error: unknown): Promise<string> {
  await prompter.say(spoken(error));
  const next = await answered(
    prompter.choose(`${name} cannot be read. What now?`, [
      { value: "change", label: "change what was answered for it" },
      { value: "again", label: "try again" },
      { value: "skip", label: "go on without the check", hint: "nothing is imported from it" },
      { value: "stop", label: "give up", hint: "nothing is written" },
    ]),
  );
  if (next === "stop") throw new Cancelled("the user gave up");
  return next;
}

async function askAgain(
  host: Host,
  prompter: Prompter,
  answers: GatewayAnswers,
  file: NewFile,
  options: SetupOptions,
): Promise<GatewayAnswers> {
  const adapter = builtIn(answers);
  if (adapter === undefined) return answers;
  const { environment } = host;
  const changed = await askMissing({ prompter, environment }, withoutAsked(adapter, answers), {
    adapter,
    sibling: answers,
  });
  await requireConsent(host, await draftOf(host, file, [changed], options), [changed], options);
  return changed;
}

/** Asks whether ids are to be of the kind that a list tells; gives the answers with that, or nothing where all is well. */
async function askForIds(
  prompter: Prompter,
  adapter: AnyAdapter,
  answers: GatewayAnswers,
): Promise<GatewayAnswers | undefined> {
  const setting = settingForIds(adapter, answers);
  // What was given by a flag is not questioned.
  if (setting === undefined || Object.hasOwn(answers.settings, setting.name)) return undefined;
  const { name, value } = setting;
  const chosen = await answered(
    prompter.choose(
      `The list of ${answers.name} does not tell the ids that its adapter uses by default. Which does it use?`,
      [
        { value: "other", label: `those that the list tells`, hint: `${name}: ${value}` },
        { value: "same", label: "the default ones", hint: "each id is to be filled in by hand" },
      ],
    ),
  );
  return chosen === "other" ? { ...answers, settings: withMember(answers.settings, [name], value) } : undefined;
}

function idRemarks(gateways: readonly SetUpGateway[], answers: readonly GatewayAnswers[]): readonly string[] {
  return gateways.flatMap(({ adapter, listed = 0 }, index) => {
    const given = answers[index];
    const setting = given === undefined ? undefined : settingForIds(adapter, given);
    if (given === undefined || setting === undefined || listed === 0) return [];
    const flag = `--setting ${given.name}.${setting.name}=${setting.value}`;
    return [
      `The list of ${given.name} tells no ids: fill them in, or begin again with ${flag}, if that gateway takes them.`,
    ];
  });
}
