import * as api from "@opentelemetry/api";
import { telemetry } from "../../src/cli/telemetry.ts";
import { useTelemetry } from "./telemetry.ts";

const sdk = useTelemetry();
afterEach(() => api.trace.disable());
const REGISTERED = Symbol.for("opentelemetry.js.api.1");
const globals: Record<symbol, unknown> = globalThis;

/** Without what this suite's own SDK has registered. */
function withoutSdk<Result>(work: () => Result): Result {
  const kept = globals[REGISTERED];
  delete globals[REGISTERED];
  try {
    return work();
  } finally {
    globals[REGISTERED] = kept;
  }
}

it("asks for the package only when an SDK is registered, and once", () => {
  const load = jest.fn(() => api);
  const hooksFor = telemetry(load);
  expect(withoutSdk(() => hooksFor("main"))).toStrictEqual([]);
  expect(load).not.toHaveBeenCalled();
  api.trace.setGlobalTracerProvider(sdk.tracerProvider);
  expect([hooksFor("main"), hooksFor("other")]).toMatchObject([[{ onStart: expect.any(Function) }], [{}]]);
  expect(load).toHaveBeenCalledTimes(1);
});

it("reports nothing where the package is not installed", () => {
  api.trace.setGlobalTracerProvider(sdk.tracerProvider);
  const hooksFor = telemetry(() => {
    throw new Error("Cannot find module '@opentelemetry/api'");
  });
  expect(hooksFor("main")).toStrictEqual([]);
});
