import { type ProviderUpdate, secret } from "../../../src/index.ts";
import { type AdapterFixture, startFake, type WriteFixture } from "../../../src/testing/index.ts";
import { acmeDescription } from "./fake.ts";

const path = "/api/v2/keys/1/";
const moment = "2026-01-15T10:30:00.000Z";
const times = { createdAt: moment, updatedAt: moment };
const NEW_KEY = "sk-a-new-key-5678";

const patch = (update: ProviderUpdate, body: unknown): WriteFixture => ({
  update,
  requests: [{ method: "PATCH", path, body }],
});

/** What Acme's documents would say. */
export const acmeFixture: AdapterFixture = {
  source: "https://docs.acme.test/api/keys",
  start: () => startFake(acmeDescription),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    {
      id: 1,
      state: {
        id: 1,
        name: "OpenAI",
        description: "primary",
        metadata: { team: "ml" },
        baseUrl: "https://api.openai.com/v1",
        requestTimeout: 60,
        enabled: true,
        native: { region: "eu" },
        credential: { kind: "inline", hint: "…-one" },
        ...times,
      },
    },
    {
      id: 2,
      state: {
        id: 2,
        name: "Anthropic",
        description: null,
        metadata: null,
        baseUrl: null,
        requestTimeout: null,
        enabled: false,
        native: { region: null },
        credential: { kind: "inline", hint: "…-two" },
        ...times,
      },
    },
  ],
  listed: 3,
  keptByGateway: ["updated_at"],
  absentId: 99,
  refusedIds: ["openai", 0, -1, "01", "1e3", 2 ** 53],
  fields: {
    name: { set: patch({ name: "New" }, { label: "New" }) },
    description: {
      set: patch({ description: "secondary" }, { note: "secondary" }),
      clear: patch({ description: null }, { note: null }),
    },
    metadata: {
      set: patch({ metadata: { team: "ai", cost: 1 } }, { meta: '{"cost":1,"team":"ai"}' }),
      clear: patch({ metadata: null }, { meta: null }),
    },
    baseUrl: { set: patch({ baseUrl: "https://new.example.test/v1" }, { endpoint: "https://new.example.test/v1" }) },
    credential: {
      set: {
        update: { credential: { scheme: "api_key", apiKey: secret(NEW_KEY) } },
        requests: [{ method: "POST", path: `${path}rotate/`, body: { secret: NEW_KEY } }],
        shows: { kind: "inline", hint: "…5678" },
        source: "https://docs.acme.test/api/keys/rotate",
      },
    },
    requestTimeout: {
      set: patch({ requestTimeout: 90 }, { timeout_ms: 90_000 }),
      clear: patch({ requestTimeout: null }, { timeout_ms: null }),
    },
    enabled: { set: patch({ enabled: false }, { active: false }) },
    native: { set: patch({ native: { region: "us" } }, { region: "us" }) },
  },
  schemes: {},
  errors: [
    {
      status: 400,
      body: { detail: "timeout_ms: must be at least 1000", code: "E400" },
      name: "RejectedError",
      says: "timeout_ms: must be at least 1000",
      vendorCode: "E400",
    },
    {
      status: 403,
      body: { detail: "This key is read-only.", code: "E403" },
      name: "PermissionDeniedError",
      says: "read-only",
    },
    {
      status: 429,
      body: { detail: "Too many requests.", code: "E429", wait: 45 },
      name: "RateLimitError",
      says: "Too many requests.",
      retryAfterMs: 45_000,
    },
    { status: 409, body: { detail: "It is used.", code: "E409" }, name: "ConflictError", says: "It is used." },
  ],
  creations: [
    {
      creation: { name: "New", credential: { scheme: "api_key", apiKey: secret(NEW_KEY) } },
      requests: [{ method: "POST", path: "/api/v2/keys/", body: { label: "New", secret: NEW_KEY } }],
      id: 4,
    },
    {
      creation: {
        name: "New",
        description: "secondary",
        baseUrl: "https://new.example.test/v1",
        requestTimeout: 90,
        native: { region: "us" },
        credential: { scheme: "api_key", apiKey: secret(NEW_KEY) },
      },
      requests: [
        {
          method: "POST",
          path: "/api/v2/keys/",
          body: {
            label: "New",
            note: "secondary",
            endpoint: "https://new.example.test/v1",
            timeout_ms: 90_000,
            region: "us",
            secret: NEW_KEY,
          },
        },
      ],
    },
  ],
  removal: {
    requests: [{ method: "DELETE", path: "/api/v2/keys/2/" }],
    refused: { id: 1, name: "ConflictError", says: "It is used by 2 routes." },
  },
  users: [
    {
      id: 1,
      users: [
        { id: "r1", name: "Chat" },
        { id: "r3", name: "Search" },
      ],
    },
    { id: 2, users: [] },
  ],
};
