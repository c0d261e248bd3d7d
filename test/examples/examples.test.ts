import { createServer } from "node:http";
import { ngrok } from "../../adapters/ngrok/index.ts";
import { secret } from "../../src/index.ts";
import type { Sandbox } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { eventually } from "../support/process.ts";
import { BARNDOOR_ID, gatewaysOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";
import { exampleText, runExample, startExample } from "./support.ts";

const NEW_KEY = "sk-new-never-to-be-shown";
const OLD_KEY = "sk-old-never-to-be-shown";

allowLoopback();
const start = useSandbox();
const directory = useTemporaryDirectory();

const writesOf = ({ requests }: Sandbox) =>
  requests
    .filter(({ method }) => method !== "GET")
    .map(({ gateway, method, path, body }) => ({ gateway, method, path, body }));

describe("the example of one update", () => {
  const environmentOf = (sandbox: Sandbox, token: string) => ({
    RESPAN_BASE_URL: sandbox.urls.respan,
    RESPAN_API_KEY: token,
    NEW_KEY,
  });
  const providers = [{ pk: 123, provider_id: "azure", provider_name: "Azure", api_key: OLD_KEY }];

  it("sends one request, and prints no key", async () => {
    const sandbox = await start({ seed: { respan: { providers } } });
    const ran = await runExample("update.ts", environmentOf(sandbox, sandbox.tokens.respan));
    expect(ran).toStrictEqual({ exit: 0, stdout: expect.stringMatching(/^azure 20\S+Z \[\]\n$/), stderr: "" });
    expect(sandbox.requests.map(({ method, path, body }) => ({ method, path, body }))).toStrictEqual([
      { method: "PATCH", path: "/api/providers/123/", body: { provider_name: "Azure, primary", api_key: NEW_KEY } },
    ]);
  });

  it("says what became of a write that was refused", async () => {
    const sandbox = await start({ seed: { respan: { providers } } });
    const { exit, stdout, stderr } = await runExample("update.ts", environmentOf(sandbox, "wrong"));
    expect([exit, stdout]).toStrictEqual([1, ""]);
    expect(stderr).toMatch(/^AuthenticationError not-applied false respan: .*\n$/);
  });
});

describe("the example of a worker that rotates", () => {
  async function scene() {
    const sandbox = await start({
      seed: {
        barndoor: { providers: [{ ...seed.barndoor.providers[0], api_key: OLD_KEY }] },
        ngrok: { keys: [{ ...seed.ngrok.keys[0], value: OLD_KEY }] },
      } as Parameters<typeof start>[0] extends { seed?: infer Seed } | undefined ? Seed : never,
    });
    const gateway = (name: "barndoor" | "ngrok") =>
      `{ adapter: ${name}, baseUrl: "${sandbox.urls[name]}", token: env:${name.toUpperCase()}_TOKEN, timeoutMs: 2000, retry: { attempts: 0 } }`;
    const file = directory.write(
      "gatefold.yaml",
      `version: 1
fingerprintKey: env:FINGERPRINT_KEY
gateways:
  barndoor-prod: ${gateway("barndoor")}
  ngrok-prod: ${gateway("ngrok")}
providers:
  openai:
    credential: { scheme: api_key, apiKey: env:OPENAI_API_KEY }
    gateways:
      barndoor-prod: { id: ${BARNDOOR_ID} }
      ngrok-prod: { id: aigpk_openai }
`,
    );
    const environment = {
      GATEFOLD_CONFIG: file,
      FINGERPRINT_KEY: "a key of sixteen characters or more",
      BARNDOOR_TOKEN: sandbox.tokens.barndoor,
      NGROK_TOKEN: sandbox.tokens.ngrok,
      OPENAI_API_KEY: OLD_KEY,
      NEW_OPENAI_KEY: NEW_KEY,
    };
    const held = () => [
      sandbox.stored("barndoor", BARNDOOR_ID)?.api_key,
      sandbox.stored("ngrok", "aigpk_openai")?.value,
    ];
    return { sandbox, environment, held };
  }
  const worker = (job: object) => `console.log(await rotate(${JSON.stringify(job)}, new AbortController().signal));`;
  const job = { provider: "openai", newKey: "env:NEW_OPENAI_KEY" };

  it("changes the key at every gateway that holds it", async () => {
    const { sandbox, environment, held } = await scene();
    const { exit, stdout, stderr } = await runExample("rotate-worker.ts", environment, worker(job));
    expect([exit, stderr]).toStrictEqual([0, ""]);
    expect(stdout.split("\n").map((line) => line.trim())).toStrictEqual([
      `barndoor-prod ${BARNDOOR_ID} holds the new key`,
      "ngrok-prod aigpk_openai holds the new key",
      "done",
      "",
    ]);
    expect(writesOf(sandbox)).toStrictEqual([
      {
        gateway: "barndoor",
        method: "PATCH",
        path: `/api/llm-gateway/admin/providers/${BARNDOOR_ID}`,
        body: { auth_type: "api_key", api_key: NEW_KEY },
      },
      {
        gateway: "ngrok",
        method: "POST",
        path: "/provider-keys/aigpk_openai/rotate",
        body: { name: "OpenAI", value: NEW_KEY },
      },
    ]);
    expect(held()).toStrictEqual([NEW_KEY, NEW_KEY]);
  });

  it("puts the old key back where one gateway refuses the new one, and asks for the job again", async () => {
    const { sandbox, environment, held } = await scene();
    sandbox.inject("ngrok", { kind: "status", status: 503, path: "/rotate" });
    const { stdout } = await runExample("rotate-worker.ts", environment, worker(job));
    expect(stdout).toContain("again\n");
    expect(held()).toStrictEqual([OLD_KEY, OLD_KEY]);
  });

  it("finishes what a worker that was killed has begun", async () => {
    const { sandbox, environment, held } = await scene();
    sandbox.inject("ngrok", { kind: "latency", ms: 600_000, path: "/rotate" });
    const killed = startExample(exampleText("rotate-worker.ts"), environment, worker(job));
    await eventually("the second write", () => sandbox.requests.some(({ path }) => path.endsWith("/rotate")));
    killed.kill();
    expect(await killed.ended).toMatchObject({ exit: null });
    expect(held()).toStrictEqual([NEW_KEY, OLD_KEY]);
    const { stdout, stderr } = await runExample("rotate-worker.ts", environment, worker(job));
    expect([stdout.split("\n").at(-2), stderr]).toStrictEqual(["done", ""]);
    expect(held()).toStrictEqual([NEW_KEY, NEW_KEY]);
  });

  it.each([
    ["a command", "exec:echo hello", "newKey runs a command"],
    ["a key instead of a reference", NEW_KEY, "newKey is no reference"],
  ])("refuses %s from the queue", async (_what, newKey, message) => {
    const { sandbox, environment } = await scene();
    const { exit, stderr } = await runExample("rotate-worker.ts", environment, worker({ ...job, newKey }));
    expect(exit).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(NEW_KEY);
    expect(sandbox.requests).toStrictEqual([]);
  });
});

describe("the example of a drift check", () => {
  async function scene() {
    const sandbox = await start({ seed });
    const { yaml, environment } = gatewaysOf(sandbox);
    const file = directory.write(
      "gatefold.yaml",
      `${yaml.replace(/^ {2}keywordsai-prod.*\n/m, "")}providers:
  openai:
    name: OpenAI
    gateways:
      respan-prod: { id: 101 }
      barndoor-prod: { id: ${BARNDOOR_ID} }
      ngrok-prod: { id: aigpk_openai }
`,
    );
    return { sandbox, environment: { ...environment, GATEFOLD_CONFIG: file } };
  }

  it("says nothing where nothing drifted, and only reads", async () => {
    const { sandbox, environment } = await scene();
    expect(await runExample("drift-check.ts", environment)).toStrictEqual({ exit: 0, stdout: "", stderr: "" });
    expect(sandbox.requests.length).toBeGreaterThan(2);
    expect(writesOf(sandbox)).toStrictEqual([]);
  });

  it("names what drifted, and exits with 2", async () => {
    const { sandbox, environment } = await scene();
    const gateway = ngrok({ baseUrl: sandbox.urls.ngrok, token: secret(sandbox.tokens.ngrok) });
    await gateway.update("aigpk_openai", { name: "by hand" });
    const { exit, stdout, stderr } = await runExample("drift-check.ts", environment);
    expect([exit, stdout, stderr]).toStrictEqual([2, "", "openai ngrok-prod changed name: changed\n"]);
  });

  it("names the place of what is wrong in the config", async () => {
    const { environment } = await scene();
    const { NGROK_TOKEN: _token, ...rest } = environment as Record<string, string>;
    const { exit, stderr } = await runExample("drift-check.ts", rest);
    expect(exit).toBe(5);
    expect(stderr).toMatch(/gatefold\.yaml:\d+:\d+: .*NGROK_TOKEN is not set/);
  });
});

describe("the example of an adapter", () => {
  it("passes the conformance kit with its fixture", async () => {
    const runner = 'import { describe, it } from "node:test";\nObject.assign(globalThis, { describe, it });\n';
    const { exit, stdout, stderr } = await startExample(`${runner}await import("./acme.test.ts");`, {}).ended;
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(30);
    expect([exit, stderr]).toStrictEqual([0, ""]);
  });
});

describe("the example of a secret resolver", () => {
  async function scene(keyReference: string) {
    const asked: { readonly path: string | undefined; readonly token: unknown }[] = [];
    const sandbox = await start({ seed: { ngrok: seed.ngrok } });
    const kept: Record<string, unknown> = {
      "/v1/kv/data/gateways/ngrok": { token: sandbox.tokens.ngrok },
      "/v1/kv/data/gateways/openai": { api_key: NEW_KEY },
    };
    const vault = createServer((request, response) => {
      asked.push({ path: request.url, token: request.headers["x-vault-token"] });
      const data = kept[request.url ?? ""];
      response.statusCode = data === undefined ? 404 : 200;
      response.end(JSON.stringify(data === undefined ? { errors: [] } : { data: { data, metadata: { version: 1 } } }));
    });
    await new Promise<void>((resolve) => vault.listen(0, "127.0.0.1", resolve));
    vaults.push(vault);
    const address = vault.address();
    const file = directory.write(
      "gatefold.yaml",
      `version: 1
gateways:
  ngrok-prod: { adapter: ngrok, baseUrl: "${sandbox.urls.ngrok}", token: "vault:gateways/ngrok#token" }
providers:
  openai:
    writeUnverified: true
    credential: { scheme: api_key, apiKey: "${keyReference}" }
    gateways: { ngrok-prod: { id: aigpk_openai } }
`,
    );
    const environment = {
      GATEFOLD_CONFIG: file,
      VAULT_ADDR: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
      VAULT_TOKEN: "hvs.never-to-be-shown",
    };
    return { sandbox, asked, environment };
  }
  const vaults: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const vault of vaults.splice(0)) vault.close();
  });

  it("takes the token and the key from the vault, and prints neither", async () => {
    const { sandbox, asked, environment } = await scene("vault:gateways/openai#api_key");
    const ran = await runExample("vault.ts", environment);
    expect(ran).toMatchObject({ exit: 0, stderr: "" });
    expect(ran.stdout.trim()).toBe("openai ngrok-prod done");
    expect(asked).toStrictEqual([
      { path: "/v1/kv/data/gateways/ngrok", token: environment.VAULT_TOKEN },
      { path: "/v1/kv/data/gateways/openai", token: environment.VAULT_TOKEN },
    ]);
    expect(writesOf(sandbox)).toStrictEqual([
      {
        gateway: "ngrok",
        method: "POST",
        path: "/provider-keys/aigpk_openai/rotate",
        body: { name: "OpenAI", value: NEW_KEY },
      },
    ]);
  });

  it("gives a config nothing that is not kept for gateways", async () => {
    const { sandbox, asked, environment } = await scene("vault:admin/root#password");
    const { exit, stderr } = await runExample("vault.ts", environment);
    expect(exit).toBe(1);
    expect(stderr).toContain("the resolver failed for vault:admin/root#password");
    expect(asked.map(({ path }) => path)).toStrictEqual(["/v1/kv/data/gateways/ngrok"]);
    expect(writesOf(sandbox)).toStrictEqual([]);
  });

  it("says what the vault answered", async () => {
    const { environment } = await scene("vault:gateways/none#api_key");
    const { exit, stderr } = await runExample("vault.ts", environment);
    expect(exit).toBe(1);
    expect(stderr).toContain("vault: gateways/none: 404\n");
    expect(stderr).not.toContain(environment.VAULT_TOKEN);
  });
});
