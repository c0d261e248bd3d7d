import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadDemoParts } from "../../../adapters/index.ts";
import { EXIT, type ExitCode } from "../../sync/index.ts";
import { type Sandbox, startSandboxFrom } from "../../testing/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { apply } from "./apply.ts";
import { plan } from "./plan.ts";

type DemoPart = Awaited<ReturnType<typeof loadDemoParts>>[number];

interface Step {
  readonly command: string;
  readonly exit: ExitCode;
  readonly expected: ExitCode;
  readonly data: unknown;
}

/** The logical providers, with the variable and the text of each one's new key. A rename and a rotation, everywhere. */
const PROVIDERS = {
  "openai-prod": {
    fields: { name: "OpenAI Production", requestTimeout: 90 },
    variable: "OPENAI_API_KEY",
    key: "sk-demo-openai-2026-rotated",
  },
  "anthropic-prod": {
    fields: { name: "Anthropic" },
    variable: "ANTHROPIC_API_KEY",
    key: "sk-demo-anthropic-2026-rotated",
  },
};

const FILE = "gatefold.yaml";

/** The main job, against simulated gateways: plan, apply, look at what is stored, plan again. */
export async function demo(host: Host): Promise<Report> {
  const parts = await loadDemoParts();
  const seed = Object.fromEntries(parts.map(({ gateway, seed: held }) => [gateway, held]));
  const switches = Object.fromEntries(parts.map(({ gateway, switches: set }) => [gateway, set]));
  const sandbox = await startSandboxFrom({ seed, switches });
  const directory = await mkdtemp(join(tmpdir(), "gatefold-demo-"));
  try {
    const config = configOf(parts, sandbox);
    await writeFile(join(directory, FILE), config);
    return await play(
      { ...host, workingDirectory: directory, environment: environmentOf(sandbox) },
      config,
      parts,
      sandbox,
    );
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function play(host: Host, config: string, parts: readonly DemoPart[], sandbox: Sandbox): Promise<Report> {
  const opening = "Four simulated gateways are running, and this file says what they should hold:";
  const text = [opening, "", indent(config)];
  const steps: Step[] = [];
  const step = async (command: string, expected: ExitCode, run: () => Promise<Report>) => {
    const report = await run();
    steps.push({ command, exit: report.exit, expected, data: report.data });
    text.push(`$ ${command}`, "", report.text, `(exit code ${report.exit})`, "");
  };
  const options = { config: FILE, writeUnverified: true };
  await step("gatefold plan --write-unverified", EXIT.changes, () => plan(host, options));
  await step("gatefold apply --write-unverified", EXIT.done, () => apply(host, options));
  const secrets = parts.flatMap((part) => storedSecrets(part, sandbox));
  for (const { gateway, id, variable, isNew } of secrets) {
    text.push(`${isNew ? "ok  " : "FAIL"} ${gateway} ${id} stores the key of ${variable}`);
  }
  text.push("");
  await step("gatefold plan", EXIT.done, () => plan(host, { config: FILE }));
  const succeeded = steps.every(({ exit, expected }) => exit === expected) && secrets.every(({ isNew }) => isNew);
  text.push(
    succeeded
      ? "Everything that can be read is as the file says, and every stored key is the new one."
      : "The demo failed.",
  );
  return { data: { succeeded, steps, secrets }, text: text.join("\n"), exit: succeeded ? EXIT.done : EXIT.error };
}

function storedSecrets({ gateway, bindings, secretMember }: DemoPart, sandbox: Sandbox) {
  return Object.entries(PROVIDERS).flatMap(([provider, { variable, key }]) => {
    const id = Object.entries(bindings).find(([name]) => name === provider)?.[1].id;
    if (id === undefined) return [];
    return [{ gateway, id, variable, isNew: sandbox.stored(gateway, id)?.[secretMember] === key }];
  });
}

function configOf(parts: readonly DemoPart[], { urls }: Sandbox): string {
  const lines = ["version: 1", "gateways:"];
  for (const { gateway } of parts) {
    const entry = { adapter: gateway, baseUrl: urls[gateway], token: `env:${tokenVariable(gateway)}` };
    lines.push(`  ${gateway}-prod: ${flow(entry)}`);
  }
  lines.push("providers:");
  for (const [provider, { fields, variable }] of Object.entries(PROVIDERS)) {
    lines.push(`  ${provider}:`);
    const credential = { scheme: "api_key", apiKey: `env:${variable}` };
    for (const [field, value] of Object.entries({ ...fields, credential })) lines.push(`    ${field}: ${flow(value)}`);
    lines.push("    gateways:");
    for (const { gateway, bindings } of parts) {
      const binding = Object.entries(bindings).find(([name]) => name === provider)?.[1];
      if (binding !== undefined) lines.push(`      ${gateway}-prod: ${flow(binding)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function environmentOf({ tokens }: Sandbox): Host["environment"] {
  const keys = Object.values(PROVIDERS).map(({ variable, key }) => [variable, key]);
  return Object.fromEntries([...keys, ...Object.entries(tokens).map(([name, token]) => [tokenVariable(name), token])]);
}

const tokenVariable = (gateway: string) => `${gateway.toUpperCase()}_TOKEN`;

const flow = (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");
