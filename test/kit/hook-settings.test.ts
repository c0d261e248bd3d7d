import pino from "pino";
import { adapters } from "../../adapters/index.ts";
import { type AnyAdapter, isGatewayError, type Logger, secret } from "../../src/index.ts";
import { marked, problemsOf } from "../support/sync.ts";
import { scriptWire } from "../support/wire.ts";
import { maker } from "./maker.ts";

const token = secret("maker-token-0123456789");
const nothing = () => undefined;
const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What is said of settings with the other ones as this adapter needs them. */
function refusalOf(adapter: AnyAdapter, settings: object): string | undefined {
  try {
    adapter.open({ token, ...(adapter.name.startsWith("barndoor") ? { baseUrl: "https://b.test" } : {}), ...settings });
    return undefined;
  } catch (error) {
    if (isGatewayError(error)) return error.message;
    throw error;
  }
}

class Counting {
  count = 0;
  onRequest(): void {
    this.count += 1;
  }
}

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))("the settings of %s", (name, adapter) => {
  it.each<[string, object]>([
    ["hooks", { hooks: { onRequest: nothing } }],
    ["several hooks", { hooks: [{ onRequest: nothing }, new Counting()] }],
    ["hooks that want to know nothing", { hooks: {} }],
    ["no hooks", { hooks: [] }],
    ["a logger", { logger }],
    ["a logger of pino's", { logger: pino({ level: "silent" }) }],
  ])("take %s", (_what, settings) => {
    expect(refusalOf(adapter, settings)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ["hooks that are no functions", { hooks: { onRequest: "log" } }, "hooks: expected an object with functions"],
    ["no object", { hooks: nothing }, "hooks: expected an object with functions such as onRequest, or a list of such"],
    ["nothing in a list", { hooks: [null] }, "hooks: expected an object with functions"],
    [
      "a logger that lacks a level",
      { logger: { ...logger, warn: undefined } },
      "logger: expected a logger: an object with the functions debug, info, warn, error",
    ],
  ])("refuse %s", (_what, settings, message) => {
    expect(refusalOf(adapter, settings)).toContain(message);
  });

  it.each(["hooks: {}", "hooks: []", "hooks: { onRequest: log }", "logger: console"])(
    "are refused in a file, with the place: %s",
    (written) => {
      const url = name.startsWith("barndoor") ? "    baseUrl: https://b.barndoor.ai\n" : "";
      const { text, line, column } = marked(
        `version: 1\ngateways:\n  main:\n    adapter: ${name}\n    token: env:T\n${url}    ${written.replace(": ", ": »")}\n`,
      );
      expect(problemsOf(text)).toMatchObject([
        { line, column, message: "takes functions, which a file cannot hold: it is set from code" },
      ]);
    },
  );
});

it("an object of a class is told as itself", async () => {
  const counting = new Counting();
  scriptWire("https://maker.example", [{ method: "GET", path: "/api/things/a", reply: { id: "a", name: "N" } }]);
  await maker().open({ token, hooks: counting }).get("a");
  expect(counting.count).toBe(1);
});
