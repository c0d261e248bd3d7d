import { secret } from "gatefold";
import { type AdapterFixture, startFake, type WireLine } from "gatefold/testing";
import { cobaltFake } from "./fake.ts";

const DOCS = "test/foreign/cobalt/README.md";
const modifiedAt = "2026-03-04T05:06:07.000Z";

const objects = [
  {
    provider: "openai",
    label: "OpenAI",
    note: "primary",
    timeoutMs: 60_000,
    idleTimeoutMs: 15_000,
    secret: "sk-cobalt-stored-openai-1111",
    revision: 7,
    modifiedAt,
  },
  {
    provider: "azure/eu west",
    label: "Azure",
    timeoutMs: 1500,
    active: false,
    secret: "sk-cobalt-stored-azure-2222",
    headers: { "X-Team": "ml", "X-Cost-Centre": "4711" },
    revision: 3,
    modifiedAt,
  },
  ...Array.from({ length: 21 }, (_, index) => {
    return { provider: `more-${index}`, label: `More ${index}`, secret: "sk-cobalt-stored-more-3333", modifiedAt };
  }),
];

const KEY = "sk-cobalt-new-key-4444";
const credential = { scheme: "api_key", apiKey: secret(KEY) } as const;

/** The first connection as a write must send it back, its new key included. */
const whole = {
  provider: "openai",
  label: "OpenAI",
  note: "primary",
  timeoutMs: 60_000,
  idleTimeoutMs: 15_000,
  active: true,
};
const { note: _note, ...withoutNote } = whole;
const { timeoutMs: _timeoutMs, ...withoutTimeout } = whole;
const { idleTimeoutMs: _idleTimeoutMs, ...withoutIdleTimeout } = whole;

const put = (body: object): readonly WireLine[] => [
  { method: "GET", path: "/connections?offset=0" },
  { method: "PUT", path: "/connections", headers: { "if-match": '"7"' }, body: { ...body, secret: KEY } },
];

const headers = { "X-Team": "platform" };

/** Cobalt's documentation, for the conformance kit. */
export const fixture: AdapterFixture = {
  source: `${DOCS}, PUT /connections`,
  start: () => startFake(cobaltFake(objects)),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    {
      id: "openai",
      state: {
        id: "openai",
        name: "OpenAI",
        description: "primary",
        requestTimeout: 60,
        streamIdleTimeout: 15,
        enabled: true,
        credential: { kind: "inline", scheme: "api_key", hint: "****1111" },
        updatedAt: modifiedAt,
      },
    },
    {
      id: "azure/eu west",
      state: {
        id: "azure/eu west",
        name: "Azure",
        description: null,
        requestTimeout: 1.5,
        streamIdleTimeout: null,
        enabled: false,
        credential: { kind: "inline", scheme: "api_key", hint: "****2222" },
        native: { headers: { withheld: true }, headerNames: ["X-Team", "X-Cost-Centre"] },
        updatedAt: modifiedAt,
      },
    },
  ],
  listed: 23,
  keptByGateway: ["revision", "modifiedAt"],
  absentId: "no-such-provider",
  refusedIds: [1],
  fields: {
    name: { set: { update: { name: "New", credential }, requests: put({ ...whole, label: "New" }) } },
    description: {
      set: { update: { description: "New", credential }, requests: put({ ...whole, note: "New" }) },
      clear: { update: { description: null, credential }, requests: put(withoutNote) },
    },
    credential: {
      set: {
        update: { credential },
        requests: put(whole),
        shows: { kind: "inline", scheme: "api_key", hint: "****4444" },
      },
    },
    requestTimeout: {
      set: { update: { requestTimeout: 90, credential }, requests: put({ ...whole, timeoutMs: 90_000 }) },
      clear: { update: { requestTimeout: null, credential }, requests: put(withoutTimeout) },
    },
    streamIdleTimeout: {
      set: { update: { streamIdleTimeout: 30, credential }, requests: put({ ...whole, idleTimeoutMs: 30_000 }) },
      clear: { update: { streamIdleTimeout: null, credential }, requests: put(withoutIdleTimeout) },
    },
    enabled: { set: { update: { enabled: false, credential }, requests: put({ ...whole, active: false }) } },
    native: {
      set: {
        update: { native: { headers: secret(JSON.stringify(headers)) }, credential },
        requests: put({ ...whole, headers }),
        shows: { headers: { withheld: true }, headerNames: ["X-Team"] },
      },
    },
  },
  schemes: {},
  errors: [
    {
      status: 200,
      body: { ok: false, fault: { status: 404, text: "There is no such connection." } },
      name: "NotFoundError",
      says: "There is no such connection.",
    },
    {
      status: 200,
      body: { ok: false, fault: { status: 400, text: "note: must not be null" } },
      name: "RejectedError",
      says: "note: must not be null",
    },
    {
      status: 200,
      body: { ok: false, fault: { status: 412, text: "Somebody else has changed it since." } },
      name: "ConflictError",
      says: "Somebody else has changed it since.",
    },
    {
      status: 200,
      body: { ok: false, fault: { status: 429, text: "Too many requests.", wait: 12 } },
      name: "RateLimitError",
      retryAfterMs: 12_000,
    },
    {
      status: 200,
      body: { ok: false, fault: { status: 503, text: "We are moving house." } },
      name: "UnavailableError",
      says: "We are moving house.",
    },
  ],
};
