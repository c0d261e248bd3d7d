import type { FakeDescription } from "../../../src/testing/index.ts";

const time = "2026-01-15T12:30:00+02:00";

/** Shows only the end of a key. */
export const mask = (key: string) => `…${key.slice(-4)}`;

/** Acme, an invented vendor: every kind of rule of the contract has something to hold on to in its API. */
export const acmeDescription: FakeDescription = {
  basePath: "/api/v2",
  token: "acme-token",
  id: { member: "id", kind: "integer" },
  members: {
    label: { type: "text", maxLength: 100 },
    note: { type: "text", null: "clears", empty: "absent" },
    meta: { type: "text", null: "clears" },
    endpoint: { type: "text" },
    timeout_ms: { type: "integer", null: "clears", minimum: 1000, maximum: 600_000 },
    active: { type: "boolean", default: true },
    region: { type: "text" },
    secret: { type: "text", shown: { mask, as: "secret_preview" } },
    created_at: { type: "text", stamp: "created" },
    updated_at: { type: "text", stamp: "written" },
  },
  get: { path: "/keys/{id}/" },
  list: {
    path: "/keys/",
    items: "results",
    paging: { kind: "link", size: 2, member: "next", parameter: "cursor" },
  },
  writes: [
    {
      method: "PATCH",
      path: "/keys/{id}/",
      mode: "merge",
      takes: ["label", "note", "meta", "endpoint", "timeout_ms", "active", "region"],
    },
    { method: "POST", path: "/keys/{id}/rotate/", mode: "merge", takes: ["secret"] },
  ],
  creation: {
    path: "/keys/",
    id: "server",
    takes: ["label", "note", "endpoint", "timeout_ms", "region", "secret"],
    requires: ["label", "secret"],
  },
  removal: {
    path: "/keys/{id}/",
    refuses: ({ id }) => (id === 1 ? "It is used by 2 routes." : undefined),
  },
  others: [
    {
      path: "/routes/",
      items: "results",
      paging: { kind: "link", size: 1, member: "next", parameter: "cursor" },
      entries: [
        { id: "r1", title: "Chat", key_id: 1 },
        { id: "r2", title: "Unkeyed" },
        { id: "r3", title: "Search", key_id: 1 },
        { id: "r4", title: "Mail", key_id: 3 },
      ],
    },
  ],
  errors: { body: (status, message) => ({ detail: message, code: `E${status}` }) },
  objects: [
    {
      id: 1,
      label: "OpenAI",
      note: "primary",
      meta: '{"team":"ml"}',
      endpoint: "https://api.openai.com/v1",
      timeout_ms: 60_000,
      region: "eu",
      secret: "sk-the-stored-key-of-one",
      created_at: time,
      updated_at: time,
    },
    {
      id: 2,
      label: "Anthropic",
      active: false,
      secret: "sk-the-stored-key-of-two",
      created_at: time,
      updated_at: time,
    },
    { id: 3, label: "Mistral", secret: "sk-the-stored-key-of-three", created_at: time, updated_at: time },
  ],
};
