const OPENAI = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const ANTHROPIC = "9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33";
const SHARED_CONNECTION = "c0ffee00-5a5a-4b4b-9c9c-0123456789ab";

/** What this gateway holds at the start of `gatefold demo`, in wire words, and what the demo's config binds there. */
export const demoParts = [
  {
    gateway: "barndoor",
    seed: {
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
          id: OPENAI,
          name: "OpenAI (old)",
          model_provider: "openai",
          base_url: "https://api.openai.com/v1",
          auth_type: "api_key",
          connection_id: SHARED_CONNECTION,
          request_timeout_secs: 60,
        },
        {
          id: ANTHROPIC,
          name: "Anthropic",
          model_provider: "anthropic",
          base_url: "https://api.anthropic.com",
          auth_type: "api_key",
          api_key: "sk-demo-anthropic-2025",
          stream_idle_timeout_secs: 30,
        },
      ],
    },
    switches: {},
    // The first one leaves its shared connection, with its own new key in the same request.
    bindings: {
      "openai-prod": { id: OPENAI, connectionId: null },
      "anthropic-prod": { id: ANTHROPIC, streamIdleTimeout: 120 },
    },
    secretMember: "api_key",
  },
] as const;
