/** What these gateways hold at the start of `gatefold demo`, in wire words, and what the demo's config binds there. */
export const demoParts = [
  {
    gateway: "respan",
    seed: {
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
    // The newest Respan pages return extra_kwargs, the Keywords AI pages never do: the demo shows both.
    switches: { returnsExtraKwargs: true },
    bindings: { "openai-prod": { id: 101, baseUrl: "https://api.openai.com/v1" } },
    secretMember: "api_key",
  },
  {
    gateway: "keywordsai",
    seed: {
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
    switches: {},
    bindings: { "anthropic-prod": { id: 7, baseUrl: "https://api.anthropic.com" } },
    secretMember: "api_key",
  },
] as const;
