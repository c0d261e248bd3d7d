import { barndoor } from "../../../adapters/barndoor/index.ts";
import { adapters } from "../../../adapters/index.ts";
import { secret } from "../../../src/index.ts";
import type { ClientCredentials } from "../../../src/kit/index.ts";
import { failureOf } from "../../support/error-cases.ts";
import { type Step, scriptWire } from "../../support/wire.ts";

const ID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const HOST = "https://auth.barndoor.ai";
const PATH = "/realms/barndoor/protocol/openid-connect/token";
const baseUrl = "https://acme.platform.barndoor.ai";
const auth = { clientId: "acme-sync", clientSecret: secret("s3cret &+=/ß") };

describe("the request of a login", () => {
  const base = "grant_type=client_credentials&client_id=acme-sync&client_secret=s3cret+%26%2B%3D%2F%C3%9F";
  const ending: Step = { method: "POST", path: PATH, status: 400, reply: { error: "invalid_request" } };

  it.each<[string, Partial<ClientCredentials>, string, string]>([
    ["as it is documented", {}, HOST, base],
    ["with an audience", { audience: "https://barndoor.ai/" }, HOST, `${base}&audience=https%3A%2F%2Fbarndoor.ai%2F`],
    ["with a scope", { scope: "openid profile" }, HOST, `${base}&scope=openid+profile`],
    ["at another place", { tokenUrl: `https://login.acme.test${PATH}` }, "https://login.acme.test", base],
  ])("goes out %s", async (_what, more, origin, body) => {
    const requests = scriptWire(origin, [ending]);
    const gateway = barndoor({ baseUrl, auth: { ...auth, ...more }, retry: { attempts: 0 }, userAgent: "test/1" });
    await failureOf(() => gateway.get(ID));
    expect(requests).toEqual([
      {
        method: "POST",
        url: `${new URL(origin).host}${PATH}`,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          "user-agent": "test/1",
        },
        body,
      },
    ]);
  });

  it("is followed by the call, with what it got", async () => {
    scriptWire(HOST, [{ method: "POST", path: PATH, reply: { access_token: "a.b.c", expires_in: 60 } }]);
    const item = `/api/llm-gateway/admin/providers/${ID}`;
    const requests = scriptWire(baseUrl, [{ method: "GET", path: item, status: 404 }]);
    await failureOf(() => barndoor({ baseUrl, auth }).get(ID));
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer a.b.c"]);
  });
});

describe("of token and auth", () => {
  const open = (settings: object) => failureOf(async () => barndoor.open(settings));
  const token = secret("a-token");

  it("one is needed", async () => {
    expect(await open({ baseUrl })).toMatchObject({ name: "MissingSettingError", settings: ["token"] });
    expect(await open({})).toMatchObject({ name: "MissingSettingError", settings: ["token", "baseUrl"] });
    expect(await open({ auth })).toMatchObject({ name: "MissingSettingError", settings: ["baseUrl"] });
  });

  it.each<[string, object, readonly (readonly [path: string, message: string])[]]>([
    ["both", { token, auth }, [["auth", "is given beside token: give one of the two"]]],
    ["another wrong setting", { auth, timeoutMs: 0 }, [["timeoutMs", "expected at least 1 millisecond"]]],
    ["a text", { auth: "a-client" }, [["auth", "expected { clientId, clientSecret }"]]],
    [
      "nothing in it",
      { auth: {} },
      [
        ["auth.clientId", "expected a text"],
        ["auth.clientSecret", "expected a Secret, made by secret(text)"],
      ],
    ],
    [
      "a secret that is plain text",
      { auth: { ...auth, clientSecret: "plain-9f3a" } },
      [["auth.clientSecret", "expected a Secret, made by secret(text)"]],
    ],
    ["an empty secret", { auth: { ...auth, clientSecret: secret("") } }, [["auth.clientSecret", "is empty"]]],
    [
      "a secret with a line break",
      { auth: { ...auth, clientSecret: secret("9f3a\n") } },
      [["auth.clientSecret", "has a line break"]],
    ],
    [
      "a client id that is a Secret",
      { auth: { ...auth, clientId: secret("9f3a") } },
      [["auth.clientId", "expected a text"]],
    ],
    ["a URL with a query", { auth: { ...auth, tokenUrl: "https://a.test/?x=1" } }, [["auth.tokenUrl", "has a query"]]],
    ["an unknown member", { auth: { ...auth, clientid: "x" } }, [["auth.clientid", "unknown field"]]],
  ])("%s is refused where it is wrong, and not shown", async (_what, settings, issues) => {
    const error = await open({ baseUrl, ...settings });
    if (error.name !== "InvalidInputError") throw error;
    expect(error.issues.map(({ path, message }) => [path, message])).toEqual(issues);
    expect(JSON.stringify(error)).not.toContain("9f3a");
  });

  it("only token is known to an adapter whose vendor has no such login", async () => {
    const others = adapters.filter(({ name }) => !name.startsWith("barndoor"));
    expect(others.length).toBeGreaterThan(2);
    for (const adapter of others) {
      const error = await failureOf(async () => adapter.open({ auth, token }));
      expect([adapter.name, error.message]).toEqual([adapter.name, expect.stringContaining("auth: unknown field")]);
    }
  });
});
