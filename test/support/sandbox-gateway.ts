import { loadSandboxes } from "../../adapters/index.ts";
import { openSandbox } from "../../src/sandbox/index.ts";
import type { GatewayName, SandboxOptions, TestGateway } from "../../src/testing/index.ts";

/** One gateway of the sandbox, and no other, as the conformance kit takes it: a fresh one for every case must cost little. */
export async function sandboxGateway(name: GatewayName, options: SandboxOptions): Promise<TestGateway> {
  const vendors = (await loadSandboxes()).filter((vendor) => vendor.name === name);
  const { urls, tokens, requests, stored, inject, close } = await openSandbox<GatewayName>(vendors, options);
  return {
    url: urls[name],
    token: tokens[name],
    requests,
    stored: (id) => stored(name, id),
    inject: (fault) => inject(name, fault),
    close,
  };
}
