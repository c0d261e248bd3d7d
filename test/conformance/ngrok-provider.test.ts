import { ngrokProvider } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import { type AdapterFixture, type ErrorFixture, type SandboxSeed, testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";

allowLoopback();

const DOCS = "https://ngrok.com/docs/ai-gateway/api-reference/providers";
const CODES = "https://ngrok.com/docs/errors";
const path = "/providers/aigp_1";
const time = "2026-01-15T12:30:00+02:00";
const moment = "2026-01-15T10:30:00.000Z";
const times = { createdAt: moment, updatedAt: moment };

const seed: SandboxSeed = {
  ngrok: {
    keys: [{ id: "aigpk_1", providerId: "my-azure", name: "Azure", value: "sk-the-key-of-azure" }],
    providers: [
      {
        id: "aigp_1",
        providerId: "my-azure",
        name: "My Azure",
        baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
        metadata: '{"team":"ml"}',
        supportedApiSurfaces: [{ format: "openai", surface: "responses" }],
        models: [{ modelId: "gpt-4o" }, { modelId: "gpt-4" }],
        createdAt: time,
        updatedAt: time,
      },
      {
        id: "aigp_2",
        providerId: "ollama",
        name: "Ollama",
        baseUrl: "http://ollama.internal/v1",
        createdAt: time,
        updatedAt: time,
      },
      ...Array.from({ length: 100 }, (_, index) => {
        return {
          id: `aigp_more_${index}`,
          providerId: `more-${index}`,
          name: `More ${index}`,
          baseUrl: "https://a.test",
        };
      }),
    ],
  },
};

/** The pages on the codes give messages without statuses; those here are their nearest. */
function coded(status: number, name: ErrorFixture["name"], code: number, says: string): ErrorFixture {
  const errorCode = `ERR_NGROK_${code}`;
  const body = { statusCode: status, msg: says, details: {}, errorCode };
  return { status, body, name, says, vendorCode: errorCode, source: `${CODES}/err_ngrok_${code}` };
}

const errors: readonly ErrorFixture[] = [
  coded(422, "RejectedError", 27701, "The name is limited to 255 characters."),
  coded(422, "RejectedError", 27702, "The metadata is limited to 4096 characters."),
  coded(422, "RejectedError", 27703, "The base_url is limited to 2048 characters."),
  coded(422, "RejectedError", 27704, "The field base_url is required."),
  coded(422, "RejectedError", 27707, "The format is not known."),
  coded(422, "RejectedError", 27708, "The surface is not known."),
  coded(422, "RejectedError", 27709, "The model_id is limited to 255 characters."),
  coded(422, "RejectedError", 27711, "The model_id is there twice."),
  coded(422, "RejectedError", 27718, "The host of the base_url is not allowed."),
  coded(409, "ConflictError", 27705, "The provider_id belongs to a built-in provider."),
  coded(409, "ConflictError", 27710, "A provider key refers to it."),
  coded(409, "ConflictError", 27712, "The provider_id exists already."),
  coded(404, "NotFoundError", 27611, "The provider was not found."),
  coded(429, "RateLimitError", 225, "Too many requests at once."),
];

const fixture: AdapterFixture = {
  source: `${DOCS}/update`,
  start: () => sandboxGateway("ngrok", { seed, switches: { ngrok: { modelOrder: "reversed", emptyLists: "empty" } } }),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    {
      id: "aigp_1",
      state: {
        id: "aigp_1",
        slug: "my-azure",
        name: "My Azure",
        metadata: { team: "ml" },
        baseUrl: "https://example.openai.azure.com/openai?api-version=2026-01-01",
        credential: { kind: "none" },
        native: {
          supportedApiSurfaces: [{ format: "openai", surface: "responses" }],
          models: [{ modelId: "gpt-4" }, { modelId: "gpt-4o" }],
        },
        ...times,
      },
    },
    {
      id: "aigp_2",
      state: {
        id: "aigp_2",
        slug: "ollama",
        name: "Ollama",
        metadata: null,
        baseUrl: "http://ollama.internal/v1",
        credential: { kind: "none" },
        native: { supportedApiSurfaces: [], models: [] },
        ...times,
      },
    },
  ],
  listed: 102,
  keptByGateway: ["updatedAt"],
  absentId: "aigp_none",
  refusedIds: [1],
  fields: {
    name: { set: { update: { name: "New" }, requests: [{ method: "PATCH", path, body: { name: "New" } }] } },
    metadata: {
      set: {
        update: { metadata: { team: "ai", cost: 1 } },
        requests: [{ method: "PATCH", path, body: { metadata: '{"cost":1,"team":"ai"}' } }],
      },
      clear: { update: { metadata: null }, requests: [{ method: "PATCH", path, body: { metadata: null } }] },
    },
    baseUrl: {
      set: {
        update: { baseUrl: "http://azure.internal/v1?api-version=2" },
        requests: [{ method: "PATCH", path, body: { baseUrl: "http://azure.internal/v1?api-version=2" } }],
      },
    },
    native: {
      set: {
        update: {
          native: {
            supportedApiSurfaces: [
              { format: "openai", surface: "chat-completions", supportedParams: [{ name: "temperature" }] },
              { format: "anthropic" },
            ],
            // Not in the order in which they are read back.
            models: [{ modelId: "o3" }, { modelId: "gpt-5" }, { modelId: "gpt-4o" }],
          },
        },
        requests: [
          {
            method: "PATCH",
            path,
            body: {
              supportedApiSurfaces: [
                { format: "openai", surface: "chat-completions", supportedParams: [{ name: "temperature" }] },
                { format: "anthropic" },
              ],
              models: [{ modelId: "gpt-4o" }, { modelId: "gpt-5" }, { modelId: "o3" }],
            },
          },
        ],
        shows: {
          supportedApiSurfaces: [
            { format: "openai", surface: "chat-completions", supportedParams: [{ name: "temperature" }] },
            { format: "anthropic" },
          ],
          models: [{ modelId: "gpt-4o" }, { modelId: "gpt-5" }, { modelId: "o3" }],
        },
      },
    },
  },
  schemes: {},
  errors,
  creations: [
    {
      creation: {
        slug: "my-vllm",
        name: "vLLM",
        metadata: { team: "ml" },
        baseUrl: "http://vllm.internal/v1",
        native: { supportedApiSurfaces: [{ format: "openai" }], models: [{ modelId: "llama" }] },
      },
      requests: [
        {
          method: "POST",
          path: "/providers",
          body: {
            providerId: "my-vllm",
            name: "vLLM",
            metadata: '{"team":"ml"}',
            baseUrl: "http://vllm.internal/v1",
            supportedApiSurfaces: [{ format: "openai" }],
            models: [{ modelId: "llama" }],
          },
        },
      ],
      source: `${DOCS}/create`,
    },
  ],
  removal: {
    requests: [{ method: "DELETE", path: "/providers/aigp_2" }],
    refused: { id: "aigp_1", name: "ConflictError", says: "the provider keys aigpk_1" },
    source: `${DOCS}/delete`,
  },
};

testAdapter(ngrokProvider, fixture);
