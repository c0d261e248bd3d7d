import type { ProviderState } from "../../src/index.ts";
import type { AdapterFixture, SandboxSeed } from "../../src/testing/index.ts";

export const OPENAI = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
export const ATTACHED = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a222";
export const BEDROCK = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a333";
export const VERTEX = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a444";
export const ANTHROPIC = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a555";
export const SHARED_OPENAI = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a111";
export const SHARED_BEDROCK = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a333";
export const SHARED_VERTEX = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a444";
const CATALOG = "ca7a1000-12ee-4d92-9c7b-e7d2f8b0a111";
export const NOBODY = "00000000-12ee-4d92-9c7b-e7d2f8b0a999";

// Some of the vendor's endpoints send times without an offset: they are UTC.
const time = "2026-06-02T09:15:00";
const moment = "2026-06-02T09:15:00.000Z";
const stamps = { created_at: time, updated_at: time };
const times = { createdAt: moment, updatedAt: moment };

const openai = { model_provider: "openai", base_url: "https://api.openai.com/v1", auth_type: "api_key" };
const bedrock = {
  model_provider: "bedrock",
  base_url: "https://bedrock-runtime.eu-central-1.amazonaws.com",
  auth_type: "aws_role",
  credentials: { iam_role_arn: "arn:aws:iam::123456789012:role/former" },
  settings: { region: "eu-central-1", model_api_family: "bedrock_converse" },
};
const vertex = {
  model_provider: "vertex",
  base_url: "https://europe-west3-aiplatform.googleapis.com",
  auth_type: "google_service_account",
  credentials: { client_email: "former@example.test", private_key: "the-stored-private-key" },
  settings: { project_id: "acme", location: "europe-west3" },
};

/** Providers and connections of every family that takes a scheme of its own. */
export const seed: SandboxSeed = {
  barndoor: {
    connections: [
      {
        id: SHARED_OPENAI,
        name: "Shared OpenAI",
        ...openai,
        api_key: "the-stored-shared-key-4321",
        settings: { region: "us" },
        last_change_note: "key of May",
        ...stamps,
      },
      { id: SHARED_BEDROCK, name: "Shared Bedrock", ...bedrock, ...stamps },
      { id: SHARED_VERTEX, name: "Shared Vertex", ...vertex, ...stamps },
    ],
    providers: [
      {
        id: OPENAI,
        name: "OpenAI",
        ...openai,
        api_key: "the-stored-key-of-openai",
        settings: { region: "us", organization: "org-1" },
        catalog_id: CATALOG,
        request_timeout_secs: 60,
        stream_idle_timeout_secs: 30,
        health_status: "healthy",
        health_detail: "HTTP 200",
        health_checked_at: "2026-06-02T09:16:00Z",
        last_change_note: "key of May",
        ...stamps,
      },
      { id: ATTACHED, name: "Attached", ...openai, connection_id: SHARED_OPENAI, enabled: false, ...stamps },
      { id: BEDROCK, name: "Bedrock", ...bedrock, ...stamps },
      { id: VERTEX, name: "Vertex", ...vertex, ...stamps },
      {
        id: ANTHROPIC,
        name: "Anthropic",
        model_provider: "anthropic",
        base_url: "https://api.anthropic.com",
        auth_type: "api_key",
        api_key: "the-stored-key-of-anthropic",
        billing_mode: "not_metered",
        billing_reason: "external",
        billing_note: "paid by the parent company",
        ...stamps,
      },
    ],
  },
};

const always = { enforce_health_check: true, billing_mode: "per_token", model_sync_mode: "off" };
const untimed = { requestTimeout: null, streamIdleTimeout: null };

function objectOf(state: ProviderState<string>) {
  return { id: state.id, state };
}

/** How the providers must look before anything is written. */
export const providerStates: AdapterFixture["objects"] = [
  objectOf({
    id: OPENAI,
    name: "OpenAI",
    upstream: "openai",
    baseUrl: "https://api.openai.com/v1",
    credential: { kind: "inline", scheme: "api_key" },
    connectionId: null,
    requestTimeout: 60,
    streamIdleTimeout: 30,
    enabled: true,
    native: {
      ...always,
      auth_type: "api_key",
      settings: { region: "us", organization: "org-1" },
      change_note: "key of May",
    },
    health: { status: "healthy", detail: "HTTP 200", checkedAt: "2026-06-02T09:16:00.000Z" },
    ...times,
  }),
  objectOf({
    id: ATTACHED,
    name: "Attached",
    upstream: "openai",
    baseUrl: "https://api.openai.com/v1",
    credential: { kind: "connection" },
    connectionId: SHARED_OPENAI,
    ...untimed,
    enabled: false,
    // The connection's settings are the base.
    native: { ...always, auth_type: "api_key", settings: { region: "us" }, change_note: null },
    health: { status: "unverified" },
    ...times,
  }),
  objectOf({
    id: BEDROCK,
    name: "Bedrock",
    upstream: "bedrock",
    baseUrl: bedrock.base_url,
    credential: { kind: "none", scheme: "aws_role" },
    connectionId: null,
    ...untimed,
    enabled: true,
    native: { ...always, auth_type: "aws_role", settings: bedrock.settings, change_note: null },
    health: { status: "unverified" },
    ...times,
  }),
  objectOf({
    id: VERTEX,
    name: "Vertex",
    upstream: "vertex",
    baseUrl: vertex.base_url,
    credential: { kind: "inline", scheme: "google_service_account" },
    connectionId: null,
    ...untimed,
    enabled: true,
    native: { ...always, auth_type: "google_service_account", settings: vertex.settings, change_note: null },
    health: { status: "unverified" },
    ...times,
  }),
  objectOf({
    id: ANTHROPIC,
    name: "Anthropic",
    upstream: "anthropic",
    baseUrl: "https://api.anthropic.com",
    credential: { kind: "inline", scheme: "api_key" },
    connectionId: null,
    ...untimed,
    enabled: true,
    native: {
      ...always,
      auth_type: "api_key",
      settings: {},
      billing_mode: "not_metered",
      billing_reason: "external",
      billing_note: "paid by the parent company",
      change_note: null,
    },
    health: { status: "unverified" },
    ...times,
  }),
];

/** How the connections must look before anything is written. */
export const connectionStates: AdapterFixture["objects"] = [
  objectOf({
    id: SHARED_OPENAI,
    name: "Shared OpenAI",
    upstream: "openai",
    baseUrl: "https://api.openai.com/v1",
    credential: { kind: "inline", scheme: "api_key", hint: "4321" },
    native: { auth_type: "api_key", settings: { region: "us" }, change_note: "key of May" },
    ...times,
  }),
  objectOf({
    id: SHARED_BEDROCK,
    name: "Shared Bedrock",
    upstream: "bedrock",
    baseUrl: bedrock.base_url,
    credential: { kind: "none", scheme: "aws_role" },
    native: { auth_type: "aws_role", settings: bedrock.settings, change_note: null },
    ...times,
  }),
  objectOf({
    id: SHARED_VERTEX,
    name: "Shared Vertex",
    upstream: "vertex",
    baseUrl: vertex.base_url,
    credential: { kind: "inline", scheme: "google_service_account" },
    native: { auth_type: "google_service_account", settings: vertex.settings, change_note: null },
    ...times,
  }),
];
