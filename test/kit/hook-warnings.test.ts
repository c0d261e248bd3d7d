import { type Hooks, secret } from "../../src/index.ts";
import { scriptWire } from "../support/wire.ts";
import { maker } from "./maker.ts";

const thing = { id: "a", slug: "a", name: "N" };
const token = secret("maker-token-0123456789");

const warnings: unknown[][] = [];
beforeEach(() => {
  jest.spyOn(process, "emitWarning").mockImplementation((...given: unknown[]) => void warnings.push(given));
});
afterEach(() => {
  jest.restoreAllMocks();
  warnings.splice(0);
});

async function call(hooks: Hooks, times = 2): Promise<void> {
  scriptWire("https://maker.example", Array(times).fill({ method: "GET", path: "/api/things/a", reply: thing }));
  for (let time = 0; time < times; time++) await maker().open({ token, hooks }).get("a");
  await new Promise((resolve) => setImmediate(resolve));
}

const secretive = () => new TypeError("failed with sk-secret-of-the-hook");

describe("a hook that fails", () => {
  it.each<[string, string, Hooks]>([
    [
      "throws",
      "onRequest (TypeError)",
      {
        onRequest: () => {
          throw secretive();
        },
      },
    ],
    [
      "rejects",
      "onEnd (TypeError)",
      {
        onEnd: async () => {
          throw secretive();
        },
      },
    ],
    [
      "throws around the call",
      "within (TypeError)",
      {
        within: () => {
          throw secretive();
        },
      },
    ],
    [
      "throws a text",
      "onStart (an error of its own)",
      {
        onStart: () => {
          throw "sk-secret-of-the-hook";
        },
      },
    ],
  ])("is told of once, without its words: %s", async (_way, where, hooks) => {
    await call(hooks);
    expect(warnings).toStrictEqual([
      [
        `a gateway's hook failed in ${where}; calls go on, and it is not told again`,
        { type: "GatefoldWarning", code: "GATEFOLD_HOOK" },
      ],
    ]);
  });

  it("is told of for each hook by itself", async () => {
    const fail = () => {
      throw secretive();
    };
    await call({ onStart: fail });
    await call({ onStart: fail });
    expect(warnings).toHaveLength(2);
  });
});

it("hooks that work are told of nowhere", async () => {
  await call({ onStart: () => undefined, within: (_operation, work) => work() });
  expect(warnings).toStrictEqual([]);
});
