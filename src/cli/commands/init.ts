import { dirname } from "node:path";
import {
  type CheckedConfig,
  ConfigError,
  checkConfig,
  EXIT,
  type ExitCode,
  fileProblem,
  importGateways,
  makePlan,
  type Plan,
  parseConfig,
} from "../../sync/index.ts";
import type { TrustOptions } from "../adapters.ts";
import type { Host } from "../host.ts";
import { answersFrom, type GatewayFlags } from "../init/flags.ts";
import { type Setup, setUp } from "../init/gateways.ts";
import { unasked } from "../init/look.ts";
import { Cancelled } from "../init/questions.ts";
import { initReport } from "../init/report.ts";
import { newFile, refuseExisting, writeNewConfig } from "../new-file.ts";
import type { Report } from "../output.ts";

/** Options of `init`. */
export interface InitOptions extends GatewayFlags, TrustOptions {
  /** The file that is to be written. */
  readonly config: string;
  /** Whether each gateway is asked for what it holds; without it nothing is imported either. */
  readonly check: boolean;
  /** Whether what the gateways hold goes into the config. */
  readonly import: boolean;
}

const INSTEAD = "gatefold import takes over what a gateway of it holds, or name another file by --config";

/**
 * Makes a config: of the gateways that the flags and the answers tell, with what these hold, and shows the first plan over it.
 * The file is written at the end, whole; until then nothing is.
 */
export async function init(host: Host, options: InitOptions): Promise<Report | ExitCode> {
  const file = newFile(host, options.config);
  if (!/\.ya?ml$/i.test(file.name)) {
    throw new ConfigError("invalid", [fileProblem(file.name, "expected a name that ends in .yaml or .yml")]);
  }
  await refuseExisting(file, INSTEAD);
  try {
    const setup = await setUp(host, file, answersFrom(options), options);
    const inputs = setup.gateways.map((gateway) => {
      const reader = options.import ? gateway.reader : unasked(gateway);
      return { entry: gateway.entry, adapter: gateway.adapter, reader };
    });
    const { signal } = host;
    const { text, entries, unknownIds } = await importGateways(setup.draft.checked, inputs, { signal });
    const checked = unknownIds > 0 || entries.length === 0 ? undefined : checkText(file.name, text, file.path, setup);
    const planned = checked === undefined ? {} : { planned: { checked, plan: await firstPlan(host, checked, setup) } };
    await writeNewConfig(file, text, INSTEAD);
    // Sets the report apart from the questions.
    if (host.prompter !== undefined) host.stderr("\n");
    const gateways = setup.gateways.map(({ entry, adapter, listed }) => {
      return { name: entry.name, adapter: adapter.name, ...(listed === undefined ? {} : { listed }) };
    });
    const counts = { providers: entries.length, withoutId: unknownIds };
    const { remarks, untrusted } = setup;
    return await initReport(host, { file, gateways, ...counts, ...planned, remarks, untrusted });
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    host.stderr("Cancelled: nothing is written.\n");
    return EXIT.cancelled;
  }
}

function checkText(name: string, text: string, path: string, { draft }: Setup): CheckedConfig {
  return checkConfig(parseConfig(name, text, dirname(path)), draft.adapters);
}

// Without a key for fingerprints, and so without the keys that gateways hold: neither is known yet.
async function firstPlan(host: Host, checked: CheckedConfig, { gateways }: Setup): Promise<Plan> {
  const readers = new Map(gateways.map(({ entry, reader }) => [entry.name, reader]));
  const { signal } = host;
  const { plan } = await makePlan({ checked, bindings: checked.bindings, readers }, { signal });
  return plan;
}
