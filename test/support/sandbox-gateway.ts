import { type GatewayName, type SandboxOptions, startSandbox, type TestGateway } from "../../src/testing/index.ts";

/** One gateway of the sandbox, as the conformance kit takes it. */
export async function sandboxGateway(name: GatewayName, options: SandboxOptions): Promise<TestGateway> {
  const sandbox = await startSandbox(options);
  return {
    url: sandbox.urls[name],
    token: sandbox.tokens[name],
    get requests() {
      return sandbox.requests.filter(({ gateway }) => gateway === name);
    },
    stored: (id) => sandbox.stored(name, id),
    inject: (fault) => sandbox.inject(name, fault),
    close: () => sandbox.close(),
  };
}
