// Spans and metrics through OpenTelemetry: the entry "gatefold/opentelemetry".

import * as api from "@opentelemetry/api";
import type { Hooks } from "../contract/hooks.ts";
import { type OpenTelemetryOptions, openTelemetryHooks } from "./hooks.ts";

export type { OpenTelemetryOptions } from "./hooks.ts";

/**
 * Hooks that report a gateway's work as spans and metrics, through `@opentelemetry/api` and whatever SDK is registered there.
 *
 * It is an entry of its own because importing it is the switch: nothing else of gatefold asks for that package, so that a bundler
 * and an installation without it never meet it.
 *
 * A call is an INTERNAL span such as `gatefold.update`, active while the call runs (a list's is not), and each of its requests a
 * CLIENT span below it, with the attributes of the stable HTTP conventions:
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/. The metrics are `http.client.request.duration`
 * (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/), `gatefold.operation.duration`, `gatefold.request.retries` and
 * `gatefold.rate_limit.wait`, times in seconds. The values of a URL's query are left out: a page's cursor may hold anything.
 */
export const openTelemetry = (options: OpenTelemetryOptions = {}): Hooks => openTelemetryHooks(api, options);
