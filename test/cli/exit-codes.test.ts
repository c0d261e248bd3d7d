import Ajv2020 from "ajv/dist/2020";
import type { Sandbox } from "../../src/testing/index.ts";
import { type FleetOptions, fleetConfig, fleetSeed } from "../support/fleet.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, type Surroundings, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const commands = {
  plan: ["plan"],
  drift: ["drift"],
  apply: ["apply"],
  "apply PLAN": ["apply", "plan.json"],
  adopt: ["adopt", "--key"],
  validate: ["validate"],
  "journal verify": ["journal", "verify"],
} as const;
type Command = keyof typeof commands;

const forms = {
  text: [],
  json: ["--json"],
  markdown: ["--format", "markdown"],
} as const;
type Form = keyof typeof forms;

function formsOf(command: Command): readonly Form[] {
  const isReport = command === "plan" || command === "drift" || command.startsWith("apply");
  return isReport ? ["text", "json", "markdown"] : ["text", "json"];
}

const ONLY_READING: ReadonlySet<Command> = new Set(["plan", "drift", "validate", "journal verify"]);

const schemas = new Map<string, (document: unknown) => boolean>();

/** Whether a document is what `gatefold schema NAME` says. */
async function expectDocument(name: "plan" | "apply", document: unknown): Promise<void> {
  if (!schemas.has(name)) {
    const { stdout } = await gatefold(["schema", name]);
    const validate = new Ajv2020({ strict: false }).compile(jsonOf(stdout));
    schemas.set(name, (value) => {
      const isValid = validate(value);
      if (!isValid) throw new Error(JSON.stringify(validate.errors, null, 1));
      return isValid;
    });
  }
  expect(schemas.get(name)?.(document)).toBe(true);
}

interface Scene {
  readonly sandbox: Sandbox;
  readonly yaml: string;
  /** What the command line is run with: may be changed. */
  readonly surroundings: { environment: Record<string, string | undefined>; signal?: AbortSignal };
}

interface Outcome {
  readonly title: string;
  readonly options?: FleetOptions;
  /** What is different from a run in which all goes well; a saved plan is made before. */
  readonly spoil?: (scene: Scene) => unknown;
  readonly more?: readonly string[];
  /** `error`: in words on standard error, and as data on standard output where that is JSON. */
  readonly printed: "result" | "error";
  readonly exits: Readonly<Partial<Record<Command, number>>>;
}

const TOP = "fingerprintKey: env:FLEET_FINGERPRINT_KEY";
const WITH_KEY = "credential: { scheme: api_key, apiKey: env:FLEET_KEY }";
const changed = { fields: `name: New, ${WITH_KEY}` };
const everywhere = (sandbox: Sandbox, fault: Parameters<Sandbox["inject"]>[1]) => {
  for (const name of ["barndoor", "ngrok"] as const) sandbox.inject(name, { times: 99, ...fault });
};
const onGateways = (exit: number, more: Readonly<Partial<Record<Command, number>>> = {}) => {
  return { plan: exit, drift: exit, apply: exit, "apply PLAN": exit, adopt: exit, ...more };
};
const offline = (exit: number) => ({ validate: exit, "journal verify": exit });
const everyCommand = (exit: number) => ({ ...onGateways(exit), ...offline(exit) });

const outcomes: readonly Outcome[] = [
  { title: "all is in sync", printed: "result", exits: everyCommand(0) },
  {
    title: "there are changes",
    options: changed,
    printed: "result",
    exits: { plan: 2, drift: 2, apply: 0, "apply PLAN": 0, adopt: 0, ...offline(0) },
  },
  {
    title: "a limit is exceeded",
    options: { ...changed, top: `${TOP}\nlimits: { update: { count: 0 } }` },
    printed: "result",
    exits: { plan: 3, drift: 2, apply: 3, "apply PLAN": 3 },
  },
  {
    title: "one gateway refuses what is written",
    options: changed,
    spoil: ({ sandbox }) => sandbox.inject("ngrok", { kind: "status", status: 400, method: "PATCH" }),
    printed: "result",
    exits: { apply: 4, "apply PLAN": 4 },
  },
  {
    title: "every gateway refuses what is written",
    options: changed,
    spoil: ({ sandbox }) => everywhere(sandbox, { kind: "status", status: 400, method: "PATCH" }),
    printed: "result",
    exits: { apply: 1, "apply PLAN": 1 },
  },
  {
    title: "one gateway is down",
    options: changed,
    spoil: ({ sandbox }) => sandbox.inject("ngrok", { kind: "status", status: 503, times: 99 }),
    printed: "result",
    exits: { plan: 1, drift: 1, apply: 4, "apply PLAN": 4, adopt: 4 },
  },
  {
    title: "every gateway is down",
    options: changed,
    spoil: ({ sandbox }) => everywhere(sandbox, { kind: "status", status: 503 }),
    printed: "result",
    exits: { ...onGateways(1), ...offline(0) },
  },
  {
    title: "every gateway refuses the token",
    options: changed,
    spoil: ({ sandbox }) => everywhere(sandbox, { kind: "status", status: 401 }),
    printed: "result",
    exits: { ...onGateways(5), ...offline(0) },
  },
  {
    title: "a token is missing",
    options: changed,
    spoil: ({ surroundings }) => {
      surroundings.environment.NGROK_TOKEN = undefined;
    },
    printed: "error",
    exits: onGateways(5),
  },
  {
    title: "a key is empty",
    options: changed,
    spoil: ({ surroundings }) => {
      surroundings.environment.FLEET_KEY = "";
    },
    printed: "error",
    exits: onGateways(5),
  },
  {
    title: "the plan was edited",
    options: changed,
    spoil: () => directory.write("plan.json", "{}"),
    printed: "error",
    exits: { "apply PLAN": 6 },
  },
  {
    title: "the config has another name since the plan",
    options: changed,
    spoil: ({ yaml }) => directory.write("gatefold.yaml", yaml.replaceAll("name: New", "name: Newer")),
    printed: "error",
    exits: { "apply PLAN": 6 },
  },
  {
    title: "it is cancelled",
    options: changed,
    spoil: ({ surroundings }) => {
      surroundings.signal = AbortSignal.abort();
    },
    printed: "result",
    exits: { ...onGateways(8), ...offline(0) },
  },
  {
    title: "the config is wrong",
    spoil: ({ yaml }) => directory.write("gatefold.yaml", yaml.replaceAll("gateways:", "gatways:")),
    printed: "error",
    exits: everyCommand(1),
  },
  {
    title: "the config asks for trust",
    spoil: ({ yaml, sandbox }) => directory.write("gatefold.yaml", yaml.replace(sandbox.urls.ngrok, "https://a.test")),
    printed: "error",
    exits: onGateways(3),
  },
  {
    title: "the journal was changed",
    spoil: () => directory.write("changed.jsonl", '{"seq":1}\n'),
    more: ["--journal", "changed.jsonl"],
    printed: "error",
    exits: onGateways(1),
  },
  {
    title: "another journal was changed",
    spoil: () => directory.write("changed.jsonl", '{"seq":1}\n'),
    more: ["--journal", "changed.jsonl"],
    printed: "result",
    exits: { "journal verify": 1 },
  },
  {
    title: "an option does not exist",
    more: ["--no-such-option"],
    printed: "error",
    exits: everyCommand(1),
  },
];

const cases = outcomes.flatMap((outcome) =>
  Object.entries(outcome.exits).flatMap(([command, exit]) => {
    const found = Object.keys(commands).find((name): name is Command => name === command);
    return found === undefined ? [] : [{ ...outcome, command: found, exit }];
  }),
);

/** A scene of its own, as the outcome spoils it: what runs the command in a form. */
async function prepared({ options, spoil, more = [], command }: (typeof cases)[number]) {
  const sandbox = await open({ seed: fleetSeed(1) });
  const fixed = { top: TOP, gateways: ["barndoor", "ngrok"] as const, fields: `name: Old, ${WITH_KEY}` };
  const { yaml, environment } = fleetConfig(sandbox, 1, { ...fixed, ...options });
  directory.write("gatefold.yaml", yaml);
  const surroundings: Scene["surroundings"] & Surroundings = { environment: { ...environment } };
  const run = (argv: readonly string[]) => gatefold(argv, { directory: directory.path, ...surroundings });
  if (command === "apply PLAN") await run(["plan", "--out", "plan.json"]);
  if (command === "journal verify") await run(["adopt", "--key"]);
  await spoil?.({ sandbox, yaml, surroundings });
  return (form: Form) => run([...commands[command], ...forms[form], ...more]);
}

it.each(cases)("$command, when $title, ends with $exit in every form", async (each) => {
  const { command, exit, printed } = each;
  let play = await prepared(each);
  for (const [index, form] of formsOf(command).entries()) {
    // What a command changes, the next form of it would find changed.
    if (index > 0 && !ONLY_READING.has(command)) play = await prepared(each);
    const { stdout, stderr, ...ran } = await play(form);
    expect({ form, exit: ran.exit, stdout, stderr }).toMatchObject({ form, exit });
    expect(stderr).toMatch(printed === "error" ? /\S.*\n$/ : /^$/);
    if (form !== "json") {
      const shown = form === "text" ? /\S\n$/ : /^<!-- gatefold (plan|drift|apply) -->\n### gatefold \1: .*\n/;
      expect(stdout).toMatch(printed === "error" ? /^$/ : shown);
      continue;
    }
    const data = jsonOf(stdout);
    if (printed === "error") expect(data).toEqual({ error: expect.objectContaining({ name: expect.any(String) }) });
    else expect(data).not.toHaveProperty("error");
    const isPlan = command === "plan" || command === "drift" || exit === 3;
    if (isPlan || command.startsWith("apply")) await expectDocument(isPlan ? "plan" : "apply", data);
  }
});
