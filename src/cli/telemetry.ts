import { type OpenTelemetryApi, openTelemetryHooks } from "../opentelemetry/hooks.ts";
import type { Host } from "./host.ts";

// Where every copy of @opentelemetry/api of this major version keeps what is registered, whoever loaded it.
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/**
 * Hooks that report through OpenTelemetry, where an SDK is registered in this process, as by `node --import`. Without one nothing
 * is loaded; with one and without the package here, nothing is reported.
 */
export function telemetry(loadApi: () => OpenTelemetryApi): NonNullable<Host["hooksFor"]> {
  let api: OpenTelemetryApi | undefined;
  return (gateway) => {
    if (!Reflect.has(globalThis, REGISTERED)) return [];
    try {
      api ??= loadApi();
    } catch {
      return [];
    }
    return [openTelemetryHooks(api, { gateway })];
  };
}
