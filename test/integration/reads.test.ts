import type { Gateway, ProviderId } from "../../src/index.ts";
import type { PlanRow } from "../../src/sync/index.ts";
import type { Fault, GatewayName, Sandbox, SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import {
  BARNDOOR_ID,
  gatefold,
  gatewaysOf,
  jsonOf,
  opened,
  planned,
  seed,
  useSandbox,
  useTemporaryDirectory,
} from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

interface Bound {
  readonly gateway: GatewayName;
  readonly id: ProviderId;
}

/** A config that names every object "N", and what is needed to plan with it. */
async function start(
  options: SandboxOptions,
  bound: readonly Bound[],
  settings: Readonly<Record<string, string>> = {},
) {
  const sandbox = await open(options);
  const { yaml, environment } = gatewaysOf(sandbox, settings);
  const providers = bound.map(({ gateway, id }, index) => {
    return `  p${index}: { name: N, gateways: { ${gateway}-prod: { id: ${JSON.stringify(id)} } } }`;
  });
  const config = `${yaml}providers:\n${providers.join("\n")}\n`;
  directory.write("gatefold.yaml", config);
  const plan = async (...flags: string[]) => {
    const before = sandbox.requests.length;
    const ran = await gatefold(["plan", ...flags, "--json"], { directory: directory.path, environment });
    return { exit: ran.exit, rows: rowsOf(ran.stdout), requests: linesOf(sandbox, before) };
  };
  return { sandbox, config, environment, plan };
}

function rowsOf(text: string): readonly (PlanRow & { readonly error?: { readonly name: string } })[] {
  const { rows } = jsonOf(text);
  if (!Array.isArray(rows)) throw new Error(`expected a plan: ${text}`);
  return rows;
}

const linesOf = ({ requests }: Sandbox, from: number) => {
  return requests.slice(from).map(({ method, path }) => `${method} ${path.replace("/api/llm-gateway", "")}`);
};

const outcomes = (rows: ReturnType<typeof rowsOf>) => rows.map(({ error, status }) => error?.name ?? status);
const times = (count: number) => Array.from({ length: count }, (_, index) => index);
const uuid = (index: number) => `4f8b2a3c-12ee-4d92-9c7b-${String(index).padStart(12, "0")}`;
const keyId = (index: number) => `aigpk_${String(index).padStart(4, "0")}`;

const ngrokWith = (count: number): SandboxOptions => {
  const keys = times(count).map((index) => ({ id: keyId(index), providerId: "openai", name: "N", value: "sk-value" }));
  return { seed: { ngrok: { keys } } };
};
const barndoorWith = (count: number): SandboxOptions => {
  const shared = { name: "N", model_provider: "openai", base_url: "https://a.test", api_key: "sk-value" };
  return { seed: { barndoor: { providers: times(count).map((index) => ({ id: uuid(index), ...shared })) } } };
};
type Family = "respan" | "keywordsai";
const slugsWith = (gateway: Family, count: number, switches: NonNullable<SandboxOptions["switches"]>[Family] = {}) => {
  const providers = times(count).map((index) => {
    return { pk: 100 + index, provider_id: `slug-${index}`, provider_name: index === 0 ? "Old" : "N" };
  });
  return { seed: { [gateway]: { providers } }, switches: { [gateway]: switches } };
};

describe("a plan reads", () => {
  it("a gateway whose list comes whole with one request", async () => {
    const { plan } = await start(
      barndoorWith(20),
      times(12).map((index) => ({ gateway: "barndoor", id: uuid(index).toUpperCase() })),
    );
    const { rows, requests } = await plan();
    expect(requests).toEqual(["GET /admin/providers"]);
    expect(outcomes(rows)).toEqual(times(12).map(() => "in-sync"));
  });

  it("a gateway whose list comes in pages with one request for each page", async () => {
    const { plan } = await start(
      ngrokWith(250),
      times(250).map((index) => ({ gateway: "ngrok", id: keyId(index) })),
    );
    const { rows, requests } = await plan();
    expect(requests).toEqual([
      "GET /provider-keys?limit=100",
      `GET /provider-keys?beforeId=${keyId(150)}&limit=100`,
      `GET /provider-keys?beforeId=${keyId(50)}&limit=100`,
    ]);
    expect(outcomes(rows)).toEqual(times(250).map(() => "in-sync"));
  });

  it("no page more than it needs", async () => {
    const { plan } = await start(ngrokWith(250), [
      { gateway: "ngrok", id: keyId(249) },
      { gateway: "ngrok", id: keyId(200) },
    ]);
    expect((await plan()).requests).toEqual(["GET /provider-keys?limit=100"]);
  });

  it("few objects of a large account at no more than twice the cost of single reads", async () => {
    const { plan } = await start(ngrokWith(450), [
      { gateway: "ngrok", id: keyId(0) },
      { gateway: "ngrok", id: keyId(1) },
    ]);
    const { rows, requests } = await plan();
    expect(requests).toHaveLength(4);
    expect(requests.slice(2).sort()).toEqual([`GET /provider-keys/${keyId(0)}`, `GET /provider-keys/${keyId(1)}`]);
    expect(outcomes(rows)).toEqual(["in-sync", "in-sync"]);
  });

  it.each<[GatewayName, ProviderId, string]>([
    ["respan", 101, "/api/providers/101/"],
    ["barndoor", BARNDOOR_ID, `/admin/providers/${BARNDOOR_ID}`],
    ["ngrok", "aigpk_openai", "/provider-keys/aigpk_openai"],
  ])("a single object of %s by itself", async (gateway, id, path) => {
    const { plan } = await start({ seed }, [{ gateway, id }]);
    expect((await plan()).requests).toEqual([`GET ${path}`]);
  });
});

describe.each<Family>(["respan", "keywordsai"])("a plan reads %s", (gateway) => {
  const bound = [0, 1, 2].map((index) => ({ gateway, id: 100 + index }));
  const singles = bound.map(({ id }) => `GET /api/providers/${id}/`);

  it("one by one until the journal knows which entry of the list is which object", async () => {
    const { plan } = await start(slugsWith(gateway, 5), bound);
    const first = await plan();
    expect([first.exit, [...first.requests].sort()]).toEqual([2, singles]);
    const second = await plan();
    expect([second.exit, second.requests]).toEqual([2, ["GET /api/providers/"]]);
    expect(second.rows).toEqual(first.rows);
    expect(outcomes(second.rows)).toEqual(["changed", "in-sync", "in-sync"]);
  });

  it("by its list from the first time where entries show the id that is bound", async () => {
    const options = slugsWith(gateway, 5, { identifier: "provider_id" });
    const named = [0, 1, 2].map((index) => ({ gateway, id: `slug-${index}` }));
    const { plan } = await start(options, named, { [gateway]: "identifier: provider_id" });
    const { rows, requests } = await plan();
    expect(requests).toEqual(["GET /api/providers/"]);
    expect(outcomes(rows)).toEqual(["changed", "in-sync", "in-sync"]);
  });

  it("by every page of a list that comes in pages", async () => {
    const { plan } = await start(slugsWith(gateway, 5, { list: "envelope", pageSize: 2 }), bound);
    await plan();
    const { rows, requests } = await plan();
    expect(requests).toEqual(["GET /api/providers/", "GET /api/providers/?page=2", "GET /api/providers/?page=3"]);
    expect(outcomes(rows)).toEqual(["changed", "in-sync", "in-sync"]);
  });

  it("by itself what has the same name as another entry of the list", async () => {
    const { plan, sandbox } = await start(slugsWith(gateway, 3), bound);
    await plan();
    const entry = (slug: string) => ({ id: slug, provider_id: slug, provider_name: "Either" });
    const body = [entry("slug-1"), entry("slug-0"), entry("slug-1"), entry("slug-2")];
    sandbox.inject(gateway, { kind: "status", status: 200, body });
    const { rows, requests } = await plan();
    expect(requests).toEqual(["GET /api/providers/", "GET /api/providers/101/"]);
    expect(outcomes(rows)).toEqual(["changed", "in-sync", "changed"]);
  });
});

describe("what cannot be read", () => {
  const two: readonly Bound[] = [0, 1].map((index) => ({ gateway: "ngrok", id: keyId(index) }));
  const singles = two.map(({ id }) => `GET /provider-keys/${id}`);

  it("fails its own row alone when it is not in the list", async () => {
    const { plan } = await start(ngrokWith(2), [...two, { gateway: "ngrok", id: "aigpk_gone" }]);
    const { exit, rows, requests } = await plan();
    expect([exit, requests]).toEqual([1, ["GET /provider-keys?limit=100", "GET /provider-keys/aigpk_gone"]]);
    expect(outcomes(rows)).toEqual(["in-sync", "in-sync", "NotFoundError"]);
    expect(rows[2]?.error).toMatchObject({ gateway: "ngrok-prod", status: 404 });
  });

  it.each<[string, Fault]>([
    ["is forbidden", { kind: "status", status: 403 }],
    ["is not there", { kind: "status", status: 404 }],
    ["is refused", { kind: "status", status: 400 }],
    ["is a web page", { kind: "html" }],
    ["is half a reply", { kind: "truncated" }],
    ["has an entry that is none", { kind: "status", status: 200, body: { aiGatewayProviderKeys: [{ id: 1 }] } }],
  ])("is read one by one when the list %s", async (_title, fault) => {
    const { plan, sandbox } = await start(ngrokWith(2), two);
    sandbox.inject("ngrok", fault);
    const { exit, rows, requests } = await plan();
    expect([exit, requests]).toEqual([0, ["GET /provider-keys?limit=100", ...singles]]);
    expect(outcomes(rows)).toEqual(["in-sync", "in-sync"]);
  });

  it.each<[string, Fault, string, number]>([
    ["refuses the token", { kind: "status", status: 401 }, "AuthenticationError", 5],
    ["wants fewer requests", { kind: "status", status: 429 }, "RateLimitError", 1],
    ["is down", { kind: "status", status: 503 }, "UnavailableError", 1],
    ["cannot be reached", { kind: "reset" }, "NetworkError", 1],
  ])(
    "fails all rows of its gateway, and of no other, with one request when it %s",
    async (_title, fault, name, exit) => {
      const slugs = slugsWith("respan", 20);
      const bound: Bound[] = times(20).map((index) => ({ gateway: "respan", id: 100 + index }));
      const options = { seed: { ...ngrokWith(2).seed, ...slugs.seed, barndoor: seed.barndoor } };
      const { plan, sandbox } = await start(options, [...two, ...bound, { gateway: "barndoor", id: BARNDOOR_ID }]);
      sandbox.inject("ngrok", { ...fault, times: 99 });
      sandbox.inject("respan", { ...fault, times: 99 });
      const failed = await plan();
      const paths = failed.requests.map((line) => line.replace("GET ", "")).sort();
      expect(paths).toEqual([`/admin/providers/${BARNDOOR_ID}`, "/api/providers/100/", "/provider-keys?limit=100"]);
      expect(failed.exit).toBe(exit);
      expect(outcomes(failed.rows)).toEqual([...times(22).map(() => name), "changed"]);
      expect(failed.rows[0]?.error).toMatchObject({ gateway: "ngrok-prod" });
      expect(failed.rows[2]?.error).toMatchObject({ gateway: "respan-prod" });
    },
  );

  it("fails one row where one object has an error of its own", async () => {
    const { plan, sandbox } = await start(
      slugsWith("respan", 3),
      [0, 1, 2].map((index) => ({ gateway: "respan", id: 100 + index })),
    );
    sandbox.inject("respan", { kind: "status", status: 500, path: "/100/" });
    sandbox.inject("respan", { kind: "status", status: 403, path: "/101/" });
    const { rows } = await plan();
    expect(outcomes(rows)).toEqual(["UnavailableError", "PermissionDeniedError", "in-sync"]);
  });
});

describe("a plan of a part", () => {
  const bound: readonly Bound[] = [
    { gateway: "respan", id: 101 },
    { gateway: "barndoor", id: BARNDOOR_ID },
    { gateway: "ngrok", id: "aigpk_openai" },
  ];

  it.each<[string[], string]>([
    [["--gateway", "respan-prod"], "respan"],
    [["--provider", "p1"], "barndoor"],
    [["--gateway", "ngrok-prod", "--provider", "p2"], "ngrok"],
  ])("%p asks that part's gateway only, and needs its token only", async (flags, gateway) => {
    const { sandbox, environment } = await start({ seed }, bound);
    const token = `${gateway.toUpperCase()}_TOKEN`;
    const own = { [token]: environment[token] };
    const ran = await gatefold(["plan", ...flags, "--json"], { directory: directory.path, environment: own });
    expect([ran.exit, outcomes(rowsOf(ran.stdout))]).toEqual([2, ["changed"]]);
    expect(sandbox.requests.map((request) => request.gateway)).toEqual([gateway]);
    const none = await gatefold(["plan", ...flags], { directory: directory.path, environment: {} });
    expect([none.exit, none.stdout]).toEqual([5, ""]);
    expect(none.stderr).toContain(token);
    expect(sandbox.requests).toHaveLength(1);
  });

  it("needs the keys of that part only", async () => {
    const sandbox = await open({ seed });
    const { yaml, environment } = gatewaysOf(sandbox);
    const credential = (name: string) => `credential: { scheme: api_key, apiKey: env:${name} }`;
    directory.write(
      "gatefold.yaml",
      `${yaml}fingerprintKey: env:FINGERPRINT_KEY
providers:
  a: { tags: [one], ${credential("KEY_A")}, gateways: { respan-prod: { id: 101 } } }
  b: { tags: [two], ${credential("KEY_B")}, gateways: { ngrok-prod: { id: aigpk_openai } } }
`,
    );
    const given = { ...environment, FINGERPRINT_KEY: "a-random-text-that-nobody-guesses", KEY_A: "sk-the-key-of-a" };
    const plan = (...flags: string[]) =>
      gatefold(["plan", ...flags], { directory: directory.path, environment: given });
    expect(await plan("--tag", "one")).toMatchObject({ exit: 0, stderr: "" });
    const lacking = await plan();
    expect(lacking.exit).toBe(5);
    expect(lacking.stderr).toContain("KEY_B");
    expect(sandbox.requests).toHaveLength(1);
  });
});

it("a plan needs no key where nothing is told apart by one", async () => {
  const sandbox = await open({ seed });
  const { yaml, environment } = gatewaysOf(sandbox);
  const provider =
    "{ credential: { scheme: api_key, apiKey: env:KEY }, gateways: { ngrok-prod: { id: aigpk_openai } } }";
  directory.write("gatefold.yaml", `${yaml}providers:\n  p: ${provider}\n`);
  expect(await gatefold(["plan"], { directory: directory.path, environment })).toMatchObject({ exit: 0, stderr: "" });
});

describe("an adapter that tries to write while it reads", () => {
  const writing = (real: Gateway<ProviderId>, method: "get" | "list"): Gateway<ProviderId> => ({
    ...real,
    ...(method === "get"
      ? {
          async get(id) {
            await this.update(id, { name: "Written by a plan" });
            return real.get(id);
          },
        }
      : {
          async *list() {
            await this.update("aigpk_openai", { name: "Written by a plan" });
            yield* real.list();
          },
        }),
  });

  it.each([
    ["get", 1],
    ["list", 2],
  ] as const)("in %s fails its rows, and writes nothing", async (method, count) => {
    const sandbox = await open(ngrokWith(2));
    const { yaml, environment } = gatewaysOf(sandbox);
    const providers = times(count).map(
      (index) => `  p${index}: { name: N, gateways: { ngrok-prod: { id: ${keyId(index)} } } }`,
    );
    const { config, connections } = await opened(`${yaml}providers:\n${providers.join("\n")}\n`, environment);
    const gateway = connections.get("ngrok-prod");
    if (gateway === undefined) throw new Error("the gateway was not opened");
    const { plan } = await planned(config, new Map([["ngrok-prod", writing(gateway, method)]]));
    expect(plan.rows.map(({ error, writes }) => [error?.name, error?.gateway, writes])).toEqual(
      times(count).map(() => ["UnsafePlanError", "ngrok-prod", []]),
    );
    expect(sandbox.requests).toEqual([]);
  });
});
