import { ngrok } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import { type AdapterFixture, type ErrorFixture, type SandboxSeed, testAdapter } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";

allowLoopback();

const DOCS = "https://ngrok.com/docs/ai-gateway/api-reference/provider-keys";
const path = "/provider-keys/aigpk_1";
const TOKEN = "the-token-of-the-gateway";
const KEY = "sk-proj-abcdef-the-stored-key-1234";
const time = "2026-01-15T12:30:00+02:00";

const seed: SandboxSeed = {
  ngrok: {
    token: TOKEN,
    routed: ["aigpk_1"],
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

const SCHEMA = "openapi/ai-gateway.yaml of ngrok/ngrok-docs, schema of an error";
const CODES = "https://ngrok.com/docs/errors";
const PLATFORM = "https://ngrok.com/docs/api";

/** The shape of the schema. The pages on the codes give messages without statuses; those here are their nearest. */
function coded(status: number, name: ErrorFixture["name"], code: number, says: string, msg = says): ErrorFixture {
  const errorCode = `ERR_NGROK_${code}`;
  const body = { statusCode: status, msg, details: {}, errorCode };
  return { status, body, name, says, vendorCode: errorCode, source: `${CODES}/err_ngrok_${code}` };
}

const TOO_MANY = "Too many requests.";
const platformBody = (status: number, code: string, msg: string) => {
  return { error_code: code, status_code: status, msg, details: { operation_id: "op_2" } };
};
const rateLimit: ErrorFixture = {
  status: 429,
  body: platformBody(429, "ERR_NGROK_226", TOO_MANY),
  name: "RateLimitError",
  says: TOO_MANY,
  vendorCode: "ERR_NGROK_226",
  source: PLATFORM,
};

const errors: readonly ErrorFixture[] = [
  coded(422, "RejectedError", 27501, "The name is limited to 255 characters."),
  coded(422, "RejectedError", 27502, "The description is limited to 255 characters."),
  coded(422, "RejectedError", 27503, "The metadata is limited to 4096 characters."),
  coded(400, "RejectedError", 27507, "The value of the provider key must not be empty."),
  coded(400, "RejectedError", 27510, "The field provider_id is required."),
  coded(403, "PermissionDeniedError", 27504, "The account has no access to provider keys."),
  coded(404, "NotFoundError", 27611, "The provider key was not found."),
  coded(405, "RejectedError", 27614, "The method is not allowed."),
  coded(409, "ConflictError", 27607, "It exists already."),
  coded(409, "ConflictError", 27615, "It is in use."),
  coded(500, "UnavailableError", 27505, "No encryption is configured."),
  coded(501, "UnavailableError", 27612, "It is not implemented."),
  coded(502, "UnavailableError", 27613, "An upstream service failed."),
  coded(504, "UnavailableError", 27610, "The deadline was exceeded."),
  // These two quote the credential that was presented, here the token of the gateway below.
  coded(401, "AuthenticationError", 202, "'[redacted]' is not valid.", `'${TOKEN}' is not valid.`),
  coded(401, "AuthenticationError", 203, "'[redacted]' is not valid.", `'${TOKEN}' is not valid.`),
  {
    status: 404,
    body: { statusCode: 404, msg: "The key was not found.", details: {} },
    name: "NotFoundError",
    says: "The key was not found.",
    source: SCHEMA,
  },
  {
    status: 403,
    body: { statusCode: 403, msg: "No access.", details: { operationId: "op_1" }, errorCode: "ERR_NGROK_27601" },
    name: "PermissionDeniedError",
    says: "No access.",
    vendorCode: "ERR_NGROK_27601",
    source: SCHEMA,
  },
  {
    status: 401,
    body: platformBody(401, "ERR_NGROK_206", "The credential is not valid."),
    name: "AuthenticationError",
    says: "The credential is not valid.",
    vendorCode: "ERR_NGROK_206",
    source: PLATFORM,
  },
  coded(429, "RateLimitError", 225, "Too many requests at once."),
  rateLimit,
  { ...rateLimit, headers: { "retry-after": "12" }, retryAfterMs: 12_000 },
];

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
  errors,
  creations: [
    {
      creation: {
        upstream: "openai",
        name: "Another",
        description: "second",
        metadata: { team: "ml" },
        credential: { scheme: "api_key", apiKey: secret("sk-new-key-of-openai-9012") },
      },
      requests: [
        {
          method: "POST",
          path: "/provider-keys",
          body: {
            providerId: "openai",
            name: "Another",
            value: "sk-new-key-of-openai-9012",
            description: "second",
            metadata: '{"team":"ml"}',
          },
        },
      ],
      shows: { credential: { kind: "inline", hint: "sk-new-key***9012" } },
      source: `${DOCS}/create`,
    },
  ],
  removal: {
    requests: [{ method: "DELETE", path: "/provider-keys/aigpk_2" }],
    refused: { id: "aigpk_1", name: "ConflictError", says: "a router rule refers to it" },
    source: `${DOCS}/delete`,
  },
};

testAdapter(ngrok, fixture);
