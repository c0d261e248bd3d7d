import { pathToFileURL } from "node:url";
import type { AnyAdapter } from "../../contract/gateway.ts";
import { chooseAdapter } from "../foreign/choose-adapter.ts";
import { isPath, resolveModule } from "../foreign/resolve-module.ts";
import { type Redaction, shortLine, thrownText, withholding } from "../foreign/words.ts";
import { TRUST_ADVICE } from "./advice.ts";
import { type AdapterDirectory, adapterOf, type FoundAdapter } from "./check.ts";
import type { Config } from "./config.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";

/** What adapters are looked up with. */
export interface AdapterLoading {
  /** The adapters that are known by name. */
  readonly adapters: readonly AnyAdapter[];
  /** Whether the user vouches for the code that is named: without that, none of it runs. */
  readonly trusted: boolean;
  /** Imports the module at a `file:` URL: `(url) => import(url)`. Without it only known names are found. */
  readonly importModule?: (url: string) => Promise<unknown>;
  /** Takes secrets out of the words of a stranger's adapter. Without it, words that could hold one are not shown. */
  readonly redaction?: Redaction;
}

const UNTRUSTED = "is code that the config names: running it needs --trust-config";

/**
 * The adapters of a config's gateways. An entry names one that is known, a file (`./my-gateway.js`, relative to the file of
 * the config that holds the entry), or a package (`@acme/gateways/keys`, looked up from there). Each module is loaded once;
 * what cannot be had is told by `checkConfig`, with everything else that is wrong.
 * @throws ConfigError of kind `untrusted`, before any of the code has run, with every place that names some
 */
export async function loadAdapters(config: Config, loading: AdapterLoading): Promise<AdapterDirectory> {
  const looks = config.gateways.map((entry) => {
    const path = [...entry.path, "adapter"];
    return { entry, path, look: lookUp(entry.adapter, config.sources.directoryOf(path), loading) };
  });
  const problems = looks.flatMap(({ path, look }): ConfigProblem[] => {
    if ("problem" in look) return [config.sources.problem(path, look.problem)];
    const message = untrustedProblem(look, loading);
    return message === undefined ? [] : [{ ...config.sources.problem(path, message), ...TRUST_ADVICE }];
  });
  if (looks.some(({ look }) => untrustedProblem(look, loading) !== undefined)) {
    throw new ConfigError("untrusted", problems);
  }
  const modules = new ModuleAdapters(loading);
  const found = new Map<string, FoundAdapter>();
  for (const { entry, look } of looks) found.set(entry.name, await modules.adapterOf(look));
  return { adapterOf: (entry) => found.get(entry.name) ?? adapterOf(entry.adapter, loading.adapters) };
}

/**
 * The adapter that a text names, looked up from a folder; undefined where it is no path and there is nothing of that name.
 * @throws ConfigError of kind `untrusted` before any of its code has run, or `invalid` when there is no adapter in it
 */
export async function findAdapter(
  specifier: string,
  folder: string,
  loading: AdapterLoading,
): Promise<AnyAdapter | undefined> {
  const look = lookUp(specifier, folder, loading);
  if ("unknown" in look) return undefined;
  const untrusted = untrustedProblem(look, loading);
  const refuse = (message: string) => ({ file: specifier, line: 1, column: 1, path: "", message });
  if (untrusted !== undefined) throw new ConfigError("untrusted", [{ ...refuse(untrusted), ...TRUST_ADVICE }]);
  const found = await new ModuleAdapters(loading).adapterOf(look);
  if ("adapter" in found) return found.adapter;
  throw new ConfigError("invalid", [refuse(found.problem)]);
}

/** Where an adapter is: known, in a file, or nowhere. */
type Look = FoundAdapter | { readonly file: string } | { readonly problem: string; readonly unknown: true };

function lookUp(specifier: string, folder: string, { adapters }: AdapterLoading): Look {
  const known = adapterOf(specifier, adapters);
  if ("adapter" in known) return known;
  const resolved = resolveModule(specifier, folder);
  if ("file" in resolved) return resolved;
  if ("problem" in resolved) return { problem: `${isPath(specifier) ? "" : "unknown adapter: "}${resolved.problem}` };
  return { problem: `${known.problem}; and no package of that name was found`, unknown: true };
}

function untrustedProblem(look: Look, { trusted }: AdapterLoading): string | undefined {
  return "file" in look && !trusted ? UNTRUSTED : undefined;
}

/** The adapters of modules: each module is loaded once, and no two adapters have one name. */
class ModuleAdapters {
  readonly #loading: AdapterLoading;
  readonly #byFile = new Map<string, FoundAdapter>();
  readonly #fileOf = new Map<string, string>();

  constructor(loading: AdapterLoading) {
    this.#loading = loading;
  }

  async adapterOf(look: Look): Promise<FoundAdapter> {
    if (!("file" in look)) return look;
    const known = this.#byFile.get(look.file);
    if (known !== undefined) return known;
    const found = this.#withOwnName(await this.#load(look.file), look.file);
    this.#byFile.set(look.file, found);
    return found;
  }

  async #load(file: string): Promise<FoundAdapter> {
    const { importModule, redaction = withholding } = this.#loading;
    if (importModule === undefined) return { problem: "adapters of files and packages cannot be loaded here" };
    // Only where it is needed, for it has schemas of all that a stranger may give; and before the stranger's code runs.
    const { guardAdapter } = await import("../foreign/guard-adapter.ts");
    let exported: unknown;
    try {
      exported = await importModule(pathToFileURL(file).href);
    } catch (error) {
      return { problem: `cannot be loaded: ${shortLine(thrownText(error)) || "it did not say why"}` };
    }
    const chosen = chooseAdapter(exported);
    return "problem" in chosen ? chosen : guardAdapter(chosen.candidate, redaction);
  }

  // The journal tells adapters apart by their names.
  #withOwnName(found: FoundAdapter, file: string): FoundAdapter {
    if ("problem" in found) return found;
    const { name } = found.adapter;
    if (this.#loading.adapters.some((adapter) => adapter.name === name)) {
      return { problem: `its adapter is called ${name}, like one that gatefold has: it needs a name of its own` };
    }
    if (this.#fileOf.has(name)) {
      return {
        problem: `its adapter is called ${name}, like that of another gateway's file: each needs a name of its own`,
      };
    }
    this.#fileOf.set(name, file);
    return found;
  }
}
