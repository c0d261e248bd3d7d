/** What this gateway holds at the start of `gatefold demo`, in wire words, and what the demo's config binds there. */
export const demoParts = [
  {
    gateway: "ngrok",
    seed: {
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
    switches: {},
    bindings: {
      "openai-prod": { id: "aigpk_openai", omit: ["requestTimeout"], metadata: { team: "ml", tier: 1 } },
      "anthropic-prod": { id: "aigpk_anthropic", description: null },
    },
    secretMember: "value",
  },
] as const;
