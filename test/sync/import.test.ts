import { adapters } from "../../adapters/index.ts";
import { InvalidInputError, type ListedProvider, type ProviderId, secret } from "../../src/index.ts";
import { type ImportInput, importGateway, importGateways } from "../../src/sync/import/import-gateway.ts";
import { gatewayOf, type JournalEvent, makePlan, readersOf } from "../../src/sync/index.ts";
import { type Sandbox, type SandboxOptions, startSandboxFrom } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";
import {
  BARNDOOR_ID,
  CONNECTION_ID,
  checked,
  gatewayErrorOf,
  gatewaysOf,
  OTHER_BARNDOOR_ID,
  opened,
  problemsOf,
  seed,
  useSandbox,
} from "../support/sync.ts";

allowLoopback();
const open = useSandbox();

interface Given extends Pick<ImportInput, "all" | "events"> {
  readonly settings?: Readonly<Record<string, string>>;
  /** The part of the config behind the gateways. */
  readonly providers?: string;
  readonly signal?: AbortSignal;
}

/** Every gateway of a sandbox, and the shared credentials of one of them as a gateway of its own. */
function allGateways(sandbox: Sandbox, settings: Given["settings"] = {}) {
  const { yaml, environment } = gatewaysOf(sandbox, settings);
  const shared = `adapter: barndoor-connection, baseUrl: "${sandbox.urls.barndoor}", token: env:BARNDOOR_TOKEN`;
  return { yaml: `${yaml}  connections-prod: { ${shared} }\n`, environment };
}

const gatewayNames = ["respan-prod", "keywordsai-prod", "barndoor-prod", "ngrok-prod", "connections-prod"];

/** What is needed to import a gateway that is told by a config's text. */
function inputOf(text: string, name: string, token = "a-token"): ImportInput {
  const config = checked(text);
  const entry = gatewayOf(config.config, name);
  const adapter = adapters.find((each) => each.name === entry.adapter);
  if (adapter === undefined) throw new Error(`no adapter ${entry.adapter}`);
  return { checked: config, entry, adapter, reader: adapter.open({ ...entry.settings, token: secret(token) }) };
}

async function imported(sandbox: Sandbox, name: string, given: Given = {}) {
  const { settings, providers = "", signal, ...options } = given;
  const { yaml, environment } = allGateways(sandbox, settings);
  const { adapter, entry, checked: config } = inputOf(yaml + providers, name);
  const token = secret(environment[entry.secrets[0]?.reference.target ?? ""] ?? "");
  const made = await importGateway(
    { checked: config, entry, adapter, reader: adapter.open({ ...entry.settings, token }), ...options },
    signal === undefined ? {} : { signal },
  );
  return { ...made, environment };
}

/** The plan over an imported text, as what each row says and would write. */
async function planOver(text: string, environment: Readonly<Record<string, string | undefined>>) {
  const { config, bindings, connections } = await opened(text, environment);
  const { plan } = await makePlan({ checked: config, bindings, readers: readersOf(connections) });
  return plan.rows.map(({ provider, status, writes }) => ({ provider, status, writes }));
}

/** The lines of a text below the entry of the gateway. */
const providersOf = (text: string) => text.slice(text.indexOf("providers:"));
const comments = (text: string) => text.split("\n").flatMap((line) => /^\s*# (.*)$/.exec(line)?.[1] ?? []);

const byText = { settings: { respan: "identifier: provider_id", keywordsai: "identifier: provider_id" } };
const textIds: SandboxOptions["switches"] = {
  respan: { identifier: "provider_id", returnsExtraKwargs: true },
  keywordsai: { identifier: "provider_id", returnsExtraKwargs: true },
};

describe("an imported config", () => {
  it("holds the gateway as it was written, and each object with its id, its fields and a place for its key", async () => {
    const sandbox = await open({ seed });
    const { text, entries, unknownIds } = await imported(sandbox, "ngrok-prod");
    expect(text).toBe(`\
# What the gateway ngrok-prod (adapter ngrok) holds, as a config: a plan over it proposes nothing.
# To use it beside the config that it was made with, take this gateways part out: a gateway is defined once.
# No gateway shows a key: each credential names a variable of its own, to be set before the key is written.

version: 1
gateways:
  ngrok-prod:
    adapter: ngrok
    baseUrl: ${sandbox.urls.ngrok}
    retry:
      attempts: 0
    timeoutMs: 30000
    rateLimit: false
    token: env:NGROK_TOKEN
providers:
  openai:
    name: OpenAI
    description: primary
    metadata:
      team: ml
    # the gateway shows ***-key
    credential: { scheme: api_key, apiKey: env:NGROK_PROD_OPENAI_KEY }
    gateways:
      ngrok-prod:
        id: aigpk_openai
`);
    expect(entries).toEqual([{ provider: "openai", id: "aigpk_openai" }]);
    expect(unknownIds).toBe(0);
  });

  it.each(gatewayNames)("of %s gives a plan that proposes nothing, and was made by reading only", async (name) => {
    const sandbox = await open({ seed, switches: textIds });
    const { text, entries, environment } = await imported(sandbox, name, byText);
    const rows = await planOver(text, environment);
    expect(rows.map(({ provider }) => provider)).toEqual(entries.map(({ provider }) => provider));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ writes }) => writes.length > 0)).toEqual([]);
    for (const { status } of rows) expect(["in-sync", "unverifiable", "unreadable"]).toContain(status);
    expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("keeps what only this gateway has in the binding, and an attached connection in place of a credential", async () => {
    const settings = { region: "eu", limits: { daily: 10 } };
    const attached = {
      id: OTHER_BARNDOOR_ID,
      name: "Attached",
      model_provider: "openai",
      connection_id: CONNECTION_ID,
    };
    const sandbox = await open({
      seed: {
        barndoor: {
          ...seed.barndoor,
          providers: [{ ...attached, settings, request_timeout_secs: 90, last_change_note: "moved" }],
        },
      },
    });
    const { text, environment } = await imported(sandbox, "barndoor-prod");
    expect(providersOf(text)).toContain(`
  attached:
    name: Attached
    baseUrl: https://api.openai.com/v1
    requestTimeout: 90
    enabled: true
    gateways:
      barndoor-prod:
        id: ${OTHER_BARNDOOR_ID}
        connectionId: ${CONNECTION_ID}
        native:
          settings:
            region: eu
            limits:
              daily: 10
          enforce_health_check: true
          billing_mode: per_token
          model_sync_mode: off
          change_note: moved
`);
    expect(await planOver(text, environment)).toEqual([{ provider: "attached", status: "in-sync", writes: [] }]);
  });

  it("has every object of a gateway of several pages", async () => {
    const keys = Array.from({ length: 205 }, (_, index) => {
      return { id: `aigpk_${String(index).padStart(3, "0")}`, providerId: "openai", name: "Same", value: "sk-old-key" };
    });
    const providers = Array.from({ length: 120 }, (_, index) => {
      return { pk: index + 1, provider_id: `p-${index}`, provider_name: `Provider ${index}` };
    });
    const sandbox = await open({
      seed: { ngrok: { keys }, respan: { providers } },
      switches: { respan: { identifier: "provider_id", list: "envelope", pageSize: 50 } },
    });
    for (const [name, count] of [
      ["ngrok-prod", 205],
      ["respan-prod", 120],
    ] as const) {
      const { text, entries, environment } = await imported(sandbox, name, byText);
      expect(new Set(entries.map(({ provider }) => provider)).size).toBe(count);
      const rows = await planOver(text, environment);
      expect(rows).toHaveLength(count);
      expect(rows.filter(({ writes }) => writes.length > 0)).toEqual([]);
    }
  });

  it("is the same for the same gateway", async () => {
    const sandbox = await open({ seed });
    const { text } = await imported(sandbox, "barndoor-prod");
    expect((await imported(sandbox, "barndoor-prod")).text).toBe(text);
  });

  it("of an empty gateway is a config without providers", async () => {
    const sandbox = await open();
    const { text, entries } = await imported(sandbox, "ngrok-prod");
    expect(entries).toEqual([]);
    expect(checked(text).bindings).toEqual([]);
  });

  it("has every part of the gateway's entry", () => {
    const written = `version: 1
gateways:
  main:
    adapter: respan
    token: file:secrets/token.txt
    concurrency: 2
    extraKwargs: merge
    rateLimit: { requests: 10, perMs: 1000 }
    userAgent: "007"
`;
    return importGateway(standIn(written, "main", [])).then(({ text }) => {
      expect(comments(text)).toContain("The token's reference starts at the folder of this file.");
      expect(checked(text).config.gateways).toEqual(checked(written).config.gateways);
    });
  });
});

/** An import of a gateway that is not there, and whose list is this. */
function standIn(text: string, name: string, objects: readonly ListedProvider<ProviderId>[]): ImportInput {
  const input = inputOf(text, name);
  const { adapter, capabilities } = input.reader;
  async function* list() {
    yield* objects;
  }
  const get = async () => {
    throw new Error("nothing is read one by one here");
  };
  return { ...input, reader: { adapter, capabilities, get, list } };
}

const one = (adapter: string) => {
  const address = adapter.startsWith("barndoor") ? ", baseUrl: https://platform.barndoor.ai" : "";
  return `version: 1\ngateways: { one: { adapter: ${adapter}${address}, token: env:ONE_OPENAI_KEY } }\n`;
};

const object = (id: string | undefined, more: Partial<ListedProvider<ProviderId>> = {}): ListedProvider<ProviderId> => {
  return { ...(id === undefined ? {} : { id }), name: "OpenAI", credential: { kind: "inline" }, ...more };
};

describe("texts of the gateway", () => {
  const hostile = [
    "007123",
    "1e3",
    "null",
    "~",
    "true",
    "env:HOME",
    "file:/etc/passwd",
    "a: b # c",
    "# no comment",
    "- item",
    "{flow: [1]}",
    "*alias &anchor !tag",
    "---",
    "%YAML 1.2",
    "'single' \"double\" \\back",
    " blanks ",
    "line\nbreak\r\nand\ttab",
    "next\u0085line\u2028para\u2029graph",
    "nul\u0000bell\u0007escape\u001b[31m",
    "\u202eright to left\u202c\ufeff",
    "emoji 👩‍💻 and 日本語",
    "lone \ud800 half",
    "x".repeat(255),
    "word ".repeat(50).trim(),
  ];

  const titled = hostile.map((text) => [text.slice(0, 24), text] as const);

  it.each(titled)("stay what they are: %j", async (_title, text) => {
    const described = { name: text, description: text, metadata: { [text]: [text, { [text]: text }] } };
    const { text: yaml } = await importGateway(standIn(one("ngrok"), "one", [object("aigpk_1", described)]));
    expect(checked(yaml).bindings[0]?.fields).toEqual({
      ...described,
      credential: { scheme: "api_key", apiKey: expect.stringMatching(/^env:ONE_[A-Z0-9_]+_KEY$/) },
    });
    expect(yaml).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\ufeff]/u);
  });

  it.each(titled)("stay in their comment: %j", async (_title, text) => {
    const objects = [
      object("aigpk_1", { credential: { kind: "inline", hint: `hint ${text}` } }),
      object("..", { name: text }),
    ];
    const { text: yaml } = await importGateway(standIn(one("ngrok"), "one", objects));
    expect(comments(yaml).filter((line) => line.startsWith("the gateway shows hint "))).toHaveLength(1);
    expect(comments(yaml).filter((line) => line.includes(" is left out: its id cannot be used"))).toHaveLength(1);
    expect(checked(yaml).bindings.map(({ fields }) => fields)).toEqual([
      { name: "OpenAI", credential: { scheme: "api_key", apiKey: "env:ONE_OPENAI_2_KEY" } },
    ]);
    expect(yaml).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\ufeff]/u);
  });

  it("become names that a config takes, numbered where they are taken", async () => {
    const names = [
      "OpenAI Production",
      "openai-production",
      "Größe: Ünïcode!",
      "日本",
      "..hidden..",
      "7",
      "a".repeat(255),
    ];
    const objects = names.map((name, index) => object(`aigpk_${index}`, { name, upstream: "openai" }));
    const { entries, text } = await importGateway(standIn(one("ngrok"), "one", objects));
    expect(entries.map(({ provider }) => provider)).toEqual([
      "openai-production",
      "openai-production-2",
      "gro-e-unicode",
      "openai",
      "hidden",
      "7",
      "a".repeat(60),
    ]);
    expect(
      checked(text)
        .bindings.map(({ fields }) => fields.name)
        .sort(),
    ).toEqual([...names].sort());
  });

  it("of which no name can be made give a plain one", async () => {
    const { entries } = await importGateway(
      standIn(one("ngrok"), "one", [object("a", { name: "日本" }), object("b", { name: "👍" })]),
    );
    expect(entries.map(({ provider }) => provider)).toEqual(["provider", "provider-2"]);
  });
});

describe("a value that a config cannot say", () => {
  const kwargs = (extra_kwargs: Record<string, unknown>): SandboxOptions => ({
    seed: { respan: { providers: [{ pk: 1, provider_id: "one", provider_name: "One", extra_kwargs }] } },
    switches: { respan: { identifier: "provider_id", returnsExtraKwargs: true, secretKwargs: "masked" } },
  });

  it("is withheld by the gateway: a comment says so, and what could erase it", async () => {
    const sandbox = await open(kwargs({ base_url: "https://one.test", organization: "org-secret", temperature: 0.5 }));
    const { text, environment } = await imported(sandbox, "respan-prod", byText);
    expect(providersOf(text)).toBe(`\
providers:
  one:
    name: One
    baseUrl: https://one.test
    credential: { scheme: api_key, apiKey: env:RESPAN_PROD_ONE_KEY }
    # native.organization: the gateway does not show its value; a write of baseUrl or requestTimeout or native without it may erase it
    gateways:
      respan-prod:
        id: one
        native:
          temperature: 0.5
`);
    expect(await planOver(text, environment)).toEqual([{ provider: "one", status: "unverifiable", writes: [] }]);
  });

  it.each(["env:HOME", "file:/etc/passwd", "exec:rm -rf /"])("would become a reference: %s", async (region) => {
    const sandbox = await open(kwargs({ base_url: "https://one.test", region }));
    const { text } = await imported(sandbox, "respan-prod", {
      settings: { respan: "identifier: provider_id, extraKwargs: merge" },
    });
    expect(checked(text).bindings[0]?.fields.native).toBeUndefined();
    expect(comments(text)).toContain(
      "native.region: its text reads like a reference to a secret, and would be taken for one",
    );
    expect(text).not.toContain(region);
  });

  it("would be refused alone: what needs a base URL is left out where none is shown", async () => {
    const sandbox = await open(kwargs({ timeout: 60, temperature: 1 }));
    const { text, environment } = await imported(sandbox, "respan-prod", byText);
    expect(Object.keys(checked(text).bindings[0]?.fields ?? {})).toEqual(["name", "credential"]);
    expect(
      comments(text).filter((line) =>
        /^(requestTimeout|native\.temperature): .*need.* baseUrl in the same update/.test(line),
      ),
    ).toHaveLength(2);
    expect(await planOver(text, environment)).toEqual([{ provider: "one", status: "unverifiable", writes: [] }]);
  });

  it("is beyond what the adapter takes, or of the wrong form", async () => {
    const state = {
      requestTimeout: 5000,
      streamIdleTimeout: 1.5,
      baseUrl: "https://user:hunter2@one.test",
      enabled: true,
    };
    const { text } = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, state)]));
    expect(checked(text).bindings[0]?.fields).toEqual({ name: "OpenAI", enabled: true });
    expect(comments(text)).toEqual(
      expect.arrayContaining([
        "requestTimeout: expected at most 3600",
        "streamIdleTimeout: expected whole seconds, as a number, or null for the gateway's default",
        "baseUrl: holds user info: credentials do not belong in a URL",
      ]),
    );
    expect(text).not.toContain("hunter2");
  });

  it("is a key of native that the adapter does not write, an empty one, or null: nothing is said of it", async () => {
    const native = { auth_type: "api_key", settings: {}, billing_reason: null, enforce_health_check: false };
    const { text } = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, { native })]));
    expect(checked(text).bindings[0]?.fields.native).toEqual({ enforce_health_check: false });
    expect(text).not.toMatch(/auth_type|settings:|billing/);
  });

  it("has a number too large for a file: metadata is then the text that is stored, native is left out", async () => {
    const metadata = { count: 1e21, id: 7 };
    const key = await importGateway(standIn(one("ngrok"), "one", [object("aigpk_1", { metadata })]));
    expect(checked(key.text).bindings[0]?.fields.metadata).toBe('{"count":1e+21,"id":7}');
    const native = { settings: { count: 1e21 }, enforce_health_check: true };
    const provider = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, { native })]));
    expect(checked(provider.text).bindings[0]?.fields.native).toEqual({ enforce_health_check: true });
    expect(comments(provider.text)).toContain("native.settings: a file cannot hold its value exactly");
  });

  it("is taken beside another, where the adapter takes it with that one only", async () => {
    const input = standIn(one("ngrok"), "one", [object("aigpk_1", { description: "d", metadata: "m" })]);
    const { adapter } = input;
    const open: typeof adapter.open = (settings) => {
      const gateway = adapter.open(settings);
      const explain: typeof gateway.explain = (id, update) => {
        const alone = "name" in update && !("metadata" in update);
        const issues = [
          ...(alone ? [{ path: "name", message: "needs metadata" }] : []),
          ...("description" in update ? [{ path: "description", message: "is not liked" }] : []),
        ];
        if (issues.length > 0) throw new InvalidInputError("ngrok", issues);
        return gateway.explain(id, update);
      };
      return { ...gateway, explain };
    };
    const { text } = await importGateway({ ...input, adapter: { ...adapter, open } });
    expect(Object.keys(checked(text).bindings[0]?.fields ?? {})).toEqual(["name", "metadata", "credential"]);
    expect(comments(text)).toContain("description: is not liked");
  });

  it("is all that there is: the object is left out", async () => {
    const { text, entries } = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, { name: "" })]));
    expect(entries).toEqual([]);
    expect(comments(text)).toContain('"" is left out: it shows nothing that a config can say.');
    expect(checked(text).bindings).toEqual([]);
  });
});

describe("a credential", () => {
  type State = Partial<ListedProvider<ProviderId>>;
  const inline = (scheme: NonNullable<ListedProvider<ProviderId>["credential"]["scheme"]>): State => {
    return { credential: { kind: "inline", scheme } };
  };

  it.each<[string, State, unknown]>([
    ["api_key", inline("api_key"), { scheme: "api_key", apiKey: "env:ONE_OPENAI_2_KEY" }],
    ["bedrock_api_key", inline("bedrock_api_key"), { scheme: "bedrock_api_key", apiKey: "env:ONE_OPENAI_2_KEY" }],
    [
      "google_service_account",
      inline("google_service_account"),
      { scheme: "google_service_account", serviceAccount: "env:ONE_OPENAI_2_KEY" },
    ],
    ["google_adc", { credential: { kind: "none", scheme: "google_adc" } }, { scheme: "google_adc" }],
    [
      "oauth_passthrough",
      { credential: { kind: "none", scheme: "oauth_passthrough" } },
      { scheme: "oauth_passthrough" },
    ],
  ])("of the scheme %s is written", async (_scheme, state, credential) => {
    const { text } = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, state)]));
    expect(checked(text).bindings[0]?.fields).toEqual({ name: "OpenAI", credential });
  });

  it.each<[string, State, string]>([
    [
      "its scheme needs what no gateway shows",
      inline("aws_role"),
      "credential: its scheme is aws_role; to manage it, give roleArn, which the gateway does not show",
    ],
    [
      "its scheme needs more than a secret",
      inline("aws_keys"),
      "credential: its scheme is aws_keys; to manage it, give accessKeyId and secretAccessKey, which the gateway does not show",
    ],
    [
      "its scheme cannot be written",
      inline("google_impersonation"),
      "credential: the scheme google_impersonation cannot be written at this gateway",
    ],
    [
      "its scheme is not told, and could be one of several",
      {},
      "credential: the gateway does not tell its scheme, one of api_key, bedrock_api_key, aws_role, aws_keys, google_adc, google_service_account, oauth_passthrough; give it whole",
    ],
  ])("is a comment where %s", async (_why, state, comment) => {
    const { text } = await importGateway(standIn(one("barndoor"), "one", [object(BARNDOOR_ID, state)]));
    expect(checked(text).bindings[0]?.fields).toEqual({ name: "OpenAI" });
    expect(comments(text)).toContain(comment);
  });

  it("names a variable that nothing else in the config or in the import names", async () => {
    const text = `version: 1
fingerprintKey: env:ONE_B_KEY
gateways: { one: { adapter: ngrok, token: env:ONE_A_KEY } }
providers: { x: { credential: { scheme: api_key, apiKey: env:ONE_C_KEY }, gateways: { one: { id: bound } } } }
`;
    const names = ["a", "b", "c", "d.d", "d-d", "d_d", "2"];
    const objects = names.map((name, index) => object(`aigpk_${index}`, { name }));
    const made = await importGateway(standIn(text, "one", objects));
    expect(made.text.match(/env:\w+/g)?.slice(1)).toEqual([
      "env:ONE_A_2_KEY",
      "env:ONE_B_2_KEY",
      "env:ONE_C_2_KEY",
      "env:ONE_D_D_KEY",
      "env:ONE_D_D_2_KEY",
      "env:ONE_D_D_3_KEY",
      "env:ONE_2_KEY",
    ]);
  });

  it("names a variable that a shell takes, whatever the gateway is called", async () => {
    const text = "version: 1\ngateways: { 2nd.one-: { adapter: ngrok, token: env:T } }\n";
    const made = await importGateway(standIn(text, "2nd.one-", [object("aigpk_1")]));
    expect(made.text).toContain("env:_2ND_ONE_OPENAI_KEY");
  });
});

describe("an id that no list tells", () => {
  const slugs = ["openai", "azure", "spare"];
  const options: SandboxOptions = {
    seed: {
      respan: { providers: slugs.map((slug, index) => ({ pk: 101 + index, provider_id: slug, provider_name: slug })) },
    },
  };
  const observed = (sandbox: Sandbox, id: number, slug: string, seq = id): JournalEvent => {
    const baseUrl = new URL(sandbox.urls.respan).href;
    const about = { gateway: "respan-prod", adapter: "respan", baseUrl, id };
    return { type: "observed", object: about, slug, seq, at: "2026-11-22T10:00:00.000Z", run: "r" };
  };
  const idsOf = (entries: readonly { provider: string; id?: ProviderId }[]) =>
    Object.fromEntries(entries.map(({ provider, id }) => [provider, id]));

  it("is left to be filled in, and every place is named until it is", async () => {
    const sandbox = await open(options);
    const { text, entries, unknownIds } = await imported(sandbox, "respan-prod");
    expect(entries).toEqual(slugs.map((slug) => ({ provider: slug, slug })));
    expect(unknownIds).toBe(3);
    expect(comments(text)).toEqual(
      expect.arrayContaining([
        "Without an id, because no reply tells it: 3 of 3. Fill them in: until then the config is refused.",
        "The adapter's settings may offer readable ids, which replies do tell.",
        'No reply tells the id of "azure": fill it in.',
      ]),
    );
    const lines = text.split("\n");
    expect(problemsOf(text).map(({ line, path, message }) => [lines[line - 1]?.trim(), path, message])).toEqual(
      slugs.map((slug) => [
        "id: null",
        `providers.${slug}.gateways.respan-prod.id`,
        "expected the provider's id at this gateway",
      ]),
    );
  });

  it("is known to the journal", async () => {
    const sandbox = await open(options);
    const events = [observed(sandbox, 101, "openai"), observed(sandbox, 102, "azure"), observed(sandbox, 103, "spare")];
    const { text, entries, unknownIds, environment } = await imported(sandbox, "respan-prod", { events });
    expect(idsOf(entries)).toEqual({ openai: 101, azure: 102, spare: 103 });
    expect(unknownIds).toBe(0);
    expect((await planOver(text, environment)).map(({ writes }) => writes)).toEqual([[], [], []]);
  });

  it("is not taken from another account's records", async () => {
    const sandbox = await open(options);
    const { object: about, ...event } = { ...observed(sandbox, 101, "openai") } as Extract<
      JournalEvent,
      { type: "observed" }
    >;
    const events: JournalEvent[] = [
      { ...event, object: { ...about, gateway: "other" } },
      { ...event, object: { ...about, baseUrl: null } },
      { ...event, object: { ...about, adapter: "keywordsai" } },
    ];
    expect((await imported(sandbox, "respan-prod", { events })).unknownIds).toBe(3);
  });

  it("is not guessed where the journal knows several", async () => {
    const sandbox = await open(options);
    const events = [observed(sandbox, 7, "openai"), observed(sandbox, 101, "openai")];
    const { text, unknownIds } = await imported(sandbox, "respan-prod", { events });
    expect(unknownIds).toBe(3);
    expect(comments(text)).toContain('Several ids of "openai" are known, 7, 101: fill in the one that holds.');
  });

  it("is what the config binds, found by a read, and before what the journal saw at some time", async () => {
    const sandbox = await open(options);
    const providers = `providers:
  mine: { name: x, gateways: { respan-prod: { id: 101 } } }
  known: { name: x, gateways: { respan-prod: { id: 102 } } }
  gone: { name: x, gateways: { respan-prod: { id: 999 } } }
`;
    const events = [observed(sandbox, 7, "openai"), observed(sandbox, 102, "azure")];
    const { entries } = await imported(sandbox, "respan-prod", { providers, events, all: true });
    expect(idsOf(entries)).toEqual({ mine: 101, known: 102, spare: undefined });
    const reads = sandbox.requests.filter(({ path }) => /providers\/\d/.test(path)).map(({ path }) => path);
    expect(reads.sort()).toEqual(["/api/providers/101/", "/api/providers/999/"]);
    const rest = await imported(sandbox, "respan-prod", { providers, events });
    expect(idsOf(rest.entries)).toEqual({ spare: undefined });
    expect(comments(rest.text)).toContain("Left out, because the config binds them already: 2.");
  });
});

describe("several gateways in one config", () => {
  const gateways = `version: 1
fingerprintKey: env:FP
gateways:
  one: { adapter: ngrok, token: env:ONE_OPENAI_KEY }
  two: { adapter: ngrok, baseUrl: https://api.ngrok.ai/two, token: env:TWO }
`;
  const importBoth = (one: readonly string[], two: readonly string[]) => {
    const named = (names: readonly string[]) => names.map((name, index) => object(`aigpk_${index}`, { name }));
    return importGateways(checked(gateways), [
      standIn(gateways, "one", named(one)),
      standIn(gateways, "two", named(two)),
    ]);
  };

  it("stand there as they were written, each object by itself, and no variable twice", async () => {
    const { text, entries, unknownIds } = await importBoth(["OpenAI", "Mistral"], ["OpenAI", "OpenAI"]);
    expect(entries.map(({ provider, id }) => [provider, id])).toEqual([
      ["openai-one", "aigpk_0"],
      ["mistral", "aigpk_1"],
      ["openai-two", "aigpk_0"],
      ["openai-2", "aigpk_1"],
    ]);
    expect(unknownIds).toBe(0);
    const { config, bindings } = checked(text);
    expect(config.gateways).toEqual(checked(gateways).config.gateways);
    expect(config.fingerprintKey).toEqual(checked(gateways).config.fingerprintKey);
    expect(bindings.map(({ gateway }) => gateway)).toEqual(["one", "one", "two", "two"]);
    const keys = [...text.matchAll(/apiKey: (\S+)/g)].map(([, key]) => key);
    expect(keys).toEqual(["env:ONE_OPENAI_2_KEY", "env:ONE_MISTRAL_KEY", "env:TWO_OPENAI_KEY", "env:TWO_OPENAI_2_KEY"]);
  });

  it("get no name that another object has", async () => {
    const { entries } = await importBoth(["OpenAI", "OpenAI two"], ["OpenAI"]);
    expect(entries.map(({ provider }) => provider)).toEqual(["openai-one", "openai-two", "openai-two-2"]);
  });

  it("are a whole config where they hold nothing", async () => {
    const { text } = await importBoth([], []);
    expect(text.startsWith("version: 1\n")).toBe(true);
    expect(checked(text).bindings).toEqual([]);
  });
});

describe("what the config binds already", () => {
  const providers = `providers:
  main: { name: x, gateways: { barndoor-prod: { id: ${BARNDOOR_ID.toUpperCase()} } } }
  attached: { name: x, gateways: { ngrok-prod: { id: other } } }
`;

  it("is left out and counted, and no name of the config is used again", async () => {
    const sandbox = await open({ seed });
    const { text, entries } = await imported(sandbox, "barndoor-prod", { providers });
    expect(entries).toEqual([{ provider: "attached-2", id: OTHER_BARNDOOR_ID }]);
    expect(comments(text)).toContain("Left out, because the config binds them already: 1.");
  });

  it("is there under its own name where all is asked for", async () => {
    const sandbox = await open({ seed });
    const { text, entries, environment } = await imported(sandbox, "barndoor-prod", { providers, all: true });
    expect(entries.map(({ provider }) => provider)).toEqual(["main", "attached-2"]);
    expect(comments(text).filter((line) => /left out/i.test(line))).toEqual([]);
    expect((await planOver(text, environment)).map(({ writes }) => writes)).toEqual([[], []]);
  });
});

it("an entry that the list has twice is there once", async () => {
  const ids = await importGateway(standIn(one("ngrok"), "one", [object("a"), object("b"), object("a")]));
  expect(ids.entries.map(({ id }) => id)).toEqual(["a", "b"]);
  const slugs = [object(undefined, { slug: "a" }), object(undefined, { slug: "b" }), object(undefined, { slug: "a" })];
  const listed = await importGateway(standIn(one("respan"), "one", slugs));
  expect(listed.entries.map(({ slug }) => slug)).toEqual(["a", "b"]);
});

describe("a gateway that cannot be read", () => {
  it("ends with its own error, under its name", async () => {
    const sandbox = await open({ seed, faults: { ngrok: [{ kind: "status", status: 401 }] } });
    const error = await gatewayErrorOf(() => imported(sandbox, "ngrok-prod"));
    expect({ name: error.name, gateway: error.gateway }).toEqual({
      name: "AuthenticationError",
      gateway: "ngrok-prod",
    });
  });

  it("ends at once when it is aborted", async () => {
    const sandbox = await open({ seed });
    const error = await gatewayErrorOf(() => imported(sandbox, "ngrok-prod", { signal: AbortSignal.abort() }));
    expect(error.name).toBe("AbortedError");
    expect(sandbox.requests).toEqual([]);
  });
});

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
  fc.string({ minLength: 1, maxLength: 12, unit: codePoint }),
  fc.constantFrom(
    "null",
    "007",
    "env:KEY",
    "exec:rm x",
    "a: b",
    "# x",
    "- y",
    "x\n# y",
    "\u2028",
    "'\"",
    "OpenAI",
    " ",
  ),
);
const json = fc.dictionary(fc.oneof(text, fc.constant("__proto__")), fc.oneof(text, fc.jsonValue({ maxDepth: 2 })), {
  maxKeys: 3,
});
const maybe = <Value>(key: string, of: fc.Arbitrary<Value>) =>
  fc
    .option(of, { nil: undefined })
    .map((value): Record<string, Value> => (value === undefined ? {} : { [key]: value }));
const record = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all): Record<string, unknown> => Object.assign({}, ...all));
const several = <Value>(of: fc.Arbitrary<Value>) => fc.array(of, { maxLength: 4 });
const uuid = (kind: string, index: number) => `${kind}0000000-5a5a-4b4b-9c9c-00000000000${index}`;

const custom = record(
  fc.record({ provider_name: text }),
  maybe(
    "extra_kwargs",
    record(
      maybe("base_url", fc.oneof(fc.webUrl(), text)),
      maybe("timeout", fc.integer({ min: -1, max: 5000 })),
      maybe("temperature", fc.double({ noNaN: true, noDefaultInfinity: true })),
      maybe("region", text),
      maybe("organization", text),
    ).filter((extra) => Object.keys(extra).length > 0),
  ),
);
const customs = fc
  .uniqueArray(text, { maxLength: 4 })
  .chain((slugs) =>
    fc.tuple(...slugs.map((slug, index) => custom.map((one) => ({ pk: index + 1, provider_id: slug, ...one })))),
  )
  .map((providers) => ({ providers }));

const shared = several(
  record(
    fc.record({ name: text, base_url: fc.webUrl(), api_key: fc.constant("sk-the-stored-key") }),
    maybe("settings", json),
    maybe("last_change_note", text),
  ),
).map((all) => all.map((one, index) => ({ ...one, id: uuid("c", index), model_provider: "openai" })));
const own = several(
  record(
    fc.record({ name: text, attached: fc.nat(3) }),
    maybe("settings", json),
    maybe("enabled", fc.boolean()),
    maybe("request_timeout_secs", fc.integer({ min: 1, max: 9000 })),
    maybe("stream_idle_timeout_secs", fc.integer({ min: 1, max: 9000 })),
    maybe("billing_note", text),
    maybe("last_change_note", text),
  ),
);
const platform = fc.tuple(shared, own).map(([connections, all]) => {
  const providers = all.map(({ attached, ...one }, index) => {
    const connection = connections[Number(attached)];
    const inline = { base_url: "https://one.test", api_key: "sk-the-stored-key" };
    const binding = connection === undefined ? inline : { connection_id: connection.id };
    return { ...one, ...binding, id: uuid("a", index), model_provider: "openai" };
  });
  return { connections, providers };
});

const keys = several(
  record(
    fc.record({ providerId: text, name: text, value: fc.constant("sk-the-stored-key") }),
    maybe("description", text),
    maybe(
      "metadata",
      fc.oneof(
        text,
        json.map((value) => JSON.stringify(value)),
      ),
    ),
  ),
).chain((all) =>
  fc
    .uniqueArray(text, { minLength: all.length, maxLength: all.length })
    .map((ids) => ({ keys: all.map((one, index) => ({ ...one, id: ids[index] })) })),
);

const gateways = fc.record({
  seed: fc.record({ respan: customs, keywordsai: customs, barndoor: platform, ngrok: keys }),
  secretKwargs: fc.constantFrom("dropped", "masked"),
  replyFields: fc.constantFrom("all", "sample"),
});

it("gives a plan that proposes nothing, whatever the gateway holds", async () => {
  await fc.assert(
    fc.asyncProperty(gateways, async ({ seed, secretKwargs, replyFields }) => {
      const family = { identifier: "provider_id", returnsExtraKwargs: true, secretKwargs };
      const switches = { respan: family, keywordsai: family, barndoor: { replyFields } };
      const sandbox = await startSandboxFrom({ seed, switches });
      try {
        const held = [seed.respan.providers, seed.keywordsai.providers, seed.barndoor.providers, seed.ngrok.keys];
        const counts = [...held, seed.barndoor.connections].map(({ length }) => length);
        for (const [index, name] of gatewayNames.entries()) {
          const { text, entries, environment } = await imported(sandbox, name, byText);
          const leftOut = comments(text).filter((line) => line.includes(" is left out: ")).length;
          expect(entries.length + leftOut).toBe(counts[index]);
          const rows = await planOver(text, environment);
          expect(rows.map(({ provider }) => provider).sort()).toEqual(entries.map(({ provider }) => provider).sort());
          expect(rows.filter(({ status }) => !["in-sync", "unverifiable", "unreadable"].includes(status))).toEqual([]);
          expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\ufeff]/u);
          expect(text).not.toContain("sk-the-stored-key");
        }
        expect(sandbox.requests.filter(({ method }) => method !== "GET")).toEqual([]);
      } finally {
        await sandbox.close();
      }
    }),
    runs(8),
  );
});
