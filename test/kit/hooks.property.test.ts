import { type Hooks, secret } from "../../src/index.ts";
import nock from "../support/nock.ts";
import fc from "../support/property.ts";
import { type Step, scriptWire } from "../support/wire.ts";
import { maker } from "./maker.ts";

const ORIGIN = "https://maker.example";
const token = secret("maker-token-0123456789");
const thing = { id: "a", slug: "a", name: "N" };

// What a broken hook does says so, once for each: that is another test.
beforeAll(() => {
  jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  // One script of the wire for each run.
  nock.emitter.setMaxListeners(0);
});
afterAll(() => jest.restoreAllMocks());

const members = ["onStart", "onRequest", "onResponse", "onRetry", "onWait", "onChange", "onEnd"] as const;

/** Ways to misbehave when told of something. */
const told: Readonly<Record<string, (event: unknown) => unknown>> = {
  throws: () => {
    throw new Error("broken");
  },
  "throws nothing": () => {
    throw undefined;
  },
  rejects: () => Promise.reject(new Error("broken")),
  "never ends": () => new Promise(() => undefined),
  "gives a broken promise": () => ({
    // biome-ignore lint/suspicious/noThenProperty: a promise that is none
    then: () => {
      throw new Error("broken");
    },
  }),
  "changes what it is told": (event) => spoil(event),
};

function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const name of Object.keys(value)) {
    spoil(Reflect.get(value, name));
    Reflect.set(value, name, "spoilt");
  }
}

/** Ways to misbehave around a call. */
const around: Readonly<Record<string, NonNullable<Hooks["within"]>>> = {
  "does not call": () => undefined,
  "calls twice": async (_operation, work) => {
    await Promise.all([work(), work()]);
  },
  "calls too late": async (_operation, work) => {
    await new Promise((resolve) => setImmediate(resolve));
    await work();
  },
  "throws first": () => {
    throw new Error("broken");
  },
  "throws after it": (_operation, work) => {
    void work();
    throw new Error("broken");
  },
  rejects: async (_operation, work) => {
    await work();
    throw new Error("broken");
  },
  "never ends": (_operation, work) => {
    void work();
    return new Promise(() => undefined);
  },
};

const misbehaving = fc
  .record({
    told: fc.dictionary(fc.constantFrom(...members), fc.constantFrom(...Object.keys(told)), { noNullPrototype: true }),
    around: fc.option(fc.constantFrom(...Object.keys(around)), { nil: undefined }),
  })
  .map((choice) => ({
    toString: () => JSON.stringify(choice),
    hooks: {
      ...Object.fromEntries(Object.entries(choice.told).map(([member, way]) => [member, told[way]])),
      ...(choice.around === undefined ? {} : { within: around[choice.around] }),
    },
  }));

const scenes: Readonly<Record<string, readonly Step[]>> = {
  succeeds: [{ method: "PATCH", path: "/api/things/a", reply: thing }],
  "is refused": [{ method: "PATCH", path: "/api/things/a", status: 422, reply: { error: "no" } }],
  "is sent twice": [
    { method: "PATCH", path: "/api/things/a", status: 429, headers: { "retry-after": "0" } },
    { method: "PATCH", path: "/api/things/a", reply: thing },
  ],
  "cannot be sent": [{ method: "PATCH", path: "/api/things/a", fault: "CERT_HAS_EXPIRED" }],
};

async function outcomeOf(steps: readonly Step[], hooks?: readonly object[]) {
  const wire = scriptWire(ORIGIN, steps);
  const settings = { token, retry: { attempts: 1 }, ...(hooks === undefined ? {} : { hooks }) };
  const result = await maker()
    .open(settings)
    .update("a", { name: "N" })
    .catch((error: unknown) => ({ error: JSON.stringify(error) }));
  return { result, wire: [...wire] };
}

describe.each(Object.keys(scenes))("a call that %s", (scene) => {
  it("ends the same and sends the same, whatever its hooks do", async () => {
    const steps = scenes[scene] ?? [];
    const plain = await outcomeOf(steps);
    const hooks = fc.array(misbehaving, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(hooks, async (all) => {
        const watched = await outcomeOf(
          steps,
          all.map((each) => each.hooks),
        );
        expect(watched).toStrictEqual(plain);
      }),
      { numRuns: 25 },
    );
  });
});
