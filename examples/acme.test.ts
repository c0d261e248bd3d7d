import { secret } from "gatefold";
import { type AdapterFixture, startFake, testAdapter } from "gatefold/testing";
import { acme } from "./acme.js";

const updated_at = "2026-01-15T10:30:00.000Z";
const common = { credential: { kind: "inline" }, updatedAt: updated_at } as const;
const path = "/keys/one";

const fixture: AdapterFixture = {
  source: "https://docs.acme.example/keys",
  start: () =>
    startFake({
      id: { member: "id", kind: "text" },
      members: {
        name: { type: "text" },
        key: { type: "text", shown: "never" },
        updated_at: { type: "text", stamp: "written" },
      },
      get: { path: "/keys/{id}" },
      list: { path: "/keys" },
      writes: [{ method: "PATCH", path: "/keys/{id}", mode: "merge" }],
      objects: [
        { id: "one", name: "One", key: "sk-one", updated_at },
        { id: "two", name: "Two", key: "sk-two", updated_at },
      ],
    }),
  settings: ({ url, token }) => ({ baseUrl: url, token: secret(token) }),
  objects: [
    { id: "one", state: { id: "one", name: "One", ...common } },
    { id: "two", state: { id: "two", name: "Two", ...common } },
  ],
  listed: 2,
  keptByGateway: ["updated_at"],
  absentId: "none",
  refusedIds: [1],
  fields: {
    name: { set: { update: { name: "New" }, requests: [{ method: "PATCH", path, body: { name: "New" } }] } },
    credential: {
      set: {
        update: { credential: { scheme: "api_key", apiKey: secret("sk-new") } },
        requests: [{ method: "PATCH", path, body: { key: "sk-new" } }],
      },
    },
  },
  schemes: {},
  errors: [{ status: 404, body: { error: { message: "no such key" } }, name: "NotFoundError", says: "no such key" }],
};

testAdapter(acme, fixture);
