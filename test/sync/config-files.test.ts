import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import {
  checkConfig,
  describeProblem,
  loadConfig,
  parseConfigDocument,
  resolveSecrets,
  secretsOf,
  withSecrets,
} from "../../src/sync/index.ts";
import { configErrorOf, marked, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

/** Writes files, with the folders they need. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, name)), { recursive: true });
    writeFileSync(join(directory.path, name), text);
  }
}

const load = (...files: string[]) => loadConfig(files, directory.path);
const problemsOf = async (...files: string[]) => {
  const error = await configErrorOf(() => load(...files));
  expect(error.kind).toBe("invalid");
  return error.problems.map(describeProblem);
};

const gateways = (...names: string[]) =>
  `version: 1\ngateways: { ${names.map((name) => `${name}: { adapter: ngrok, token: env:T_${name} }`).join(", ")} }\n`;
const provider = (name: string, gateway: string) =>
  `version: 1\nproviders: { ${name}: { name: N, gateways: { ${gateway}: { id: ${name} } } } }\n`;

describe("a config of several files", () => {
  it("has the gateways and the providers of all, in their order", async () => {
    write({ "b.yaml": gateways("one"), "a.yaml": provider("p", "two"), "c.json": '{"version": 1}' });
    write({ "d.yaml": `${gateways("two")}${provider("q", "one").replace("version: 1\n", "")}` });
    const config = await load("b.yaml", "a.yaml", "c.json", "d.yaml");
    expect(config.gateways.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(config.bindings.map(({ provider: name, gateway }) => [name, gateway])).toEqual([
      ["p", "two"],
      ["q", "one"],
    ]);
    expect(checkConfig(config, adapters).bindings).toHaveLength(2);
  });

  it("may lie in a folder: its own YAML and JSON files, by name", async () => {
    write({
      "conf/20-more.yml": gateways("c"),
      "conf/10-first.yaml": gateways("a", "b"),
      "conf/30.json": JSON.stringify({ version: 1, gateways: { d: { adapter: "ngrok", token: "env:D" } } }),
      "conf/.hidden.yaml": "not: read",
      "conf/notes.txt": "not read",
      "conf/old.yaml.bak": "not: read",
      "conf/folder.yaml/inner.yaml": "not: read",
    });
    const config = await load("conf");
    expect(config.gateways.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(config.sources.place(["gateways", "c"], "key")).toEqual({
      file: join("conf", "20-more.yml"),
      line: 2,
      column: 13,
    });
  });

  it("reads a file once, however often and by whatever name it is given", async () => {
    write({ "conf/a.yaml": gateways("one") });
    symlinkSync(join(directory.path, "conf", "a.yaml"), join(directory.path, "link.yaml"));
    const absolute = join(directory.path, "conf", "a.yaml");
    const config = await load("conf/a.yaml", "conf", "conf/../conf/a.yaml", absolute, "link.yaml");
    expect(config.gateways.map(({ name }) => name)).toEqual(["one"]);
    // It is shown by the first of its names.
    expect(config.sources.place([])).toEqual({ file: "conf/a.yaml", line: 1, column: 1 });
  });

  it("says of everything where it was written, and what is relative starts at its own file's folder", async () => {
    write({
      "a/gateways.yaml": `version: 1\ngateways: { one: { adapter: ngrok, token: file:token } }\n`,
      "b/providers.yaml": `version: 1
journal: log.jsonl
providers:
  p:
    credential: { scheme: api_key, apiKey: file:key }
    gateways: { one: { id: 007 } }
`,
    });
    const { sources, journal, gateways: entries } = await load("a/gateways.yaml", "b/providers.yaml");
    const id = ["providers", "p", "gateways", "one", "id"];
    expect(sources.place(id)).toEqual({ file: "b/providers.yaml", line: 6, column: 28 });
    expect(sources.source(id)).toBe("007");
    expect(sources.place(["gateways", "one", "token"])).toEqual({ file: "a/gateways.yaml", line: 2, column: 43 });
    expect(sources.problem(["providers", "p"], "is wrong", "key")).toEqual({
      file: "b/providers.yaml",
      line: 4,
      column: 3,
      path: "providers.p",
      message: "is wrong",
    });
    expect(sources.directoryOf(id)).toBe(join(directory.path, "b"));
    expect(sources.directoryOf(["gateways", "one", "timeoutMs"])).toBe(join(directory.path, "a"));
    expect(entries[0]?.secrets[0]?.reference.directory).toBe(join(directory.path, "a"));
    expect(journal).toBe(join(directory.path, "b", "log.jsonl"));
    // What no file has is placed in the first.
    expect(sources.place(["fingerprintKey"])).toEqual({ file: "a/gateways.yaml", line: 1, column: 1 });
    expect(sources.directoryOf(["journal", "x"])).toBe(join(directory.path, "b"));
  });

  it("keeps its journal beside the first file where none says otherwise", async () => {
    write({ "a/one.yaml": gateways("one"), "b/two.yaml": gateways("two") });
    expect((await load("b/two.yaml", "a/one.yaml")).journal).toBe(
      join(directory.path, "b", ".gatefold", "journal.jsonl"),
    );
  });

  it("resolves one relative reference in two files as two secrets", async () => {
    const text = (name: string) => `version: 1
providers: { ${name}: { credential: { scheme: api_key, apiKey: file:key }, gateways: { one: { id: ${name} } } } }
`;
    write({
      "g.yaml": gateways("one"),
      "a/p.yaml": text("p"),
      "b/q.yaml": text("q"),
      "a/key": "key-of-a",
      "b/key": "key-of-b",
    });
    const whole = checkConfig(await load("g.yaml", "a", "b"), adapters);
    const wanted = whole.bindings.flatMap((binding) => secretsOf(binding).uses);
    const secretOf = await resolveSecrets(whole, wanted, {});
    const keys = whole.bindings.map((binding) => {
      const given: string[] = [];
      withSecrets(binding, ["credential"], (reference) => {
        given.push(secretOf(reference).reveal());
        return secretOf(reference);
      });
      return [binding.provider, ...given];
    });
    expect(keys).toEqual([
      ["p", "key-of-a"],
      ["q", "key-of-b"],
    ]);
  });

  it("runs a command in the folder of the file that names it", async () => {
    const command = JSON.stringify(`exec:"${process.execPath}" -p "process.cwd()"`);
    const text = (name: string) => `version: 1
providers: { ${name}: { credential: { scheme: api_key, apiKey: ${command} }, gateways: { one: { id: ${name} } } } }
`;
    write({ "g.yaml": gateways("one"), "a/p.yaml": text("p"), "b/q.yaml": text("q") });
    const whole = checkConfig(await load("g.yaml", "a", "b"), adapters);
    const wanted = whole.bindings.flatMap((binding) => secretsOf(binding).uses);
    const secretOf = await resolveSecrets(whole, wanted, {});
    expect(wanted.map(({ reference }) => secretOf(reference).reveal().slice(-2))).toEqual(["/a", "/b"]);
  });
});

describe("several files that do not hold together", () => {
  it("name the first place of a gateway that is defined twice", async () => {
    write({ "a.yaml": gateways("two", "one"), "b.yaml": gateways("one") });
    expect(await problemsOf("a.yaml", "b.yaml")).toEqual([
      "b.yaml:2:13: gateways.one: is defined already at a.yaml:2:56",
    ]);
  });

  it("name the first place of a provider that is defined twice", async () => {
    write({ "a.yaml": gateways("one"), "b.yaml": provider("p", "one"), "c.yaml": provider("p", "one") });
    expect(await problemsOf("a.yaml", "b.yaml", "c.yaml")).toEqual([
      "c.yaml:2:14: providers.p: is defined already at b.yaml:2:14",
    ]);
  });

  it.each([
    ["journal", "log.jsonl"],
    ["fingerprintKey", "env:KEY"],
    ["limits", "{}"],
  ])("name the first place of %s, which may stand in one only", async (member, value) => {
    write({
      "a.yaml": gateways("one"),
      "b.yaml": `version: 1\n\n${member}: ${value}\n`,
      "c.yaml": `version: 1\n${member}: ${value}\n`,
    });
    expect(await problemsOf("a.yaml", "b.yaml", "c.yaml")).toEqual([
      `c.yaml:2:1: ${member}: is defined already at b.yaml:3:1`,
    ]);
    await expect(load("a.yaml", "b.yaml")).resolves.toMatchObject({ gateways: [{ name: "one" }] });
  });

  it("report every problem of every file at once", async () => {
    const a = marked(`version: 1\ngateways: { one: { adapter: ngrok, token: »secret } }\n`);
    write({
      "a.yaml": a.text,
      "b.yaml": "version: 2\nprovider: {}\n",
      "c.yaml": provider("p", "oen"),
      "d.yaml": "version: 1\nproviders: {}\n",
    });
    expect(await problemsOf("a.yaml", "b.yaml", "c.yaml", "d.yaml")).toEqual([
      "b.yaml:2:1: provider: unknown field",
      "b.yaml:1:10: version: expected 1, the version of this format",
      expect.stringMatching(`^a.yaml:${a.line}:${a.column}: gateways.one.token: expected a reference`),
      "c.yaml:2:40: providers.p.gateways.oen: unknown gateway",
    ]);
  });

  it("need the version in each", async () => {
    write({ "a.yaml": gateways("one"), "b.yaml": "providers: {}\n" });
    expect(await problemsOf("a.yaml", "b.yaml")).toEqual([
      "b.yaml:1:1: version: expected 1, the version of this format",
    ]);
  });

  it("need a gateway in one of them", async () => {
    write({ "a.yaml": "version: 1\n", "b.yaml": "version: 1\ngateways: {}\n" });
    expect(await problemsOf("a.yaml", "b.yaml")).toEqual(["a.yaml:1:1: gateways: no gateway is defined"]);
    expect(await problemsOf("b.yaml")).toEqual(["b.yaml:2:11: gateways: no gateway is defined"]);
  });

  it("are not said to lack what may stand in a file that cannot be read", async () => {
    write({ "a.yaml": provider("p", "one"), "b.yaml": "version: 1\ngateways: {" });
    expect(await problemsOf("a.yaml", "missing.yaml", "b.yaml")).toEqual([
      "missing.yaml:1:1: cannot be read (ENOENT)",
      expect.stringMatching(/^b\.yaml:2:12: /),
    ]);
  });

  it("name the file of what an adapter refuses", async () => {
    write({ "a.yaml": gateways("one"), "b.yaml": provider("p", "one").replace("name: N", "requestTimeout: 9") });
    const config = await load("a.yaml", "b.yaml");
    const error = await configErrorOf(() => checkConfig(config, adapters));
    expect(error.problems).toMatchObject([{ file: "b.yaml", line: 2, path: "providers.p.requestTimeout" }]);
  });
});

describe("a folder or a list that gives no config", () => {
  it("is an error that says so", async () => {
    write({ "empty/.hidden.yaml": "version: 1", "empty/notes.txt": "" });
    expect(await problemsOf("empty")).toEqual(["empty:1:1: is a folder without a .yaml, .yml or .json file"]);
    expect(await problemsOf("missing")).toEqual(["missing:1:1: cannot be read (ENOENT)"]);
    expect(await problemsOf()).toEqual([`${directory.path}:1:1: no file of the config was named`]);
  });

  it("names a link to nothing", async () => {
    write({ "conf/a.yaml": gateways("one") });
    symlinkSync("/nowhere", join(directory.path, "conf", "b.yaml"));
    expect(await problemsOf("conf")).toEqual([`${join("conf", "b.yaml")}:1:1: cannot be read (ENOENT)`]);
  });
});

describe("one file's document", () => {
  it("makes a problem of a place, and knows what it holds", () => {
    const document = parseConfigDocument("update", "name: New\ncredential:\n  scheme: null\n");
    expect(document.problem(["credential", "scheme"], "is wrong")).toEqual({
      file: "update",
      line: 3,
      column: 11,
      path: "credential.scheme",
      message: "is wrong",
    });
    expect(document.place(["credential", "key"])).toEqual({ file: "update", line: 2, column: 1 });
    expect([["name"], ["credential", "scheme"], ["credential", "key"]].map((path) => document.holds(path))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
