import { ngrok, ngrokProvider } from "../../../../adapters/ngrok/index.ts";
import { secret } from "../../../../src/index.ts";
import { importGateway } from "../../../../src/sync/import/import-gateway.ts";
import { gatewayOf, makePlan, readersOf } from "../../../../src/sync/index.ts";
import type { Sandbox, SandboxOptions } from "../../../../src/testing/index.ts";
import { allowLoopback } from "../../../support/loopback.ts";
import { checked, gatewayErrorOf, useSandbox } from "../../../support/sync.ts";

allowLoopback();
const start = useSandbox();

type Switches = NonNullable<NonNullable<SandboxOptions["switches"]>["ngrok"]>;

const azure = {
  id: "aigp_azure",
  providerId: "my-azure",
  name: "My Azure",
  baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
  metadata: '{"team":"ml"}',
  supportedApiSurfaces: [{ format: "openai", surface: "responses", supportedParams: [{ name: "top_p" }] }],
  models: [{ modelId: "gpt-4o" }, { modelId: "gpt-4" }],
};
const ollama = { id: "aigp_ollama", providerId: "ollama", name: "Ollama", baseUrl: "http://ollama.internal/v1" };

const open = (ngrok: Switches = {}) => start({ seed: { ngrok: { providers: [azure, ollama] } }, switches: { ngrok } });
const settingsOf = (sandbox: Sandbox) => {
  return { baseUrl: sandbox.urls.ngrok, token: secret(sandbox.tokens.ngrok), retry: { attempts: 0 } };
};

describe("a custom provider and its keys", () => {
  it("are made, used and removed in the order in which they refer to each other", async () => {
    const sandbox = await open();
    const [providers, keys] = [ngrokProvider(settingsOf(sandbox)), ngrok(settingsOf(sandbox))];
    const made = await providers.create?.({ slug: "vllm", name: "vLLM", baseUrl: "http://vllm.internal/v1" });
    const id = made?.provider.id ?? "";
    await expect(providers.get(id)).resolves.toStrictEqual(made?.provider);
    const key = await keys.create?.({
      upstream: "vllm",
      name: "vLLM key",
      credential: { scheme: "api_key", apiKey: secret("sk-the-key-of-vllm-1234") },
    });
    const keyId = key?.provider.id ?? "";
    expect(sandbox.stored("ngrok", keyId)).toMatchObject({ providerId: "vllm", value: "sk-the-key-of-vllm-1234" });
    const error = await gatewayErrorOf(async () => providers.remove?.(id));
    expect(error).toMatchObject({ name: "ConflictError", outcome: "not-applied", vendorCode: "ERR_NGROK_27710" });
    expect(error.message).toContain(`the provider keys ${keyId}`);
    await keys.remove?.(keyId);
    await providers.remove?.(id);
    expect(sandbox.stored("ngrok", id)).toBeUndefined();
    const gone = await gatewayErrorOf(async () => providers.remove?.(id));
    expect(gone).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });

  it("cannot be made twice", async () => {
    const providers = ngrokProvider(settingsOf(await open()));
    const creation = { slug: "ollama", name: "Another", baseUrl: "https://a.test" };
    const error = await gatewayErrorOf(async () => providers.create?.(creation));
    expect(error).toMatchObject({ name: "ConflictError", vendorCode: "ERR_NGROK_27712", outcome: "not-applied" });
  });
});

describe.each<Switches>([{}, { modelOrder: "reversed" }, { emptyLists: "empty" }])(
  "custom providers under the switches %j",
  (switches) => {
    const gatewayYaml = (sandbox: Sandbox) =>
      `version: 1\ngateways:\n  ngrok: { adapter: ngrok-provider, baseUrl: "${sandbox.urls.ngrok}", token: env:TOKEN }\n`;
    const planOver = async (sandbox: Sandbox, text: string) => {
      const config = checked(text);
      const readers = readersOf(new Map([["ngrok", ngrokProvider(settingsOf(sandbox))]]));
      const { plan } = await makePlan({ checked: config, bindings: config.bindings, readers });
      return plan.rows.map(({ provider, writes }) => ({ provider, writes }));
    };

    it("are imported as a config over which a plan proposes nothing", async () => {
      const sandbox = await open(switches);
      const config = checked(gatewayYaml(sandbox));
      const entry = gatewayOf(config.config, "ngrok");
      const reader = ngrokProvider.open(settingsOf(sandbox));
      const { text } = await importGateway({ checked: config, entry, adapter: ngrokProvider, reader });
      expect(text).toContain("modelId: gpt-4o");
      await expect(planOver(sandbox, text)).resolves.toEqual([
        { provider: expect.any(String), writes: [] },
        { provider: expect.any(String), writes: [] },
      ]);
    });

    it("are planned by what models there are, in whatever order they are written", async () => {
      const sandbox = await open(switches);
      const yaml = (models: readonly string[]) => `${gatewayYaml(sandbox)}providers:
  azure:
    gateways:
      ngrok: { id: aigp_azure, native: { models: [${models.map((modelId) => `{ modelId: ${modelId} }`).join(", ")}] } }
`;
      const changed = [{ provider: "azure", writes: ["native"] }];
      const unchanged = [{ provider: "azure", writes: [] }];
      await expect(planOver(sandbox, yaml(["gpt-4o", "gpt-4"]))).resolves.toEqual(unchanged);
      await expect(planOver(sandbox, yaml(["gpt-4", "gpt-4o"]))).resolves.toEqual(unchanged);
      await expect(planOver(sandbox, yaml(["gpt-4"]))).resolves.toEqual(changed);
      await expect(planOver(sandbox, yaml([]))).resolves.toEqual(changed);
      const providers = ngrokProvider(settingsOf(sandbox));
      await providers.update("aigp_azure", { native: { models: [] } });
      await expect(planOver(sandbox, yaml([]))).resolves.toEqual(unchanged);
    });
  },
);
