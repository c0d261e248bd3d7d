import { inspect } from "node:util";
import { baseUrlProblem, parseUpdate } from "../../src/contract/update.ts";
import { isSecret, secret, updateFields } from "../../src/index.ts";

const CONNECTION = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const apiKey = { scheme: "api_key", apiKey: secret("new-api-key") };
const json = (text: string): unknown => JSON.parse(text);

const pathsOf = (update: unknown) => parseUpdate(update).issues.map(({ path }) => path);

describe("an update that holds", () => {
  it.each<[string, object]>([
    ["one field", { name: "N" }],
    ["a cleared field", { description: null }],
    [
      "all fields",
      {
        name: "N",
        description: "D",
        metadata: { team: "ml" },
        baseUrl: "https://x.test/v1?version=2",
        credential: apiKey,
        connectionId: null,
        requestTimeout: 1,
        streamIdleTimeout: null,
        enabled: false,
        native: { region: "eu", nothing: null, list: [1, { a: "b" }] },
      },
    ],
    ["a text as metadata", { metadata: "{not json" }],
    ["an empty object as metadata", { metadata: {} }],
    ["an attachment", { connectionId: CONNECTION }],
    ["a role", { credential: { scheme: "aws_role", roleArn: "arn", externalId: "e" } }],
    ["a role without an external id", { credential: { scheme: "aws_role", roleArn: "arn" } }],
    ["keys of AWS", { credential: { scheme: "aws_keys", accessKeyId: "A", secretAccessKey: secret("s") } }],
    ["the default credential of Google", { credential: { scheme: "google_adc" } }],
    ["an impersonation", { credential: { scheme: "google_impersonation", targetServiceAccount: "t@x.test" } }],
    ["a pass-through", { credential: { scheme: "oauth_passthrough" } }],
    ["a URL with a path that holds an @", { baseUrl: "https://x.test/@scope" }],
    ["a URL in capitals and with a port", { baseUrl: "HTTPS://X.test:8443" }],
  ])("is taken: %s", (_case, update) => {
    const parsed = parseUpdate(update);
    expect(parsed.issues).toStrictEqual([]);
    expect(parsed.update).toStrictEqual(update);
    expect([...parsed.given].sort()).toStrictEqual(Object.keys(update).sort());
  });

  it("is copied, so that nothing the caller changes later can change what is sent", () => {
    const original = { metadata: { a: [1] }, native: { settings: { a: 1 } }, credential: { ...apiKey } };
    const { update } = parseUpdate(original);
    original.metadata.a.push(2);
    original.native.settings.a = 2;
    original.credential.scheme = "google_adc";
    expect(update).toMatchObject({
      metadata: { a: [1] },
      native: { settings: { a: 1 } },
      credential: { scheme: "api_key" },
    });
  });

  it("keeps the secrets of native as secrets", () => {
    const { update, issues } = parseUpdate({ native: { organization: secret("org-key") } });
    expect(issues).toStrictEqual([]);
    expect(isSecret(update.native?.organization)).toBe(true);
  });

  it("keeps a member of metadata that is called __proto__", () => {
    const { update, issues } = parseUpdate({ metadata: json('{"__proto__":{"a":1}}') });
    expect(issues).toStrictEqual([]);
    expect(JSON.stringify(update.metadata)).toBe('{"__proto__":{"a":1}}');
  });

  it("may be an object without a prototype", () => {
    expect(parseUpdate(Object.assign(Object.create(null), { name: "N" }))).toMatchObject({
      update: { name: "N" },
      issues: [],
    });
  });
});

describe("a value that an update does not take", () => {
  const account = (text: string) => ({
    credential: { scheme: "google_service_account", serviceAccount: secret(text) },
  });
  const key = (text: string) => ({ credential: { scheme: "api_key", apiKey: secret(text) } });

  it.each<[string, unknown, string]>([
    ["an empty name", { name: "" }, "name"],
    ["a name that is cleared", { name: null }, "name"],
    ["a name that is a number", { name: 1 }, "name"],
    ["an empty description", { description: "" }, "description"],
    ["empty metadata", { metadata: "" }, "metadata"],
    ["metadata that is a list", { metadata: [1] }, "metadata"],
    ["metadata with a date", { metadata: { at: new Date(0) } }, "metadata"],
    ["metadata with undefined", { metadata: { at: undefined } }, "metadata"],
    ["metadata with a secret", { metadata: { key: secret("s") } }, "metadata"],
    ["metadata that is a secret", { metadata: secret("s") }, "metadata"],
    ["a base URL that is cleared", { baseUrl: null }, "baseUrl"],
    ["a credential that is cleared", { credential: null }, "credential"],
    ["a credential without a scheme", { credential: { apiKey: secret("k") } }, "credential.scheme"],
    ["a credential of an unknown scheme", { credential: { scheme: "password" } }, "credential.scheme"],
    ["a key that is a plain text", { credential: { scheme: "api_key", apiKey: "plain" } }, "credential.apiKey"],
    ["a key that is missing", { credential: { scheme: "api_key" } }, "credential.apiKey"],
    ["a member of another scheme", { credential: { scheme: "google_adc", apiKey: secret("k") } }, "credential.apiKey"],
    [
      "an undefined member",
      { credential: { scheme: "aws_role", roleArn: "a", externalId: undefined } },
      "credential.externalId",
    ],
    ["an empty role", { credential: { scheme: "aws_role", roleArn: "" } }, "credential.roleArn"],
    [
      "an empty target",
      { credential: { scheme: "google_impersonation", targetServiceAccount: "" } },
      "credential.targetServiceAccount",
    ],
    ["a key that is empty", key(""), "credential.apiKey"],
    ["a key with a line break", key("sk-1\n"), "credential.apiKey"],
    ["a key with a carriage return inside", key("sk\r1"), "credential.apiKey"],
    ["a key with a NUL", key("sk\u00001"), "credential.apiKey"],
    ["a key with a blank before", key(" sk-1"), "credential.apiKey"],
    ["a key with a blank after", key("sk-1 "), "credential.apiKey"],
    ["a key with a no-break space after", key("sk-1\u00a0"), "credential.apiKey"],
    ["a key that is only blanks", key("  "), "credential.apiKey"],
    ["a key with half a character", key("sk-\ud800"), "credential.apiKey"],
    [
      "a bedrock key that is empty",
      { credential: { scheme: "bedrock_api_key", apiKey: secret("") } },
      "credential.apiKey",
    ],
    [
      "a secret access key with a line break",
      { credential: { scheme: "aws_keys", accessKeyId: "A", secretAccessKey: secret("s\n") } },
      "credential.secretAccessKey",
    ],
    ["a service account that is empty", account(""), "credential.serviceAccount"],
    ["a service account that is no JSON", account("/path/to/key.json"), "credential.serviceAccount"],
    ["a service account that is a list", account("[]"), "credential.serviceAccount"],
    ["a service account without a private key", account('{"client_email":"a@x.test"}'), "credential.serviceAccount"],
    [
      "a service account with an empty private key",
      account('{"client_email":"a@x.test","private_key":""}'),
      "credential.serviceAccount",
    ],
    ["a service account without an address", account('{"private_key":"k"}'), "credential.serviceAccount"],
    ["an empty connection", { connectionId: "" }, "connectionId"],
    ["a connection that is a number", { connectionId: 7 }, "connectionId"],
    ["zero seconds", { requestTimeout: 0 }, "requestTimeout"],
    ["negative seconds", { streamIdleTimeout: -1 }, "streamIdleTimeout"],
    ["half a second", { requestTimeout: 1.5 }, "requestTimeout"],
    ["seconds as a text", { requestTimeout: "90" }, "requestTimeout"],
    ["endless seconds", { requestTimeout: Number.POSITIVE_INFINITY }, "requestTimeout"],
    ["no number", { requestTimeout: Number.NaN }, "requestTimeout"],
    ["enabled as a text", { enabled: "true" }, "enabled"],
    ["enabled that is cleared", { enabled: null }, "enabled"],
    ["native that is a list", { native: [] }, "native"],
    ["native that is cleared", { native: null }, "native"],
    ["native that is empty", { native: {} }, "native"],
    ["native that is a secret", { native: secret("s") }, "native"],
    ["a value of native that is no JSON", { native: { region: undefined } }, "native.region"],
    ["an empty secret in native", { native: { organization: secret("") } }, "native.organization"],
    ["a secret deep in native", { native: { settings: { key: secret("s") } } }, "native.settings"],
    ["a name of native that cannot be sent", { native: json('{"__proto__":{"a":1}}') }, "native.__proto__"],
  ])("%s", (_case, update, path) => {
    expect(pathsOf(update)).toStrictEqual([path]);
  });

  it.each(updateFields)("an explicit undefined for %s", (field) => {
    expect(pathsOf({ name: "N", [field]: undefined })).toContain(field);
    const whole = field === "name" ? { name: undefined } : { name: "N", [field]: undefined };
    expect(parseUpdate(whole).update).not.toHaveProperty(field);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a list", []],
    ["a text", "name: N"],
    ["a number", 1],
    ["a function", () => ({ name: "N" })],
    ["an empty object", {}],
    ["a date", new Date(0)],
    ["a secret", secret("s")],
  ])("%s instead of an update", (_case, update) => {
    expect(pathsOf(update)).toStrictEqual([""]);
  });
});

describe("a base URL", () => {
  it.each([
    "",
    "x.test",
    "//x.test",
    "/v1",
    "ftp://x.test",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "https://user:pass@x.test",
    "https://user@x.test",
    "https://@x.test",
    "https:user:pass@x.test",
    "https:////user:pass@x.test",
    "https://x.test/#fragment",
    "https://x.test/#",
    "https://x.test /",
    " https://x.test",
    "https://x.test\n",
    "https://x.te\tst",
    "https:\\\\x.test",
    "\u0000https://x.test",
    "\u0001https://user:pass@x.test",
  ])("is refused: %j", (url) => {
    expect(baseUrlProblem(url)).toBeDefined();
    expect(pathsOf({ baseUrl: url })).toStrictEqual(["baseUrl"]);
  });

  it("is never part of the message", () => {
    const problem = baseUrlProblem("https://user:pass-9f3a@x.test");
    expect(problem).toMatch(/user info/);
    expect(problem).not.toContain("9f3a");
  });
});

describe("the rules that span fields", () => {
  it("wants a new credential with a detach", () => {
    expect(pathsOf({ connectionId: null })).toStrictEqual(["connectionId"]);
    expect(pathsOf({ connectionId: null, credential: apiKey })).toStrictEqual([]);
  });

  it("takes a connection or a credential, never both", () => {
    expect(pathsOf({ connectionId: CONNECTION, credential: apiKey })).toStrictEqual(["connectionId"]);
  });

  it("judges them even when one of the fields is invalid by itself", () => {
    const update = { connectionId: CONNECTION, credential: { scheme: "api_key", apiKey: "plain" } };
    expect(pathsOf(update).sort()).toStrictEqual(["connectionId", "credential.apiKey"]);
  });
});

describe("an unknown field", () => {
  it.each<[string, object, string, RegExp]>([
    ["a mistyped one", { descripton: "D" }, "descripton", /did you mean description\?/],
    ["another spelling", { base_url: "https://x.test" }, "base_url", /did you mean baseUrl\?/],
    ["one like no other", { colour: "red" }, "colour", /^unknown field$/],
    ["one in a credential", { credential: { ...apiKey, region: "eu" } }, "credential.region", /unknown field/],
  ])("is refused, with a suggestion where there is one: %s", (_case, update, path, message) => {
    expect(parseUpdate(update).issues).toStrictEqual([{ path, message: expect.stringMatching(message) }]);
  });

  it.each(['{"name":"N","__proto__":{"enabled":true}}', '{"__proto__":{"name":"N"}}'])(
    "is refused also when it is called __proto__: %s",
    (text) => {
      const { update, issues } = parseUpdate(json(text));
      expect(issues).toHaveLength(1);
      expect(update.enabled).toBeUndefined();
    },
  );

  it("called __proto__ is refused in a credential", () => {
    const credential = json('{"scheme":"google_adc","__proto__":{"apiKey":"x"}}');
    expect(parseUpdate({ credential }).issues).toHaveLength(1);
  });

  it("is not shown where it looks like pasted content", () => {
    const { issues } = parseUpdate({ "sk-live-51H8 secret": 1, [`k${"x".repeat(60)}`]: 1 });
    expect(issues).toHaveLength(2);
    expect(inspect(issues)).not.toMatch(/51H8|xxxx/);
  });
});

describe("several problems of one update", () => {
  it("are all reported at once", () => {
    const update = {
      name: null,
      descripton: "D",
      requestTimeout: 1.5,
      streamIdleTimeout: "60",
      baseUrl: "ftp://x.test",
      credential: { scheme: "api_key", apiKey: "plain" },
      connectionId: CONNECTION,
      native: {},
    };
    expect(pathsOf(update).sort()).toStrictEqual([
      "baseUrl",
      "connectionId",
      "credential.apiKey",
      "descripton",
      "name",
      "native",
      "requestTimeout",
      "streamIdleTimeout",
    ]);
  });

  it("leave the valid fields to look at, and the names of all that were given", () => {
    const parsed = parseUpdate({ name: "N", requestTimeout: 0, enabled: true, colour: 1 });
    expect(parsed.update).toStrictEqual({ name: "N", enabled: true });
    expect([...parsed.given].sort()).toStrictEqual(["enabled", "name", "requestTimeout"]);
  });

  it("never show the offending value", () => {
    const value = "value-9f3a";
    const wrong: unknown[] = [
      ...updateFields.flatMap((field) => [
        { [field]: value },
        { [field]: [value] },
        { [field]: { [value]: { [value]: value } } },
      ]),
      { credential: { scheme: value } },
      { credential: { scheme: "api_key", apiKey: value } },
      { credential: { scheme: "api_key", apiKey: secret(`${value}\n`) } },
      { credential: { scheme: "google_service_account", serviceAccount: secret(`{"client_email": "${value}", }`) } },
      { baseUrl: `https://${value}:${value}@x.test` },
      { baseUrl: `gopher://${value}` },
      { connectionId: value, credential: apiKey },
      value,
    ];
    for (const update of wrong) {
      const messages = parseUpdate(update).issues.map(({ message }) => message);
      expect(messages.join()).not.toContain("9f3a");
    }
  });
});
