import { type Hooks, isGatewayError, type Operation, secret } from "../../src/index.ts";
import type { Login } from "../../src/kit/index.ts";
import { scriptWire } from "../support/wire.ts";
import { loggingInMaker, maker } from "./maker.ts";
import { recorder } from "./recorder.ts";

const ORIGIN = "https://maker.example";
const token = secret("maker-token-0123456789");
const key = secret("sk-maker-key-0123456789");
const thing = { id: "a", slug: "a", name: "N" };
const common = { token, retry: { attempts: 1, budgetMs: 60_000 } };

const open = (hooks: Hooks | readonly Hooks[], settings: object = {}, adapter = maker()) =>
  adapter.open({ ...common, ...settings, hooks });

const failing = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

const operation = (name: string, id?: string) => ({ adapter: "maker", name, ...(id === undefined ? {} : { id }) });
const some = expect.any(Number);

describe("the hooks of a call", () => {
  it("are told its start, its request as it goes out, the reply, the change and the end", async () => {
    const { hooks, told } = recorder();
    const wire = scriptWire(ORIGIN, [{ method: "PATCH", path: "/api/things/a", reply: thing }]);
    const { provider } = await open(hooks, { userAgent: "me/1" }).update("a", { name: "N" });
    const request = {
      operation: operation("update", "a"),
      method: "PATCH",
      url: `${ORIGIN}/api/things/a`,
      headers: {
        Accept: "application/json",
        "User-Agent": "me/1",
        Authorization: "[redacted]",
        "Content-Type": "application/json",
      },
      body: { name: "N" },
      attempt: 1,
      purpose: "call",
    };
    expect(told).toStrictEqual([
      { hook: "onStart", event: operation("update", "a") },
      { hook: "within", event: operation("update", "a") },
      { hook: "onRequest", event: request },
      { hook: "onResponse", event: { request, status: 200, durationMs: some } },
      { hook: "onChange", event: { operation: operation("update", "a"), fields: ["name"], provider, notes: [] } },
      { hook: "onEnd", event: { operation: operation("update", "a"), durationMs: some } },
    ]);
    expect(wire).toMatchObject([{ body: request.body, headers: { "user-agent": "me/1", accept: "application/json" } }]);
  });

  it("have one operation in all events of a call, and another one in the next call", async () => {
    const operations: Operation[] = [];
    const see = (event: { readonly operation: Operation }) => void operations.push(event.operation);
    const gateway = open({ onStart: (begun) => void operations.push(begun), onRequest: see, onEnd: see });
    scriptWire(
      ORIGIN,
      [1, 2].map(() => ({ method: "GET", path: "/api/things/a", reply: thing })),
    );
    await gateway.get("a");
    await gateway.get("a");
    expect(new Set(operations).size).toBe(2);
    expect(new Set(operations.slice(0, 3)).size).toBe(1);
  });

  it("are told of a request that fails, is sent again, and how the call ends", async () => {
    const { hooks, told, names } = recorder();
    scriptWire(ORIGIN, [
      { method: "GET", path: "/api/things/a", fault: "ECONNRESET" },
      { method: "GET", path: "/api/things/a", status: 404, reply: { error: "no such thing" } },
    ]);
    const error = await failing(open(hooks).get("a"));
    expect(names()).toStrictEqual([
      ..."onStart within onRequest onResponse onRetry onRequest onResponse onEnd".split(" "),
    ]);
    const requests = told.filter(({ hook }) => hook === "onRequest").map(({ event }) => event);
    expect(requests).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    expect(told[3]?.event).toStrictEqual({
      request: requests[0],
      reason: "ECONNRESET",
      problem: "GET /things/a lost its connection (ECONNRESET)",
      durationMs: some,
    });
    const until = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(told[4]?.event).toStrictEqual({ request: requests[0], waitMs: some, until, isStated: false });
    expect(told[6]?.event).toStrictEqual({
      request: requests[1],
      status: 404,
      problem: "GET /things/a was answered 404: no such thing",
      durationMs: some,
    });
    const { name, code, message, outcome } = error;
    expect(told[7]?.event).toMatchObject({ error: { name, code, message, outcome } });
  });

  it("are told of a stated wait, and of another call that it holds back", async () => {
    const { hooks, told } = recorder();
    scriptWire(ORIGIN, [
      { method: "GET", path: "/api/things/a", status: 429, reply: {}, headers: { "retry-after": "1" } },
      { method: "GET", path: "/api/things/b", reply: { ...thing, id: "b" } },
      { method: "GET", path: "/api/things/a", reply: thing },
    ]);
    const gateway = open(hooks);
    const retrying = new Promise<void>((resolve) => {
      hooks.onRetry = (event) => {
        told.push({ hook: "onRetry", event });
        resolve();
      };
    });
    const first = gateway.get("a");
    await retrying;
    await Promise.all([gateway.get("b"), first]);
    const of = (name: string) => told.filter(({ hook }) => hook === name).map(({ event }) => event);
    expect(of("onRetry")).toMatchObject([{ status: 429, isStated: true, request: { operation: { id: "a" } } }]);
    expect(of("onWait")).toMatchObject([{ reason: "vendor", operation: { id: "b" } }]);
  });

  it("are told of a call that the account's own limit holds back", async () => {
    const { hooks, told } = recorder();
    const gateway = open(hooks, { rateLimit: { requests: 1, perMs: 50 } });
    scriptWire(
      ORIGIN,
      [1, 2].map(() => ({ method: "GET", path: "/api/things/a", reply: thing })),
    );
    await Promise.all([gateway.get("a"), gateway.get("a")]);
    expect(told.filter(({ hook }) => hook === "onWait")).toMatchObject([
      { event: { reason: "budget", operation: { name: "get" } } },
    ]);
  });

  it("are told what took effect of an update that failed later on", async () => {
    const { hooks, told } = recorder();
    const write = { methods: ["PATCH"], body: {}, repeat: "safe" } as const;
    const adapter = maker({
      vendor: {
        translate: () => ({
          requests: [
            { ...write, path: { text: "/things/a/key" }, fields: ["credential"] },
            { ...write, path: { text: "/things/a" }, fields: ["name", "description"] },
          ],
          notes: [{ code: "two", message: "takes two requests" }],
        }),
      },
    });
    scriptWire(ORIGIN, [
      { method: "PATCH", path: "/api/things/a/key", reply: thing },
      { method: "PATCH", path: "/api/things/a", status: 400, reply: { error: "no" } },
    ]);
    const error = await failing(open(hooks, {}, adapter).update("a", { name: "N", description: "D" }));
    expect(error).toMatchObject({ name: "PartialUpdateError", applied: ["credential"] });
    expect(told.filter(({ hook }) => hook === "onChange").map(({ event }) => event)).toStrictEqual([
      {
        operation: operation("update", "a"),
        fields: ["credential"],
        provider: { id: "a", slug: "a", name: "N", credential: { kind: "unknown" } },
        notes: [{ code: "two", message: "takes two requests" }],
      },
    ]);
    expect(told.at(-1)?.event).toMatchObject({ error: { name: "PartialUpdateError", outcome: "partial" } });
  });

  it("are told of what is made and removed, and who uses it", async () => {
    const { hooks, told } = recorder();
    const gateway = open(hooks);
    scriptWire(ORIGIN, [
      { method: "POST", path: "/api/things", reply: thing },
      { method: "DELETE", path: "/api/things/a" },
      { method: "GET", path: "/api/users?limit=2", reply: { users: [] } },
    ]);
    await gateway.create?.({ name: "N", slug: "a", credential: { scheme: "api_key", apiKey: key } });
    await gateway.remove?.("a");
    await gateway.usedBy?.("a");
    expect(told.filter(({ hook }) => hook === "onChange").map(({ event }) => event)).toMatchObject([
      {
        operation: operation("create"),
        fields: ["name", "credential"],
        provider: { id: "a" },
        notes: [{ code: "made" }],
      },
      { operation: operation("remove", "a"), fields: [], notes: [] },
    ]);
    expect(told.filter(({ hook }) => hook === "onEnd").map(({ event }) => event)).toMatchObject([
      { operation: operation("create") },
      { operation: operation("remove", "a") },
      { operation: operation("usedBy", "a") },
    ]);
    expect(told.find(({ hook }) => hook === "onRequest")?.event).toMatchObject({ body: { key: "[redacted]" } });
  });

  it("are told of what is refused before anything is sent, too", async () => {
    const { hooks, told, names } = recorder();
    const gateway = open(hooks);
    await failing(gateway.get(".."));
    await failing(gateway.update("a", {}));
    expect(names()).toStrictEqual(["onStart", "within", "onEnd", "onStart", "within", "onEnd"]);
    expect(told[2]?.event).toMatchObject({ operation: operation("get"), error: { name: "InvalidInputError" } });
    expect(told[5]?.event).toMatchObject({ operation: operation("update", "a"), error: { outcome: "not-sent" } });
  });
});

describe("the hooks of a list", () => {
  const page = { method: "GET", path: "/api/things", reply: [thing, { ...thing, id: "b" }] };

  it.each<[string, string[], (list: AsyncIterable<unknown>) => Promise<void>]>([
    [
      "read to its end",
      ["onStart", "onRequest", "onResponse", "onEnd"],
      async (list) => {
        for await (const _each of list);
      },
    ],
    [
      "left in the middle",
      ["onStart", "onRequest", "onResponse", "onEnd"],
      async (list) => {
        for await (const _each of list) break;
      },
    ],
    ["never read", [], async () => undefined],
  ])("are told of one that is %s", async (_how, expected, read) => {
    const { hooks, names } = recorder();
    scriptWire(ORIGIN, [page]);
    await read(open(hooks).list());
    expect(names()).toStrictEqual(expected);
  });

  it("are told of one that fails", async () => {
    const { hooks, told } = recorder();
    scriptWire(ORIGIN, [{ ...page, status: 403 }]);
    const list = open(hooks).list();
    await failing(
      (async () => {
        for await (const _each of list);
      })(),
    );
    expect(told.at(-1)).toMatchObject({ hook: "onEnd", event: { error: { name: "PermissionDeniedError" } } });
    expect(told.filter(({ hook }) => hook === "onEnd")).toHaveLength(1);
  });
});

describe("a login", () => {
  const login: Login = {
    url: "https://login.example/token",
    form: { grant_type: "client_credentials", client_id: "acme", client_secret: secret("client-secret-0123") },
  };
  const adapter = () => loggingInMaker(login);

  it("is a request of the call that needs it, without its secret", async () => {
    const { hooks, told } = recorder();
    scriptWire("https://login.example", [
      { method: "POST", path: "/token", reply: { access_token: "t0ken-of-login" } },
    ]);
    scriptWire(ORIGIN, [{ method: "GET", path: "/api/things/a", reply: thing }]);
    await adapter().open({ hooks }).get("a");
    expect(told.filter(({ hook }) => hook === "onRequest").map(({ event }) => event)).toMatchObject([
      {
        purpose: "login",
        operation: operation("get", "a"),
        method: "POST",
        url: "https://login.example/token",
        body: { grant_type: "client_credentials", client_id: "acme", client_secret: "[redacted]" },
      },
      { purpose: "call", headers: { Authorization: "[redacted]" } },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/client-secret-0123|t0ken-of-login/);
  });

  it("is told again for a token that ended before its time", async () => {
    const { hooks, told } = recorder();
    scriptWire("https://login.example", [
      { method: "POST", path: "/token", reply: { access_token: "first-token" } },
      { method: "POST", path: "/token", reply: { access_token: "second-token" } },
    ]);
    scriptWire(ORIGIN, [
      { method: "GET", path: "/api/things/a", status: 401, reply: { error: "first-token has ended" } },
      { method: "GET", path: "/api/things/a", reply: thing },
    ]);
    await adapter()
      .open({ hooks, retry: { attempts: 0 } })
      .get("a");
    expect(told.find(({ hook }) => hook === "onRetry")?.event).toMatchObject({
      waitMs: 0,
      status: 401,
      isStated: false,
    });
    expect(told.filter(({ hook }) => hook === "onRequest").map(({ event }) => event)).toMatchObject([
      { purpose: "login", attempt: 1 },
      { purpose: "call", attempt: 1 },
      { purpose: "login", attempt: 1 },
      { purpose: "call", attempt: 2 },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/first-token|second-token/);
  });

  it("that another call waits for is over for a call that ends before it", async () => {
    const { hooks, told } = recorder();
    const ending = new AbortController();
    scriptWire("https://login.example", [
      { method: "POST", path: "/token", reply: { access_token: "t0ken-of-login" }, onRequest: () => ending.abort() },
    ]);
    scriptWire(ORIGIN, [{ method: "GET", path: "/api/things/b", reply: { ...thing, id: "b" } }]);
    const gateway = adapter().open({ hooks });
    const [first, second] = [failing(gateway.get("a", { signal: ending.signal })), gateway.get("b")];
    expect(await first).toMatchObject({ name: "AbortedError" });
    expect(await second).toMatchObject({ id: "b" });
    const of = (id: string) => told.filter(({ event }) => JSON.stringify(event).includes(`"id":"${id}"`));
    expect(of("a").map(({ hook }) => hook)).toStrictEqual(["onStart", "within", "onRequest", "onResponse", "onEnd"]);
    expect(of("a")[3]?.event).toMatchObject({ request: { purpose: "login" }, reason: "abandoned" });
    expect(of("b").at(-1)).toMatchObject({ hook: "onEnd" });
  });
});

describe("several hooks", () => {
  it("are told in their order, and a call runs within all of them, the first outermost", async () => {
    const seen: string[] = [];
    const named = (name: string): Hooks => ({
      onStart: () => void seen.push(`${name} starts`),
      onEnd: () => void seen.push(`${name} ends`),
      async within(_operation, work) {
        seen.push(`into ${name}`);
        await work();
        seen.push(`out of ${name}`);
      },
    });
    scriptWire(ORIGIN, [{ method: "GET", path: "/api/things/a", reply: thing }]);
    await open([named("one"), named("two")]).get("a");
    expect(seen.slice(0, 4)).toStrictEqual(["one starts", "two starts", "into one", "into two"]);
    expect(seen.filter((each) => each.endsWith("ends"))).toStrictEqual(["one ends", "two ends"]);
    expect(seen.filter((each) => each.startsWith("out"))).toStrictEqual(["out of two", "out of one"]);
  });
});
