import { access, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CheckedConfig, type ConfigError, EXIT, type Plan, secretsOf } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { NewFile } from "../new-file.ts";
import { type Report, textsOf } from "../output.ts";
import { DEFAULT_CONFIG } from "../program/parts.ts";
import { renderPlan } from "../render/plan-text.ts";
import { FINGERPRINT_VARIABLE } from "./draft.ts";
import { spoken } from "./spoken.ts";

const MOST_VARIABLES = 8;

/** What an init did. */
export interface InitOutcome {
  readonly file: NewFile;
  readonly gateways: readonly { readonly name: string; readonly adapter: string; readonly listed?: number }[];
  readonly providers: number;
  readonly withoutId: number;
  /** Absent where the config has nothing to plan yet. */
  readonly planned?: { readonly checked: CheckedConfig; readonly plan: Plan };
  readonly remarks: readonly string[];
  readonly untrusted: ConfigError | undefined;
}

/** What was written, the first plan over it, and what to do next. */
export async function initReport(host: Host, outcome: InitOutcome): Promise<Report> {
  const { file, gateways, providers, withoutId, planned, remarks } = outcome;
  const variables = unsetVariables(host, planned?.checked);
  const counts = `Gateways in it: ${gateways.length}; providers: ${providers}; without an id: ${withoutId}.`;
  const head = [`${file.name} is written. ${counts}`, ...remarks].join("\n");
  const next = [
    "Next:",
    ...stepsAfter(host, outcome, variables).flatMap(linesOf),
    ...trustAdvice(outcome),
    ...(await journalAdvice(dirname(file.path))),
  ].join("\n");
  return {
    data: {
      config: file.name,
      gateways: gateways.map(({ name, adapter, listed }) => ({ name, adapter, listed: listed ?? null })),
      providers,
      withoutId,
      variables: [FINGERPRINT_VARIABLE, ...variables].filter((name) => isUnset(host, name)),
      plan: planned?.plan ?? null,
    },
    ...textsOf(host, (style, view) => {
      const plan = planned === undefined ? [] : [renderPlan(planned.plan, style, view).trimEnd()];
      return [head, ...plan, ...(view.isBrief === true ? [] : [next])].join("\n\n");
    }),
    exit: EXIT.done,
  };
}

/** Something to be done, and the command or the names for it, on a line of their own to be copied. */
interface Step {
  readonly what: string;
  readonly how: string;
}

const linesOf = ({ what, how }: Step, index: number) => [`  ${index + 1}. ${what}:`, `     ${how}`];

function stepsAfter(
  host: Host,
  { file, withoutId, planned }: InitOutcome,
  variables: readonly string[],
): readonly Step[] {
  const config = file.name === DEFAULT_CONFIG ? "" : ` --config ${file.name}`;
  const fill = { what: "Fill in the ids; this names each line that lacks one", how: `gatefold validate${config}` };
  const fingerprints = {
    what: `Keep a random text as a secret, and set ${FINGERPRINT_VARIABLE} to it`,
    how: "openssl rand -hex 32",
  };
  const keys = { what: "Set the keys that the gateways hold", how: someOf(variables) };
  const describe = {
    what: "Describe the providers, or take over what a gateway holds",
    how: `gatefold import${config} --gateway NAME`,
  };
  const adopt = {
    what: "Record that the gateways hold these keys, which writes nothing there",
    how: `gatefold adopt --key${config} --reason "first run"`,
  };
  const plan = { what: "From then on this is clean, and shows what drifts", how: `gatefold plan${config}` };
  const isEmpty = planned === undefined && withoutId === 0;
  return [
    ...(withoutId === 0 ? [] : [fill]),
    ...(isUnset(host, FINGERPRINT_VARIABLE) ? [fingerprints] : []),
    ...(variables.length === 0 ? [] : [keys]),
    ...(isEmpty ? [describe] : [adopt, plan]),
  ];
}

function trustAdvice({ untrusted }: InitOutcome): readonly string[] {
  return untrusted === undefined
    ? []
    : ["Every command that reads these gateways needs --trust-config:", spoken(untrusted)];
}

/** In a work tree of git: where the journal goes. */
async function journalAdvice(folder: string): Promise<readonly string[]> {
  if (!(await isInGit(folder))) return [];
  const ignored = await readFile(join(folder, ".gitignore"), "utf8").catch(() => "");
  if (/^\/?\.gatefold\/?$/m.test(ignored)) return [];
  return [
    "Put .gatefold/ into .gitignore: it holds the journal. In CI keep it from run to run, as a cache or an artifact.",
  ];
}

async function isInGit(folder: string): Promise<boolean> {
  const isHere = await access(join(folder, ".git")).then(
    () => true,
    () => false,
  );
  const parent = dirname(folder);
  return isHere || (parent !== folder && (await isInGit(parent)));
}

/** The variables of keys that are not set here. */
function unsetVariables(host: Host, checked: CheckedConfig | undefined): readonly string[] {
  const references = (checked?.bindings ?? []).flatMap((binding) => secretsOf(binding).uses);
  const names = references.flatMap(({ reference: { kind, target } }) => (kind === "env" ? [target] : []));
  return [...new Set(names)].filter((name) => isUnset(host, name));
}

const isUnset = ({ environment }: Host, name: string) => (environment[name] ?? "") === "";

function someOf(names: readonly string[]): string {
  const rest = names.length - MOST_VARIABLES;
  return names.slice(0, MOST_VARIABLES).join(", ") + (rest > 0 ? ` and ${rest} more that the config names` : "");
}
