import { barndoor } from "../../adapters/barndoor/index.ts";
import { adapters } from "../../adapters/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import {
  type Gateway,
  type GatewayError,
  type Outcome,
  type ProviderId,
  type ProviderUpdate,
  secret,
} from "../../src/index.ts";
import type { Fault, Sandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { BARNDOOR_ID, gatewayErrorOf, seed, until, useSandbox } from "../support/sync.ts";

allowLoopback();
const open = useSandbox();

const names = ["respan", "keywordsai", "barndoor", "ngrok"] as const;
type Name = (typeof names)[number];
const ids: Record<Name, ProviderId> = { respan: 101, keywordsai: 7, barndoor: BARNDOOR_ID, ngrok: "aigpk_openai" };
const nameMember: Record<Name, string> = {
  respan: "provider_name",
  keywordsai: "provider_name",
  barndoor: "name",
  ngrok: "name",
};

function connect(sandbox: Sandbox, name: Name, settings: object = {}): Gateway<ProviderId> {
  const adapter = adapters.find((candidate) => candidate.name === name);
  if (adapter === undefined) throw new Error(`there is no adapter ${name}`);
  const common = { baseUrl: sandbox.urls[name], token: secret(sandbox.tokens[name]), rateLimit: false };
  return adapter.open({ ...common, retry: { attempts: 0 }, timeoutMs: 30_000, ...settings });
}

type Expected = readonly [
  title: string,
  fault: Fault,
  error: GatewayError["name"],
  write: Outcome,
  takesEffect: boolean,
  timeoutMs: number,
];

const status = (code: number): Fault => ({ kind: "status", status: code });
const rows: readonly Expected[] = [
  ["a dropped connection", { kind: "reset" }, "NetworkError", "unknown", false, 30_000],
  ["a lost reply", { kind: "lost-reply" }, "NetworkError", "unknown", true, 30_000],
  ["a web page", { kind: "html" }, "InvalidResponseError", "unknown", true, 30_000],
  ["half a reply", { kind: "truncated" }, "InvalidResponseError", "unknown", true, 30_000],
  ["a reply that is too large", { kind: "huge-body" }, "InvalidResponseError", "unknown", true, 30_000],
  ["a reply that never ends", { kind: "slow-body" }, "TimeoutError", "unknown", true, 600],
  [
    "a redirect",
    { kind: "redirect", location: "https://elsewhere.test/" },
    "InvalidResponseError",
    "unknown",
    false,
    30_000,
  ],
  ["a 400", status(400), "RejectedError", "not-applied", false, 30_000],
  ["a 401", status(401), "AuthenticationError", "not-applied", false, 30_000],
  ["a 403", status(403), "PermissionDeniedError", "not-applied", false, 30_000],
  ["a 409", status(409), "ConflictError", "not-applied", false, 30_000],
  ["a 422", status(422), "RejectedError", "not-applied", false, 30_000],
  ["a 429", status(429), "RateLimitError", "not-applied", false, 30_000],
  ["a 408", status(408), "TimeoutError", "unknown", false, 30_000],
  ["a 500", status(500), "UnavailableError", "unknown", false, 30_000],
  ["a 503", status(503), "UnavailableError", "unknown", false, 30_000],
];

// Keywords AI is the family of Respan: what is one code is struck once.
describe.each(["respan", "barndoor", "ngrok"] as const)("%s", (name) => {
  it.each(rows)(
    "ends a read and a write after %s with the error that it is",
    async (_title, fault, error, write, takesEffect, timeoutMs) => {
      const sandbox = await open({ seed });
      const gateway = connect(sandbox, name, { timeoutMs });

      sandbox.inject(name, fault);
      const reading = await gatewayErrorOf(() => gateway.get(ids[name]));
      expect(reading).toMatchObject({ name: error, outcome: "not-sent", adapter: name });
      sandbox.inject(name, fault);
      const listing = await gatewayErrorOf(async () => {
        for await (const _provider of gateway.list()) break;
      });
      expect(listing).toMatchObject({ name: error, outcome: "not-sent" });

      const written = () => sandbox.requests.filter(({ method }) => method !== "GET").length;
      sandbox.inject(name, fault);
      const writing = await gatewayErrorOf(() => gateway.update(ids[name], { name: "Renamed" }));
      expect(writing).toMatchObject({ name: error, outcome: write, adapter: name });
      expect(written()).toBe(1);
      const changed = sandbox.stored(name, ids[name])?.[nameMember[name]] === "Renamed";
      expect(changed).toBe(takesEffect);
    },
  );

  it.each<[string, Fault]>([
    ["a dropped connection", { kind: "reset" }],
    ["a lost reply", { kind: "lost-reply" }],
    ["a 503", { kind: "status", status: 503 }],
    ["a 429 with a wait", { kind: "status", status: 429, headers: { "retry-after": "0" } }],
  ])("repeats a read, and a write that sets the same again, after %s", async (_title, fault) => {
    const sandbox = await open({ seed });
    const gateway = connect(sandbox, name, { retry: { attempts: 1 } });
    sandbox.inject(name, fault);
    await gateway.get(ids[name]);
    sandbox.inject(name, fault);
    const { provider } = await gateway.update(ids[name], { name: "Renamed" });
    expect(provider.name).toBe("Renamed");
    expect(sandbox.requests).toHaveLength(4);
  });

  it("cannot be reached: nothing was sent", async () => {
    const sandbox = await open({ seed });
    const gateway = connect(sandbox, name);
    await sandbox.close();
    const failed = { name: "NetworkError", outcome: "not-sent", retryable: true };
    expect(await gatewayErrorOf(() => gateway.get(ids[name]))).toMatchObject(failed);
    expect(await gatewayErrorOf(() => gateway.update(ids[name], { name: "Renamed" }))).toMatchObject(failed);
  });

  it("keeps the worst of all tries as the outcome", async () => {
    const sandbox = await open({ seed });
    const gateway = connect(sandbox, name, { retry: { attempts: 1 } });
    sandbox.inject(name, { kind: "lost-reply" });
    sandbox.inject(name, { kind: "status", status: 429, headers: { "retry-after": "0" } });
    const error = await gatewayErrorOf(() => gateway.update(ids[name], { name: "Renamed" }));
    expect(error).toMatchObject({ name: "RateLimitError", outcome: "unknown" });
  });

  it("ends at once when the caller aborts", async () => {
    const sandbox = await open({ seed, faults: { [name]: [{ kind: "slow-body" }] } });
    const gateway = connect(sandbox, name);
    const ending = new AbortController();
    const updating = gatewayErrorOf(() => gateway.update(ids[name], { name: "Renamed" }, { signal: ending.signal }));
    await until(() => sandbox.requests.at(-1)?.status !== undefined);
    ending.abort();
    expect(await updating).toMatchObject({ name: "AbortedError", outcome: "unknown", retryable: false });
    const early = { signal: AbortSignal.abort() };
    const late = await gatewayErrorOf(() => gateway.update(ids[name], { name: "Again" }, early));
    expect(late).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
    expect(sandbox.requests).toHaveLength(1);
  });

  it("tells a wrong token and a provider that is not there", async () => {
    const sandbox = await open({ seed });
    const stranger = connect(sandbox, name, { token: secret("not-the-token") });
    const refused = { name: "AuthenticationError", status: 401 };
    expect(await gatewayErrorOf(() => stranger.get(ids[name]))).toMatchObject({ ...refused, outcome: "not-sent" });
    const writing = await gatewayErrorOf(() => stranger.update(ids[name], { name: "N" }));
    expect(writing).toMatchObject({ ...refused, outcome: "not-applied" });
    const missing: Record<Name, ProviderId> = {
      respan: 9,
      keywordsai: 9,
      barndoor: "00000000-0000-4000-8000-0000000000ff",
      ngrok: "none",
    };
    const gateway = connect(sandbox, name);
    expect(await gatewayErrorOf(() => gateway.get(missing[name]))).toMatchObject({ name: "NotFoundError" });
    const update = await gatewayErrorOf(() => gateway.update(missing[name], { name: "N" }));
    expect(update).toMatchObject({ name: "NotFoundError", outcome: "not-applied" });
  });
});

describe("a rotate at ngrok", () => {
  const update = { name: "Renamed", credential: { scheme: "api_key", apiKey: secret("sk-new") } } as const;
  const rotate = { method: "POST", path: "/rotate" };

  it.each<[string, Fault, GatewayError["name"], string]>([
    ["a lost reply", { kind: "lost-reply", ...rotate }, "NetworkError", "sk-new"],
    ["a dropped connection", { kind: "reset", ...rotate }, "NetworkError", "sk-old-ngrok-key"],
    ["a 503", { kind: "status", status: 503, ...rotate }, "UnavailableError", "sk-old-ngrok-key"],
    ["half a reply", { kind: "truncated", ...rotate }, "InvalidResponseError", "sk-new"],
  ])("is not repeated after %s, and sends no more", async (_title, fault, name, value) => {
    const sandbox = await open({ seed, faults: { ngrok: [fault] } });
    const gateway = connect(sandbox, "ngrok", { retry: { attempts: 2 } });
    const error = await gatewayErrorOf(() => gateway.update("aigpk_openai", { ...update, description: "new" }));
    expect(error).toMatchObject({ name, outcome: "unknown", retryable: false });
    expect(sandbox.requests).toHaveLength(1);
    expect(sandbox.stored("ngrok", "aigpk_openai")).toMatchObject({ value, description: "primary" });
  });

  it("is repeated after a 429", async () => {
    const fault: Fault = { kind: "status", status: 429, headers: { "retry-after": "0" }, ...rotate };
    const sandbox = await open({ seed, faults: { ngrok: [fault] } });
    await connect(sandbox, "ngrok", { retry: { attempts: 1 } }).update("aigpk_openai", update);
    expect(sandbox.stored("ngrok", "aigpk_openai")).toMatchObject({ value: "sk-new", name: "Renamed" });
  });

  it("that took effect before the rest failed is a partial update", async () => {
    const fault: Fault = { kind: "status", status: 422, method: "PATCH" };
    const sandbox = await open({ seed, faults: { ngrok: [fault] } });
    const error = await gatewayErrorOf(() =>
      connect(sandbox, "ngrok").update("aigpk_openai", { ...update, description: null }),
    );
    expect(error).toMatchObject({
      name: "PartialUpdateError",
      outcome: "partial",
      applied: ["credential", "name"],
      failed: ["description"],
      cause: { name: "RejectedError" },
    });
  });

  it("is not sent when the name cannot be read first", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "status", status: 500, method: "GET" }] } });
    const { credential } = update;
    const error = await gatewayErrorOf(() => connect(sandbox, "ngrok").update("aigpk_openai", { credential }));
    expect(error).toMatchObject({ name: "UnavailableError", outcome: "not-sent" });
    expect(sandbox.requests).toHaveLength(1);
  });
});

describe("a key that a gateway echoes", () => {
  const KEY = "sk-echoed-by-the-gateway";
  const credential = { scheme: "api_key", apiKey: secret(KEY) } as const;

  it.each<[string, Name, Fault[], ProviderUpdate]>([
    [
      "to the request that carried it",
      "barndoor",
      [{ kind: "status", status: 400, method: "PATCH", body: { error: { message: `${KEY} is wrong` } } }],
      { credential },
    ],
    [
      "to the read after a refused method",
      "barndoor",
      [
        { kind: "status", status: 404, method: "PATCH" },
        { kind: "status", status: 400, method: "GET", body: { error: { message: `${KEY} is wrong` } } },
      ],
      { credential },
    ],
    [
      "to the request after the one that carried it",
      "ngrok",
      [{ kind: "status", status: 400, method: "PATCH", body: { msg: `${KEY} is wrong` } }],
      { name: "N", credential, description: "new" },
    ],
    [
      "to the read before the one that will carry it",
      "ngrok",
      [{ kind: "status", status: 400, method: "GET", body: { msg: `${KEY} is wrong` } }],
      { credential },
    ],
  ])("%s is scrubbed from the error", async (_title, name, faults, update) => {
    const sandbox = await open({ seed, faults: { [name]: faults } });
    const error = await gatewayErrorOf(() => connect(sandbox, name).update(ids[name], update));
    expect(error.message).toContain("is wrong");
    expect(JSON.stringify(error)).not.toContain(KEY);
  });
});

describe("the documented limit of 60 requests a minute", () => {
  it.each([respan, keywordsai].map((adapter) => ({ name: adapter.name, adapter })))(
    "of $name is told with the wait that the body states",
    async ({ adapter }) => {
      let now = Date.parse("2026-01-01T00:00:00Z");
      const name = adapter.name === "respan" ? "respan" : "keywordsai";
      const sandbox = await open({ seed, switches: { [name]: { rateLimit: true } }, now: () => now });
      const gateway = connect(sandbox, name, { retry: { attempts: 0, budgetMs: 1000 } });
      for (let count = 0; count < 60; count++) await gateway.get(ids[name]);
      now += 20_000;
      const error = await gatewayErrorOf(() => gateway.update(ids[name], { name: "Renamed" }));
      expect(error).toMatchObject({
        name: "RateLimitError",
        retryAfterMs: 40_000,
        outcome: "not-applied",
        retryable: true,
      });
      now += 40_000;
      await gateway.update(ids[name], { name: "Renamed" });
      expect(sandbox.stored(name, ids[name])?.provider_name).toBe("Renamed");
    },
  );

  it("is kept without being told: the call that is over it waits, and sends nothing when it is aborted", async () => {
    const sandbox = await open({ seed, switches: { respan: { rateLimit: true } } });
    const gateway = respan({ baseUrl: sandbox.urls.respan, token: secret(sandbox.tokens.respan) });
    await Promise.all(Array.from({ length: 60 }, () => gateway.get(101)));
    const ending = new AbortController();
    const waiting = gatewayErrorOf(() => gateway.get(101, { signal: ending.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    ending.abort();
    expect(await waiting).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
    expect(sandbox.requests).toHaveLength(60);
  });

  it("is not there at the others", async () => {
    const sandbox = await open({ seed });
    const common = { retry: { attempts: 0 } };
    const others = [
      barndoor({ baseUrl: sandbox.urls.barndoor, token: secret(sandbox.tokens.barndoor), ...common }).get(BARNDOOR_ID),
      ngrok({ baseUrl: sandbox.urls.ngrok, token: secret(sandbox.tokens.ngrok), ...common }).get("aigpk_openai"),
    ];
    expect((await Promise.all(others)).map(({ name }) => name)).toEqual(["OpenAI", "OpenAI"]);
  });
});
