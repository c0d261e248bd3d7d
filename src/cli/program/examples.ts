import type { Command } from "commander";

/** What the end of a command's help says. */
interface HelpEnd {
  /** What must be at hand, and what it writes. */
  readonly needs: string;
  readonly examples: readonly string[];
}

const READS = "the gateways' tokens, and the config's keys where there is a fingerprintKey. Reads only.";

/** By the command's own name, or its group's and its own. */
const ENDS: Readonly<Record<string, HelpEnd>> = {
  init: {
    needs: "a token for each gateway that it is to read. Writes one new file.",
    examples: ["gatefold init", "gatefold init --config sync/gatefold.yaml --no-check"],
  },
  plan: {
    needs: READS,
    examples: [
      "gatefold plan",
      "gatefold plan --gateway eu-prod --provider openai-prod",
      "gatefold plan --out plan.json --out plan.md    # one to apply later, one for a comment",
    ],
  },
  drift: {
    needs: READS,
    examples: ["gatefold drift", "gatefold drift --strict --json    # exits with 2 where something differs"],
  },
  apply: {
    needs: "the gateways' tokens, and the keys that it may write. Writes to the gateways, and to the journal.",
    examples: [
      'gatefold apply --reason "new timeouts"',
      'gatefold apply plan.json --reason "change 4711"',
      "gatefold apply --watch --interval 5m",
    ],
  },
  adopt: {
    needs: "the gateways' tokens; with --key the config's keys and a fingerprintKey. Writes to the journal alone.",
    examples: [
      'gatefold adopt --key --reason "first run"',
      "gatefold adopt --provider openai-prod    # so that --prune may remove it with its entry",
    ],
  },
  report: {
    needs: "the gateways' tokens, and the config's keys where there is a fingerprintKey. Writes one file.",
    examples: ["gatefold report", "gatefold report --html public/index.html --tag prod"],
  },
  rotate: {
    needs: "the gateways' tokens, and both keys by reference. Writes to the gateways, and to the journal.",
    examples: [
      "gatefold rotate openai-prod --to env:NEW_KEY --from env:OLD_KEY --reason quarterly",
      "gatefold rotate openai-prod --to file:/run/secrets/new --on-failure keep    # the old one leaked",
      "gatefold rotate --resume --out rotation.md",
    ],
  },
  validate: {
    needs: "the config alone: no token, no key, no network. Writes nothing.",
    examples: ["gatefold validate", "gatefold validate --config teams/ --config shared.yaml --json"],
  },
  import: {
    needs: "the gateway's token, and its entry in the config. Reads only; with --out it writes one new file.",
    examples: ["gatefold import --gateway eu-prod", "gatefold import --gateway eu-prod --out eu-prod.yaml"],
  },
  explain: {
    needs: "nothing: no token, no key, no network. Writes nothing.",
    examples: [
      "gatefold explain eu-prod 123 '{name: New}'",
      "gatefold explain my-gateway 123 '{credential: {scheme: api_key, apiKey: env:KEY}}'",
      "gatefold explain ./my-gateway.js 123 update.yaml --trust-config",
    ],
  },
  capabilities: {
    needs: "nothing: no token, no key, no network. Writes nothing.",
    examples: ["gatefold capabilities", "gatefold capabilities ./my-gateway.js --trust-config --json"],
  },
  "new-adapter": {
    needs: "nothing. Writes one new folder.",
    examples: ["gatefold new-adapter acme"],
  },
  schema: {
    needs: "nothing. Prints to standard output alone.",
    examples: ["gatefold schema config > gatefold.schema.json", "gatefold schema plan"],
  },
  sandbox: {
    needs: "nothing: it listens on loopback alone, and forgets everything when it ends.",
    examples: ["gatefold sandbox", "gatefold sandbox --port-base 4100 --seed seed.yaml --json"],
  },
  demo: {
    needs: "nothing: the gateways are simulated. Writes to a folder of its own, which it removes.",
    examples: ["gatefold demo"],
  },
  journal: {
    needs: "the journal, or a config that says where it is: no token, no key, no network. Writes nothing.",
    examples: ["gatefold journal verify", "gatefold journal show --since 7d"],
  },
  "journal verify": {
    needs: "the journal, or a config that says where it is: no token, no key, no network. Writes nothing.",
    examples: [
      "gatefold journal verify",
      'gatefold journal verify --head "$(cat journal.head)"    # notices lines that were cut off',
    ],
  },
  "journal show": {
    needs: "the journal, or a config that says where it is: no token, no key, no network. Writes nothing.",
    examples: ["gatefold journal show --since 24h", "gatefold journal show --provider openai-prod --json"],
  },
};

const GETTING_STARTED = `
Getting started:
  gatefold demo        the main jobs against simulated gateways; needs nothing
  gatefold init        makes a config, from what your gateways hold
  gatefold validate    checks it, without a token and without the network
  gatefold plan        shows what an apply would write
  gatefold apply       makes the gateways match the config

Examples for a command, and what it needs: gatefold COMMAND --help`;

/** Ends the help of every command with what it needs and how it is used, and that of the program with where to begin. */
export function addExamples(program: Command): void {
  program.addHelpText("after", GETTING_STARTED);
  for (const command of program.commands) addEnd(command, command.name());
}

function addEnd(command: Command, path: string): void {
  const end = ENDS[path];
  if (end !== undefined) {
    const examples = end.examples.map((each) => `  ${each}`).join("\n");
    command.addHelpText("after", `\nNeeds: ${end.needs}\n\nExamples:\n${examples}`);
  }
  for (const inner of command.commands) addEnd(inner, `${path} ${inner.name()}`);
}
