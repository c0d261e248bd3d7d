import type { AdapterFixture, SandboxSeed } from "../../src/testing/index.ts";
import {
  ANTHROPIC,
  ATTACHED,
  BEDROCK,
  OPENAI,
  SHARED_BEDROCK,
  SHARED_OPENAI,
  SHARED_VERTEX,
  VERTEX,
} from "./barndoor-fixture-objects.ts";

const time = "2026-09-22T09:15:00Z";
const stamps = { created_at: time, updated_at: time };
const times = { createdAt: "2026-09-22T09:15:00.000Z", updatedAt: "2026-09-22T09:15:00.000Z" };

const openai = { model_provider: "openai", base_url: "https://api.openai.com" };
export const roleSettings = {
  region: "eu-central-1",
  model_api_family: "bedrock_converse",
  iam_role_arn: "arn:aws:iam::123456789012:role/former",
  external_id: "made-by-the-platform",
};
const bedrock = {
  model_provider: "bedrock",
  base_url: "https://bedrock-runtime.eu-central-1.amazonaws.com",
  auth_type: "aws_role",
  settings: roleSettings,
};
const vertex = {
  model_provider: "vertex",
  base_url: "https://europe-west3-aiplatform.googleapis.com",
  auth_type: "google_service_account",
  credentials: { client_email: "former@example.test", private_key: "the-stored-private-key" },
  settings: { project_id: "acme", location: "europe-west3" },
};

/** A newer platform's providers and connections. Two providers hold keys from the time before it refused them. */
export const newerSeed: SandboxSeed = {
  barndoor: {
    connections: [
      {
        ...{ id: SHARED_OPENAI, name: "Shared OpenAI", ...openai, ...stamps },
        ...{ auth_type: "bearer_api_key", api_key: "the-stored-shared-key-4321", settings: { region: "us" } },
        last_change_note: "key of May",
      },
      { id: SHARED_BEDROCK, name: "Shared Bedrock", ...bedrock, ...stamps },
      { id: SHARED_VERTEX, name: "Shared Vertex", ...vertex, ...stamps },
    ],
    providers: [
      {
        ...{ id: OPENAI, name: "OpenAI", ...openai, ...stamps },
        ...{ auth_type: "bearer_api_key", api_key: "the-stored-key-of-openai", catalog_id: SHARED_VERTEX },
        ...{
          settings: { region: "us", organization: "org-1" },
          request_timeout_secs: 60,
          stream_idle_timeout_secs: 30,
        },
      },
      { id: ATTACHED, name: "Attached", ...openai, connection_id: SHARED_OPENAI, ...stamps },
      { id: BEDROCK, name: "Bedrock", ...bedrock, ...stamps },
      { id: VERTEX, name: "Vertex", ...vertex, ...stamps },
      {
        ...{ id: ANTHROPIC, name: "Anthropic", model_provider: "anthropic", base_url: "https://api.anthropic.com" },
        ...{ auth_type: "x_api_key", api_key: "the-stored-key-of-anthropic", ...stamps },
      },
    ],
  },
};

const native = { enforce_health_check: true, billing_mode: "per_token", model_sync_mode: "off", change_note: null };
const untimed = { requestTimeout: null, streamIdleTimeout: null };
const rest = { enabled: true, health: { status: "unverified" }, ...times };
const INLINE = { kind: "inline" } as const;

/** How the providers must look before anything is written. */
export const newerProviders: AdapterFixture["objects"] = [
  {
    id: OPENAI,
    state: {
      ...{ id: OPENAI, name: "OpenAI", upstream: "openai", baseUrl: openai.base_url, connectionId: null, ...rest },
      credential: { ...INLINE, scheme: "api_key" },
      requestTimeout: 60,
      streamIdleTimeout: 30,
      native: { ...native, auth_type: "bearer_api_key", settings: { region: "us", organization: "org-1" } },
    },
  },
  {
    id: ATTACHED,
    state: {
      ...{ id: ATTACHED, name: "Attached", upstream: "openai", baseUrl: openai.base_url, ...untimed, ...rest },
      credential: { kind: "connection" },
      connectionId: SHARED_OPENAI,
      native: { ...native, auth_type: "bearer_api_key", settings: { region: "us" } },
    },
  },
  {
    id: BEDROCK,
    state: {
      ...{ id: BEDROCK, name: "Bedrock", upstream: "bedrock", baseUrl: bedrock.base_url, ...untimed, ...rest },
      credential: { kind: "none", scheme: "aws_role" },
      connectionId: null,
      native: { ...native, auth_type: "aws_role", settings: roleSettings },
    },
  },
  {
    id: VERTEX,
    state: {
      ...{ id: VERTEX, name: "Vertex", upstream: "vertex", baseUrl: vertex.base_url, ...untimed, ...rest },
      credential: { ...INLINE, scheme: "google_service_account" },
      connectionId: null,
      native: { ...native, auth_type: "google_service_account", settings: vertex.settings },
    },
  },
  {
    id: ANTHROPIC,
    state: {
      ...{ id: ANTHROPIC, name: "Anthropic", upstream: "anthropic", ...untimed, ...rest },
      baseUrl: "https://api.anthropic.com",
      credential: { ...INLINE, scheme: "api_key" },
      connectionId: null,
      native: { ...native, auth_type: "x_api_key", settings: {} },
    },
  },
];

/** How the connections must look before anything is written. */
export const newerConnections: AdapterFixture["objects"] = [
  {
    id: SHARED_OPENAI,
    state: {
      ...{ id: SHARED_OPENAI, name: "Shared OpenAI", upstream: "openai", baseUrl: openai.base_url, ...times },
      credential: { ...INLINE, scheme: "api_key", hint: "4321" },
      native: { auth_type: "bearer_api_key", settings: { region: "us" }, change_note: "key of May" },
    },
  },
  {
    id: SHARED_BEDROCK,
    state: {
      ...{ id: SHARED_BEDROCK, name: "Shared Bedrock", upstream: "bedrock", baseUrl: bedrock.base_url, ...times },
      credential: { kind: "none", scheme: "aws_role" },
      native: { auth_type: "aws_role", settings: roleSettings, change_note: null },
    },
  },
  {
    id: SHARED_VERTEX,
    state: {
      ...{ id: SHARED_VERTEX, name: "Shared Vertex", upstream: "vertex", baseUrl: vertex.base_url, ...times },
      credential: { ...INLINE, scheme: "google_service_account" },
      native: { auth_type: "google_service_account", settings: vertex.settings, change_note: null },
    },
  },
];
