import { context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { isGatewayError, secret } from "../../src/index.ts";
import { VERSION } from "../../src/kit/version.ts";
import type { Fault, Sandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { seed, useSandbox } from "../support/sync.ts";
import { useTelemetry } from "./telemetry.ts";

allowLoopback();
const openSandbox = useSandbox();
const telemetry = useTelemetry();
const ID = "aigpk_openai";

async function gatewayWith(faults: readonly Fault[] = [], settings: object = {}) {
  const sandbox = await openSandbox({ seed, faults: { ngrok: faults } });
  const gateway = ngrok.open({
    baseUrl: sandbox.urls.ngrok,
    token: secret(sandbox.tokens.ngrok),
    retry: { attempts: 1 },
    hooks: telemetry.hooks("ngrok-prod"),
    ...settings,
  });
  return { sandbox, gateway };
}

const portOf = (sandbox: Sandbox) => Number(new URL(sandbox.urls.ngrok).port);
const named = (name: string): ReadableSpan => {
  const [found, ...others] = telemetry.spans().filter((span) => span.name === name);
  if (found === undefined || others.length > 0) throw new Error(`there is not one span ${name}`);
  return found;
};
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;
const ours = { "gatefold.adapter": "ngrok", "gatefold.gateway": "ngrok-prod" };

async function ended(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isGatewayError(error)) throw error;
  }
}

describe("the spans of a call", () => {
  it("are one for the call, and one below it for each request, by the conventions of HTTP", async () => {
    const { sandbox, gateway } = await gatewayWith();
    await gateway.update(ID, {
      name: "N",
      credential: { scheme: "api_key", apiKey: secret("sk-new-key-0123") },
      description: "D",
    });
    const call = named("gatefold.update");
    expect(call).toMatchObject({
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
      instrumentationScope: { name: "gatefold", version: VERSION },
    });
    expect(call.attributes).toStrictEqual({
      ...ours,
      "gatefold.operation": "update",
      "gatefold.provider.id": ID,
      "gatefold.fields": ["credential", "name", "description"],
    });
    const requests = telemetry.spans().filter((span) => span.kind === SpanKind.CLIENT);
    expect(requests.map(({ name }) => name)).toStrictEqual(["POST", "PATCH"]);
    expect(requests.map(parentOf)).toStrictEqual([call.spanContext().spanId, call.spanContext().spanId]);
    expect(requests[0]?.attributes).toStrictEqual({
      ...ours,
      "http.request.method": "POST",
      "url.full": `${sandbox.urls.ngrok}/provider-keys/${ID}/rotate`,
      "server.address": "127.0.0.1",
      "server.port": portOf(sandbox),
      "http.response.status_code": 200,
    });
  });

  it("tell of a request that was sent again, and why", async () => {
    const { gateway } = await gatewayWith([{ kind: "status", status: 503, method: "GET" }]);
    await gateway.get(ID);
    const call = named("gatefold.get");
    expect(call.status).toStrictEqual({ code: SpanStatusCode.UNSET });
    expect(call.events).toMatchObject([
      {
        name: "gatefold.retry",
        attributes: {
          "gatefold.wait": expect.any(Number),
          "gatefold.wait.stated": false,
          "http.response.status_code": 503,
        },
      },
    ]);
    const [first, second] = telemetry.spans().filter((span) => span.kind === SpanKind.CLIENT);
    expect(first?.attributes).toMatchObject({ "http.response.status_code": 503, "error.type": "503" });
    expect(first?.status).toStrictEqual({ code: SpanStatusCode.ERROR });
    expect(first?.attributes).not.toHaveProperty("http.request.resend_count");
    expect(second?.attributes).toMatchObject({ "http.response.status_code": 200, "http.request.resend_count": 1 });
    expect(second?.status).toStrictEqual({ code: SpanStatusCode.UNSET });
  });

  it("end in an error where no reply comes", async () => {
    const { gateway } = await gatewayWith([{ kind: "lost-reply" }], { retry: { attempts: 0 } });
    await ended(gateway.update(ID, { name: "N" }));
    expect(named("PATCH").attributes).toMatchObject({ "error.type": "ECONNRESET" });
    expect(named("PATCH").attributes).not.toHaveProperty("http.response.status_code");
    expect(named("PATCH").status).toMatchObject({ code: SpanStatusCode.ERROR });
    const call = named("gatefold.update");
    expect(call.attributes).toMatchObject({ "error.type": "NetworkError", "gatefold.outcome": "unknown" });
    expect(call.status).toMatchObject({ code: SpanStatusCode.ERROR });
  });

  it("leave out the values of a query", async () => {
    const { sandbox, gateway } = await gatewayWith();
    for await (const _each of gateway.list());
    expect(named("GET").attributes["url.full"]).toBe(`${sandbox.urls.ngrok}/provider-keys?limit=REDACTED`);
    expect(parentOf(named("GET"))).toBe(named("gatefold.list").spanContext().spanId);
  });

  it("tell of a wait for the account's rate limit", async () => {
    const { gateway } = await gatewayWith([], { rateLimit: { requests: 1, perMs: 100 } });
    await Promise.all([gateway.get(ID), gateway.get(ID)]);
    const events = telemetry.spans().flatMap((span) => (span.name === "gatefold.get" ? span.events : []));
    expect(events).toMatchObject([
      { name: "gatefold.wait", attributes: { "gatefold.wait.reason": "budget", "gatefold.wait": expect.any(Number) } },
    ]);
  });
});

describe("the context of a call", () => {
  it("is active while it runs: what else is traced nests below it, and it below what called", async () => {
    const tracer = telemetry.tracerProvider.getTracer("the caller's");
    let within: Span | undefined;
    const sandbox = await openSandbox({ seed });
    const gateway = ngrok.open({
      baseUrl: sandbox.urls.ngrok,
      token: () => {
        within = trace.getSpan(context.active());
        return secret(sandbox.tokens.ngrok);
      },
      hooks: telemetry.hooks(),
    });
    await tracer.startActiveSpan("outer", async (outer) => {
      await gateway.get(ID);
      outer.end();
    });
    expect(within?.spanContext().spanId).toBe(named("gatefold.get").spanContext().spanId);
    expect(parentOf(named("gatefold.get"))).toBe(named("outer").spanContext().spanId);
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});

describe("the metrics", () => {
  it("are the duration of requests and calls, retries and waits, apart by what does not grow", async () => {
    const { sandbox, gateway } = await gatewayWith([{ kind: "status", status: 503, method: "GET" }], {
      rateLimit: { requests: 1, perMs: 50 },
    });
    await Promise.all([gateway.get(ID), gateway.get(ID)]);
    const metrics = await telemetry.metrics();
    expect([...metrics.keys()].sort()).toStrictEqual([
      "gatefold.operation.duration",
      "gatefold.rate_limit.wait",
      "gatefold.request.retries",
      "http.client.request.duration",
    ]);
    const request = metrics.get("http.client.request.duration");
    const http = { "http.request.method": "GET", "server.address": "127.0.0.1", "server.port": portOf(sandbox) };
    expect(request?.descriptor).toMatchObject({ unit: "s" });
    expect(request?.dataPoints).toMatchObject([
      {
        attributes: { ...http, "http.response.status_code": 503, "error.type": "503" },
        value: {
          count: 1,
          buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
        },
      },
      { attributes: { ...http, "http.response.status_code": 200 }, value: { count: 2 } },
    ]);
    const get = { ...ours, "gatefold.operation": "get" };
    expect(metrics.get("gatefold.operation.duration")?.dataPoints).toMatchObject([
      { attributes: get, value: { count: 2 } },
    ]);
    expect(metrics.get("gatefold.request.retries")?.dataPoints).toMatchObject([{ attributes: get, value: 1 }]);
  });

  it("are in seconds", async () => {
    const hooks = telemetry.hooks("main");
    const operation = { adapter: "some", name: "get" } as const;
    const request = {
      operation,
      method: "GET",
      url: "https://api.test/x",
      headers: {},
      attempt: 1,
      purpose: "call",
    } as const;
    hooks.onStart?.(operation);
    hooks.onRequest?.(request);
    hooks.onWait?.({ operation, waitMs: 2500, until: "2026-11-22T12:00:00.000Z", reason: "budget" });
    hooks.onResponse?.({ request, status: 200, durationMs: 1500 });
    hooks.onEnd?.({ operation, durationMs: 4500 });
    const metrics = await telemetry.metrics();
    expect(metrics.get("http.client.request.duration")?.dataPoints).toMatchObject([{ value: { sum: 1.5 } }]);
    expect(metrics.get("gatefold.rate_limit.wait")?.dataPoints).toMatchObject([{ value: { sum: 2.5 } }]);
    expect(metrics.get("gatefold.operation.duration")?.dataPoints).toMatchObject([{ value: { sum: 4.5 } }]);
  });
});
