/** What `gatefold demo` plays with: data only, in the vendors' own wire words, and imports nothing. */
export interface Demo {
  /** What the simulated gateways hold at the start. */
  readonly seed: Readonly<Record<string, unknown>>;
  readonly switches: Readonly<Record<string, unknown>>;
  /** The config file, for gateways at these addresses. Tokens are in `<NAME>_TOKEN`. */
  config(urls: Readonly<Record<string, string>>): string;
  /** The variables that the config refers to, tokens apart. */
  readonly keys: Readonly<Record<string, string>>;
  /** Where each new key must be found in the end: a gateway's stored object, its member, and the key's variable. */
  readonly stored: readonly StoredKey[];
}

const OPENAI_AT_BARNDOOR = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const ANTHROPIC_AT_BARNDOOR = "9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33";
const SHARED_CONNECTION = "c0ffee00-5a5a-4b4b-9c9c-0123456789ab";

interface StoredKey {
  readonly gateway: "respan" | "keywordsai" | "barndoor" | "ngrok";
  readonly id: string | number;
  readonly member: string;
  readonly key: string;
}

export const demo: Demo = {
  seed: {
    respan: {
      providers: [
        {
          pk: 101,
          provider_id: "openai",
          provider_name: "OpenAI (old)",
          api_key: "sk-demo-openai-2025",
          extra_kwargs: { base_url: "https://api.openai.com/v1", timeout: 60 },
        },
      ],
    },
    keywordsai: {
      providers: [
        {
          pk: 7,
          provider_id: "anthropic",
          provider_name: "Anthropic",
          api_key: "sk-demo-anthropic-2025",
          extra_kwargs: { base_url: "https://api.anthropic.com" },
        },
      ],
    },
    barndoor: {
      connections: [
        {
          id: SHARED_CONNECTION,
          name: "Shared OpenAI",
          model_provider: "openai",
          base_url: "https://api.openai.com/v1",
          auth_type: "api_key",
          api_key: "sk-demo-shared-2025",
        },
      ],
      providers: [
        {
          id: OPENAI_AT_BARNDOOR,
          name: "OpenAI (old)",
          model_provider: "openai",
          base_url: "https://api.openai.com/v1",
          auth_type: "api_key",
          connection_id: SHARED_CONNECTION,
          request_timeout_secs: 60,
        },
        {
          id: ANTHROPIC_AT_BARNDOOR,
          name: "Anthropic",
          model_provider: "anthropic",
          base_url: "https://api.anthropic.com",
          auth_type: "api_key",
          api_key: "sk-demo-anthropic-2025",
          stream_idle_timeout_secs: 30,
        },
      ],
    },
    ngrok: {
      keys: [
        {
          id: "aigpk_openai",
          providerId: "openai",
          name: "OpenAI (old)",
          value: "sk-demo-openai-2025",
          metadata: '{"team":"research"}',
        },
        {
          id: "aigpk_anthropic",
          providerId: "anthropic",
          name: "Anthropic",
          value: "sk-demo-anthropic-2025",
          description: "to be emptied",
        },
      ],
    },
  },
  // The newest Respan pages return extra_kwargs, the Keywords AI pages never do: the demo shows both.
  switches: { respan: { returnsExtraKwargs: true } },
  config: (urls) => `version: 1
gateways:
  respan-prod:     { adapter: respan, baseUrl: "${urls.respan}", token: env:RESPAN_TOKEN }
  keywordsai-prod: { adapter: keywordsai, baseUrl: "${urls.keywordsai}", token: env:KEYWORDSAI_TOKEN }
  barndoor-prod:   { adapter: barndoor, baseUrl: "${urls.barndoor}", token: env:BARNDOOR_TOKEN }
  ngrok-prod:      { adapter: ngrok, baseUrl: "${urls.ngrok}", token: env:NGROK_TOKEN }
providers:
  openai-prod:
    tags: [prod]
    name: OpenAI Production                                     # a rename, everywhere
    credential: { scheme: api_key, apiKey: env:OPENAI_API_KEY } # a key rotation, everywhere
    requestTimeout: 90
    gateways:
      respan-prod:   { id: 101, baseUrl: "https://api.openai.com/v1" }
      barndoor-prod: { id: ${OPENAI_AT_BARNDOOR}, connectionId: null } # leaves the shared connection
      ngrok-prod:    { id: aigpk_openai, omit: [requestTimeout], metadata: { team: ml, tier: 1 } }
  anthropic-prod:
    tags: [prod]
    name: Anthropic
    credential: { scheme: api_key, apiKey: env:ANTHROPIC_API_KEY }
    gateways:
      keywordsai-prod: { id: 7, baseUrl: "https://api.anthropic.com" }
      barndoor-prod:   { id: ${ANTHROPIC_AT_BARNDOOR}, streamIdleTimeout: 120 }
      ngrok-prod:      { id: aigpk_anthropic, description: null }
`,
  keys: { OPENAI_API_KEY: "sk-demo-openai-2026-rotated", ANTHROPIC_API_KEY: "sk-demo-anthropic-2026-rotated" },
  stored: [
    { gateway: "respan", id: 101, member: "api_key", key: "OPENAI_API_KEY" },
    { gateway: "barndoor", id: OPENAI_AT_BARNDOOR, member: "api_key", key: "OPENAI_API_KEY" },
    { gateway: "ngrok", id: "aigpk_openai", member: "value", key: "OPENAI_API_KEY" },
    { gateway: "keywordsai", id: 7, member: "api_key", key: "ANTHROPIC_API_KEY" },
    { gateway: "barndoor", id: ANTHROPIC_AT_BARNDOOR, member: "api_key", key: "ANTHROPIC_API_KEY" },
    { gateway: "ngrok", id: "aigpk_anthropic", member: "value", key: "ANTHROPIC_API_KEY" },
  ],
};
