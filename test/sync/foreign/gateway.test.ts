import { adapters } from "../../../adapters/index.ts";
import { type AnyAdapter, CONTRACT_VERSION, type Gateway, type ProviderId, secret } from "../../../src/index.ts";
import { redactData, scrub } from "../../../src/kit/scrub.ts";
import { checkConfig, findAdapter, loadAdapters, parseConfig } from "../../../src/sync/index.ts";
import { type AdapterMembers, adapterModule } from "../../support/foreign.ts";
import { configErrorOf, gatewayErrorOf, requireModule, useTemporaryDirectory } from "../../support/sync.ts";

const directory = useTemporaryDirectory();
const TOKEN = "acme-token-0123456789";
const KEY = "sk-acme-key-0123456789";
const STATE = "{ id: 'k1', name: 'N', credential: { kind: 'inline' } }";
const redaction = { text: scrub, data: redactData };
const update = { name: "N", credential: { scheme: "api_key", apiKey: secret(KEY) } } as const;

async function load(
  members: AdapterMembers,
  methods: AdapterMembers = {},
  withRedaction: boolean | undefined = true,
): Promise<AnyAdapter> {
  directory.write("acme.js", adapterModule(members, methods));
  const more = withRedaction ? { redaction } : {};
  const found = await findAdapter("./acme.js", directory.path, {
    adapters,
    trusted: true,
    importModule: requireModule,
    ...more,
  });
  if (found === undefined) throw new Error("there is no adapter");
  return found;
}

const settings = { baseUrl: "http://127.0.0.1:1", token: secret(TOKEN) };
async function open(methods: AdapterMembers, withRedaction?: boolean): Promise<Gateway<ProviderId>> {
  return (await load({}, methods, withRedaction)).open(settings);
}

// An error of the contract, as another copy of the package makes it.
const own = (name: string, code: string, more: string, message = `${KEY} is bad`) =>
  `Object.defineProperty(Object.assign(new Error(${JSON.stringify(message)}), { name: "${name}", code: "${code}",
    adapter: "acme", retryable: false, ${more} }), Symbol.for("gatefold.GatewayError"), { value: true })`;

it("an adapter of a file has the contract's form, and its own members", async () => {
  const adapter = await load({});
  expect({ name: adapter.name, version: adapter.contractVersion, hosts: adapter.hosts }).toEqual({
    name: "acme",
    version: CONTRACT_VERSION,
    hosts: ["api.acme.test"],
  });
  expect(adapter.capabilities().schemes.api_key).toBe(true);
  const gateway = adapter.open(settings);
  expect([gateway.adapter, gateway.parseId("k1"), gateway.capabilities.list]).toEqual(["acme", "k1", "ids"]);
  expect(gateway.explain("k1", update)).toEqual([
    { method: "PATCH", path: "/keys/k1", body: { name: "N", scheme: "api_key", apiKey: "[redacted]" } },
  ]);
});

it("an error of the contract that nothing can be added to is none", async () => {
  const frozen = `Object.freeze(${own("InvalidInputError", "I", "outcome: 'not-sent', issues: []", "boom")})`;
  const adapter = await load({
    capabilities: `(settings) => { if (settings) throw ${frozen}; return new AcmeGateway({}).capabilities; }`,
  });
  const error = await gatewayErrorOf(() => adapter.capabilities({ region: "eu" }));
  expect(error.message).toBe("acme: the adapter failed to tell its capabilities: boom");
  error.gateway = "acme-prod";
});

describe("opening", () => {
  it.each<readonly [string, AdapterMembers, string]>([
    ["throws", { open: '() => { throw new TypeError("no " + 1) }' }, "acme: the adapter failed: no 1"],
    ["throws the token", { open: "({ token }) => { throw token.reveal() }" }, "acme: the adapter failed: [redacted]"],
    [
      "gives nothing",
      { open: "() => {}" },
      "acme: the adapter opened no gateway: it lacks parseId, explain, get, list, update",
    ],
    [
      "gives half a gateway",
      { open: "() => ({ parseId() {}, explain() {}, update: 1, get list() { throw 1 } })" },
      "acme: the adapter opened no gateway: it lacks get, list, update",
    ],
    [
      "gives one without capabilities",
      { open: "(s) => { const g = new AcmeGateway(s); g.capabilities = {}; return g; }" },
      "acme: the capabilities of the adapter are wrong: lacks fields, schemes, list, hint",
    ],
    [
      "judges by no schema",
      { settings: "{ safeParse() {} }" },
      "acme: the adapter failed to judge its settings: its schema gave no result",
    ],
    [
      "judges and throws",
      { settings: "{ safeParse() { throw 'boom' } }" },
      "acme: the adapter failed to judge its settings: boom",
    ],
    [
      "refuses without a word",
      { settings: "{ safeParse: () => ({ success: false }) }" },
      "acme: the adapter takes no such settings",
    ],
  ])("that %s is InvalidInputError", async (_what, members, message) => {
    const adapter = await load(members);
    const error = await gatewayErrorOf(() => adapter.open(settings));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent", adapter: "acme", message });
  });

  it("is refused by the adapter's schema, place by place, though the adapter does not look", async () => {
    const adapter = await load({});
    const error = await gatewayErrorOf(() => adapter.open({ token: secret(TOKEN), region: "eu" }));
    expect(error).toMatchObject({
      name: "InvalidInputError",
      issues: [
        { path: "region", message: "unknown field" },
        { path: "baseUrl", message: "is required" },
      ],
    });
    expect(adapter.settings.safeParse(settings).success).toBe(true);
    expect(adapter.settings.safeParse({}).success).toBe(false);
  });

  it("keeps the adapter's own error of the contract", async () => {
    const adapter = await load({
      open: `() => { throw ${own("MissingSettingError", "M", "settings: ['baseUrl'], outcome: 'not-sent'")} }`,
    });
    expect(await gatewayErrorOf(() => adapter.open(settings))).toMatchObject({ name: "MissingSettingError" });
  });
});

describe("what is asked at check time", () => {
  it.each<readonly [string, AdapterMembers, string]>([
    ["an id that throws", { parseId: "() { throw new TypeError('no id') }" }, "acme: id: the adapter failed: no id"],
    ["an id that is none", { parseId: "() { return {} }" }, "acme: id: the adapter made no id of it"],
    ["an id that is promised", { parseId: "async () { return 'k1' }" }, "acme: id: the adapter made no id of it"],
  ])("%s is InvalidInputError", async (_what, methods, message) => {
    const gateway = await open(methods);
    expect(await gatewayErrorOf(() => gateway.parseId("x"))).toMatchObject({ name: "InvalidInputError", message });
  });

  it.each<readonly [string, string, string]>([
    [
      "throws the key",
      "(id, { credential }) { throw new Error('bad ' + credential.apiKey.reveal()) }",
      "acme: the adapter failed: bad [redacted]",
    ],
    ["throws nothing", "() { throw undefined }", "acme: the adapter failed: it did not say why"],
    ["gives nothing", "() {}", "acme: the adapter explained it in no form of the contract: expected plain data"],
    [
      "gives no method",
      "() { return [{ path: '/' }] }",
      "acme: the adapter explained it in no form of the contract: lacks 0.method",
    ],
    [
      "gives a field that is none",
      "() { return [{ method: 'PUT', path: '/', fields: ['nam'] }] }",
      'acme: the adapter explained it in no form of the contract: 0.fields.0: Invalid option: expected one of "name"|"description"|"metadata"|"baseUrl"|"credential"|"connectionId"|"requestTimeout"|"streamIdleTimeout"|"enabled"|"native"',
    ],
  ])("an explanation that %s is InvalidInputError", async (_what, explain, message) => {
    const gateway = await open({ explain });
    const error = await gatewayErrorOf(() => gateway.explain("k1", update));
    expect(error).toMatchObject({ name: "InvalidInputError", outcome: "not-sent", message });
  });

  it("an explanation shows no key", async () => {
    const gateway = await open({
      explain: "(id, { credential }) { return [{ method: 'PUT', path: '/', body: [credential.apiKey.reveal()] }] }",
    });
    expect(gateway.explain("k1", update)).toEqual([{ method: "PUT", path: "/", body: ["[redacted]"] }]);
  });

  it("is told at its place in the config", async () => {
    directory.write("acme.js", adapterModule({}, { explain: "() { throw new Error('boom') }" }));
    const text = `version: 1
gateways:
  one: { adapter: ./acme.js, token: env:T, baseUrl: "http://127.0.0.1:1" }
  two: { adapter: ./acme.js, token: env:T, region: eu }
providers:
  p: { name: P, gateways: { one: { id: k1 } } }
  q: { name: Q, gateways: { one: { id: x1 } } }
`;
    const config = parseConfig("gatefold.yaml", text, directory.path);
    const loading = { adapters, trusted: true, importModule: requireModule, redaction };
    const found = await loadAdapters(config, loading);
    const error = await configErrorOf(() => checkConfig(config, found));
    expect(error.message.split("\n")).toEqual([
      "gatefold.yaml:4:52: gateways.two.region: unknown field",
      "gatefold.yaml:4:3: gateways.two.baseUrl: is required",
      "gatefold.yaml:6:34: providers.p.gateways.one: the adapter failed: boom",
      "gatefold.yaml:7:40: providers.q.gateways.one.id: the adapter failed: expected k1, k2, ...",
    ]);
  });
});

describe("a read", () => {
  it.each<readonly [string, string, string]>([
    ["throws", "async () { throw new Error('boom') }", "acme: the adapter failed: boom"],
    ["throws at once", "() { throw new Error('boom') }", "acme: the adapter failed: boom"],
    [
      "throws several lines of nonsense",
      "async () { throw new Error('a\\u001b[2Jb\\nc') }",
      "acme: the adapter failed: a [2Jb c",
    ],
    [
      "throws the token in a long text",
      `async () { throw new Error('${TOKEN} ' + 'x'.repeat(500)) }`,
      `acme: the adapter failed: [redacted] ${"x".repeat(188)}…`,
    ],
    ["gives nothing", "async () {}", "acme: the adapter gave no answer of the contract: expected plain data"],
    [
      "gives null",
      "async () { return null }",
      "acme: the adapter gave no answer of the contract: Invalid input: expected object, received null",
    ],
    [
      "gives no id, name or kind",
      "async () { return { credential: {} } }",
      "acme: the adapter gave no answer of the contract: lacks id, name, credential.kind",
    ],
    [
      "gives another object",
      `async () { return ${STATE.replace("k1", "k2")} }`,
      "acme: the adapter answered about another provider than was asked for",
    ],
    [
      "gives a time that is none",
      `async () { return { ...${STATE}, updatedAt: 7 } }`,
      "acme: the adapter gave no answer of the contract: updatedAt: Invalid input: expected string, received number",
    ],
    [
      "gives a circle",
      "async () { const a = {}; a.a = a; return a; }",
      "acme: the adapter gave no answer of the contract: expected plain data",
    ],
    [
      "only seems to throw an error of the contract",
      `async () { throw ${own("NotFoundError", "N", "outcome: 'gone'", "gone")} }`,
      "acme: the adapter failed: gone",
    ],
    [
      "throws a frozen error",
      `async () { throw Object.freeze(${own("NotFoundError", "N", "outcome: 'not-sent'", "gone")}) }`,
      "acme: the adapter failed: gone",
    ],
  ])("that %s is InvalidResponseError, and nothing was sent", async (_what, get, message) => {
    const gateway = await open({ get });
    const error = await gatewayErrorOf(() => gateway.get("k1"));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "not-sent", retryable: false, message });
  });

  it("gives plain data: no more than the contract has, and no token", async () => {
    const gateway = await open({
      get: `async () { return { ...${STATE}, slug: undefined, extra: 1, description: "${TOKEN}", updatedAt: new Date(0) } }`,
    });
    expect(await gateway.get("k1")).toEqual({
      id: "k1",
      name: "N",
      description: "[redacted]",
      credential: { kind: "inline" },
      updatedAt: "1970-01-01T00:00:00.000Z",
    });
  });

  it("that its caller ended is AbortedError", async () => {
    const gateway = await open({ get: "async (id, { signal }) { signal.throwIfAborted(); }" });
    const error = await gatewayErrorOf(() => gateway.get("k1", { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortedError", outcome: "not-sent" });
  });

  it("keeps the adapter's own error of the contract, without the token", async () => {
    const gateway = await open({
      get: `async () { throw ${own("RejectedError", "R", `outcome: "not-applied", vendorCode: "${TOKEN}", fieldErrors: [{ path: "a", message: "${TOKEN}" }]`, TOKEN)} }`,
    });
    const error = await gatewayErrorOf(() => gateway.get("k1"));
    expect(error).toMatchObject({ name: "RejectedError", code: "R", outcome: "not-applied", message: "[redacted]" });
    expect(JSON.stringify([error, error.stack, error.message])).not.toContain(TOKEN);
  });
});

describe("a list", () => {
  const listed = async (list: string) => {
    const found: unknown[] = [];
    for await (const each of (await open({ list })).list()) found.push(each);
    return found;
  };
  const entry = { id: "k1", name: "N", credential: { kind: "inline" } };

  it.each([
    ["is generated", `async *() { yield ${STATE}; }`],
    ["is an array", `() { return [${STATE}] }`],
    ["is promised", `async () { return [${STATE}] }`],
  ])("that %s is taken", async (_what, list) => {
    expect(await listed(list)).toEqual([entry]);
  });

  it.each([
    ["throws on the way", `async *() { yield ${STATE}; throw new Error("boom"); }`, "acme: the adapter failed: boom"],
    ["throws at once", "() { throw new Error('boom') }", "acme: the adapter failed: boom"],
    ["is none", "() { return 1 }", "acme: the adapter failed: its list is none"],
    [
      "has an entry that is none",
      "async *() { yield 1; }",
      "acme: the adapter gave no answer of the contract: Invalid input: expected object, received number",
    ],
  ])("that %s is InvalidResponseError", async (_what, list, message) => {
    const error = await gatewayErrorOf(() => listed(list));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "not-sent", message });
  });

  it("is ended when its reader stops early", async () => {
    const gateway = await open({
      list: `async *() { try { yield ${STATE}; yield ${STATE}; } finally { globalThis.acmeEnded = true; } }`,
    });
    for await (const _entry of gateway.list()) break;
    expect(Reflect.get(globalThis, "acmeEnded")).toBe(true);
    Reflect.deleteProperty(globalThis, "acmeEnded");
  });
});

describe("an update", () => {
  const what = "acme: the adapter failed without saying what became of the write";
  it.each<readonly [string, string, string]>([
    [
      "throws the key",
      "async (id, { credential }) { throw new Error('bad ' + credential.apiKey.reveal()) }",
      `${what}: bad [redacted]`,
    ],
    [
      "throws the key in another form",
      "async (id, { credential }) { throw new Error(btoa(credential.apiKey.reveal())) }",
      `${what}: [redacted]`,
    ],
    ["gives nothing", "async () {}", "acme: the adapter gave no answer of the contract: expected plain data"],
    [
      "gives no notes",
      `async () { return { provider: ${STATE} } }`,
      "acme: the adapter gave no answer of the contract: lacks notes",
    ],
    [
      "gives another object",
      `async () { return { provider: ${STATE.replace("k1", "k2")}, notes: [] } }`,
      "acme: the adapter answered about another provider than was asked for",
    ],
  ])("that %s has an unknown outcome", async (_what, method, message) => {
    const gateway = await open({ update: method });
    const error = await gatewayErrorOf(() => gateway.update("k1", update));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "unknown", retryable: false, message });
  });

  it("gives no key back", async () => {
    const gateway = await open({
      update: `async (id, { credential }) {
        const hint = credential.apiKey.reveal();
        return { provider: { ...${STATE}, credential: { kind: "inline", hint } }, notes: [{ code: "c", message: hint }] };
      }`,
    });
    expect(await gateway.update("k1", update)).toEqual({
      provider: { id: "k1", name: "N", credential: { kind: "inline", hint: "[redacted]" } },
      notes: [{ code: "c", message: "[redacted]" }],
    });
  });

  it("keeps the adapter's own error of the contract, and that of its cause, without the key", async () => {
    const cause = own("UnavailableError", "U", 'outcome: "unknown"');
    const partial = own(
      "PartialUpdateError",
      "P",
      `outcome: "partial", applied: ["name"], failed: ["credential"], cause: ${cause}`,
    );
    const gateway = await open({ update: `async () { throw ${partial} }` });
    const error = await gatewayErrorOf(() => gateway.update("k1", update));
    expect(error).toMatchObject({
      name: "PartialUpdateError",
      message: "[redacted] is bad",
      cause: { message: "[redacted] is bad" },
    });
  });

  it("that its caller ended is AbortedError, of unknown outcome", async () => {
    const gateway = await open({ update: "async (id, update, { signal }) { signal.throwIfAborted(); }" });
    const error = await gatewayErrorOf(() => gateway.update("k1", update, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortedError", outcome: "unknown" });
  });

  it("shows none of the adapter's words where nothing can take secrets out of them", async () => {
    const gateway = await open({ update: "async () { throw new Error('boom') }" }, false);
    const error = await gatewayErrorOf(() => gateway.update("k1", update));
    expect(error.message).toBe(`${what}: (not shown: it could hold a secret)`);
  });
});

/** A gateway whose capabilities promise what these members say. */
const promising = (capabilities: string, methods: AdapterMembers): Promise<AnyAdapter> =>
  load(
    {
      open: `(s) => { const g = new AcmeGateway(s); g.capabilities = { ...g.capabilities, ${capabilities} }; return g; }`,
    },
    methods,
  );
const CREATION = "creation: { requires: ['name', 'slug'], takes: ['name', 'slug', 'credential'] }";
const creation = { ...update, slug: "k9" } as const;

describe("what a gateway can have beyond updates", () => {
  it.each([
    ["creation", CREATION, "explainCreation, create"],
    ["removal", "removes: true", "remove"],
    ["sharing", "shared: true", "usedBy"],
  ])("is refused where %s is promised and lacking", async (_what, capabilities, lacking) => {
    const adapter = await promising(capabilities, {});
    expect(await gatewayErrorOf(() => adapter.open(settings))).toMatchObject({
      name: "InvalidInputError",
      outcome: "not-sent",
      message: `acme: the adapter opened no gateway: its capabilities promise ${lacking}, which it lacks`,
    });
  });

  it("is not there where it is not promised, whatever the adapter has", async () => {
    const gateway = await open({ create: "() {}", explainCreation: "() {}", remove: "() {}", usedBy: "() {}" });
    const optional = ["create", "explainCreation", "remove", "usedBy"];
    expect(optional.filter((name) => name in gateway)).toEqual([]);
  });

  it("is refused where the promise has no form of the contract", async () => {
    const adapter = await promising("creation: { requires: ['nam'] }", {});
    const error = await gatewayErrorOf(() => adapter.open(settings));
    expect(error.message).toContain("the capabilities of the adapter are wrong: lacks creation.takes");
  });

  it("a creation is explained without the key", async () => {
    const adapter = await promising(CREATION, {
      create: "() {}",
      explainCreation:
        "({ slug, credential }) { return [{ method: 'POST', path: '/keys', body: [slug, credential.apiKey.reveal()] }] }",
    });
    expect(adapter.open(settings).explainCreation?.(creation)).toEqual([
      { method: "POST", path: "/keys", body: ["k9", "[redacted]"] },
    ]);
  });

  const what = "acme: the adapter failed without saying what became of the write";
  it.each<readonly [string, string, string]>([
    [
      "throws the key",
      "async ({ credential }) { throw new Error('bad ' + credential.apiKey.reveal()) }",
      `${what}: bad [redacted]`,
    ],
    ["gives nothing", "async () {}", "acme: the adapter gave no answer of the contract: expected plain data"],
    [
      "gives no id",
      "async () { return { provider: { name: 'N', credential: { kind: 'inline' } }, notes: [] } }",
      "acme: the adapter gave no answer of the contract: lacks provider.id",
    ],
  ])("a creation that %s has an unknown outcome", async (_what, create, message) => {
    const adapter = await promising(CREATION, { create, explainCreation: "() {}" });
    const error = await gatewayErrorOf(() => adapter.open(settings).create?.(creation));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "unknown", retryable: false, message });
  });

  it("a creation gives the new object, and no key back", async () => {
    const adapter = await promising(CREATION, {
      create: `async ({ credential }) {
        return { provider: { ...${STATE}, extra: 1 }, notes: [{ code: "c", message: credential.apiKey.reveal() }] };
      }`,
      explainCreation: "() {}",
    });
    expect(await adapter.open(settings).create?.(creation)).toEqual({
      provider: { id: "k1", name: "N", credential: { kind: "inline" } },
      notes: [{ code: "c", message: "[redacted]" }],
    });
  });

  it("a removal gives nothing", async () => {
    const adapter = await promising("removes: true", { remove: "async (id) { return id; }" });
    expect(await adapter.open(settings).remove?.("k1")).toBeUndefined();
  });

  it("a removal that throws has an unknown outcome, and shows no token", async () => {
    const adapter = await promising("removes: true", { remove: `async () { throw new Error("${TOKEN}") }` });
    const error = await gatewayErrorOf(() => adapter.open(settings).remove?.("k1"));
    expect(error).toMatchObject({ name: "InvalidResponseError", outcome: "unknown", message: `${what}: [redacted]` });
  });

  it("what uses an object is plain data of ids and names, without the token", async () => {
    const users = `[{ id: "p1", name: "${TOKEN}", more: 1 }]`;
    const adapter = await promising("shared: true", { usedBy: `async () { return ${users} }` });
    expect(await adapter.open(settings).usedBy?.("k1")).toEqual([{ id: "p1", name: "[redacted]" }]);
  });

  it("what uses an object and has no name is no answer, and nothing was sent", async () => {
    const adapter = await promising("shared: true", { usedBy: "async () { return [{ id: 'p1' }] }" });
    expect(await gatewayErrorOf(() => adapter.open(settings).usedBy?.("k1"))).toMatchObject({
      name: "InvalidResponseError",
      outcome: "not-sent",
      message: "acme: the adapter gave no answer of the contract: lacks 0.name",
    });
  });
});
