import { adapters } from "../../adapters/index.ts";
import { checkConfig, type connect, connect as connectAll, parseConfig, requireTrust } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { checked, configErrorOf, marked, problemsOf, seed, useSandbox } from "../support/sync.ts";

allowLoopback();
const open = useSandbox();

const ID = "4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111";
const OTHER_ID = "9a0d7c55-3b1f-4c7e-8f2a-0b6f4d1e2c33";
const AUTH = "auth: { clientId: acme-sync, clientSecret: env:CLIENT_SECRET }";
const barndoor = (login: string, url = "https://acme.platform.barndoor.ai") =>
  `adapter: barndoor, baseUrl: "${url}", ${login}`;
const config = (gateway: string, more = "") => `version: 1
gateways:
  one: { ${gateway} }
${more}providers:
  p: { name: P, gateways: { one: { id: ${ID} } } }
`;

describe("a gateway with a login", () => {
  it("holds the references of it, and starts them at the folder of its file", () => {
    const written = parseConfig("gatefold.yaml", config(barndoor(AUTH)), "/folder");
    expect(written.gateways).toMatchObject([
      {
        secrets: [
          {
            path: ["auth", "clientSecret"],
            reference: { kind: "env", target: "CLIENT_SECRET", directory: "/folder" },
          },
        ],
        settings: { auth: { clientId: "acme-sync", clientSecret: "env:CLIENT_SECRET" } },
      },
    ]);
    expect(checkConfig(written, adapters).bindings).toHaveLength(1);
  });

  const reference =
    "expected a reference: env:NAME, file:PATH or exec:COMMAND; a key itself does not belong in the file";
  const secretPath = "gateways.one.auth.clientSecret";
  it.each<[what: string, gateway: string, path: string, message: string]>([
    ["a literal secret", barndoor("auth: { clientId: c, clientSecret: »sk-9f3a }"), secretPath, reference],
    ["no secret", barndoor("»auth: { clientId: c }"), secretPath, reference],
    ["a number as its secret", barndoor("auth: { clientId: c, clientSecret: »4242 }"), secretPath, reference],
    ["nothing in it", barndoor("»auth: {}"), "gateways.one.auth.clientId", "expected a text"],
    ["a text", barndoor("auth: »env:AUTH"), "gateways.one.auth", "expected a mapping"],
    [
      "a reference where a text goes",
      barndoor("auth: { clientId: »env:ID, clientSecret: env:S }"),
      "gateways.one.auth.clientId",
      "expected a text; only a secret is given as a reference",
    ],
    [
      "a URL that is none",
      barndoor("auth: { clientId: c, clientSecret: env:S, tokenUrl: »nowhere }"),
      "gateways.one.auth.tokenUrl",
      "expected an absolute http or https URL",
    ],
    [
      "an unknown member",
      barndoor("auth: { clientId: c, clientSecret: env:S, user: »u }"),
      "gateways.one.auth.user",
      "unknown field",
    ],
    [
      "a token beside it",
      barndoor("token: env:T, »auth: { clientId: c, clientSecret: env:S }"),
      "gateways.one.auth",
      "is given beside token: give one of the two",
    ],
    [
      "an adapter that takes none",
      "adapter: ngrok, auth: »{ clientId: c, clientSecret: env:S }",
      "gateways.one.auth",
      "the adapter ngrok takes no auth: give token",
    ],
  ])("is refused for %s, with its place", (_what, gateway, path, message) => {
    const { text, line, column } = marked(config(gateway));
    const problems = problemsOf(text);
    expect(problems.map((problem) => `${problem.path}: ${problem.message}`)).toContain(`${path}: ${message}`);
    const [found] = problems.filter((problem) => problem.path === path && problem.message === message);
    expect(found).toMatchObject({ line, column });
    expect(JSON.stringify(problems)).not.toContain("9f3a");
  });
});

describe("two gateways with a login", () => {
  const messagesOf = (a: string, b: string) =>
    problemsOf(`version: 1
gateways: { a: { ${a} }, b: { ${b} } }
providers:
  p: { name: P, gateways: { a: { id: ${ID} } } }
  q: { name: Q, gateways: { b: { id: ${ID} } } }
`).map(({ message }) => message);
  const login = (clientId: string, reference = "env:S") =>
    barndoor(`auth: { clientId: ${clientId}, clientSecret: "${reference}" }`);
  const written = barndoor('auth: { clientSecret: "env:S", clientId: one }, timeoutMs: 5');

  it("of one client are one account, in whatever order it is written", () => {
    const message = "is managed by p already; a is the same account: its adapter, base URL and auth are the same";
    expect(messagesOf(login("one"), written)).toEqual([message]);
  });

  it.each([
    ["clients", login("one"), login("other")],
    ["secrets", login("one"), login("one", "file:other")],
    ["kinds of login", login("one"), barndoor("token: env:S")],
  ])("of different %s may be two", (_what, a, b) => {
    expect(messagesOf(a, b)).toEqual([]);
  });
});

describe("trust", () => {
  const askedBy = async (login: string, baseUrl?: string) => {
    const whole = checked(config(barndoor(login, baseUrl)));
    expect(() => requireTrust(whole, whole.bindings, true)).not.toThrow();
    const error = await configErrorOf(() => requireTrust(whole, whole.bindings, false));
    expect(error.kind).toBe("untrusted");
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  };
  const to = (tokenUrl: string) => `auth: { clientId: c, clientSecret: env:S, tokenUrl: "${tokenUrl}" }`;

  it.each([
    AUTH,
    to("https://auth.barndoor.ai/realms/other/token"),
    to("http://127.0.0.1:1/token"),
    // It names what the token is for: nothing is sent there.
    "auth: { clientId: c, clientSecret: env:S, audience: https://evil.test }",
  ])("is not asked for %s", (login) => {
    const whole = checked(config(barndoor(login)));
    expect(() => requireTrust(whole, whole.bindings, false)).not.toThrow();
  });

  it.each([
    [
      to("https://login.evil.test/token"),
      "gateways.one.auth.tokenUrl: login.evil.test is none of the vendor's documented hosts: sending the login there needs --trust-config",
    ],
    [
      to("http://auth.barndoor.ai/token"),
      "gateways.one.auth.tokenUrl: sends the login unencrypted: that needs --trust-config",
    ],
    [
      "auth: { clientId: c, clientSecret: 'exec:print secret' }",
      "gateways.one.auth.clientSecret: runs a command: that needs --trust-config",
    ],
    [
      "auth: { clientId: c, clientSecret: file:/etc/secret }",
      "gateways.one.auth.clientSecret: reads a file outside the folder of the config: that needs --trust-config",
    ],
  ])("is asked for %s", async (login, problem) => {
    expect(await askedBy(login)).toEqual([problem]);
  });
});

describe("what connects", () => {
  const connected = (text: string, environment: Parameters<typeof connect>[2]) => {
    const whole = checked(text);
    return connectAll(whole, whole.bindings, environment, { proxy: "environment" });
  };

  it("logs in with the secret that the reference gives", async () => {
    const clients = [{ client_id: "acme-sync", client_secret: "the client's" }];
    const sandbox = await open({ seed: { ...seed, barndoor: { ...seed.barndoor, clients } } });
    const url = sandbox.urls.barndoor;
    const tokenUrl = new URL("/realms/barndoor/protocol/openid-connect/token", url).href;
    const login = `auth: { clientId: acme-sync, clientSecret: env:CLIENT_SECRET, tokenUrl: "${tokenUrl}" }`;
    const connections = await connected(config(barndoor(login, url)), { CLIENT_SECRET: "the client's" });
    expect((await connections.get("one")?.get(ID))?.name).toBe("OpenAI");
    expect(await connections.get("one")?.get(OTHER_ID)).toMatchObject({ name: "Attached" });
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
  });

  it.each([
    [{}, "the environment variable CLIENT_SECRET is not set"],
    [{ CLIENT_SECRET: "" }, "the environment variable CLIENT_SECRET is empty"],
    [{ CLIENT_SECRET: "9f3a\nmore" }, "has a line break"],
  ])("says what is wrong with it, and where: %j", async (environment, message) => {
    const { text, line, column } = marked(config(barndoor(AUTH.replace("env:", "»env:"))));
    const error = await configErrorOf(() => connected(text, environment));
    expect(error).toMatchObject({
      kind: "credentials",
      problems: [{ path: "gateways.one.auth.clientSecret", message, line, column }],
    });
    expect(error.message).not.toContain("9f3a");
  });
});
