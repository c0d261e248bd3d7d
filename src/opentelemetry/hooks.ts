import type { Attributes, Context, Meter, MeterProvider, Span, TracerProvider } from "@opentelemetry/api";
import type { EndEvent, Hooks, Operation, RequestEvent } from "../contract/hooks.ts";
import { VERSION } from "../kit/version.ts";
import { errorTypeOf, metricAttributes, requestAttributes, spanNameOf } from "./http.ts";

/** The package, as it was loaded. */
export type OpenTelemetryApi = typeof import("@opentelemetry/api");

/** How a gateway's work is reported. */
export interface OpenTelemetryOptions {
  /** The gateway's name, as `gatefold.gateway`: what tells two accounts of one vendor apart. */
  readonly gateway?: string;
  /** Default: the one that is registered. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the one that is registered when the first number is recorded. */
  readonly meterProvider?: MeterProvider;
}

const SCOPE = "gatefold";
// What the conventions advise for the duration of a request.
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
// A call is several requests and their waits.
const CALL_SECONDS = [...REQUEST_SECONDS, 30, 60, 120, 300];

/** The hooks over one copy of the package. */
export function openTelemetryHooks(api: OpenTelemetryApi, options: OpenTelemetryOptions): Hooks {
  const { trace, context, SpanKind, SpanStatusCode } = api;
  const tracer = (options.tracerProvider ?? trace.getTracerProvider()).getTracer(SCOPE, VERSION);
  const calls = new WeakMap<Operation, { readonly span: Span; readonly context: Context }>();
  const requests = new WeakMap<RequestEvent, Span>();
  let made: Instruments | undefined;
  const instruments = (): Instruments => {
    made ??= instrumentsOf((options.meterProvider ?? api.metrics.getMeterProvider()).getMeter(SCOPE, VERSION));
    return made;
  };
  const gateway: Attributes = options.gateway === undefined ? {} : { "gatefold.gateway": options.gateway };
  const ours = ({ adapter, name }: Operation): Attributes => ({
    "gatefold.adapter": adapter,
    ...gateway,
    "gatefold.operation": name,
  });

  return {
    onStart(operation) {
      const id = operation.id === undefined ? {} : { "gatefold.provider.id": String(operation.id) };
      const attributes = { ...ours(operation), ...id };
      const parent = context.active();
      const span = tracer.startSpan(`gatefold.${operation.name}`, { kind: SpanKind.INTERNAL, attributes }, parent);
      calls.set(operation, { span, context: trace.setSpan(parent, span) });
    },

    within(operation, work) {
      return context.with(calls.get(operation)?.context ?? context.active(), work);
    },

    onRequest(event) {
      const purpose = event.purpose === "login" ? { "gatefold.purpose": event.purpose } : {};
      const attributes = {
        ...requestAttributes(event),
        "gatefold.adapter": event.operation.adapter,
        ...gateway,
        ...purpose,
      };
      const parent = calls.get(event.operation)?.context;
      requests.set(event, tracer.startSpan(spanNameOf(event), { kind: SpanKind.CLIENT, attributes }, parent));
    },

    onResponse(event) {
      const { request, status, durationMs } = event;
      const errorType = errorTypeOf(event);
      const answer = {
        ...(status === undefined ? {} : { "http.response.status_code": status }),
        ...(errorType === undefined ? {} : { "error.type": errorType }),
      };
      instruments().requestDuration.record(durationMs / 1000, { ...metricAttributes(request), ...answer });
      const span = requests.get(request);
      span?.setAttributes(answer);
      if (errorType !== undefined) {
        // The status says it all, where there is one.
        const message = status === undefined ? event.problem : undefined;
        span?.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
      }
      span?.end();
    },

    onRetry({ request, waitMs, status, isStated }) {
      const { operation } = request;
      instruments().retries.add(1, ours(operation));
      calls.get(operation)?.span.addEvent("gatefold.retry", {
        "gatefold.wait": waitMs / 1000,
        "gatefold.wait.stated": isStated,
        ...(status === undefined ? {} : { "http.response.status_code": status }),
      });
    },

    onWait({ operation, waitMs, reason }) {
      const why = { "gatefold.wait.reason": reason };
      instruments().wait.record(waitMs / 1000, { ...ours(operation), ...why });
      calls.get(operation)?.span.addEvent("gatefold.wait", { "gatefold.wait": waitMs / 1000, ...why });
    },

    onChange({ operation, fields, notes }) {
      calls.get(operation)?.span.setAttributes({
        "gatefold.fields": [...fields],
        ...(notes.length === 0 ? {} : { "gatefold.notes": notes.map(({ code }) => code) }),
      });
    },

    onEnd({ operation, durationMs, error }) {
      const ending = endingOf(error);
      instruments().operationDuration.record(durationMs / 1000, { ...ours(operation), ...ending });
      const span = calls.get(operation)?.span;
      span?.setAttributes(ending);
      if (error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      span?.end();
    },
  };
}

const endingOf = (error: EndEvent["error"]): Attributes =>
  error === undefined ? {} : { "error.type": error.name, "gatefold.outcome": error.outcome };

type Instruments = ReturnType<typeof instrumentsOf>;

function instrumentsOf(meter: Meter) {
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries } });
  return {
    requestDuration: seconds("http.client.request.duration", "Duration of HTTP client requests.", REQUEST_SECONDS),
    operationDuration: seconds("gatefold.operation.duration", "Duration of a gateway's calls.", CALL_SECONDS),
    wait: seconds("gatefold.rate_limit.wait", "Time that requests were held back before they were sent.", CALL_SECONDS),
    retries: meter.createCounter("gatefold.request.retries", {
      description: "Requests that were sent again.",
      unit: "{retry}",
    }),
  };
}
