import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Sandbox } from "../../src/testing/index.ts";
import { adapterModule } from "../support/foreign.ts";
import { allowLoopback } from "../support/loopback.ts";
import { BARNDOOR_ID, gatefold, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const TOKEN_PATH = "/realms/barndoor/protocol/openid-connect/token";
const CLIENT_SECRET = 'canary/c1ient+"7Kq=9';
const KEY = 'canary/new-key+"7Kq=9';

async function started(reference = "env:CLIENT_SECRET") {
  const clients = [{ client_id: "acme-sync", client_secret: CLIENT_SECRET }];
  const sandbox = await open({ seed: { ...seed, barndoor: { ...seed.barndoor, clients } } });
  const url = sandbox.urls.barndoor;
  directory.write(
    "gatefold.yaml",
    `version: 1
gateways:
  barndoor-prod:
    adapter: barndoor
    baseUrl: ${url}
    retry: { attempts: 0 }
    auth:
      clientId: acme-sync
      clientSecret: ${reference}
      tokenUrl: ${new URL(TOKEN_PATH, url).href}
providers:
  openai-prod:
    name: Renamed
    credential: { scheme: api_key, apiKey: env:NEW_KEY }
    gateways: { barndoor-prod: { id: ${BARNDOOR_ID}, writeUnverified: true } }
`,
  );
  const environment = { CLIENT_SECRET, NEW_KEY: KEY };
  const run = (argv: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    gatefold(argv, { environment: { ...environment, ...more }, directory: directory.path });
  return { sandbox, run };
}

const issuedBy = ({ requests }: Sandbox) => [
  ...new Set(requests.flatMap(({ headers }) => headers.authorization?.replace("Bearer ", "") ?? [])),
];

const logins = ({ requests }: Sandbox) => requests.filter(({ path }) => path === TOKEN_PATH).length;

/** The secrets that a text or a file of the folder shows, in any form that an echo may have. */
function leaks(text: string, secrets: readonly string[]): readonly string[] {
  const left = readdirSync(directory.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "client-secret")
    .map(({ name, parentPath }) => readFileSync(join(parentPath, name), "utf8"));
  const all = [text, ...left].join("\n");
  const forms = secrets.flatMap((one) => [
    one,
    JSON.stringify(one).slice(1, -1),
    encodeURIComponent(one),
    Buffer.from(one).toString("base64"),
  ]);
  return forms.filter((form) => all.includes(form));
}

it("plans and applies by a login, one for each run, and shows nothing of it", async () => {
  const { sandbox, run } = await started();
  const plan = await run(["plan"]);
  expect({ exit: plan.exit, stderr: plan.stderr }).toEqual({ exit: 2, stderr: "" });
  expect(logins(sandbox)).toBe(1);
  const apply = await run(["apply", "--json"]);
  expect(apply.exit).toBe(0);
  expect(logins(sandbox)).toBe(2);
  expect(sandbox.stored("barndoor", BARNDOOR_ID)).toMatchObject({ name: "Renamed", api_key: KEY });
  expect(issuedBy(sandbox)).toHaveLength(2);
  const printed = [plan, apply].flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
  expect(leaks(printed, [CLIENT_SECRET, KEY, ...issuedBy(sandbox)])).toEqual([]);
});

it("ends with 5 where the login is refused, with nothing sent but that", async () => {
  const { sandbox, run } = await started();
  const body = { error: "invalid_client", error_description: `not ${CLIENT_SECRET}` };
  sandbox.inject("barndoor", { kind: "status", status: 401, path: TOKEN_PATH, body, times: 9 });
  for (const command of [["plan"], ["apply", "--write-unverified"], ["import", "--gateway", "barndoor-prod"]]) {
    for (const form of [[], ["--json"]]) {
      const { exit, stdout, stderr } = await run([...command, ...form]);
      expect([command, exit]).toEqual([command, 5]);
      expect(stdout + stderr).toContain("invalid_client");
      expect(leaks(stdout + stderr, [CLIENT_SECRET])).toEqual([]);
    }
  }
  expect(sandbox.requests.every(({ path }) => path === TOKEN_PATH)).toBe(true);
});

it("ends with 5, with the place, where the secret is not there", async () => {
  const { sandbox, run } = await started();
  const { exit, stderr } = await run(["plan"], { CLIENT_SECRET: "" });
  expect([exit, stderr]).toEqual([
    5,
    expect.stringMatching(
      /^gatefold\.yaml:9:21: gateways\.barndoor-prod\.auth\.clientSecret: the environment variable CLIENT_SECRET is empty\n {2}fix: /,
    ),
  ]);
  expect(sandbox.requests).toEqual([]);
});

it("checks and explains without the secret", async () => {
  const { sandbox, run } = await started("file:not-there");
  expect(await run(["validate"])).toMatchObject({ exit: 0, stderr: "" });
  const explained = await run(["explain", "barndoor-prod", BARNDOOR_ID, "{ name: New }", "--json"]);
  expect(explained.exit).toBe(0);
  expect(jsonOf(explained.stdout)).toMatchObject({ adapter: "barndoor" });
  const settings = "{ baseUrl: https://app.barndoor.ai, auth: { clientId: c, clientSecret: env:S } }";
  const bare = await run(["explain", "barndoor", BARNDOOR_ID, "{ name: New }", "--settings", settings]);
  expect(bare.exit).toBe(0);
  expect(sandbox.requests).toEqual([]);
});

it("warns of a file of the secret that others may read", async () => {
  const { run } = await started("file:client-secret");
  chmodSync(directory.write("client-secret", `${CLIENT_SECRET}\n`), 0o644);
  const { exit, stderr } = await run(["plan"]);
  expect(exit).toBe(2);
  expect(stderr).toContain("warning: client-secret may be read by others (mode 0644): chmod go-rwx client-secret");
});

it("imports the gateway with its login as it was written", async () => {
  const { sandbox, run } = await started("file:client-secret");
  directory.write("client-secret", CLIENT_SECRET);
  const { exit, stdout } = await run(["import", "--gateway", "barndoor-prod", "--all"]);
  expect(exit).toBe(0);
  const tokenUrl = new URL(TOKEN_PATH, sandbox.urls.barndoor).href;
  expect(parse(stdout).gateways["barndoor-prod"]).toEqual({
    adapter: "barndoor",
    baseUrl: sandbox.urls.barndoor,
    retry: { attempts: 0 },
    auth: { clientId: "acme-sync", clientSecret: "file:client-secret", tokenUrl },
  });
  expect(stdout).toContain("# The reference of auth.clientSecret starts at the folder of this file.");
  expect(leaks(stdout, [CLIENT_SECRET, ...issuedBy(sandbox)])).toEqual([]);
});

it("gives an adapter from a file what its own auth refers to, and says where a part of it is missing", async () => {
  const module = adapterModule({
    settings: "{ safeParse: (given) => ({ success: true, data: given }) }",
    open: "({ baseUrl, auth }) => new AcmeGateway({ baseUrl, token: auth.password })",
  });
  directory.write("acme.js", module);
  const config = `version: 1
gateways:
  acme: { adapter: ./acme.js, baseUrl: "http://127.0.0.1:9", auth: { user: u, password: env:PASSWORD } }
providers:
  p: { name: P, gateways: { acme: { id: k1 } } }
`;
  directory.write("gatefold.yaml", config);
  const run = (command: string, PASSWORD: string) =>
    gatefold([command, "--trust-config"], { environment: { PASSWORD }, directory: directory.path });
  expect(await run("validate", "")).toMatchObject({ exit: 0, stderr: "" });
  expect(await run("plan", "")).toEqual({
    exit: 5,
    stdout: "",
    stderr: expect.stringMatching(
      /^gatefold\.yaml:3:89: gateways\.acme\.auth\.password: the environment variable PASSWORD is empty\n {2}fix: set PASSWORD .*\n$/,
    ),
  });
  const unreached = await run("plan", CLIENT_SECRET);
  expect(unreached.exit).toBe(1);
  expect(unreached.stdout + unreached.stderr).toContain("ECONNREFUSED");
  expect(leaks(unreached.stdout + unreached.stderr, [CLIENT_SECRET])).toEqual([]);
});
