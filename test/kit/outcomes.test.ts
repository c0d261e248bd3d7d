import { Readable } from "node:stream";
import { barndoor } from "../../adapters/barndoor/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { respan } from "../../adapters/respan/index.ts";
import {
  type AnyAdapter,
  type Call,
  type Gateway,
  type GatewayError,
  isGatewayError,
  type ProviderId,
  type ProviderUpdate,
  secret,
} from "../../src/index.ts";
import type { CommonSettings } from "../../src/kit/index.ts";
import { fixture } from "../support/fixture.ts";
import { credentials, token } from "../support/mapping.ts";
import nock from "../support/nock.ts";
import { type Step, scriptWire, type WireRequest } from "../support/wire.ts";

/** One provider of each vendor, and one write that is safe to repeat. */
interface Target {
  readonly vendor: string;
  readonly origin: string;
  readonly path: string;
  readonly listPath: string;
  readonly reply: Record<string, unknown>;
  readonly id: ProviderId;
  open(settings?: Partial<CommonSettings>): Gateway<ProviderId>;
}

const uuid = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const rename = { name: "N" };
const never = { attempts: 0 };
const atOnce = { "retry-after": "0" };

// As a registry has them: with ids of any kind.
const registry: Readonly<Record<"respan" | "barndoor" | "ngrok", AnyAdapter>> = { respan, barndoor, ngrok };

const targets: readonly [Target, ...Target[]] = [
  {
    vendor: "respan",
    origin: "https://api.respan.ai",
    path: "/api/providers/my-azure-provider/",
    listPath: "/api/providers/",
    reply: fixture("respan/updated"),
    id: "my-azure-provider",
    open: (settings) => registry.respan.open({ token, identifier: "provider_id", ...settings }),
  },
  {
    vendor: "barndoor",
    origin: "https://app.barndoor.ai",
    path: `/api/llm-gateway/admin/providers/${uuid}`,
    listPath: "/api/llm-gateway/admin/providers",
    reply: fixture("barndoor/updated"),
    id: uuid,
    open: (settings) => registry.barndoor.open({ token, baseUrl: "https://app.barndoor.ai", ...settings }),
  },
  {
    vendor: "ngrok",
    origin: "https://api.ngrok.ai",
    path: "/provider-keys/aigpk_2abc",
    listPath: "/provider-keys?limit=100",
    reply: fixture("ngrok/key"),
    id: "aigpk_2abc",
    open: (settings) => registry.ngrok.open({ token, ...settings }),
  },
];

type Answer = Omit<Step, "method" | "path">;

/** Scripts the answers to one kind of request to the item, and records what is sent. */
const answers = (target: Target, method: string, ...list: readonly Answer[]): readonly WireRequest[] =>
  scriptWire(
    target.origin,
    list.map((answer) => ({ method, path: target.path, ...answer })),
  );

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  if (!isGatewayError(error)) throw new Error("no error of the contract was thrown");
  return error;
}

async function collect(gateway: Gateway<ProviderId>, call: Call = {}): Promise<unknown[]> {
  const providers: unknown[] = [];
  for await (const provider of gateway.list(call)) providers.push(provider);
  return providers;
}

const methodsOf = (requests: readonly WireRequest[]) => requests.map(({ method }) => method);
const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);
const lost = { fault: "ECONNRESET" };
const refused = { fault: "ECONNREFUSED" };
const down = { status: 503, reply: "down", headers: atOnce };
const slowDown = { status: 429, reply: "slow down", headers: atOnce };

describe.each(targets)("a write at $vendor that is safe to repeat", (target) => {
  const { id } = target;
  const updating = (settings: Partial<CommonSettings> = {}, call: Call = {}) =>
    target.open(settings).update(id, rename, call);
  const attempts = (count: number) => ({ retry: { attempts: count } });

  it.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])(
    "was not sent after %s, and may be tried again",
    async (fault) => {
      const requests = answers(target, "PATCH", { fault });
      expect(await failureOf(updating({ retry: never }))).toMatchObject({
        name: "NetworkError",
        outcome: "not-sent",
        retryable: true,
        message: expect.stringContaining(fault),
      });
      expect(requests).toHaveLength(1);
    },
  );

  it.each(["ECONNRESET", "EPIPE", "ETIMEDOUT", "UNKNOWN_FAULT"])(
    "is unknown after %s, and may be tried again",
    async (fault) => {
      const requests = answers(target, "PATCH", { fault });
      expect(await failureOf(updating({ retry: never }))).toMatchObject({
        name: "NetworkError",
        outcome: "unknown",
        retryable: true,
      });
      expect(requests).toHaveLength(1);
    },
  );

  it("is unknown without an answer in time", async () => {
    const requests: string[] = [];
    nock(target.origin)
      .patch(target.path)
      .reply(() => {
        requests.push("PATCH");
        return new Promise<never>(() => {});
      });
    expect(await failureOf(updating({ retry: never, timeoutMs: 150 }))).toMatchObject({
      name: "TimeoutError",
      outcome: "unknown",
      retryable: true,
    });
    expect(requests).toStrictEqual(["PATCH"]);
  });

  it("succeeds after a lost reply, with the same request again", async () => {
    const requests = answers(target, "PATCH", lost, { reply: target.reply });
    await expect(updating(attempts(1))).resolves.toMatchObject({ provider: { id } });
    expect(methodsOf(requests)).toStrictEqual(["PATCH", "PATCH"]);
    expect(requests[1]).toStrictEqual(requests[0]);
  });

  describe("the count of tries", () => {
    it.each<[string, Partial<CommonSettings>, number]>([
      ["three by default", {}, 3],
      ["one without retries", { retry: { attempts: 0 } }, 1],
      ["two with one retry", { retry: { attempts: 1 } }, 2],
      ["five with four retries", { retry: { attempts: 4 } }, 5],
      ["three where only the budget is set", { retry: { budgetMs: 60_000 } }, 3],
    ])("is %s", async (_what, settings, count) => {
      const requests = answers(target, "PATCH", ...times(count + 1, down));
      expect(await failureOf(updating(settings))).toMatchObject({ name: "UnavailableError", outcome: "unknown" });
      expect(requests).toHaveLength(count);
    });

    it.each([408, 425, 429, 500, 502, 503, 504])("is more than one after a %i", async (status) => {
      const requests = answers(target, "PATCH", { status, headers: atOnce }, { reply: target.reply });
      await expect(updating(attempts(1))).resolves.toMatchObject({ provider: { id } });
      expect(requests).toHaveLength(2);
    });

    it.each([400, 401, 403, 409, 410, 418, 422])("is one after a %i, even with a wait", async (status) => {
      const requests = answers(target, "PATCH", ...times(2, { status, headers: atOnce }));
      expect(await failureOf(updating())).toMatchObject({ status, outcome: "not-applied", retryable: false });
      expect(requests).toHaveLength(1);
    });

    it.each([
      ["429", 429, { name: "RateLimitError", outcome: "not-applied", retryAfterMs: 60_000 }],
      ["503", 503, { name: "UnavailableError", outcome: "unknown" }],
    ] as const)("is one after a %s whose wait is longer than the budget", async (_what, status, error) => {
      const requests = answers(target, "PATCH", ...times(2, { status, headers: { "retry-after": "60" } }));
      const settings = { retry: { attempts: 5, budgetMs: 1000 } };
      expect(await failureOf(updating(settings))).toMatchObject({ ...error, retryable: true });
      expect(requests).toHaveLength(1);
    });

    it("is one where the wait that grows by itself is longer than the budget", async () => {
      const requests = answers(target, "PATCH", ...times(2, { status: 503, reply: "down" }));
      expect(await failureOf(updating({ retry: { attempts: 5, budgetMs: 1 } }))).toMatchObject({ status: 503 });
      expect(requests).toHaveLength(1);
    });
  });

  const unusable = (text: string) => ({ reply: text });
  const other = { ...target.reply, id: "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a222", provider_id: "other" };
  const { id: _id, ...withoutId } = target.reply;
  const bad: readonly [string, Answer][] = [
    ["HTML", { ...unusable("<html><body>Sign in</body></html>"), headers: { "content-type": "text/html" } }],
    ["half of a JSON text", unusable(JSON.stringify(target.reply).slice(0, -20))],
    ["nothing", unusable("")],
    ["null", unusable("null")],
    ["a list", unusable("[]")],
    ["an object that lacks what we need", unusable('{"ok": true}')],
    ["an object without an id", unusable(JSON.stringify(withoutId))],
    ["an object whose name is no text", unusable(JSON.stringify({ ...target.reply, name: 5, provider_name: 5 }))],
    ["another provider", unusable(JSON.stringify(other))],
    ["201 and nothing we need", { status: 201, reply: {} }],
    ["more than 10 MiB", unusable(`"${"x".repeat(10 * 1024 * 1024)}"`)],
  ];

  it.each(bad)("is unknown after a success with %s, and is not repeated", async (_what, answer) => {
    const requests = answers(target, "PATCH", answer, { reply: target.reply });
    expect(await failureOf(updating())).toMatchObject({
      name: "InvalidResponseError",
      outcome: "unknown",
      retryable: false,
    });
    expect(requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])("is unknown after a %i, which is not followed", async (status) => {
    const headers = { location: `${target.origin}${target.path}moved` };
    const requests = answers(target, "PATCH", { status, headers });
    expect(await failureOf(updating())).toMatchObject({
      name: "InvalidResponseError",
      status,
      outcome: "unknown",
      retryable: false,
    });
    expect(methodsOf(requests)).toStrictEqual(["PATCH"]);
  });

  it("takes its key along to no other host", async () => {
    const requests = answers(target, "PATCH", { status: 307, headers: { location: "https://elsewhere.test/" } });
    const elsewhere = scriptWire("https://elsewhere.test", [{ method: "PATCH", path: "/" }]);
    expect(await failureOf(updating())).toMatchObject({ name: "InvalidResponseError" });
    expect([requests.length, elsewhere.length]).toStrictEqual([1, 0]);
  });

  describe("that is aborted", () => {
    it("before it starts was not sent", async () => {
      const requests = answers(target, "PATCH", { reply: target.reply });
      expect(await failureOf(updating({}, { signal: AbortSignal.abort() }))).toMatchObject({
        name: "AbortedError",
        outcome: "not-sent",
      });
      expect(requests).toStrictEqual([]);
    });

    it("while it is under way is unknown", async () => {
      const controller = new AbortController();
      const onRequest = () => controller.abort();
      const requests = answers(target, "PATCH", { reply: target.reply, onRequest });
      expect(await failureOf(updating({}, { signal: controller.signal }))).toMatchObject({
        name: "AbortedError",
        outcome: "unknown",
      });
      expect(requests).toHaveLength(1);
    });

    it.each<[string, Answer, string]>([
      ["after a 429 was refused", { status: 429 }, "not-applied"],
      ["after a 5xx is unknown", { status: 503 }, "unknown"],
    ])("while it waits for its next try %s", async (_what, answer, outcome) => {
      const controller = new AbortController();
      const headers = { "retry-after": "60" };
      const requests = answers(target, "PATCH", { ...answer, headers }, { reply: target.reply });
      const failing = failureOf(updating({}, { signal: controller.signal }));
      await replied();
      controller.abort();
      expect(await failing).toMatchObject({ name: "AbortedError", outcome });
      expect(requests).toHaveLength(1);
    });

    it("while it waits for its turn was not sent", async () => {
      const controller = new AbortController();
      const requests = answers(target, "PATCH", { reply: target.reply });
      const gateway = target.open({ rateLimit: { requests: 1, perMs: 600_000 } });
      await gateway.update(id, rename);
      const failing = failureOf(gateway.update(id, rename, { signal: controller.signal }));
      controller.abort();
      expect(await failing).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
      expect(requests).toHaveLength(1);
    });
  });

  it.each<[string, () => never]>([
    [
      "throws",
      () => {
        throw new Error("vault password hunter2");
      },
    ],
    ["gives no Secret", () => "hunter2" as never],
  ])("was not sent where the token function %s, whose text is not told", async (_what, giveToken) => {
    const requests = answers(target, "PATCH", { reply: target.reply });
    const error = await failureOf(updating({ token: giveToken }));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent", issues: [{ path: "token" }] });
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(requests).toStrictEqual([]);
  });
});

describe("the outcome of several tries", () => {
  const [target] = targets;
  const updating = () => target.open({ retry: { attempts: 1 } }).update(target.id, rename);

  const worst: readonly [string, Answer, Answer, object][] = [
    ["a lost reply and then a 429", lost, slowDown, { name: "RateLimitError", outcome: "unknown" }],
    ["a lost reply and then a refused connection", lost, refused, { name: "NetworkError", outcome: "unknown" }],
    [
      "a 5xx and then a refusal",
      down,
      { status: 400, reply: "no" },
      { name: "RejectedError", outcome: "unknown", retryable: false },
    ],
    [
      "a 408 and then a missing right",
      { status: 408, headers: atOnce },
      { status: 403, reply: "no" },
      { name: "PermissionDeniedError", outcome: "unknown", retryable: false },
    ],
    ["a 429 and then a refused connection", slowDown, refused, { name: "NetworkError", outcome: "not-applied" }],
    ["a 429 and then a 5xx", slowDown, down, { name: "UnavailableError", outcome: "unknown" }],
    ["a 429 twice", slowDown, slowDown, { name: "RateLimitError", outcome: "not-applied", retryable: true }],
    [
      "a refused connection and then a refusal",
      refused,
      { status: 400 },
      { name: "RejectedError", outcome: "not-applied" },
    ],
    ["a refused connection twice", refused, refused, { name: "NetworkError", outcome: "not-sent", retryable: true }],
  ];

  it.each(worst)("has the worst outcome of its tries: %s", async (_what, first, second, error) => {
    const requests = answers(target, "PATCH", first, second);
    expect(await failureOf(updating())).toMatchObject(error);
    expect(methodsOf(requests)).toStrictEqual(["PATCH", "PATCH"]);
  });

  it("is unknown where the reply breaks off", async () => {
    const reply = () => brokenOff();
    nock(target.origin).patch(target.path).reply(200, reply);
    const gateway = target.open({ retry: never });
    expect(await failureOf(gateway.update(target.id, rename))).toMatchObject({
      name: "NetworkError",
      outcome: "unknown",
      retryable: true,
    });
  });

  it.each<[string, unknown, Record<string, string>]>([
    ["in the header", {}, { "retry-after": "60" }],
    ["in the body", { detail: "Rate limit exceeded", retry_after: 60 }, {}],
  ])("is that of the first one where the wait %s is too long for another", async (_what, reply, headers) => {
    const requests = answers(target, "PATCH", ...times(2, { status: 429, reply, headers }));
    const gateway = target.open({ retry: { attempts: 2, budgetMs: 1000 } });
    expect(await failureOf(gateway.update(target.id, rename))).toMatchObject({
      name: "RateLimitError",
      outcome: "not-applied",
      retryAfterMs: 60_000,
    });
    expect(requests).toHaveLength(1);
  });
});

/** The beginning of a reply, and then the connection is gone. */
function brokenOff(): Readable {
  return new Readable({
    read() {
      this.push('{"id": "');
      this.destroy(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
    },
  });
}

/** Waits until the last reply is received: a number of turns, not a time. */
async function replied(): Promise<void> {
  while (nock.pendingMocks().length > 1) await turn();
  for (let turns = 0; turns < 50; turns++) await turn();
}

// A timer and an immediate: the simulated reply takes a few of each.
const turn = () => new Promise<void>((resolve) => setTimeout(() => setImmediate(resolve), 0));

describe.each(targets)("a read at $vendor", (target) => {
  const gateway = (settings: Partial<CommonSettings> = {}) => target.open({ retry: never, ...settings });
  const failures: readonly [string, Answer, string][] = [
    ["a 400", { status: 400 }, "RejectedError"],
    ["a 401", { status: 401 }, "AuthenticationError"],
    ["a 403", { status: 403 }, "PermissionDeniedError"],
    ["a 404", { status: 404 }, "NotFoundError"],
    ["a 408", { status: 408 }, "TimeoutError"],
    ["a 429", { status: 429 }, "RateLimitError"],
    ["a 500", { status: 500 }, "UnavailableError"],
    ["a lost reply", lost, "NetworkError"],
    ["a refused connection", refused, "NetworkError"],
    ["a redirect", { status: 302, headers: { location: target.origin } }, "InvalidResponseError"],
    ["HTML", { reply: "<html></html>" }, "InvalidResponseError"],
    ["half of a JSON text", { reply: '{"id": "my' }, "InvalidResponseError"],
    ["an object that lacks what we need", { reply: {} }, "InvalidResponseError"],
  ];

  it.each(failures)("writes nothing, whatever becomes of it: %s", async (_what, answer, name) => {
    const requests = answers(target, "GET", answer);
    expect(await failureOf(gateway().get(target.id))).toMatchObject({ name, outcome: "not-sent" });
    expect(requests).toHaveLength(1);
  });

  it.each(failures)("of a list writes nothing, whatever becomes of it: %s", async (_what, answer, name) => {
    const requests = scriptWire(target.origin, [{ method: "GET", path: target.listPath, ...answer }]);
    expect(await failureOf(collect(gateway()))).toMatchObject({ name, outcome: "not-sent" });
    expect(requests).toHaveLength(1);
  });

  it("refuses a reply for another provider", async () => {
    const reply = { ...target.reply, id: "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a222", provider_id: "other" };
    answers(target, "GET", { reply });
    expect(await failureOf(gateway().get(target.id))).toMatchObject({
      name: "InvalidResponseError",
      outcome: "not-sent",
    });
  });

  it("is repeated after a 5xx and after a lost reply", async () => {
    const requests = answers(target, "GET", lost, { reply: target.reply });
    await expect(gateway({ retry: { attempts: 1 } }).get(target.id)).resolves.toMatchObject({ id: target.id });
    answers(target, "GET", down, { reply: target.reply });
    await expect(gateway({ retry: { attempts: 1 } }).get(target.id)).resolves.toMatchObject({ id: target.id });
    expect(requests).toHaveLength(2);
  });

  it("is aborted before it starts, or while it is under way, with nothing written", async () => {
    const controller = new AbortController();
    const requests = answers(target, "GET", { reply: target.reply, onRequest: () => controller.abort() });
    const aborted = { name: "AbortedError", outcome: "not-sent" };
    expect(await failureOf(gateway().get(target.id, { signal: AbortSignal.abort() }))).toMatchObject(aborted);
    expect(await failureOf(collect(gateway(), { signal: AbortSignal.abort() }))).toMatchObject(aborted);
    expect(requests).toStrictEqual([]);
    expect(await failureOf(gateway().get(target.id, { signal: controller.signal }))).toMatchObject(aborted);
    expect(requests).toHaveLength(1);
  });
});

const key = { credential: credentials.api_key };
const path = "/provider-keys/aigpk_2abc";
const ngrokKey = fixture("ngrok/key");
const named: ProviderUpdate = { name: "N", ...key };

/** Scripts the calls of one ngrok update: `GET`, `POST` (the rotate) and `PATCH`. */
async function ngrokUpdate(
  steps: readonly (readonly ["GET" | "POST" | "PATCH", Answer])[],
  update: ProviderUpdate,
  { signal, ...settings }: Partial<CommonSettings> & Call = {},
): Promise<{ outcome: unknown; methods: readonly string[] }> {
  const requests = scriptWire(
    "https://api.ngrok.ai",
    steps.map(([method, answer]) => {
      const own = method === "POST" ? `${path}/rotate` : path;
      return { method, path: own, reply: ngrokKey, ...answer };
    }),
  );
  const call = signal === undefined ? {} : { signal };
  const outcome: unknown = await ngrok({ token, ...settings })
    .update("aigpk_2abc", update, call)
    .catch((error: unknown) => error);
  return { outcome, methods: methodsOf(requests) };
}

describe("a read before the write", () => {
  const failures: readonly [string, Answer, object][] = [
    ["a 404", { status: 404 }, { name: "NotFoundError" }],
    ["a 403", { status: 403 }, { name: "PermissionDeniedError" }],
    ["a 429", { status: 429 }, { name: "RateLimitError", retryable: true }],
    ["a 500", { status: 500 }, { name: "UnavailableError", retryable: true }],
    ["a lost reply", lost, { name: "NetworkError", retryable: true }],
    ["a refused connection", refused, { name: "NetworkError", retryable: true }],
    ["HTML", { reply: "<html></html>" }, { name: "InvalidResponseError" }],
    ["a reply for another key", { reply: { ...ngrokKey, id: "aigpk_other" } }, { name: "InvalidResponseError" }],
    ["a redirect", { status: 307, headers: { location: path } }, { name: "InvalidResponseError" }],
  ];

  it.each(failures)("that ends with %s leaves the write unsent", async (_what, answer, error) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["GET", answer],
        ["POST", {}],
      ],
      key,
      { retry: never },
    );
    expect(outcome).toMatchObject({ ...error, outcome: "not-sent" });
    expect(methods).toStrictEqual(["GET"]);
  });

  it("that is aborted leaves the write unsent", async () => {
    const controller = new AbortController();
    const { outcome, methods } = await ngrokUpdate(
      [
        ["GET", { onRequest: () => controller.abort() }],
        ["POST", {}],
      ],
      key,
      { signal: controller.signal },
    );
    expect(outcome).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
    expect(methods).toStrictEqual(["GET"]);
  });

  it("is repeated like any read", async () => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["GET", down],
        ["GET", {}],
        ["POST", {}],
      ],
      key,
    );
    expect(outcome).toMatchObject({ provider: { id: "aigpk_2abc" } });
    expect(methods).toStrictEqual(["GET", "GET", "POST"]);
  });
});

describe("a rotate at ngrok", () => {
  it.each<[string, Answer, string]>([
    ["a lost reply", lost, "NetworkError"],
    ["a 408", { status: 408, headers: atOnce }, "TimeoutError"],
    ["a 500", { status: 500, headers: atOnce }, "UnavailableError"],
    ["a 502", { status: 502, headers: atOnce }, "UnavailableError"],
    ["a 503", down, "UnavailableError"],
  ])("is never repeated after %s", async (_what, answer, name) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", answer],
        ["POST", {}],
      ],
      named,
    );
    expect(outcome).toMatchObject({ name, outcome: "unknown", retryable: false });
    expect(methods).toStrictEqual(["POST"]);
  });

  it("is never repeated without an answer in time", async () => {
    const methods: string[] = [];
    nock("https://api.ngrok.ai")
      .post(`${path}/rotate`)
      .times(2)
      .reply(() => {
        methods.push("POST");
        return new Promise<never>(() => {});
      });
    const gateway = ngrok({ token, timeoutMs: 150 });
    expect(await failureOf(gateway.update("aigpk_2abc", named))).toMatchObject({
      name: "TimeoutError",
      outcome: "unknown",
      retryable: false,
    });
    expect(methods).toStrictEqual(["POST"]);
  });

  it("is never repeated after a reply that breaks off", async () => {
    let sent = 0;
    nock("https://api.ngrok.ai")
      .post(`${path}/rotate`)
      .times(2)
      .reply(200, () => {
        sent += 1;
        return brokenOff();
      });
    expect(await failureOf(ngrok({ token }).update("aigpk_2abc", named))).toMatchObject({
      name: "NetworkError",
      outcome: "unknown",
      retryable: false,
    });
    expect(sent).toBe(1);
  });

  it.each([400, 401, 403, 404, 409, 422, 425])("is never repeated after a %i", async (status) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", { status, headers: atOnce }],
        ["POST", {}],
      ],
      named,
    );
    expect(outcome).toMatchObject({ status, outcome: "not-applied" });
    expect(methods).toStrictEqual(["POST"]);
  });

  it.each<[string, Answer]>([
    ["a 429", slowDown],
    ["a refused connection", refused],
  ])("is repeated after %s", async (_what, answer) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", answer],
        ["POST", {}],
      ],
      named,
      { retry: { attempts: 1 } },
    );
    expect(outcome).toMatchObject({ provider: { id: "aigpk_2abc" } });
    expect(methods).toStrictEqual(["POST", "POST"]);
  });

  it.each<[string, readonly Answer[], object]>([
    [
      "429s to the end",
      [slowDown, slowDown, slowDown],
      { name: "RateLimitError", outcome: "not-applied", retryable: true },
    ],
    ["a 429 and then a lost reply", [slowDown, lost], { name: "NetworkError", outcome: "unknown", retryable: false }],
    ["a 429 and then a 503", [slowDown, down], { name: "UnavailableError", outcome: "unknown", retryable: false }],
  ])("ends after %s", async (_what, list, error) => {
    const steps = [...list, {}].map((answer): readonly ["POST", Answer] => ["POST", answer]);
    const { outcome, methods } = await ngrokUpdate(steps, named);
    expect(outcome).toMatchObject(error);
    expect(methods).toHaveLength(list.length);
  });

  it.each<[string, Answer]>([
    ["HTML", { reply: "<html></html>" }],
    ["another key", { reply: { ...ngrokKey, id: "aigpk_other" } }],
    ["a redirect", { status: 307, headers: { location: path } }],
  ])("is unknown after %s, and no PATCH follows", async (_what, answer) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", answer],
        ["PATCH", {}],
      ],
      { ...named, description: "D" },
    );
    expect(outcome).toMatchObject({ name: "InvalidResponseError", outcome: "unknown", retryable: false });
    expect(methods).toStrictEqual(["POST"]);
  });

  it("is unknown when it is aborted under way, and no PATCH follows", async () => {
    const controller = new AbortController();
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", { onRequest: () => controller.abort() }],
        ["PATCH", {}],
      ],
      { ...named, description: "D" },
      { signal: controller.signal },
    );
    expect(outcome).toMatchObject({ name: "AbortedError", outcome: "unknown", retryable: false });
    expect(methods).toStrictEqual(["POST"]);
  });
});

describe("an update of two calls whose second one fails", () => {
  const both: ProviderUpdate = { ...named, description: "D", metadata: null };
  const fields = { applied: ["credential", "name"], failed: ["description", "metadata"] };
  const partial = { name: "PartialUpdateError", code: "PARTIAL_UPDATE", adapter: "ngrok", outcome: "partial" };

  it.each<[string, Answer, object]>([
    [
      "a 422",
      { status: 422, reply: { msg: "too long" } },
      { name: "RejectedError", status: 422, outcome: "not-applied" },
    ],
    ["a 404", { status: 404, reply: { msg: "gone" } }, { name: "NotFoundError", outcome: "not-applied" }],
    ["a 429", { status: 429 }, { name: "RateLimitError", outcome: "not-applied" }],
    ["a 503", { status: 503 }, { name: "UnavailableError", outcome: "unknown" }],
    ["a lost reply", lost, { name: "NetworkError", outcome: "unknown" }],
    ["a refused connection", refused, { name: "NetworkError", outcome: "not-sent" }],
    ["HTML", { reply: "<html></html>" }, { name: "InvalidResponseError", outcome: "unknown" }],
    [
      "another key",
      { reply: { ...ngrokKey, id: "aigpk_other" } },
      { name: "InvalidResponseError", outcome: "unknown" },
    ],
  ])("is partial after %s, and says which fields took effect", async (_what, answer, cause) => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", {}],
        ["PATCH", answer],
      ],
      both,
      { retry: never },
    );
    expect(outcome).toMatchObject({ ...partial, ...fields, cause });
    expect(isGatewayError(outcome) && isGatewayError(outcome.cause)).toBe(true);
    expect(methods).toStrictEqual(["POST", "PATCH"]);
  });

  it("names the key alone where the name was only sent back", async () => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["GET", {}],
        ["POST", {}],
        ["PATCH", { status: 422, reply: { msg: "too long" } }],
      ],
      { ...key, description: "D" },
    );
    expect(outcome).toMatchObject({ ...partial, applied: ["credential"], failed: ["description"] });
    expect(outcome).toMatchObject({ message: expect.stringContaining("too long") });
    expect(methods).toStrictEqual(["GET", "POST", "PATCH"]);
  });

  it("is partial when it is aborted under way", async () => {
    const controller = new AbortController();
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", {}],
        ["PATCH", { onRequest: () => controller.abort() }],
      ],
      both,
      { signal: controller.signal },
    );
    expect(outcome).toMatchObject({ ...partial, ...fields, cause: { name: "AbortedError", outcome: "unknown" } });
    expect(methods).toStrictEqual(["POST", "PATCH"]);
  });

  it("is partial when it is aborted between the two", async () => {
    const controller = new AbortController();
    let asked = 0;
    // Asked once for each request: for the second one it comes with the abort.
    const giveToken = () => {
      asked += 1;
      if (asked === 2) controller.abort();
      return token;
    };
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", {}],
        ["PATCH", {}],
      ],
      both,
      { signal: controller.signal, token: giveToken },
    );
    expect(outcome).toMatchObject({ ...partial, ...fields, cause: { name: "AbortedError", outcome: "not-sent" } });
    expect(methods).toStrictEqual(["POST"]);
  });

  it("is partial where the token of the second one cannot be had", async () => {
    let asked = 0;
    const giveToken = () => {
      asked += 1;
      if (asked === 2) throw new Error("the vault is closed");
      return token;
    };
    const { outcome, methods } = await ngrokUpdate([["POST", {}]], both, { token: giveToken });
    expect(outcome).toMatchObject({ ...partial, ...fields, cause: { name: "InvalidInputError", outcome: "not-sent" } });
    expect(methods).toStrictEqual(["POST"]);
  });

  it("repeats the second call alone", async () => {
    const { outcome, methods } = await ngrokUpdate(
      [
        ["POST", {}],
        ["PATCH", down],
        ["PATCH", {}],
      ],
      both,
    );
    expect(outcome).toMatchObject({ provider: { id: "aigpk_2abc" } });
    expect(methods).toStrictEqual(["POST", "PATCH", "PATCH"]);
  });

  it("never shows the key", async () => {
    const answer = { status: 422, reply: { msg: "new-secret-key is in the way" } };
    const credential = { scheme: "api_key", apiKey: secret("new-secret-key") } as const;
    const { outcome } = await ngrokUpdate(
      [
        ["POST", {}],
        ["PATCH", answer],
      ],
      { name: "N", credential, description: "D" },
    );
    expect(outcome).toMatchObject({ name: "PartialUpdateError" });
    expect(JSON.stringify(outcome)).not.toContain("new-secret-key");
  });
});

describe("a write whose method has to be found out", () => {
  const item = `/api/llm-gateway/admin/providers/${uuid}`;
  const updating = async (steps: readonly (readonly [string, Answer])[], update: ProviderUpdate = rename) => {
    const requests = scriptWire(
      "https://app.barndoor.ai",
      steps.map(([method, answer]) => ({ method, path: item, ...answer })),
    );
    const gateway = barndoor({ token, baseUrl: "https://app.barndoor.ai" });
    return { error: await failureOf(gateway.update(uuid, update)), methods: methodsOf(requests) };
  };

  it("has the worst outcome of all its tries", async () => {
    const { error, methods } = await updating([
      ["PATCH", down],
      ["PATCH", { status: 405 }],
      ["PUT", { status: 400 }],
    ]);
    expect(error).toMatchObject({ name: "RejectedError", status: 400, outcome: "unknown" });
    expect(methods).toStrictEqual(["PATCH", "PATCH", "PUT"]);
  });

  it("stays unknown where the read after a 404 fails", async () => {
    const { error, methods } = await updating([
      ["PATCH", down],
      ["PATCH", { status: 404 }],
      ["GET", { status: 403 }],
    ]);
    expect(error).toMatchObject({ name: "PermissionDeniedError", outcome: "unknown" });
    expect(methods).toStrictEqual(["PATCH", "PATCH", "GET"]);
  });

  it("never shows the key, whichever answer quotes it", async () => {
    const { error, methods } = await updating(
      [
        ["PATCH", { status: 404 }],
        ["GET", { status: 403, reply: { error: { message: "no right to store new-api-key" } } }],
      ],
      key,
    );
    expect(error).toMatchObject({ name: "PermissionDeniedError", outcome: "not-applied" });
    expect(JSON.stringify(error)).not.toContain("new-api-key");
    expect(methods).toStrictEqual(["PATCH", "GET"]);
  });
});
