import { type BarndoorConnectionSettings, barndoorConnection } from "../../../../adapters/barndoor/index.ts";
import { fixture } from "../../../support/fixture.ts";
import { script, token, type WireLine, wireRequest } from "../../../support/mapping.ts";

const id = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a222";
const otherId = "c0ffee00-12ee-4d92-9c7b-e7d2f8b0a333";
const host = "acme.platform.barndoor.ai";
const list: WireLine = ["GET", `${host}/api/llm-gateway/admin/connections`];
const item: WireLine = ["GET", `${host}/api/llm-gateway/admin/connections/${id}`];

const updated = fixture("barndoor/connection-updated");
const open = (settings: Partial<BarndoorConnectionSettings> = {}) =>
  barndoorConnection({ token, baseUrl: `https://${host}`, ...settings });

async function read(reply: unknown, settings: Partial<BarndoorConnectionSettings> = {}) {
  const requests = script([{ request: item, reply }]);
  const state = await open(settings).get(id);
  expect(requests).toStrictEqual([wireRequest(item)]);
  return state;
}

const without = (name: string) => Object.fromEntries(Object.entries(updated).filter(([key]) => key !== name));

describe("reading a Barndoor connection", () => {
  it("shows everything that a full reply tells", async () => {
    await expect(read(updated)).resolves.toStrictEqual({
      id,
      name: "Shared OpenAI",
      upstream: "openai",
      baseUrl: "https://api.openai.com/v1",
      native: { auth_type: "api_key", settings: { region: "eu" }, change_note: "key of June" },
      credential: { kind: "inline", scheme: "api_key", hint: "4321" },
      createdAt: "2026-06-02T09:15:00.000Z",
      updatedAt: "2026-06-03T08:00:00.500Z",
    });
  });

  it("does not make up what the documents' fields leave out; ids in lower case, times without an offset as UTC", async () => {
    await expect(read(fixture("barndoor/connection-sample"))).resolves.toStrictEqual({
      id,
      name: "Shared OpenAI",
      upstream: "openai",
      baseUrl: "https://api.openai.com/v1",
      native: { auth_type: "api_key", settings: {} },
      credential: { kind: "inline", scheme: "api_key" },
      createdAt: "2026-06-02T09:15:00.000Z",
      updatedAt: "2026-06-03T10:00:00.250Z",
    });
  });

  it.each<[string, string | null | undefined]>([
    ["inline", "api_key"],
    ["inline", "aws_keys"],
    ["inline", "google_service_account"],
    ["inline", "a_word_of_tomorrow"],
    ["none", "google_adc"],
    ["none", "aws_role"],
    ["none", "oauth_passthrough"],
    ["unknown", null],
    ["unknown", undefined],
  ])("calls the credential %s where auth_type is %s", async (kind, auth_type) => {
    const reply = { ...without("auth_type"), key_last4: null, ...(auth_type === undefined ? {} : { auth_type }) };
    const { credential } = await read(reply);
    expect(credential).toStrictEqual({ kind, ...(auth_type === "api_key" ? { scheme: auth_type } : {}) });
  });

  it("knows a word without a secret by the setting", async () => {
    const authTypes = { google_adc: { vertex: "workload_identity" } };
    const { credential } = await read({ ...updated, auth_type: "workload_identity", key_last4: null }, { authTypes });
    expect(credential).toStrictEqual({ kind: "none" });
  });

  it.each([null, ""])("has no hint where key_last4 is %j", async (key_last4) => {
    expect((await read({ ...updated, key_last4 })).credential).toStrictEqual({ kind: "inline", scheme: "api_key" });
  });

  it("reports a base URL that is empty, a note that is null and settings that are null as empty", async () => {
    const state = await read({ ...updated, base_url: "", last_change_note: null, settings: null });
    expect(state).toMatchObject({ baseUrl: null, native: { change_note: null, settings: null } });
  });

  it("passes over what it does not know, secrets above all", async () => {
    const state = await read({ ...updated, api_key: "sk-leaked", credentials: { key: "sk-leaked" }, extra: [1] });
    expect(JSON.stringify(state)).not.toContain("sk-leaked");
  });

  it.each(["id", "name", "model_provider"])("refuses a reply without %s", async (name) => {
    script([{ request: item, reply: without(name) }]);
    await expect(open().get(id)).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  });

  it("refuses a reply about another connection", async () => {
    script([{ request: item, reply: { ...updated, id: otherId } }]);
    await expect(open().get(id)).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  });

  it("shows the same state after a write as at a later read", async () => {
    script([
      { request: ["PUT", item[1], { name: "N" }], reply: updated },
      { request: item, reply: updated },
    ]);
    const gateway = open();
    const { provider } = await gateway.update(id, { name: "N" });
    await expect(gateway.get(id)).resolves.toStrictEqual(provider);
  });
});

describe("listing Barndoor's connections", () => {
  const collect = async () => {
    const found: unknown[] = [];
    for await (const connection of open().list()) found.push(connection);
    return found;
  };

  it("reads one bare array", async () => {
    const bedrock = { ...fixture("barndoor/connection-bedrock"), id: otherId.toUpperCase() };
    const requests = script([{ request: list, reply: [updated, bedrock] }]);
    await expect(collect()).resolves.toMatchObject([
      { id, name: "Shared OpenAI", credential: { kind: "inline", hint: "4321" } },
      { id: otherId, name: "Shared Bedrock", credential: { kind: "none" } },
    ]);
    expect(requests).toStrictEqual([wireRequest(list)]);
  });

  it("reads an empty one", async () => {
    script([{ request: list, reply: [] }]);
    await expect(collect()).resolves.toStrictEqual([]);
  });

  it("refuses an envelope, which is not documented", async () => {
    script([{ request: list, reply: { results: [updated], next: null } }]);
    await expect(collect()).rejects.toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  });
});
