import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { adapters } from "../../../adapters/index.ts";
import { ConfigError, EXIT, fileProblem } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import { adapterFiles } from "../new-adapter/template.ts";
import { failureCode, type Report } from "../output.ts";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Writes a folder with an adapter of that name, its fixture and its test: a start that passes the conformance kit.
 * @throws ConfigError for a name that cannot be one, and for a folder that is there already
 */
export async function newAdapter(host: Host, name: string): Promise<Report> {
  const refuse = (message: string) => new ConfigError("invalid", [fileProblem(name, message)]);
  if (!NAME.test(name))
    throw refuse("is no name for an adapter: expected words of a-z and 0-9 with hyphens between them");
  if (adapters.some((adapter) => adapter.name === name)) throw refuse("is the name of a built-in adapter");
  const folder = resolve(host.workingDirectory, name);
  await mkdir(folder).catch((error: unknown) => {
    const code = failureCode(error);
    throw refuse(code === "EEXIST" ? "is there already, and nothing is overwritten" : `cannot be made (${code})`);
  });
  // With the last word it is never one of the words that JavaScript reserves.
  const identifier = `${name.replace(/-([a-z0-9])/g, (_all, first: string) => first.toUpperCase())}Adapter`;
  const files = adapterFiles({ name, identifier });
  try {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { flag: "wx" });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw refuse(`cannot be written (${failureCode(error)})`);
  }
  const written = Object.keys(files).map((file) => `${name}/${file}`);
  const next = `cd ${name} && npm install gatefold zod && npm test`;
  const text = [`Written: ${written.join(", ")}`, `Next: ${next}`, `Then follow ${name}/README.md.`].join("\n");
  return { data: { name, files: written }, text, exit: EXIT.done };
}
