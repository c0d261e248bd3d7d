import { EXIT } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { readConfig } from "../session.ts";

/** Checks a config by everything that is known without a token, a key or the network. */
export async function validate(host: Host, { config }: { readonly config: readonly string[] }): Promise<Report> {
  const { bindings, config: checked } = await readConfig(host, config);
  const providers = new Set(bindings.map(({ provider }) => provider)).size;
  const counts = { gateways: checked.gateways.length, providers, bindings: bindings.length };
  const text = `${config.join(", ")} is valid: ${providers} providers, ${bindings.length} bindings, ${counts.gateways} gateways.`;
  return { data: { valid: true, ...counts }, text, exit: EXIT.done };
}
