import nock from "nock";
import { z } from "zod";
import * as barndoor from "../../adapters/barndoor/schema.ts";
import * as ngrok from "../../adapters/ngrok/schema.ts";
import { respan } from "../../adapters/respan/index.ts";
import * as respanSchemas from "../../adapters/respan/schema.ts";
import { parseOften } from "../../src/contract/parse-often.ts";
import { providerUpdateSchema } from "../../src/contract/update.ts";
import { type ProviderUpdate, secret } from "../../src/index.ts";
import { redactData } from "../../src/kit/scrub.ts";

const time = "2026-07-01T08:00:00Z";
const entry = { id: "a", providerId: "openai", name: "N", keyRedacted: "sk-…", createdAt: time, updatedAt: time };
const reply = {
  id: "azure",
  provider_name: "Azure",
  extra_kwargs: { timeout: 60 },
  created_at: time,
  updated_at: time,
};
const uuid = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const update: ProviderUpdate = {
  name: "Azure, primary",
  baseUrl: "https://api.example.com/v1",
  requestTimeout: 60,
  credential: { scheme: "api_key", apiKey: secret("sk-proj-Qh3vT9xLw2RbN7mKc5ZpYd8sJf4gAe6u") },
};

afterEach(() => {
  jest.restoreAllMocks();
  nock.cleanAll();
});

describe("a schema", () => {
  const parse = (schema: z.ZodType, times: number) => {
    const values = Array.from({ length: times }, () => parseOften(schema, "N").data);
    expect(new Set(values)).toStrictEqual(new Set(["N"]));
  };

  it("is compiled once, and not before it has been used so often that it pays", () => {
    const made = jest.spyOn(globalThis, "Function");
    const schema = z.string().min(1);
    parse(schema, 100);
    expect(made).toHaveBeenCalledTimes(0);
    parse(schema, 1000);
    const { length } = made.mock.calls;
    expect(length).toBeGreaterThan(0);
    parse(schema, 1000);
    expect(made).toHaveBeenCalledTimes(length);
  });

  it("works as ever where no code may be made at run time", () => {
    jest.spyOn(globalThis, "Function").mockImplementation(() => {
      throw new EvalError("Code generation from strings disallowed for this context");
    });
    const schema = z.string().min(1);
    parse(schema, 1000);
    expect(parseOften(schema, "").success).toBe(false);
  });

  const schemas: readonly [string, z.ZodType, readonly unknown[]][] = [
    [
      "an update",
      providerUpdateSchema,
      [
        update,
        { ...update, metadata: { a: [1] }, native: { key: secret("sk-1234"), more: { a: 1 } } },
        { ...update, name: "", baseUrl: "ftp://x", requestTimeout: 0.5, unknown: 1, native: { a: undefined } },
        { ...update, name: null, credential: { scheme: "api_key", apiKey: "plain" }, enabled: undefined },
        { credential: { scheme: "other" }, metadata: 1 },
        [],
        "text",
      ],
    ],
    [
      "Barndoor's native fields",
      barndoor.nativeSchema,
      [{ change_note: "x" }, { change_note: " ", other: 1 }, { settings: null, billing_mode: "free" }],
    ],
    [
      "Respan's native fields",
      respanSchemas.nativeSchema,
      [
        { region: "x", other: 1 },
        { base_url: "x", other: null },
      ],
    ],
    [
      "Respan's list",
      respanSchemas.pageSchema,
      [[reply, { ...reply, more: 1 }], { results: [reply], next: "/?page=2" }, [{ ...reply, created_at: "soon" }], {}],
    ],
    [
      "ngrok's list",
      ngrok.pageSchema,
      [
        { aiGatewayProviderKeys: [entry], nextPageUri: "/?a=b" },
        { aiGatewayProviderKeys: [{ ...entry, id: "" }] },
        null,
      ],
    ],
    [
      "Barndoor's list",
      barndoor.pageSchema,
      [[{ id: uuid.toUpperCase(), name: "N", model_provider: "openai", settings: {} }], [{ id: "a", settings: 1 }], 1],
    ],
  ];

  it.each(schemas)("of %s can be compiled, and gives and refuses the same then", (_of, schema, values) => {
    const compiled = z.compile(schema, { strict: true });
    for (const value of values) {
      const [plain, fast] = [schema.safeParse(value), compiled.safeParse(value)];
      expect(fast.data).toStrictEqual(plain.data);
      expect(fast.error?.issues).toStrictEqual(plain.error?.issues);
    }
  });
});

describe("a reply", () => {
  it("is parsed once", async () => {
    const text = JSON.stringify(reply);
    nock("https://api.respan.ai").patch("/api/providers/1/").reply(200, text);
    const parse = jest.spyOn(JSON, "parse");
    await respan({ token: secret("bench-token-0123456789") }).update(1, update);
    expect(parse.mock.calls.filter(([parsed]) => parsed === text)).toHaveLength(1);
  });

  it("that echoes no secret is searched as it is, and not copied", () => {
    const state = { name: "Azure", native: { tags: ["a", { b: "c".repeat(100) }] } };
    const stringify = jest.spyOn(JSON, "stringify");
    expect(redactData(state, [secret("bench-token-0123456789")])).toBe(state);
    expect(stringify).toHaveBeenCalledTimes(0);
  });
});

describe("the forms in which a secret could be echoed", () => {
  it("are made only where a text is long enough to hold it", () => {
    const key = secret("sk-proj-Qh3vT9xLw2RbN7mKc5ZpYd8sJf4gAe6u");
    const encoded = jest.spyOn(globalThis, "btoa");
    redactData({ name: "Azure, primary", native: { url: "https://api.example.com/v1" } }, [key]);
    expect(encoded).toHaveBeenCalledTimes(0);
    const echo = btoa(key.reveal());
    expect(redactData({ name: "Azure", note: `got ${echo}` }, [key])).toStrictEqual({
      name: "Azure",
      note: "got [redacted]",
    });
  });
});

describe("checking and translating an update", () => {
  it("makes no detour over JSON", () => {
    const gateway = respan({ token: secret("bench-token-0123456789") });
    const [stringify, parse] = [jest.spyOn(JSON, "stringify"), jest.spyOn(JSON, "parse")];
    gateway.explain(1, update);
    expect([stringify.mock.calls, parse.mock.calls]).toStrictEqual([[], []]);
  });

  it("takes less than 60 times what its JSON takes", () => {
    const gateway = respan({ token: secret("bench-token-0123456789") });
    const [ours, json] = [[0], [0]];
    const measure = (figures: number[], work: () => unknown) => {
      const { user, system } = process.cpuUsage();
      for (let done = 0; done < 100; done++) work();
      const after = process.cpuUsage();
      figures.push(after.user + after.system - user - system);
    };
    for (let round = 0; round < 20; round++) {
      measure(ours, () => gateway.explain(1, update));
      measure(json, () => JSON.parse(JSON.stringify(update)));
    }
    const middle = (figures: number[]) => figures.sort((left, right) => left - right)[10] ?? 0;
    expect(middle(ours) / middle(json)).toBeLessThan(60);
  });
});
