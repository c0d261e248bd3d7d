import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import type { AnyAdapter } from "../../src/index.ts";
import {
  type AdapterLoading,
  checkConfig,
  describeProblem,
  findAdapter,
  loadAdapters,
  parseConfig,
} from "../../src/sync/index.ts";
import { type AdapterMembers, adapterModule, adapterObject, gatewayClass, writePackage } from "../support/foreign.ts";
import { configErrorOf, marked, requireModule, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

/** A loading that keeps what was imported. */
function loading(changes: Partial<AdapterLoading> = {}): AdapterLoading & { readonly imported: string[] } {
  const imported: string[] = [];
  const importModule = async (url: string) => {
    imported.push(url);
    return requireModule(url);
  };
  return { adapters, trusted: true, importModule, ...changes, imported };
}

const configWith = (specifier: string, more = "baseUrl: http://127.0.0.1:1") =>
  marked(`version: 1
gateways:
  one: { adapter: »${JSON.stringify(specifier)}, token: env:T, ${more} }
providers:
  p: { name: P, gateways: { one: { id: k1 } } }
`);

async function checkedWith(specifier: string, changes: Partial<AdapterLoading> = {}, more?: string) {
  const config = parseConfig("gatefold.yaml", configWith(specifier, more).text, directory.path);
  return checkConfig(config, await loadAdapters(config, loading(changes)));
}

/** What the config is refused with, at the adapter's place unless another is told. */
async function problemOf(specifier: string, changes: Partial<AdapterLoading> = {}) {
  const error = await configErrorOf(() => checkedWith(specifier, changes));
  const { line, column } = configWith(specifier);
  expect(error.problems).toHaveLength(1);
  expect(error.problems[0]).toMatchObject({ file: "gatefold.yaml", line, column, path: "gateways.one.adapter" });
  return { kind: error.kind, message: error.problems[0]?.message };
}

const invalid = (message: string) => ({ kind: "invalid", message });
const names = adapters.map(({ name }) => name).join(", ");

describe("an adapter is found", () => {
  it("by a name that is known, before anything else of that name", async () => {
    writePackage(directory.path, "ngrok", { "index.js": "throw new Error()" });
    const look = loading();
    const config = parseConfig("gatefold.yaml", configWith("ngrok", "retry: {}").text, directory.path);
    const { bindings } = checkConfig(config, await loadAdapters(config, look));
    expect([bindings[0]?.adapter.name, look.imported]).toEqual(["ngrok", []]);
  });

  it.each(["./acme.js", "./acme", "./sub/../acme.js", "(absolute)"])("in the file %s", async (written) => {
    const file = directory.write("acme.js", adapterModule());
    mkdirSync(join(directory.path, "sub"));
    const { bindings } = await checkedWith(written === "(absolute)" ? file : written);
    expect(bindings).toMatchObject([{ providerId: "k1", adapter: { name: "acme" }, entry: { adapter: "acme" } }]);
  });

  it.each([
    ["@acme/gatefold-adapter", "@acme/gatefold-adapter", { "index.js": adapterModule() }],
    ["acme-gateways/keys.js", "acme-gateways", { "package.json": {}, "keys.js": adapterModule() }],
    [
      "acme-gateways/keys",
      "acme-gateways",
      { "package.json": { exports: { "./keys": "./lib/k.js" } }, "lib/k.js": adapterModule() },
    ],
    ["acme-gateways", "acme-gateways", { "package.json": { exports: { import: "./i.js" } }, "i.js": adapterModule() }],
    [
      "@acme/all/keys",
      "@acme/all",
      {
        "package.json": { exports: { ".": null, "./keys": { browser: "./b.js", node: [{ import: "./k.js" }] } } },
        "k.js": adapterModule(),
      },
    ],
    [
      "@acme/all/adapters/keys",
      "@acme/all",
      {
        "package.json": { exports: { "./*": "./no.js", "./adapters/*": { import: "./lib/*.js" } } },
        "lib/keys.js": adapterModule(),
      },
    ],
  ])("in the package %s", async (specifier, name, files) => {
    writePackage(directory.path, name, files);
    const { bindings } = await checkedWith(specifier);
    expect(bindings).toMatchObject([{ adapter: { name: "acme" } }]);
  });

  it("from the folder of the file that names it, and not from another one", async () => {
    const texts = ["a", "b"].map((folder) => {
      mkdirSync(join(directory.path, folder));
      writeFileSync(join(directory.path, folder, "acme.js"), adapterModule({ name: JSON.stringify(`acme-${folder}`) }));
      return parseConfig(`${folder}.yaml`, configWith("./acme.js").text, join(directory.path, folder));
    });
    const found = texts.map(async (config) => checkConfig(config, await loadAdapters(config, loading())));
    expect((await Promise.all(found)).map(({ bindings }) => bindings[0]?.adapter.name)).toEqual(["acme-a", "acme-b"]);
  });

  it("once for all gateways that name it, in whatever way", async () => {
    directory.write("acme.js", adapterModule());
    const text = `version: 1
gateways:
  one: { adapter: ./acme.js, token: env:A, baseUrl: "http://127.0.0.1:1" }
  two: { adapter: ./acme, token: env:B, baseUrl: "http://127.0.0.1:1" }
`;
    const look = loading();
    const config = parseConfig("gatefold.yaml", text, directory.path);
    const found = await loadAdapters(config, look);
    const [one, two] = config.gateways.map((entry) => found.adapterOf(entry));
    expect(one).toBe(two);
    expect(look.imported).toEqual([`file://${realpathSync(directory.path)}/acme.js`]);
  });
});

describe("of a module's exports", () => {
  const acme = adapterObject();
  const other = adapterObject({ name: '"other"' });
  const body = (exported: string) =>
    `const http = require("node:http");\n${gatewayClass()}\nmodule.exports = ${exported};`;

  it.each([
    ["the module itself", acme],
    ["the default", `{ default: ${acme}, other: ${other} }`],
    ["the only one", `{ helper() {}, text: "x", acme: ${acme}, none: null }`],
    ["the only one, under two names", `((acme) => ({ a: acme, b: acme }))(${acme})`],
    [
      "a function",
      `Object.defineProperty(Object.assign(() => {}, ${adapterObject({ name: undefined })}), "name", { value: "acme" })`,
    ],
  ])("%s is taken", async (_what, exported) => {
    directory.write("acme.js", body(exported));
    expect((await checkedWith("./acme.js")).bindings[0]?.adapter.name).toBe("acme");
  });

  // What has a contractVersion is meant as an adapter.
  const rival = { contractVersion: 1 };

  it.each([
    ["the default of a CommonJS module", (exported: unknown) => ({ default: exported, "module.exports": exported })],
    [
      "the default that a compiler made",
      (exported: unknown) => ({ default: { default: exported, a: rival, __esModule: true } }),
    ],
    ["the only one beside a default of another kind", (exported: unknown) => ({ default: 1, acme: exported })],
    ["the only one in the default", (exported: unknown) => ({ default: { acme: exported } })],
  ])("%s is taken", async (_what, namespace) => {
    directory.write("acme.js", body(acme));
    const importModule = async (url: string) => namespace(await requireModule(url));
    expect((await checkedWith("./acme.js", { importModule })).bindings[0]?.adapter.name).toBe("acme");
  });

  it("several are refused, with their names", async () => {
    directory.write("acme.js", body(`{ keys: ${acme}, connections: ${other} }`));
    expect(await problemOf("./acme.js")).toEqual(
      invalid("exports several adapters: connections, keys; give each a file or a subpath of its own"),
    );
  });

  it.each([
    ["nothing", "{}"],
    ["a text", '"acme"'],
    ["something else", "{ run() {} }"],
  ])("%s is no adapter", async (_what, exported) => {
    directory.write("acme.js", body(exported));
    expect(await problemOf("./acme.js")).toEqual(
      invalid("exports no adapter: an adapter has name, contractVersion, hosts, settings, capabilities and open"),
    );
  });

  it("one that throws when it is read is refused", async () => {
    directory.write(
      "acme.js",
      "Object.defineProperty(exports, 'a', { enumerable: true, get() { throw new Error('x'); } });",
    );
    expect(await problemOf("./acme.js")).toEqual(invalid("its exports cannot be read"));
  });
});

describe("an adapter is refused", () => {
  it.each<readonly [string, AdapterMembers, string]>([
    [
      "of a newer contract",
      { contractVersion: "2" },
      "was written for contract 2, and this gatefold knows 1: update gatefold",
    ],
    [
      "of a newer contract with another shape",
      { contractVersion: "3", hosts: undefined, open: undefined },
      "was written for contract 3, and this gatefold knows 1: update gatefold",
    ],
    ["of no contract", { contractVersion: undefined }, "the adapter lacks contractVersion"],
    [
      "of contract 0",
      { contractVersion: "0" },
      "the adapter is wrong: contractVersion: expected a positive whole number",
    ],
    [
      "of contract 1.5",
      { contractVersion: "1.5" },
      "the adapter is wrong: contractVersion: expected a positive whole number",
    ],
    [
      "of contract one",
      { contractVersion: '"1"' },
      "the adapter is wrong: contractVersion: expected a positive whole number",
    ],
    ["that lacks members", { hosts: undefined, settings: undefined }, "the adapter lacks hosts, settings"],
    ["without a name", { name: '""' }, "the adapter is wrong: name: expected a text of 1 to 100 printable characters"],
    [
      "with a name of two lines",
      { name: '"a\\nb"' },
      "the adapter is wrong: name: expected a text of 1 to 100 printable characters",
    ],
    [
      "with members of another kind",
      { hosts: '"acme.test"', settings: "{}", open: "1" },
      "the adapter is wrong: hosts: expected a list of texts; settings: expected a schema with safeParse; open: expected a function",
    ],
    [
      "with capabilities that are not total",
      {
        capabilities:
          "() => { const c = " +
          "new AcmeGateway({}).capabilities; delete c.fields.enabled; delete c.schemes.aws_role; return c; }",
      },
      "the capabilities of the adapter are wrong: lacks fields.enabled, schemes.aws_role",
    ],
    [
      "with capabilities that are wrong",
      { capabilities: '() => ({ ...new AcmeGateway({}).capabilities, list: "all", hint: undefined })' },
      'the capabilities of the adapter are wrong: lacks hint; list: Invalid option: expected one of "ids"|"slugs"',
    ],
    [
      "with no capabilities",
      { capabilities: "() => {}" },
      "the capabilities of the adapter are wrong: expected plain data",
    ],
    [
      "that cannot tell its capabilities",
      { capabilities: '() => { throw new RangeError("boom\\nsecond line"); }' },
      "the adapter failed to tell its capabilities: boom",
    ],
    [
      "that is called like one that is known",
      { name: '"ngrok"' },
      "its adapter is called ngrok, like one that gatefold has: it needs a name of its own",
    ],
  ])("%s", async (_what, members, message) => {
    directory.write("acme.js", adapterModule(members));
    expect(await problemOf("./acme.js")).toEqual(invalid(message));
  });

  it.each([
    ["a newer one among several", "2"],
    ["one of this contract", "1"],
  ])("when another module's has its name: %s", async (_what, contractVersion) => {
    directory.write("acme.js", adapterModule());
    directory.write("copy.js", adapterModule({ contractVersion }));
    const text = `version: 1
gateways:
  one: { adapter: ./acme.js, token: env:A, baseUrl: "http://127.0.0.1:1" }
  two: { adapter: ./copy.js, token: env:B, baseUrl: "http://127.0.0.1:1" }
`;
    const config = parseConfig("gatefold.yaml", text, directory.path);
    const error = await configErrorOf(async () => checkConfig(config, await loadAdapters(config, loading())));
    const own = "its adapter is called acme, like that of another gateway's file: each needs a name of its own";
    const newer = "was written for contract 2, and this gatefold knows 1: update gatefold";
    expect(error.problems.map(describeProblem)).toEqual([
      `gatefold.yaml:4:19: gateways.two.adapter: ${contractVersion === "1" ? own : newer}`,
    ]);
  });
});

describe("a module is refused", () => {
  it.each([
    ["./acme.js", "there is no such file"],
    ["../acme.js", "there is no such file"],
    [".", "there is no such file"],
    ["ngrokk", `unknown adapter; did you mean ngrok?; there are ${names}; and no package of that name was found`],
    ["@acme/none", `unknown adapter; there are ${names}; and no package of that name was found`],
    ["fs", `unknown adapter; there are ${names}; and no package of that name was found`],
    ["node:fs", `unknown adapter; there are ${names}; and no package of that name was found`],
    ["https://acme.test/a.js", `unknown adapter; there are ${names}; and no package of that name was found`],
    ["my adapter", `unknown adapter; there are ${names}; and no package of that name was found`],
  ])("%s, which is not there, and no trust is asked for", async (specifier, message) => {
    expect(await problemOf(specifier, { trusted: false })).toEqual(invalid(message));
    expect(await problemOf(specifier)).toEqual(invalid(message));
  });

  it.each([
    [{ exports: "./i.js" }, "acme/keys", "unknown adapter: the package acme does not export ./keys"],
    [{ exports: { require: null, browser: "./b.js" } }, "acme", "unknown adapter: the package acme does not export ."],
    [{ exports: { import: "../../../elsewhere.js" } }, "acme", "unknown adapter: the package acme does not export ."],
    [{ exports: { import: "./../../elsewhere.js" } }, "acme", "unknown adapter: the package acme has no file for acme"],
    [{ exports: { import: "./none.js" } }, "acme", "unknown adapter: the package acme has no file for acme"],
    [{ main: "./none.js" }, "acme", "unknown adapter: the package acme has no file for acme"],
    ["no manifest", "acme", "unknown adapter: the package.json of acme cannot be read"],
  ])("of a package with %j as %s", async (manifest, specifier, message) => {
    directory.write("elsewhere.js", adapterModule());
    writePackage(directory.path, "acme", { "package.json": manifest });
    expect(await problemOf(specifier, { trusted: false })).toEqual(invalid(message));
  });

  it.each([
    ["an error", 'throw new Error("no\\u001b[31m luck\\nhere")', "cannot be loaded: no [31m luck"],
    ["a long error", 'throw new Error("x".repeat(500))', `cannot be loaded: ${"x".repeat(199)}…`],
    ["a text", 'throw "no luck"', "cannot be loaded: no luck"],
    ["nothing", "throw 7", "cannot be loaded: it did not say why"],
    ["what cannot be read", "throw { get message() { throw 1; } }", "cannot be loaded: it did not say why"],
  ])("that throws %s while it loads", async (_what, text, message) => {
    directory.write("acme.js", text);
    expect(await problemOf("./acme.js")).toEqual(invalid(message));
  });

  it("where nothing can import it", async () => {
    directory.write("acme.js", adapterModule());
    const config = parseConfig("gatefold.yaml", configWith("./acme.js").text, directory.path);
    const error = await configErrorOf(async () =>
      checkConfig(config, await loadAdapters(config, { adapters, trusted: true })),
    );
    expect(error.message).toMatch(/adapters of files and packages cannot be loaded here$/);
  });
});

describe("without trust", () => {
  it.each(["./acme.js", "@acme/gateways"])("nothing of %s runs", async (specifier) => {
    const trap = `require("node:fs").writeFileSync(${JSON.stringify(join(directory.path, "ran"))}, "");${adapterModule()}`;
    directory.write("acme.js", trap);
    writePackage(directory.path, "@acme/gateways", { "index.js": trap });
    expect(await problemOf(specifier, { trusted: false })).toEqual({
      kind: "untrusted",
      message: "is code that the config names: running it needs --trust-config",
    });
    expect(existsSync(join(directory.path, "ran"))).toBe(false);
    await checkedWith(specifier);
    expect(existsSync(join(directory.path, "ran"))).toBe(true);
  });

  it("every place that names code is told at once, and what is not there beside it", async () => {
    directory.write("acme.js", adapterModule());
    const text = `version: 1
gateways:
  one: { adapter: ./acme.js, token: env:A }
  two: { adapter: ngrok, token: env:B }
  three: { adapter: ngrokk, token: env:B }
  four: { adapter: ./acme.js, token: env:B }
`;
    const look = loading({ trusted: false });
    const error = await configErrorOf(() => loadAdapters(parseConfig("gatefold.yaml", text, directory.path), look));
    expect(error.kind).toBe("untrusted");
    expect(error.problems.map(({ line, path, message }) => [line, path, message.slice(0, 15)])).toEqual([
      [3, "gateways.one.adapter", "is code that th"],
      [5, "gateways.three.adapter", "unknown adapter"],
      [6, "gateways.four.adapter", "is code that th"],
    ]);
    expect(look.imported).toEqual([]);
  });
});

describe("an adapter that is named on the command line", () => {
  const find = (specifier: string, changes: Partial<AdapterLoading> = {}): Promise<AnyAdapter | undefined> =>
    findAdapter(specifier, directory.path, loading(changes));

  it("is one that is known, a file or a package; or nothing", async () => {
    directory.write("acme.js", adapterModule());
    writePackage(directory.path, "acme", { "index.js": adapterModule() });
    const found = await Promise.all(["ngrok", "./acme.js", "acme", "acme2"].map((each) => find(each)));
    expect(found.map((each) => each?.name)).toEqual(["ngrok", "acme", "acme", undefined]);
  });

  it("is refused where it is no adapter, or not trusted", async () => {
    directory.write("acme.js", "");
    expect(await configErrorOf(() => find("./acme.js"))).toMatchObject({
      kind: "invalid",
      message: expect.stringMatching(/^\.\/acme\.js:1:1: exports no adapter/),
    });
    expect(await configErrorOf(() => find("./none.js"))).toMatchObject({
      message: "./none.js:1:1: there is no such file",
    });
    expect(await configErrorOf(() => find("./acme.js", { trusted: false }))).toMatchObject({ kind: "untrusted" });
  });
});
