import { inspect } from "node:util";
import { barndoor, barndoorConnection } from "../../../adapters/barndoor/index.ts";
import { secret } from "../../../src/index.ts";
import type { ClientCredentials } from "../../../src/kit/index.ts";
import type { Sandbox } from "../../../src/testing/index.ts";
import { failureOf } from "../../support/error-cases.ts";
import { allowLoopback } from "../../support/loopback.ts";
import { BARNDOOR_ID, CONNECTION_ID, seed, until, useSandbox } from "../../support/sync.ts";

allowLoopback();
const open = useSandbox();

const TOKEN_PATH = "/realms/barndoor/protocol/openid-connect/token";
const CLIENT_SECRET = 'c1ient/secret+"7Kq=9';
const client = { client_id: "acme-sync", client_secret: CLIENT_SECRET };

/** A sandbox whose clock stands still until it is moved. */
async function started(tokenLifetime: number | "unstated" = 3600) {
  let now = Date.parse("2026-11-22T10:00:00Z");
  const sandbox = await open({
    seed: { ...seed, barndoor: { ...seed.barndoor, clients: [client] } },
    switches: { barndoor: { tokenLifetime } },
    now: () => now,
  });
  return { sandbox, move: (seconds: number) => (now += seconds * 1000) };
}

function settingsOf(sandbox: Sandbox, auth: Partial<ClientCredentials> = {}) {
  const tokenUrl = new URL(TOKEN_PATH, sandbox.urls.barndoor).href;
  return {
    baseUrl: sandbox.urls.barndoor,
    retry: { attempts: 0 },
    auth: { clientId: "acme-sync", clientSecret: secret(CLIENT_SECRET), tokenUrl, ...auth },
  };
}

/** Every request, in short. */
const sent = ({ requests }: Sandbox) =>
  requests.map(({ path, method, status }) => `${path === TOKEN_PATH ? "login" : method} ${status}`);

const issuedTo = ({ requests }: Sandbox) =>
  requests.flatMap(({ headers }) => headers.authorization ?? []).map((header) => header.replace("Bearer ", ""));

it("logs in at the first call, and not again while the token holds", async () => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox));
  expect((await gateway.get(BARNDOOR_ID)).name).toBe("OpenAI");
  await gateway.update(BARNDOOR_ID, { name: "Renamed", enabled: false });
  expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({ name: "Renamed", enabled: false });
  expect(sent(sandbox)).toEqual(["login 200", "GET 200", "PATCH 200"]);
  expect(new Set(issuedTo(sandbox)).size).toBe(1);
});

it("serves connections, too; each gateway has a token of its own", async () => {
  const { sandbox } = await started();
  await barndoorConnection(settingsOf(sandbox)).get(CONNECTION_ID);
  await barndoor(settingsOf(sandbox)).get(BARNDOOR_ID);
  expect(sent(sandbox)).toEqual(["login 200", "GET 200", "login 200", "GET 200"]);
  expect(new Set(issuedTo(sandbox)).size).toBe(2);
});

it("logs in once for twenty calls at the same time", async () => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox));
  await Promise.all(Array.from({ length: 20 }, () => gateway.get(BARNDOOR_ID)));
  expect(sent(sandbox).filter((line) => line === "login 200")).toHaveLength(1);
  expect(sandbox.requests).toHaveLength(21);
});

it.each([3600, "unstated"] as const)(
  "logs in anew after a 401 of the gateway (%s), and sends again",
  async (lifetime) => {
    const { sandbox, move } = await started(lifetime);
    const gateway = barndoor(settingsOf(sandbox));
    await gateway.get(BARNDOOR_ID);
    // By the gateway's clock it has ended; ours knows nothing of that.
    move(3601);
    await gateway.update(BARNDOOR_ID, { name: "Renamed" });
    expect(sandbox.stored("barndoor", BARNDOOR_ID)?.name).toBe("Renamed");
    expect(sent(sandbox)).toEqual(["login 200", "GET 200", "PATCH 401", "login 200", "PATCH 200"]);
  },
);

it("never goes on logging in: a second 401 is the answer", async () => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox));
  const body = { error: { type: "authentication_error", message: "not for this organization" } };
  sandbox.inject("barndoor", { kind: "status", status: 401, body, method: "PATCH", times: 9 });
  const error = await failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "AuthenticationError", outcome: "not-applied", retryable: false });
  expect(error.message).toContain("not for this organization");
  expect(sent(sandbox)).toEqual(["login 200", "PATCH 401", "login 200", "PATCH 401"]);
});

it("says after a lost reply and a 401 that nobody knows what became of the write", async () => {
  const { sandbox } = await started();
  const gateway = barndoor({ ...settingsOf(sandbox), retry: { attempts: 1 } });
  sandbox.inject("barndoor", { kind: "lost-reply", method: "PATCH", times: 1 });
  sandbox.inject("barndoor", { kind: "status", status: 401, method: "PATCH", times: 9 });
  const error = await failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "AuthenticationError", outcome: "unknown", retryable: false });
});

it.each<[string, Partial<ClientCredentials>]>([
  ["another secret", { clientSecret: secret('wr0ng/secret+"7Kq=9') }],
  ["another client", { clientId: "stranger" }],
])("refused for %s sends nothing of the write", async (_what, auth) => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox, auth));
  const error = await failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "AuthenticationError", status: 401, outcome: "not-sent", retryable: false });
  expect(error.message).toBe(
    `barndoor: POST ${TOKEN_PATH} was answered 401 (invalid_client): Invalid client or invalid client credentials. ` +
      "(the login: are clientId and clientSecret right, and is the client allowed in?)",
  );
  expect(sent(sandbox)).toEqual(["login 401"]);
});

it("that finds nothing at its address is no missing provider, and asks no other method of the gateway", async () => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox, { tokenUrl: new URL("/elsewhere", sandbox.urls.barndoor).href }));
  const error = await failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "AuthenticationError", status: 404, outcome: "not-sent" });
  expect(sandbox.requests).toHaveLength(1);
});

it("is tried again by the same rules as any read, within the same settings", async () => {
  const { sandbox } = await started();
  sandbox.inject("barndoor", { kind: "status", status: 503, path: TOKEN_PATH, times: 1 });
  await barndoor({ ...settingsOf(sandbox), retry: { attempts: 1 } }).get(BARNDOOR_ID);
  expect(sent(sandbox)).toEqual(["login 503", "login 200", "GET 200"]);
  sandbox.inject("barndoor", { kind: "reset", path: TOKEN_PATH, times: 1 });
  const error = await failureOf(() => barndoor(settingsOf(sandbox)).update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "NetworkError", outcome: "not-sent", retryable: true });
});

it("has no part in the account's rate budget", async () => {
  const { sandbox } = await started();
  const gateway = barndoor({ ...settingsOf(sandbox), rateLimit: { requests: 1, perMs: 3_600_000 } });
  expect((await gateway.get(BARNDOOR_ID)).name).toBe("OpenAI");
});

it.each(["html", "truncated"] as const)("answered with what is no token (%s) is InvalidResponseError", async (kind) => {
  const { sandbox } = await started();
  sandbox.inject("barndoor", { kind, path: TOKEN_PATH, times: 1 });
  const error = await failureOf(() => barndoor(settingsOf(sandbox)).update(BARNDOOR_ID, { name: "Renamed" }));
  expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "not-sent" });
  expect(sent(sandbox)).toEqual(["login 200"]);
});

it("that is slow keeps no call waiting that was told to end, and serves the others", async () => {
  const { sandbox } = await started();
  const gateway = barndoor(settingsOf(sandbox));
  sandbox.inject("barndoor", { kind: "latency", ms: 1000, path: TOKEN_PATH, times: 1 });
  const leaving = new AbortController();
  const left = failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }, { signal: leaving.signal }));
  const stays = gateway.get(BARNDOOR_ID);
  await until(() => sandbox.requests.length === 1);
  leaving.abort();
  expect(await left).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
  expect(sandbox.requests[0]?.status).toBeUndefined();
  expect((await stays).name).toBe("OpenAI");
  expect(sent(sandbox)).toEqual(["login 200", "GET 200"]);
});

describe("neither the client's secret nor a token", () => {
  const forms = (text: string) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    Buffer.from(text).toString("base64"),
  ];
  const shownIn = (value: unknown, secrets: readonly string[]) => {
    const text = [inspect(value, { depth: 12, showHidden: true }), JSON.stringify(value) ?? ""].join("\n");
    return secrets.flatMap(forms).filter((form) => text.includes(form));
  };

  it("shows in an error, however an answer quotes them", async () => {
    const { sandbox } = await started();
    const gateway = barndoor(settingsOf(sandbox));
    await gateway.get(BARNDOOR_ID);
    const [token = ""] = issuedTo(sandbox);
    const quoting = [token, CLIENT_SECRET].flatMap(forms).join(" ");
    const body = { error: { type: "invalid_request_error", message: quoting } };
    for (const status of [400, 401, 500]) {
      sandbox.inject("barndoor", { kind: "status", status, body, method: "PATCH", times: 2 });
      const error = await failureOf(() => gateway.update(BARNDOOR_ID, { name: "Renamed" }));
      expect(error.message).toContain("[redacted]");
      const secrets = [CLIENT_SECRET, ...issuedTo(sandbox)];
      expect(shownIn([error, String(error), error.stack], secrets)).toEqual([]);
    }
  });

  it("shows in a state, in the gateway itself, or in what a refused login says", async () => {
    const { sandbox } = await started();
    const gateway = barndoor(settingsOf(sandbox));
    await gateway.get(BARNDOOR_ID);
    const [token = ""] = issuedTo(sandbox);
    const { provider } = await gateway.update(BARNDOOR_ID, { name: `is ${token} or ${CLIENT_SECRET}` });
    expect(provider.name).toBe("is [redacted] or [redacted]");
    expect(shownIn([gateway, provider], [token, CLIENT_SECRET])).toEqual([]);
    const body = { error: "invalid_client", error_description: `what is ${CLIENT_SECRET}?` };
    sandbox.inject("barndoor", { kind: "status", status: 401, body, path: TOKEN_PATH, times: 1 });
    const error = await failureOf(() => barndoor(settingsOf(sandbox)).get(BARNDOOR_ID));
    expect(error.message).toContain("what is [redacted]?");
    expect(shownIn([error, error.stack], [CLIENT_SECRET])).toEqual([]);
  });
});
