import { EXIT } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { type ConfigOptions, readConfig } from "../read-config.ts";

/** Checks a config by everything that is known without a token, a key or the network. */
export async function validate(host: Host, options: ConfigOptions): Promise<Report> {
  const { bindings, config: checked } = await readConfig(host, options);
  const providers = new Set(bindings.map(({ provider }) => provider)).size;
  const counts = { gateways: checked.gateways.length, providers, bindings: bindings.length };
  const text = `${options.config.join(", ")} is valid: ${providers} providers, ${bindings.length} bindings, ${counts.gateways} gateways.`;
  return { data: { valid: true, ...counts }, text, exit: EXIT.done };
}
