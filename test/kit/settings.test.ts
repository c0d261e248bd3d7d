import { z } from "zod";
import { type GatewayError, isGatewayError, secret } from "../../src/index.ts";
import { commonSettings } from "../../src/kit/index.ts";
import { parseSettings, tokenProblem } from "../../src/kit/settings.ts";

const schema = z.strictObject(commonSettings);
const token = secret("gateway-token");

function refusedFor(settings: unknown): GatewayError {
  try {
    parseSettings("some", schema, settings);
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw error;
  }
  throw new Error("the settings were taken");
}

describe("settings that hold", () => {
  it.each<[string, object]>([
    ["a token", { token }],
    ["a function that gives a token", { token: () => token }],
    [
      "all of them",
      {
        token,
        baseUrl: "http://127.0.0.1:8080/prefix/",
        timeoutMs: 600_000,
        retry: { attempts: 0, budgetMs: 1 },
        rateLimit: { requests: 1, perMs: 1 },
        proxy: "environment",
        userAgent: "acme/1.0 (+https://acme.test)",
      },
    ],
    ["switched off", { token, rateLimit: false, proxy: false, retry: {} }],
  ])("are taken: %s", (_case, settings) => {
    expect(parseSettings("some", schema, settings)).toEqual(settings);
  });

  it("are copied", () => {
    const settings = { token, retry: { attempts: 1 } };
    const parsed = parseSettings("some", schema, settings);
    settings.retry.attempts = 9;
    expect(parsed.retry).toStrictEqual({ attempts: 1 });
  });
});

describe("settings that do not hold", () => {
  it("name every required one that is absent", () => {
    expect(refusedFor({})).toMatchObject({ name: "MissingSettingError", settings: ["token"], adapter: "some" });
  });

  it("name every problem at once, with a suggestion for a mistyped name", () => {
    const error = refusedFor({ token: "plain", timeoutMs: 0, base_url: "x", proxy: true });
    expect(error).toMatchObject({ name: "InvalidInputError" });
    const { issues } = error as Extract<GatewayError, { name: "InvalidInputError" }>;
    expect(issues.map(({ path }) => path).sort()).toStrictEqual(["base_url", "proxy", "timeoutMs", "token"]);
    expect(error.message).toContain("did you mean baseUrl?");
  });

  it("do not take an undefined optional setting for a required one that is absent", () => {
    expect(refusedFor({ token, userAgent: undefined })).toMatchObject({
      name: "InvalidInputError",
      issues: [{ path: "userAgent" }],
    });
  });

  it("never show a value", () => {
    const wrong = [
      { token: "value-9f3a" },
      { token: secret("value-9f3a\n") },
      { token, baseUrl: "https://user:value-9f3a@x.test" },
      { token, userAgent: "value-9f3a\n" },
      { token, proxy: "http://user:value-9f3a@proxy.test" },
    ];
    for (const settings of wrong) expect(refusedFor(settings).message).not.toContain("9f3a");
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["a text", "x"],
    ["a secret", token],
  ])("are refused as a whole: %s", (_kind, settings) => {
    expect(["InvalidInputError", "MissingSettingError"]).toContain(refusedFor(settings).name);
  });
});

describe("a token's text", () => {
  it.each(["sk-1", "eyJhbGciOi.e30.x-_~+/=", "!"])("may be a header's value: %s", (text) => {
    expect(tokenProblem(secret(text))).toBeUndefined();
  });

  it.each(["", "a\n", "\ra", "a b", "\ta", "a\u0000", "schlüssel", "a\u007f", " "])("may not be %j", (text) => {
    expect(tokenProblem(secret(text))).toBeDefined();
  });
});
