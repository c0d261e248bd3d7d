import { barndoor } from "../../adapters/barndoor/index.ts";
import { adapters } from "../../adapters/index.ts";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { keywordsai, respan } from "../../adapters/respan/index.ts";
import { type Gateway, isGatewayError, type ProviderId, secret } from "../../src/index.ts";
import { scriptWire } from "../support/wire.ts";

const token = secret("gateway-token");
const UUID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const BARNDOOR = "https://acme.platform.barndoor.ai";

const open = {
  respan: () => respan({ token }),
  slugs: () => respan({ token, identifier: "provider_id" }),
  keywordsai: () => keywordsai({ token }),
  barndoor: () => barndoor({ token, baseUrl: BARNDOOR }),
  ngrok: () => ngrok({ token }),
};
const ids = { respan: 123, slugs: "my-provider", keywordsai: 123, barndoor: UUID, ngrok: "aigpk_2abc" };
type Kind = keyof typeof open;

const gatewayOf = (kind: Kind): Gateway<ProviderId> => open[kind]();
const key = (text: string) => ({ credential: { scheme: "api_key", apiKey: secret(text) } });
const account = (text: string) => ({
  credential: { scheme: "google_service_account", serviceAccount: secret(text) },
});

/** Nothing is scripted: whatever is recorded should not have been sent. */
const watchWire = () => scriptWire("https://unused.test", []);

async function refusal(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
  } catch (error) {
    return isGatewayError(error)
      ? { name: error.name, outcome: error.outcome, retryable: error.retryable, paths: paths(error) }
      : error;
  }
  return "nothing was refused";
}

function paths(error: object): unknown {
  if ("fields" in error) return error.fields;
  if ("settings" in error) return error.settings;
  if (!("issues" in error) || !Array.isArray(error.issues)) return [];
  return [...new Set(error.issues.map((issue: { path: string }) => issue.path))].sort();
}

const invalid = (...names: string[]) => ({
  name: "InvalidInputError",
  outcome: "not-sent",
  retryable: false,
  paths: names,
});

describe("an update that is refused sends nothing", () => {
  it.each<[string, Kind, unknown, string]>([
    ["a description of 256 characters", "ngrok", { description: "x".repeat(256) }, "description"],
    ["a name of 256 characters", "ngrok", { name: "x".repeat(256) }, "name"],
    ["metadata over 4096 characters", "ngrok", { metadata: "x".repeat(4097) }, "metadata"],
    ["metadata over 4096 characters once encoded", "ngrok", { metadata: { a: "\n".repeat(2046) } }, "metadata"],
    ["a timeout of 0", "barndoor", { requestTimeout: 0 }, "requestTimeout"],
    ["a timeout of 3601", "barndoor", { requestTimeout: 3601 }, "requestTimeout"],
    ["a timeout of 1.5", "barndoor", { requestTimeout: 1.5 }, "requestTimeout"],
    ["a timeout as a text", "barndoor", { requestTimeout: "90" }, "requestTimeout"],
    ["an idle timeout of 1801", "barndoor", { streamIdleTimeout: 1801 }, "streamIdleTimeout"],
    ["a connection together with a credential", "barndoor", { connectionId: UUID, ...key("sk-new") }, "connectionId"],
    ["a detach without a credential", "barndoor", { connectionId: null }, "connectionId"],
    ["a connection that is no UUID", "barndoor", { connectionId: "main" }, "connectionId"],
    ["a service account that is no JSON", "barndoor", account("key.json"), "credential.serviceAccount"],
    [
      "a service account without a private key",
      "barndoor",
      account('{"client_email":"a@x.test"}'),
      "credential.serviceAccount",
    ],
    ["an unknown native field", "barndoor", { native: { change_notes: "x" } }, "native.change_notes"],
    [
      "a native null that is not documented",
      "respan",
      { baseUrl: "https://x.test", native: { region: null } },
      "native.region",
    ],
    [
      "a native field that has a name of its own",
      "respan",
      { baseUrl: "https://x.test", native: { api_key: secret("k1") } },
      "native.api_key",
    ],
    ["a base URL with credentials", "respan", { baseUrl: "https://user:pass@x.test" }, "baseUrl"],
    ["a base URL of another protocol", "respan", { baseUrl: "ftp://x.test" }, "baseUrl"],
    ["a base URL without a protocol", "respan", { baseUrl: "x.test/v1" }, "baseUrl"],
    ["a base URL with a fragment", "barndoor", { baseUrl: "https://x.test/#a" }, "baseUrl"],
    ["a base URL with white space", "barndoor", { baseUrl: "https://x.test/ a" }, "baseUrl"],
  ])("%s", async (_case, kind, update, path) => {
    const requests = watchWire();
    await expect(refusal(() => gatewayOf(kind).update(ids[kind], update as object))).resolves.toEqual(invalid(path));
    await expect(refusal(() => gatewayOf(kind).explain(ids[kind], update as object))).resolves.toEqual(invalid(path));
    expect(requests).toStrictEqual([]);
  });

  it.each(["respan", "slugs", "keywordsai", "barndoor", "ngrok"] as const)("of any gateway: %s", async (kind) => {
    const requests = watchWire();
    const cases: [unknown, string][] = [
      [{}, ""],
      [null, ""],
      [{ name: undefined }, "name"],
      [{ name: "" }, "name"],
      [{ nmae: "N" }, "nmae"],
      [key(""), "credential.apiKey"],
      [key("sk-1\n"), "credential.apiKey"],
      [key(" sk-1"), "credential.apiKey"],
      [key("sk-1 "), "credential.apiKey"],
      [{ credential: { scheme: "api_key", apiKey: "plain" } }, "credential.apiKey"],
    ];
    for (const [update, path] of cases) {
      await expect(refusal(() => gatewayOf(kind).update(ids[kind], update as object))).resolves.toEqual(invalid(path));
    }
    expect(requests).toStrictEqual([]);
  });

  it("takes the longest that is documented", () => {
    const longest = { name: "x".repeat(255), description: "x".repeat(255), metadata: "x".repeat(4096) };
    expect(open.ngrok().explain("a", longest)).toHaveLength(1);
    expect(open.barndoor().explain(UUID, { requestTimeout: 3600, streamIdleTimeout: 1800 })).not.toHaveLength(0);
    expect(open.barndoor().explain(UUID, { requestTimeout: 1, streamIdleTimeout: 1 })).not.toHaveLength(0);
  });

  it("counts a character outside the basic plane once", () => {
    expect(open.ngrok().explain("a", { description: "\u{1f600}".repeat(255) })).toHaveLength(1);
  });

  it("names unsupported fields along with invalid ones, and the id", async () => {
    const requests = watchWire();
    const update = { name: "", enabled: true, description: null };
    await expect(refusal(() => gatewayOf("respan").update("x", update))).resolves.toEqual(
      invalid("description", "enabled", "id", "name"),
    );
    expect(requests).toStrictEqual([]);
  });

  it("names all unsupported fields at once", async () => {
    const requests = watchWire();
    await expect(
      refusal(() => gatewayOf("ngrok").update("a", { enabled: true, requestTimeout: 5, native: { a: 1 }, name: "N" })),
    ).resolves.toEqual({
      name: "UnsupportedFieldError",
      outcome: "not-sent",
      retryable: false,
      paths: expect.arrayContaining(["enabled", "requestTimeout", "native"]),
    });
    expect(requests).toStrictEqual([]);
  });
});

describe("an id of the wrong kind", () => {
  it.each<[Kind, unknown[]]>([
    ["respan", ["my-provider", 0, -1, 1.5, Number.NaN, 2 ** 53, "01", "1e3", "", null, undefined, {}, [1], true, 1n]],
    ["keywordsai", ["my-provider", 0, ""]],
    ["slugs", [123, "", ".", "..", null, undefined, {}, "a\nb", "x".repeat(1025)]],
    ["barndoor", ["my-provider", 123, "", null, undefined, `${UUID}0`, `{${UUID}}`]],
    ["ngrok", [123, "", ".", "..", null, undefined, {}, "a\u0000b"]],
  ])("is refused by %s in every call, and nothing is sent", async (kind, wrong) => {
    const requests = watchWire();
    for (const id of wrong) {
      const calls = [
        () => gatewayOf(kind).parseId(id),
        () => gatewayOf(kind).get(id as string),
        () => gatewayOf(kind).update(id as string, { name: "N" }),
        () => gatewayOf(kind).explain(id as string, { name: "N" }),
      ];
      for (const call of calls) await expect(refusal(call)).resolves.toEqual(invalid("id"));
    }
    expect(requests).toStrictEqual([]);
  });

  it("takes a UUID of any version and case, and gives it in lower case", () => {
    expect(open.barndoor().parseId(UUID.toUpperCase())).toBe(UUID);
    expect(open.barndoor().parseId("0190a5b4-7d3e-7cc1-8a5e-0123456789ab")).toBe(
      "0190a5b4-7d3e-7cc1-8a5e-0123456789ab",
    );
  });
});

describe("settings that do not hold are refused when the gateway is made", () => {
  const base = { token, baseUrl: "https://x.test" };

  describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))("%s", (_name, adapter) => {
    it.each<[string, unknown, string]>([
      ["a token that is empty", { ...base, token: secret("") }, "token"],
      ["a token with a line break", { ...base, token: secret("abc\n") }, "token"],
      ["a token with a blank", { ...base, token: secret("abc def") }, "token"],
      ["a token that is a plain text", { ...base, token: "abc" }, "token"],
      ["a token that is null", { ...base, token: null }, "token"],
      ["a base URL with credentials", { ...base, baseUrl: "https://user:pass@x.test" }, "baseUrl"],
      ["a base URL with hidden credentials", { ...base, baseUrl: "\u0001https://user:pass@x.test" }, "baseUrl"],
      ["a base URL of another protocol", { ...base, baseUrl: "ftp://x.test" }, "baseUrl"],
      ["a base URL with a query", { ...base, baseUrl: "https://x.test?a=1" }, "baseUrl"],
      ["an empty base URL", { ...base, baseUrl: "" }, "baseUrl"],
      ["an unknown setting", { ...base, timeout: 5 }, "timeout"],
      ["a timeout of zero", { ...base, timeoutMs: 0 }, "timeoutMs"],
      ["half a millisecond", { ...base, timeoutMs: 0.5 }, "timeoutMs"],
      ["too many tries", { ...base, retry: { attempts: 11 } }, "retry.attempts"],
      ["a negative try", { ...base, retry: { attempts: -1 } }, "retry.attempts"],
      ["an unknown setting of retries", { ...base, retry: { tries: 1 } }, "retry.tries"],
      ["a rate of zero", { ...base, rateLimit: { requests: 0, perMs: 1 } }, "rateLimit"],
      ["a proxy that is a URL", { ...base, proxy: "http://proxy.test" }, "proxy"],
      ["a user agent with a line break", { ...base, userAgent: "a\r\nX: y" }, "userAgent"],
      ["an explicit undefined", { ...base, userAgent: undefined }, "userAgent"],
      ["null", null, ""],
      ["a text", "token", ""],
    ])("%s", async (_case, settings, path) => {
      const requests = watchWire();
      const refused = await refusal(() => adapter.open(settings));
      expect(refused).toMatchObject({ name: "InvalidInputError", outcome: "not-sent" });
      expect(refused).toMatchObject({ paths: [expect.stringMatching(new RegExp(`^${path.replace(".", "\\.")}`))] });
      expect(requests).toStrictEqual([]);
    });

    it("a setting that is called __proto__", async () => {
      const settings = Object.assign(JSON.parse('{"__proto__":{"proxy":"environment"}}') as object, base);
      await expect(refusal(() => adapter.open(settings))).resolves.toMatchObject({ name: "InvalidInputError" });
    });

    it("a token that is absent", async () => {
      const missing = { name: "MissingSettingError", outcome: "not-sent", retryable: false, paths: ["token"] };
      await expect(refusal(() => adapter.open({ baseUrl: "https://x.test" }))).resolves.toEqual(missing);
      await expect(refusal(() => adapter.open({ ...base, token: undefined }))).resolves.toEqual(missing);
    });
  });

  it("Barndoor wants its base URL", async () => {
    const missing = { name: "MissingSettingError", outcome: "not-sent", retryable: false, paths: ["baseUrl"] };
    await expect(refusal(() => barndoor.open({ token }))).resolves.toEqual(missing);
    await expect(refusal(() => barndoor.open({}))).resolves.toEqual({ ...missing, paths: ["token", "baseUrl"] });
  });
});

describe("a token function", () => {
  const call = (give: () => unknown) => {
    const gateway = respan({ token: give as () => never });
    return refusal(() => gateway.update(123, { name: "N" }));
  };

  it.each<[string, () => unknown]>([
    [
      "that throws",
      () => {
        throw new Error("vault says no");
      },
    ],
    ["that rejects", () => Promise.reject(new Error("vault says no"))],
    ["that gives a plain text", () => "gateway-token"],
    ["that gives nothing", () => undefined],
    ["that gives an empty secret", () => secret("")],
    ["that gives a line break", async () => secret("a\nb")],
  ])("%s is refused, and nothing is sent", async (_case, give) => {
    const requests = watchWire();
    await expect(call(give)).resolves.toEqual(invalid("token"));
    expect(requests).toStrictEqual([]);
  });
});
