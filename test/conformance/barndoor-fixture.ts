import { type ProviderUpdate, secret } from "../../src/index.ts";
import type { AdapterFixture, SandboxSwitches, WireLine, WriteFixture } from "../../src/testing/index.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";
import { errors } from "./barndoor-fixture-errors.ts";
import { connectionLifecycle, providerLifecycle } from "./barndoor-fixture-lifecycle.ts";
import {
  ANTHROPIC,
  ATTACHED,
  BEDROCK,
  connectionStates,
  NOBODY,
  OPENAI,
  providerStates,
  SHARED_BEDROCK,
  SHARED_OPENAI,
  SHARED_VERTEX,
  seed,
  VERTEX,
} from "./barndoor-fixture-objects.ts";

const DOCS = "https://docs.barndoor.ai/api-reference/llm-gateway";

/** The documents name two verbs for an update, with the same partial body. */
export interface Verb {
  readonly method: "PATCH" | "PUT";
  /** The adapter's settings besides the address. */
  readonly settings?: { readonly updateMethod: "auto" | "PATCH" | "PUT" };
  /** Which verbs the gateway takes. */
  readonly switches: NonNullable<SandboxSwitches["barndoor"]>;
}

const NOTE_CLEARED = "change-note-cleared";
const serviceAccount = {
  type: "service_account",
  client_email: "bot@example.test",
  private_key: "-----BEGIN\nkey\n-----END",
};

/** What is sent for each credential that both kinds take, without the id; every one but `api_key` costs a read. */
const bodies = {
  api_key: [
    { scheme: "api_key", apiKey: secret("new-api-key-5678") },
    { auth_type: "api_key", api_key: "new-api-key-5678" },
  ],
  bedrock_api_key: [
    { scheme: "bedrock_api_key", apiKey: secret("new-bedrock-key-5678") },
    { auth_type: "bedrock_api_key", api_key: "new-bedrock-key-5678" },
  ],
  aws_role: [
    { scheme: "aws_role", roleArn: "arn:aws:iam::123456789012:role/gateway", externalId: "external-1" },
    {
      auth_type: "aws_role",
      credentials: { iam_role_arn: "arn:aws:iam::123456789012:role/gateway", external_id: "external-1" },
    },
  ],
  aws_keys: [
    { scheme: "aws_keys", accessKeyId: "AKIAEXAMPLE", secretAccessKey: secret("new-secret-access-key") },
    {
      auth_type: "aws_keys",
      credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
    },
  ],
  google_adc: [{ scheme: "google_adc" }, { auth_type: "google_adc" }],
  google_service_account: [
    { scheme: "google_service_account", serviceAccount: secret(JSON.stringify(serviceAccount)) },
    { auth_type: "google_service_account", credentials: serviceAccount },
  ],
  oauth_passthrough: [{ scheme: "oauth_passthrough" }, { auth_type: "oauth_passthrough" }],
} as const satisfies Record<string, readonly [ProviderUpdate["credential"], unknown]>;

/** How the writes of one kind of resource look on the wire. */
function writesTo(resource: "providers" | "connections", { method }: Verb) {
  const pathOf = (id: string) => `/api/llm-gateway/admin/${resource}/${id}`;
  const read = (id: string): WireLine => ({ method: "GET", path: pathOf(id) });
  const sent = (id: string, body: unknown): WireLine => ({ method, path: pathOf(id), body });
  return {
    plain: (id: string, update: ProviderUpdate, body: unknown): WriteFixture => {
      return { id, update, requests: [sent(id, body)], notes: [NOTE_CLEARED] };
    },
    afterRead: (id: string, update: ProviderUpdate, body: unknown): WriteFixture => {
      return { id, update, requests: [read(id), sent(id, body)], notes: [NOTE_CLEARED] };
    },
    scheme(id: string, scheme: Exclude<keyof typeof bodies, "api_key">, shows: unknown): WriteFixture {
      const [credential, body] = bodies[scheme];
      const newer = scheme === "aws_keys" ? ["newer-sources-only"] : [];
      return {
        ...{ id, update: { credential }, requests: [read(id), sent(id, body)], shows },
        notes: [NOTE_CLEARED, ...newer],
        source: `${DOCS}/credentials/createCredential`,
      };
    },
  };
}

/** A write to the object that is written to by default. */
function toFirst({ id: _id, ...write }: WriteFixture): WriteFixture {
  return write;
}

const HOLDING = { kind: "inline" } as const;
const KEYLESS = { kind: "none" } as const;

/** What the vendor's documents say of a provider. */
export function barndoorFixture(verb: Verb): AdapterFixture {
  const { plain, afterRead, scheme } = writesTo("providers", verb);
  const first = (update: ProviderUpdate, body: unknown) => toFirst(plain(OPENAI, update, body));
  const [newKey, newKeyBody] = bodies.api_key;
  const ownNative = {
    enforce_health_check: false,
    billing_mode: "not_metered",
    billing_reason: "external",
    billing_note: "paid by the parent company",
    model_sync_mode: "additive",
    change_note: "key of June",
  };
  const settings = { region: "eu", organization: "org-1" };
  return {
    source: `${DOCS}/providers/updateProvider`,
    start: () => sandboxGateway("barndoor", { seed, switches: { barndoor: verb.switches } }),
    settings: ({ url, token }) => ({ baseUrl: url, token: secret(token), ...verb.settings }),
    objects: providerStates,
    listed: providerStates.length,
    keptByGateway: ["updated_at"],
    absentId: NOBODY,
    refusedIds: ["openai", 1, `${OPENAI}0`, OPENAI.slice(1)],
    fields: {
      name: { set: first({ name: "New" }, { name: "New" }) },
      baseUrl: { set: first({ baseUrl: "https://new.example.test" }, { base_url: "https://new.example.test" }) },
      credential: { set: { ...first({ credential: newKey }, newKeyBody), shows: { ...HOLDING, scheme: "api_key" } } },
      connectionId: {
        set: {
          ...first({ connectionId: SHARED_OPENAI }, { connection_id: SHARED_OPENAI }),
          notes: [NOTE_CLEARED, "attached"],
        },
        clear: plain(ATTACHED, { connectionId: null, credential: newKey }, { connection_id: null, ...newKeyBody }),
      },
      requestTimeout: {
        set: first({ requestTimeout: 90 }, { request_timeout_secs: 90 }),
        clear: first({ requestTimeout: null }, { request_timeout_secs: null }),
      },
      streamIdleTimeout: {
        set: first({ streamIdleTimeout: 45 }, { stream_idle_timeout_secs: 45 }),
        clear: first({ streamIdleTimeout: null }, { stream_idle_timeout_secs: null }),
      },
      enabled: { set: first({ enabled: false }, { enabled: false }) },
      native: {
        set: {
          ...toFirst(
            afterRead(OPENAI, { native: { settings: { region: "eu" }, ...ownNative } }, { settings, ...ownNative }),
          ),
          shows: { auth_type: "api_key", settings, ...ownNative },
          notes: [],
        },
      },
    },
    schemes: {
      bedrock_api_key: scheme(BEDROCK, "bedrock_api_key", { ...HOLDING, scheme: "bedrock_api_key" }),
      aws_role: scheme(BEDROCK, "aws_role", { ...KEYLESS, scheme: "aws_role" }),
      aws_keys: scheme(BEDROCK, "aws_keys", { ...HOLDING, scheme: "aws_keys" }),
      google_adc: scheme(VERTEX, "google_adc", { ...KEYLESS, scheme: "google_adc" }),
      google_service_account: scheme(VERTEX, "google_service_account", {
        ...HOLDING,
        scheme: "google_service_account",
      }),
      oauth_passthrough: scheme(ANTHROPIC, "oauth_passthrough", { ...KEYLESS, scheme: "oauth_passthrough" }),
    },
    errors,
    ...providerLifecycle("documented", ANTHROPIC),
  };
}

/** What the vendor's documents say of a connection, which they call a credential as well. */
export function barndoorConnectionFixture(verb: Verb): AdapterFixture {
  const { plain, afterRead, scheme } = writesTo("connections", verb);
  const first = (update: ProviderUpdate, body: unknown) => toFirst(plain(SHARED_OPENAI, update, body));
  const [newKey, newKeyBody] = bodies.api_key;
  const settings = { region: "us", organization: "org-2" };
  return {
    source: `${DOCS}/credentials/updateCredential`,
    start: () => sandboxGateway("barndoor", { seed, switches: { barndoor: verb.switches } }),
    settings: ({ url, token }) => ({ baseUrl: url, token: secret(token), ...verb.settings }),
    objects: connectionStates,
    listed: connectionStates.length,
    keptByGateway: ["updated_at"],
    absentId: NOBODY,
    refusedIds: ["openai", 1, `${SHARED_OPENAI}0`, SHARED_OPENAI.slice(1)],
    fields: {
      name: { set: first({ name: "New" }, { name: "New" }) },
      baseUrl: {
        set: {
          ...first({ baseUrl: "https://new.example.test" }, { base_url: "https://new.example.test" }),
          notes: [NOTE_CLEARED, "providers-may-move"],
        },
      },
      credential: {
        set: {
          ...first({ credential: newKey }, newKeyBody),
          shows: { ...HOLDING, scheme: "api_key", hint: "5678" },
        },
      },
      native: {
        set: {
          ...toFirst(
            afterRead(
              SHARED_OPENAI,
              { native: { settings: { organization: "org-2" }, change_note: "key of June" } },
              { settings, change_note: "key of June" },
            ),
          ),
          shows: { auth_type: "api_key", settings, change_note: "key of June" },
          notes: [],
        },
      },
    },
    schemes: {
      bedrock_api_key: scheme(SHARED_BEDROCK, "bedrock_api_key", {
        ...HOLDING,
        scheme: "bedrock_api_key",
        hint: "5678",
      }),
      aws_role: scheme(SHARED_BEDROCK, "aws_role", { ...KEYLESS, scheme: "aws_role" }),
      aws_keys: scheme(SHARED_BEDROCK, "aws_keys", { ...HOLDING, scheme: "aws_keys" }),
      google_adc: scheme(SHARED_VERTEX, "google_adc", { ...KEYLESS, scheme: "google_adc" }),
      google_service_account: scheme(SHARED_VERTEX, "google_service_account", {
        ...HOLDING,
        scheme: "google_service_account",
      }),
    },
    errors,
    ...connectionLifecycle("documented", SHARED_VERTEX),
  };
}
