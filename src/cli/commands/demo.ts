import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { adapters, loadDemoParts } from "../../../adapters/index.ts";
import { secret } from "../../contract/secret.ts";
import { EXIT, type ExitCode } from "../../sync/index.ts";
import { type Sandbox, startSandboxFrom } from "../../testing/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { apply } from "./apply.ts";
import { journalShow } from "./journal.ts";
import { drift, plan } from "./plan.ts";
import { rotate } from "./rotate.ts";

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

/** The provider whose key is rotated after that, and the key that comes next. */
const ROTATED = { provider: "openai-prod", variable: "NEXT_OPENAI_API_KEY", key: "sk-demo-openai-2026-next" } as const;

const FILE = "gatefold.yaml";
const FINGERPRINT_VARIABLE = "GATEFOLD_FINGERPRINT_KEY";

/** The main jobs, against simulated gateways: plan, apply, look at what is stored, find and repair drift, rotate a key. */
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
  const options = { config: [FILE] };
  const first = { ...options, writeUnverified: true, reason: "first sync" };
  await step("gatefold plan --write-unverified", EXIT.changes, () => plan(host, first));
  await step('gatefold apply --write-unverified --reason "first sync"', EXIT.done, () => apply(host, undefined, first));
  const secrets = parts.flatMap((part) => storedSecrets(part, sandbox));
  for (const { gateway, id, variable, isNew } of secrets) {
    text.push(`${isNew ? "ok  " : "FAIL"} ${gateway} ${id} stores the key of ${variable}`);
  }
  text.push("");
  await step("gatefold plan", EXIT.done, () => plan(host, options));
  text.push(`Now somebody replaces a key at ${await rotateElsewhere(parts, sandbox)} itself, past this file:`, "");
  await step("gatefold drift", EXIT.changes, () => drift(host, options));
  const repair = { ...options, reason: "key replaced elsewhere" };
  await step('gatefold apply --reason "key replaced elsewhere"', EXIT.done, () => apply(host, undefined, repair));
  await step("gatefold plan", EXIT.done, () => plan(host, options));
  const restored = parts.flatMap((part) => storedSecrets(part, sandbox)).every(isNewKey);
  text.push("The next key is due. It is changed at every gateway, or at none:", "");
  const { provider, variable } = ROTATED;
  const [to, from] = [`env:${variable}`, `env:${PROVIDERS[provider].variable}`];
  await step(`gatefold rotate ${provider} --to ${to} --from ${from}`, EXIT.done, () =>
    rotate(host, [provider], { ...options, to, from }),
  );
  await step("gatefold journal show", EXIT.done, () => journalShow(host, options));
  const rotated = parts.flatMap((part) => storedSecrets(part, sandbox, { [provider]: ROTATED.key })).every(isNewKey);
  const asWanted = secrets.every(isNewKey) && restored && rotated;
  const succeeded = steps.every(({ exit, expected }) => exit === expected) && asWanted;
  text.push(succeeded ? "Everything went as it should, and every stored key is the new one." : "The demo failed.");
  return { data: { succeeded, steps, secrets }, text: text.join("\n"), exit: succeeded ? EXIT.done : EXIT.error };
}

const isNewKey = ({ isNew }: { readonly isNew: boolean }) => isNew;

/** Replaces a key at the first gateway that shows a hint of it, and tells where. */
async function rotateElsewhere(parts: readonly DemoPart[], { urls, tokens }: Sandbox): Promise<string> {
  for (const { gateway, bindings } of parts) {
    const adapter = adapters.find(({ name }) => name === gateway);
    const id = Object.values(bindings)[0]?.id;
    const token = tokens[gateway];
    if (adapter?.capabilities().hint !== true || id === undefined || token === undefined) continue;
    const account = adapter.open({ baseUrl: urls[gateway], token: secret(token) });
    const apiKey = secret("sk-demo-openai-2026-by-hand");
    await account.update(account.parseId(id), { credential: { scheme: "api_key", apiKey } });
    return gateway;
  }
  throw new Error("no simulated gateway shows a hint of its keys");
}

/** Whether each object stores its provider's key, or the one that is given for it. */
function storedSecrets(
  { gateway, bindings, secretMember }: DemoPart,
  sandbox: Sandbox,
  keys: Readonly<Record<string, string>> = {},
) {
  return Object.entries(PROVIDERS).flatMap(([provider, { variable, key }]) => {
    const id = Object.entries(bindings).find(([name]) => name === provider)?.[1].id;
    if (id === undefined) return [];
    const wanted = keys[provider] ?? key;
    return [{ gateway, id, variable, isNew: sandbox.stored(gateway, id)?.[secretMember] === wanted }];
  });
}

function configOf(parts: readonly DemoPart[], { urls }: Sandbox): string {
  const lines = ["version: 1", `fingerprintKey: env:${FINGERPRINT_VARIABLE}`, "gateways:"];
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
  const keys = [...Object.values(PROVIDERS), ROTATED].map(({ variable, key }) => [variable, key]);
  const fingerprintKey = [FINGERPRINT_VARIABLE, randomBytes(32).toString("base64")];
  const gatewayTokens = Object.entries(tokens).map(([name, token]) => [tokenVariable(name), token]);
  return Object.fromEntries([fingerprintKey, ...keys, ...gatewayTokens]);
}

const tokenVariable = (gateway: string) => `${gateway.toUpperCase()}_TOKEN`;

const flow = (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");
