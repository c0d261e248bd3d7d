import { ngrok } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import { type AdapterFixture, type SandboxSeed, testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";

allowLoopback();

const DOCS = "https://ngrok.com/docs/ai-gateway/api-reference/provider-keys";
const path = "/provider-keys/aigpk_1";
const KEY = "sk-proj-abcdef-the-stored-key-1234";
const time = "2026-01-15T12:30:00+02:00";

const seed: SandboxSeed = {
  ngrok: {
    keys: [
      {
        id: "aigpk_1",
        providerId: "openai",
        name: "OpenAI",
        value: KEY,
        description: "primary",
        metadata: '{"team":"ml"}',
        createdAt: time,
        updatedAt: time,
        lastUsed: time,
      },
      { id: "aigpk_2", providerId: "anthropic", name: "Anthropic", value: "short", createdAt: time, updatedAt: time },
      ...Array.from({ length: 100 }, (_, index) => {
        return { id: `aigpk_more_${index}`, providerId: "openai", name: `More ${index}`, value: "sk-another-key" };
      }),
    ],
  },
};

const moment = "2026-01-15T10:30:00.000Z";
const times = { createdAt: moment, updatedAt: moment };

const fixture: AdapterFixture = {
  source: `${DOCS}/update`,
  start: () => sandboxGateway("ngrok", { seed }),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    {
      id: "aigpk_1",
      state: {
        id: "aigpk_1",
        name: "OpenAI",
        upstream: "openai",
        description: "primary",
        metadata: { team: "ml" },
        credential: { kind: "inline", hint: "sk-proj-ab***1234" },
        ...times,
        lastUsedAt: moment,
      },
    },
    {
      id: "aigpk_2",
      state: {
        id: "aigpk_2",
        name: "Anthropic",
        upstream: "anthropic",
        description: null,
        metadata: null,
        credential: { kind: "inline", hint: "***" },
        ...times,
        lastUsedAt: null,
      },
    },
  ],
  listed: 102,
  keptByGateway: ["updatedAt"],
  absentId: "aigpk_none",
  refusedIds: [1],
  fields: {
    name: { set: { update: { name: "New" }, requests: [{ method: "PATCH", path, body: { name: "New" } }] } },
    description: {
      set: { update: { description: "New" }, requests: [{ method: "PATCH", path, body: { description: "New" } }] },
      clear: { update: { description: null }, requests: [{ method: "PATCH", path, body: { description: null } }] },
    },
    metadata: {
      set: {
        update: { metadata: { team: "ai", cost: 1 } },
        requests: [{ method: "PATCH", path, body: { metadata: '{"cost":1,"team":"ai"}' } }],
      },
      clear: { update: { metadata: null }, requests: [{ method: "PATCH", path, body: { metadata: null } }] },
    },
    credential: {
      set: {
        update: { credential: { scheme: "api_key", apiKey: secret("sk-new-key-of-openai-5678") } },
        requests: [
          { method: "GET", path },
          { method: "POST", path: `${path}/rotate`, body: { name: "OpenAI", value: "sk-new-key-of-openai-5678" } },
        ],
        shows: { kind: "inline", hint: "sk-new-key***5678" },
        source: `${DOCS}/rotate`,
      },
    },
  },
  schemes: {},
  errors: [
    {
      status: 404,
      body: { statusCode: 404, msg: "The provider key was not found.", details: {}, errorCode: "ERR_NGROK_27611" },
      name: "NotFoundError",
      says: "The provider key was not found.",
      vendorCode: "ERR_NGROK_27611",
    },
  ],
};

testAdapter(ngrok, fixture);
