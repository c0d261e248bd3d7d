import { NotFoundError, PermissionDeniedError } from "../../src/index.ts";
import type { FieldComparison, PlanRow } from "../../src/sync/index.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  checked,
  OTHER_CONNECTION_ID,
  planned,
  type StandIn,
  standIns,
} from "../support/sync.ts";

type Adapter = "respan" | "barndoor" | "ngrok";
const ids = { respan: "1", barndoor: BARNDOOR_ID, ngrok: "aigpk_1" };
const inline: StandIn = { credential: { kind: "inline" } };

function configOf(adapter: Adapter, fields: string, settings = "") {
  const address = adapter === "barndoor" ? ", baseUrl: https://platform.barndoor.ai" : "";
  return checked(`version: 1
gateways: { one: { adapter: ${adapter}${address}${settings}, token: env:T } }
providers: { p: { gateways: { one: { id: ${ids[adapter]}, ${fields} } } } }
`);
}

async function rowFor(adapter: Adapter, fields: string, get: StandIn, options = {}, settings = ""): Promise<PlanRow> {
  const config = configOf(adapter, fields, settings);
  const { connections, updates } = standIns(config, { one: { get } });
  const { plan } = await planned(config, connections, options);
  expect(updates).toEqual([]);
  const [row] = plan.rows;
  if (row === undefined) throw new Error("the plan has no row");
  return row;
}

const unverified = { writeUnverified: true };

describe("one field", () => {
  type Row = readonly [title: string, adapter: Adapter, written: string, state: StandIn, comparison: Seen];
  type Seen = Omit<FieldComparison, "evidence">;
  const url = "https://api.openai.com/v1";
  const native = (desired: Record<string, unknown>, verdict: FieldComparison["verdict"], before: unknown) =>
    ({ field: "native", verdict, before, after: desired }) as const;

  it.each<Row>([
    [
      "equal text is in sync",
      "ngrok",
      "name: Name",
      { name: "Name" },
      { field: "name", verdict: "in-sync", before: "Name", after: "Name" },
    ],
    [
      "another text is a change",
      "ngrok",
      "name: New",
      { name: "Old" },
      { field: "name", verdict: "changed", before: "Old", after: "New" },
    ],
    [
      "another letter case is a change",
      "ngrok",
      "name: NAME",
      { name: "Name" },
      { field: "name", verdict: "changed", before: "Name", after: "NAME" },
    ],
    [
      "null over an empty field is in sync",
      "ngrok",
      "description: null",
      { description: null },
      { field: "description", verdict: "in-sync", before: null, after: null },
    ],
    [
      "null over a text is a change",
      "ngrok",
      "description: null",
      { description: "old" },
      { field: "description", verdict: "changed", before: "old", after: null },
    ],
    [
      "a text over an empty field is a change",
      "ngrok",
      "description: new",
      { description: null },
      { field: "description", verdict: "changed", before: null, after: "new" },
    ],
    [
      "a field that is not reported is unreadable",
      "ngrok",
      "description: new",
      {},
      { field: "description", verdict: "unreadable", after: "new" },
    ],
    [
      "metadata is compared as the text that is sent, whatever the order of its members",
      "ngrok",
      "metadata: { tier: 1, team: ml }",
      { metadata: { team: "ml", tier: 1 } },
      { field: "metadata", verdict: "in-sync", before: { team: "ml", tier: 1 }, after: { tier: 1, team: "ml" } },
    ],
    [
      "metadata written as that text is in sync with the object it was read back as",
      "ngrok",
      `metadata: '{"team":"ml"}'`,
      { metadata: { team: "ml" } },
      { field: "metadata", verdict: "in-sync", before: { team: "ml" }, after: '{"team":"ml"}' },
    ],
    [
      "metadata that is another text for the same object is a change",
      "ngrok",
      "metadata: { team: ml }",
      { metadata: '{ "team": "ml" }' },
      { field: "metadata", verdict: "changed", before: '{ "team": "ml" }', after: { team: "ml" } },
    ],
    [
      "metadata with a number is not metadata with its digits",
      "ngrok",
      "metadata: { tier: 1 }",
      { metadata: { tier: "1" } },
      { field: "metadata", verdict: "changed", before: { tier: "1" }, after: { tier: 1 } },
    ],
    [
      "a base URL is the same in its canonical form",
      "barndoor",
      "baseUrl: https://API.openai.com:443",
      { baseUrl: "https://api.openai.com/" },
      {
        field: "baseUrl",
        verdict: "in-sync",
        before: "https://api.openai.com/",
        after: "https://API.openai.com:443",
      },
    ],
    [
      "a base URL with another path is a change",
      "barndoor",
      `baseUrl: ${url}`,
      { baseUrl: "https://api.openai.com/V1" },
      { field: "baseUrl", verdict: "changed", before: "https://api.openai.com/V1", after: url },
    ],
    [
      "a base URL over none is a change",
      "barndoor",
      `baseUrl: ${url}`,
      { baseUrl: null },
      { field: "baseUrl", verdict: "changed", before: null, after: url },
    ],
    [
      "an equal number is in sync",
      "barndoor",
      "requestTimeout: 90",
      { requestTimeout: 90 },
      { field: "requestTimeout", verdict: "in-sync", before: 90, after: 90 },
    ],
    [
      "the gateway's default over a number is a change",
      "barndoor",
      "requestTimeout: null",
      { requestTimeout: 90 },
      { field: "requestTimeout", verdict: "changed", before: 90, after: null },
    ],
    [
      "false is a value",
      "barndoor",
      "enabled: false",
      { enabled: true },
      { field: "enabled", verdict: "changed", before: true, after: false },
    ],
    [
      "a connection is the same in any letter case",
      "barndoor",
      `connectionId: ${CONNECTION_ID.toUpperCase()}`,
      { connectionId: CONNECTION_ID, credential: { kind: "connection" } },
      {
        field: "connectionId",
        verdict: "in-sync",
        before: CONNECTION_ID,
        after: CONNECTION_ID.toUpperCase(),
      },
    ],
    [
      "native is in sync when what is asked for holds, whatever else is there",
      "barndoor",
      "native: { billing_mode: per_token, settings: { a: { b: 1 } } }",
      { native: { billing_mode: "per_token", settings: { a: { b: 1, c: 2 }, d: 3 }, model_sync_mode: "off" } },
      native({ billing_mode: "per_token", settings: { a: { b: 1 } } }, "in-sync", {
        billing_mode: "per_token",
        settings: { a: { b: 1, c: 2 }, d: 3 },
      }),
    ],
    [
      "native is a change when one part differs",
      "barndoor",
      "native: { billing_mode: per_token, enforce_health_check: false }",
      { native: { billing_mode: "per_token", enforce_health_check: true } },
      native({ billing_mode: "per_token", enforce_health_check: false }, "changed", {
        billing_mode: "per_token",
        enforce_health_check: true,
      }),
    ],
    [
      "native is a change when a nested part is missing",
      "barndoor",
      "native: { settings: { a: { b: 1 } } }",
      { native: { settings: { a: {} } } },
      native({ settings: { a: { b: 1 } } }, "changed", { settings: { a: {} } }),
    ],
    [
      "native with a list is compared as a whole",
      "barndoor",
      "native: { settings: { list: [1, 2] } }",
      { native: { settings: { list: [1, 2, 3] } } },
      native({ settings: { list: [1, 2] } }, "changed", { settings: { list: [1, 2, 3] } }),
    ],
    [
      "native is unreadable when a part is not reported and the rest holds",
      "barndoor",
      "native: { billing_mode: per_token, change_note: by sync }",
      { native: { billing_mode: "per_token" } },
      native({ billing_mode: "per_token", change_note: "by sync" }, "unreadable", { billing_mode: "per_token" }),
    ],
    [
      "native is a change when a part differs, whatever cannot be compared",
      "barndoor",
      "native: { billing_mode: per_token, change_note: by sync }",
      { native: { billing_mode: "not_metered" } },
      native({ billing_mode: "per_token", change_note: "by sync" }, "changed", { billing_mode: "not_metered" }),
    ],
    [
      "native with a secret is unverifiable",
      "respan",
      `baseUrl: ${url}, native: { organization: env:ORG }`,
      { baseUrl: url, native: { organization: { withheld: true } } },
      native({ organization: "env:ORG" }, "unverifiable", { organization: { withheld: true } }),
    ],
    [
      "native that the gateway withholds is unreadable",
      "respan",
      `baseUrl: ${url}, native: { organization: acme }`,
      { baseUrl: url, native: { organization: { withheld: true } } },
      native({ organization: "acme" }, "unreadable", { organization: { withheld: true } }),
    ],
  ])("%s", async (_title, adapter, written, state, comparison) => {
    const row = await rowFor(adapter, written, state);
    const isRead = comparison.verdict === "in-sync" || comparison.verdict === "changed";
    expect(row.fields).toContainEqual({ ...comparison, evidence: isRead ? ["read"] : [] });
    expect(row.status).toBe(comparison.verdict);
    expect(row.writes).toEqual(comparison.verdict === "changed" ? expect.arrayContaining([comparison.field]) : []);
  });

  it("a key is unverifiable, and shows as the reference to it beside what the gateway hints", async () => {
    const written = "credential: { scheme: api_key, apiKey: env:KEY }";
    const after = { scheme: "api_key", apiKey: "env:KEY" };
    const comparison = { field: "credential", verdict: "unverifiable", evidence: [], after };
    const known = await rowFor("ngrok", written, { credential: { kind: "inline", hint: "sk-***1234" } });
    expect(known).toMatchObject({
      status: "unverifiable",
      writes: [],
      fields: [{ ...comparison, before: "sk-***1234" }],
    });
    expect((await rowFor("barndoor", written, inline)).fields).toEqual([{ ...comparison, before: "inline" }]);
    expect((await rowFor("respan", written, {})).fields).toEqual([comparison]);
  });
});

describe("what is written", () => {
  const key = "credential: { scheme: api_key, apiKey: env:KEY }";

  it("is what changed, and nothing that is in sync or unverifiable", async () => {
    const row = await rowFor("ngrok", `name: New, description: same, ${key}`, { name: "Old", description: "same" });
    expect(row).toMatchObject({ status: "changed", writes: ["name"], writesKey: false });
  });

  it("is also what is unverifiable when that is asked for", async () => {
    const written = `name: New, description: same, metadata: text, ${key}`;
    const row = await rowFor("ngrok", written, { name: "Old", description: "same" }, unverified);
    expect(row).toMatchObject({ status: "changed", writes: ["name", "metadata", "credential"], writesKey: true });
    const only = await rowFor("ngrok", key, {}, unverified);
    expect(only).toMatchObject({ status: "unverifiable", writes: ["credential"] });
  });

  it("is nothing when everything is in sync", async () => {
    const row = await rowFor("ngrok", "name: Name", { name: "Name" }, unverified);
    expect(row).toMatchObject({ status: "in-sync", writes: [] });
  });

  const extra = "baseUrl: https://a.test, requestTimeout: 90, native: { region: eu }";
  const stored: StandIn = { baseUrl: "https://a.test", requestTimeout: 60, native: { region: "eu" } };

  it("is the whole group where a gateway may replace it", async () => {
    const row = await rowFor("respan", extra, stored);
    expect(row).toMatchObject({ status: "changed", writes: ["baseUrl", "requestTimeout", "native"] });
    const replacing = await rowFor("respan", extra, stored, {}, ", extraKwargs: replace");
    expect(replacing.writes).toEqual(["baseUrl", "requestTimeout", "native"]);
  });

  it("is what changed alone where a gateway merges", async () => {
    const row = await rowFor("respan", extra, stored, {}, ", extraKwargs: merge");
    expect(row.writes).toEqual(["requestTimeout"]);
  });

  it("leaves the group alone when none of it changes", async () => {
    const row = await rowFor("respan", `name: New, ${extra}`, { ...stored, name: "Old", requestTimeout: 90 });
    expect(row.writes).toEqual(["name"]);
  });

  it("holds the change note where an update without one clears it", async () => {
    const written = "name: New, native: { change_note: by sync }";
    const row = await rowFor("barndoor", written, { name: "Old", native: { change_note: "by sync" } });
    expect(row.writes).toEqual(["name", "native"]);
  });
});

describe("a connection", () => {
  const attached: StandIn = { connectionId: CONNECTION_ID, credential: { kind: "connection" } };
  const key = "credential: { scheme: api_key, apiKey: env:KEY }";

  it("blocks a key for a provider that uses it, and says what to do", async () => {
    for (const options of [{}, unverified]) {
      const row = await rowFor("barndoor", `name: New, ${key}`, attached, options);
      expect(row).toMatchObject({ status: "blocked", writes: [] });
      expect(row.reason).toContain(CONNECTION_ID);
      expect(row.reason).toMatch(/add connectionId: null/);
    }
  });

  it("is left together with the new key, in one write", async () => {
    const row = await rowFor("barndoor", `connectionId: null, ${key}`, attached);
    expect(row).toMatchObject({ status: "changed", writes: ["credential", "connectionId"] });
  });

  it("that was left already does not ask for the key again", async () => {
    const row = await rowFor("barndoor", `connectionId: null, ${key}`, { ...inline, connectionId: null });
    expect(row).toMatchObject({ status: "unverifiable", writes: [] });
  });

  it("is attached with a warning that the provider's own key is gone for good", async () => {
    const row = await rowFor("barndoor", `connectionId: ${CONNECTION_ID}`, { ...inline, connectionId: null });
    expect(row).toMatchObject({ status: "changed", writes: ["connectionId"] });
    expect(row.reason).toMatch(/own key for good/);
  });

  it("is exchanged for another one", async () => {
    const row = await rowFor("barndoor", `connectionId: ${OTHER_CONNECTION_ID}`, attached);
    expect(row).toMatchObject({ status: "changed", writes: ["connectionId"] });
  });

  it("is left alone by an update of something else", async () => {
    const row = await rowFor("barndoor", "name: New", { ...attached, name: "Old" });
    expect(row).toMatchObject({ status: "changed", writes: ["name"] });
  });
});

describe("a plan", () => {
  const text = `version: 1
gateways:
  a: { adapter: ngrok, token: env:A }
  b: { adapter: ngrok, token: env:B }
providers:
  p: { name: New, gateways: { a: { id: "1" }, b: { id: "2" } } }
  q: { name: New, gateways: { b: { id: "3" }, a: { id: "4" } } }
`;
  const refused = () =>
    new PermissionDeniedError({
      adapter: "ngrok",
      message: "ngrok: no",
      outcome: "not-sent",
      retryable: false,
      status: 403,
    });

  it("has one row for each binding, in the config's order, and fails only the rows of what cannot be read", async () => {
    const config = checked(text);
    const { connections } = standIns(config, { a: { get: refused() }, b: { get: { name: "Old" } } });
    const { plan } = await planned(config, connections);
    expect(plan.rows.map(({ provider, gateway, id, status }) => [provider, gateway, id, status])).toEqual([
      ["p", "a", "1", "failed"],
      ["p", "b", "2", "changed"],
      ["q", "b", "3", "changed"],
      ["q", "a", "4", "failed"],
    ]);
    expect(plan.rows[0]?.error).toMatchObject({ name: "PermissionDeniedError", gateway: "a" });
    expect(plan.rows[0]?.writes).toEqual([]);
  });

  it("is plain data that says everything again after JSON", async () => {
    const config = checked(text);
    const details = { adapter: "ngrok", message: "gone", outcome: "not-sent", retryable: false, status: 404 } as const;
    const { connections } = standIns(config, { a: { get: new NotFoundError(details) }, b: { get: { name: "New" } } });
    const plan = JSON.parse(JSON.stringify((await planned(config, connections)).plan));
    expect(plan).toMatchObject({ version: 1, writeUnverified: false });
    expect(plan.rows[0]).toMatchObject({
      status: "failed",
      error: { name: "NotFoundError", message: "gone", gateway: "a" },
    });
    expect(plan.rows[1]).toMatchObject({ status: "in-sync", fields: [{ field: "name", before: "New", after: "New" }] });
  });

  it("is made with reads alone, many of them without mixing up their rows", async () => {
    const many = Array.from(
      { length: 40 },
      (_, index) => `  p${index}: { name: N, gateways: { a: { id: "${index}" } } }`,
    );
    const config = checked(
      `version: 1\ngateways: { a: { adapter: ngrok, token: env:A } }\nproviders:\n${many.join("\n")}\n`,
    );
    const { connections, reads, updates } = standIns(config, {});
    const { plan } = await planned(config, connections, unverified);
    expect(plan.rows.map(({ provider, id }) => [provider, id])).toEqual(
      many.map((_, index) => [`p${index}`, `${index}`]),
    );
    // One list for all.
    expect(reads).toHaveLength(1);
    expect(updates).toEqual([]);
  });

  it("of nothing is empty", async () => {
    const config = checked("version: 1\ngateways: { a: { adapter: ngrok, token: env:A } }\n");
    const { plan } = await planned(config, new Map());
    expect(plan).toMatchObject({ version: 1, writeUnverified: false, strict: false, rows: [], exceeded: [] });
  });
});
