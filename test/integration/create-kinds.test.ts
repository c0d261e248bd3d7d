import type { ProviderId } from "../../src/index.ts";
import type { SandboxOptions } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { gatefold, jsonOf, useSandbox, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

interface Kind {
  readonly adapter: string;
  readonly server: "respan" | "keywordsai" | "barndoor" | "ngrok";
  /** Settings of the gateway and members of the binding, as YAML. */
  readonly settings?: string;
  readonly binding: string;
  readonly switches?: SandboxOptions["switches"];
  readonly wanted: Readonly<Record<string, unknown>>;
}

const KEY = "sk-the-new-key-000001";
const CREDENTIAL = "credential: { scheme: api_key, apiKey: env:KEY }";
const BASE_URL = "baseUrl: https://api.example.com";
const family = (name: "respan" | "keywordsai"): Kind => ({
  settings: "identifier: provider_id",
  adapter: name,
  server: name,
  binding: `slug: my-openai, ${CREDENTIAL}, ${BASE_URL}`,
  switches: { [name]: { identifier: "provider_id" } },
  wanted: { provider_id: "my-openai", provider_name: "Made", api_key: KEY },
});

const KINDS: readonly Kind[] = [
  family("respan"),
  family("keywordsai"),
  {
    adapter: "barndoor",
    server: "barndoor",
    // A creation takes no `enabled`: an update follows it.
    binding: `upstream: openai, ${CREDENTIAL}, ${BASE_URL}, enabled: false, requestTimeout: 90`,
    wanted: { name: "Made", model_provider: "openai", api_key: KEY, enabled: false, request_timeout_secs: 90 },
  },
  {
    adapter: "barndoor-connection",
    server: "barndoor",
    binding: `upstream: openai, ${CREDENTIAL}, ${BASE_URL}`,
    wanted: { name: "Made", model_provider: "openai", api_key: KEY },
  },
  {
    adapter: "barndoor-connection",
    server: "barndoor",
    settings: "platform: newer",
    switches: { barndoor: { platform: "newer" } },
    binding: `upstream: anthropic, ${CREDENTIAL}, ${BASE_URL}`,
    wanted: { name: "Made", model_provider: "anthropic", auth_type: "x_api_key", api_key: KEY },
  },
  {
    adapter: "ngrok",
    server: "ngrok",
    binding: `upstream: openai, ${CREDENTIAL}, description: null, metadata: { team: ml }`,
    wanted: { name: "Made", providerId: "openai", value: KEY },
  },
  {
    adapter: "ngrok-provider",
    server: "ngrok",
    binding: `slug: my-models, ${BASE_URL}, native: { models: [{ modelId: b }, { modelId: a }] }`,
    wanted: { name: "Made", providerId: "my-models", baseUrl: "https://api.example.com" },
  },
];

const named = KINDS.map((kind) => [`${kind.adapter} ${kind.settings ?? ""}`.trimEnd(), kind] as const);

describe.each(named)("an object of %s", (_name, kind) => {
  async function start() {
    const { adapter, server, settings, binding, switches = {} } = kind;
    const sandbox = await open({ switches });
    const more = settings === undefined ? "" : `, ${settings}`;
    const write = (providers: string) =>
      directory.write(
        "gatefold.yaml",
        `version: 1
fingerprintKey: env:FINGERPRINT_KEY
gateways:
  one: { adapter: ${adapter}, baseUrl: "${sandbox.urls[server]}", token: env:TOKEN, retry: { attempts: 0 }${more} }
providers: ${providers}
`,
      );
    write(`{ made: { name: Made, gateways: { one: { create: true, ${binding} } } } }`);
    const environment = { TOKEN: sandbox.tokens[server], KEY, FINGERPRINT_KEY: "a-random-text-that-nobody-guesses" };
    const run = (...argv: readonly string[]) =>
      gatefold([...argv, "--json"], { directory: directory.path, environment });
    return { sandbox, run, write };
  }

  /** The ids in the rows of a command's JSON. */
  function idsIn(stdout: string): readonly ProviderId[] {
    const { rows } = jsonOf(stdout);
    if (!Array.isArray(rows)) throw new Error(stdout);
    return rows.map(({ id }: { id: ProviderId }) => id);
  }

  it("is made as it is wanted, is left alone by the next plan, and is removed with its entry", async () => {
    const { sandbox, run, write } = await start();
    const applied = await run("apply");
    expect({ exit: applied.exit, stderr: applied.stderr }).toEqual({ exit: 0, stderr: "" });
    const [id = ""] = idsIn(applied.stdout);
    expect(sandbox.stored(kind.server, id)).toMatchObject(kind.wanted);
    const { exit, stdout } = await run("plan");
    expect({ exit, ids: idsIn(stdout) }).toEqual({ exit: 0, ids: [id] });
    write("{}");
    expect((await run("apply")).exit).toBe(0);
    expect(sandbox.stored(kind.server, id)).toMatchObject(kind.wanted);
    const pruned = await run("apply", "--prune");
    expect({ exit: pruned.exit, left: sandbox.stored(kind.server, id) }).toEqual({ exit: 0, left: undefined });
  });

  it("is made once though the reply was lost", async () => {
    const { sandbox, run } = await start();
    sandbox.inject(kind.server, { kind: "lost-reply", method: "POST" });
    expect((await run("apply")).exit).toBe(1);
    const again = await run("apply");
    expect({
      exit: again.exit,
      stderr: again.stderr.replace(/^.* waits for requests of an earlier run .*\n/, ""),
    }).toEqual({ exit: 0, stderr: "" });
    const posts = sandbox.requests.filter(({ method }) => method === "POST");
    expect(posts).toHaveLength(1);
    expect((await run("plan")).exit).toBe(0);
  });
});
