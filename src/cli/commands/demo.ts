import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDemo } from "../../../adapters/index.ts";
import { EXIT, type ExitCode } from "../../sync/index.ts";
import { startSandboxFrom } from "../../testing/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { apply } from "./apply.ts";
import { plan } from "./plan.ts";

interface Step {
  readonly command: string;
  readonly exit: ExitCode;
  readonly expected: ExitCode;
  readonly data: unknown;
}

/** The main job, against simulated gateways: plan, apply, look at what is stored, plan again. */
export async function demo(host: Host): Promise<Report> {
  const { seed, switches, config, keys, stored } = await loadDemo();
  const sandbox = await startSandboxFrom({ seed, switches });
  const directory = await mkdtemp(join(tmpdir(), "gatefold-demo-"));
  const text: string[] = [];
  const steps: Step[] = [];
  try {
    const tokens = Object.entries(sandbox.tokens).map(([name, token]) => [`${name.toUpperCase()}_TOKEN`, token]);
    const file = "gatefold.yaml";
    await writeFile(join(directory, file), config(sandbox.urls));
    text.push(
      "Four simulated gateways are running, and this file says what they should hold:",
      "",
      indent(config(sandbox.urls)),
    );
    const inside: Host = {
      ...host,
      workingDirectory: directory,
      environment: { ...keys, ...Object.fromEntries(tokens) },
    };
    const step = async (command: string, expected: ExitCode, run: () => Promise<Report>) => {
      const report = await run();
      steps.push({ command, exit: report.exit, expected, data: report.data });
      text.push(`$ ${command}`, "", report.text, `(exit code ${report.exit})`, "");
    };
    const options = { config: file, writeUnverified: true };
    await step("gatefold plan --write-unverified", EXIT.changes, () => plan(inside, options));
    await step("gatefold apply --write-unverified", EXIT.done, () => apply(inside, options));
    const secrets = stored.map(({ gateway, id, member, key }) => {
      const isNew = sandbox.stored(gateway, id)?.[member] === keys[key];
      text.push(`${isNew ? "ok  " : "FAIL"} ${gateway} ${id} stores the key of ${key}`);
      return { gateway, id, isNew };
    });
    text.push("");
    await step("gatefold plan", EXIT.done, () => plan(inside, { config: file }));
    const succeeded = steps.every(({ exit, expected }) => exit === expected) && secrets.every(({ isNew }) => isNew);
    text.push(
      succeeded
        ? "Everything that can be read is as the file says, and every stored key is the new one."
        : "The demo failed.",
    );
    return { data: { succeeded, steps, secrets }, text: text.join("\n"), exit: succeeded ? EXIT.done : EXIT.error };
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");
