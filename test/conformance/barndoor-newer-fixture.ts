import { type ProviderUpdate, secret } from "../../src/index.ts";
import type { AdapterFixture, WireLine, WriteFixture } from "../../src/testing/index.ts";
import { sandboxGateway } from "../support/sandbox-gateway.ts";
import { errors } from "./barndoor-fixture-errors.ts";
import { connectionLifecycle, providerLifecycle } from "./barndoor-fixture-lifecycle.ts";
import {
  ANTHROPIC,
  ATTACHED,
  BEDROCK,
  NOBODY,
  OPENAI,
  SHARED_BEDROCK,
  SHARED_OPENAI,
  SHARED_VERTEX,
  VERTEX,
} from "./barndoor-fixture-objects.ts";
import { newerConnections, newerProviders, newerSeed, roleSettings } from "./barndoor-newer-objects.ts";

// What is known of newer platforms comes from the vendor's own client alone.
const CLIENT = "barndoor-ai/terraform-provider-barndoor, internal/provider";
const NOTE_CLEARED = "change-note-cleared";
const INLINE = { kind: "inline" } as const;
const KEYLESS = { kind: "none" } as const;

const shared: Pick<AdapterFixture, "start" | "settings" | "keptByGateway" | "absentId" | "errors"> = {
  start: () =>
    sandboxGateway("barndoor", {
      seed: newerSeed,
      switches: { barndoor: { platform: "newer", updateMethod: "PUT", wrongMethod: 404, probeDelayMs: 3_600_000 } },
    }),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token), platform: "newer", updateMethod: "PUT" }),
  keptByGateway: ["updated_at"],
  absentId: NOBODY,
  errors,
};

function writesTo(resource: "providers" | "connections") {
  const pathOf = (id: string) => `/api/llm-gateway/admin/${resource}/${id}`;
  const sent = (id: string, body: unknown): WireLine => ({ method: "PUT", path: pathOf(id), body });
  const plain = (id: string, update: ProviderUpdate, body: unknown): WriteFixture => {
    return { id, update, requests: [sent(id, body)], notes: [NOTE_CLEARED] };
  };
  /** The object that is written to by default stays unnamed. */
  const toFirst = ({ id: _id, ...write }: WriteFixture): WriteFixture => write;
  const afterRead = (id: string, update: ProviderUpdate, body: unknown, shows?: unknown): WriteFixture => {
    const requests = [{ method: "GET", path: pathOf(id) }, sent(id, body)];
    return { id, update, requests, notes: [NOTE_CLEARED], ...(shows === undefined ? {} : { shows }) };
  };
  return { plain, afterRead, toFirst };
}

const roleArn = "arn:aws:iam::123456789012:role/gateway";
const role = { auth_type: "aws_role", settings: { ...roleSettings, iam_role_arn: roleArn } };

/** A newer platform's providers: they hold no key, but for what is kept from before. */
export function newerProviderFixture(): AdapterFixture {
  const { plain, afterRead, toFirst } = writesTo("providers");
  const first = (update: ProviderUpdate, body: unknown) => toFirst(plain(OPENAI, update, body));
  const settings = { region: "eu", organization: "org-1" };
  const native = { enforce_health_check: false, model_sync_mode: "additive", change_note: "key of June" };
  const oauth = { credential: { scheme: "oauth_passthrough" } } as const;
  return {
    ...shared,
    source: `${CLIENT}/llm_provider_resource.go`,
    objects: newerProviders,
    listed: newerProviders.length,
    refusedIds: ["openai", 1, `${OPENAI}0`, OPENAI.slice(1)],
    fields: {
      name: { set: first({ name: "New" }, { name: "New" }) },
      baseUrl: { set: first({ baseUrl: "https://new.example.test" }, { base_url: "https://new.example.test" }) },
      credential: {
        set: afterRead(ANTHROPIC, oauth, { auth_type: "claude_oauth" }, { ...KEYLESS, scheme: "oauth_passthrough" }),
      },
      connectionId: {
        set: {
          ...first({ connectionId: SHARED_OPENAI }, { connection_id: SHARED_OPENAI }),
          notes: [NOTE_CLEARED, "attached"],
        },
        // Request-scoped OAuth alone leaves a connection.
        clear: afterRead(
          ATTACHED,
          { connectionId: null, ...oauth },
          { connection_id: null, auth_type: "codex_oauth" },
          null,
        ),
      },
      requestTimeout: {
        set: first({ requestTimeout: 600 }, { request_timeout_secs: 600 }),
        clear: first({ requestTimeout: null }, { request_timeout_secs: null }),
      },
      streamIdleTimeout: {
        set: first({ streamIdleTimeout: 300 }, { stream_idle_timeout_secs: 300 }),
        clear: first({ streamIdleTimeout: null }, { stream_idle_timeout_secs: null }),
      },
      enabled: { set: first({ enabled: false }, { enabled: false }) },
      native: {
        set: {
          ...toFirst(afterRead(OPENAI, { native: { settings: { region: "eu" }, ...native } }, { settings, ...native })),
          shows: { auth_type: "bearer_api_key", billing_mode: "per_token", settings, ...native },
          notes: [],
        },
      },
    },
    schemes: {
      aws_role: afterRead(BEDROCK, { credential: { scheme: "aws_role", roleArn } }, role, {
        ...KEYLESS,
        scheme: "aws_role",
      }),
      google_adc: afterRead(
        VERTEX,
        { credential: { scheme: "google_adc" } },
        { auth_type: "google_adc" },
        { ...KEYLESS, scheme: "google_adc" },
      ),
    },
    ...providerLifecycle("newer", ANTHROPIC),
  };
}

const account = { type: "service_account", client_email: "bot@example.test", private_key: "-----BEGIN\nkey\n-----END" };

/** A newer platform's connections, which hold the keys of all providers. */
export function newerConnectionFixture(): AdapterFixture {
  const { plain, afterRead, toFirst } = writesTo("connections");
  const first = (update: ProviderUpdate, body: unknown) => toFirst(plain(SHARED_OPENAI, update, body));
  const settings = { region: "us", organization: "org-2" };
  const moved = first({ baseUrl: "https://new.example.test" }, { base_url: "https://new.example.test" });
  const key = { auth_type: "bearer_api_key", api_key: "new-api-key-5678" };
  return {
    ...shared,
    source: `${CLIENT}/llm_connection_resource.go`,
    objects: newerConnections,
    listed: newerConnections.length,
    refusedIds: ["openai", 1, `${SHARED_OPENAI}0`, SHARED_OPENAI.slice(1)],
    fields: {
      name: { set: first({ name: "New" }, { name: "New" }) },
      baseUrl: { set: { ...moved, notes: [NOTE_CLEARED, "providers-may-move"] } },
      credential: {
        set: afterRead(SHARED_OPENAI, { credential: { scheme: "api_key", apiKey: secret("new-api-key-5678") } }, key, {
          ...INLINE,
          scheme: "api_key",
          hint: "5678",
        }),
      },
      native: {
        set: {
          ...toFirst(
            afterRead(
              SHARED_OPENAI,
              { native: { settings: { organization: "org-2" }, change_note: "key of June" } },
              { settings, change_note: "key of June" },
              { auth_type: "bearer_api_key", settings, change_note: "key of June" },
            ),
          ),
          notes: [],
        },
      },
    },
    schemes: {
      bedrock_api_key: afterRead(
        SHARED_BEDROCK,
        { credential: { scheme: "bedrock_api_key", apiKey: secret("new-bedrock-key-5678") } },
        { auth_type: "bedrock_api_key", api_key: "new-bedrock-key-5678" },
        { ...INLINE, scheme: "bedrock_api_key", hint: "5678" },
      ),
      aws_role: afterRead(SHARED_BEDROCK, { credential: { scheme: "aws_role", roleArn } }, role, {
        ...KEYLESS,
        scheme: "aws_role",
      }),
      aws_keys: afterRead(
        SHARED_BEDROCK,
        {
          credential: {
            scheme: "aws_keys",
            accessKeyId: "AKIAEXAMPLE",
            secretAccessKey: secret("new-secret-access-key"),
          },
        },
        {
          auth_type: "aws_static_credentials",
          credentials: { access_key_id: "AKIAEXAMPLE", secret_access_key: "new-secret-access-key" },
        },
        { ...INLINE, scheme: "aws_keys" },
      ),
      google_adc: afterRead(
        SHARED_VERTEX,
        { credential: { scheme: "google_adc" } },
        { auth_type: "google_adc" },
        { ...KEYLESS, scheme: "google_adc" },
      ),
      google_service_account: afterRead(
        SHARED_VERTEX,
        { credential: { scheme: "google_service_account", serviceAccount: secret(JSON.stringify(account)) } },
        { auth_type: "google_service_account", credentials: account },
        { ...INLINE, scheme: "google_service_account" },
      ),
    },
    ...connectionLifecycle("newer", SHARED_VERTEX),
  };
}
