import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { checkConfig, describeProblem, loadConfig, parseConfig, requireTrust } from "../../src/sync/index.ts";
import { checked, configErrorOf, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

const config = (gateway: string, apiKey = "env:KEY") =>
  checked(`version: 1
gateways:
  one: { ${gateway} }
providers:
  p:
    credential: { scheme: api_key, apiKey: ${apiKey} }
    gateways: { one: { id: 4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111 } }
`);
const trust = (whole: ReturnType<typeof checked>, given: boolean) => requireTrust(whole, whole.bindings, given);
const ngrok = (more = "", token = "env:T") => `adapter: ngrok, token: ${token}${more}`;
const barndoor = (baseUrl: string) => `adapter: barndoor, token: env:T, baseUrl: "${baseUrl}"`;
const untrusted = async (text: string, apiKey?: string) => {
  const error = await configErrorOf(() => trust(config(text, apiKey), false));
  expect(error.kind).toBe("untrusted");
  return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
};

it.each([
  ["the vendor's own host by default", ngrok()],
  ["the vendor's own host", ngrok(", baseUrl: https://api.ngrok.ai")],
  ["the vendor's own host with a port", ngrok(", baseUrl: https://api.ngrok.ai:8443/x")],
  ["the vendor's own host in capitals", ngrok(", baseUrl: https://API.ngrok.ai")],
  ["a documented wildcard", barndoor("https://acme.platform.barndoor.ai/api/llm-gateway")],
  ["a documented wildcard over two labels", barndoor("https://a.b.platform.barndoor.ai")],
  ["loopback by name", ngrok(", baseUrl: http://localhost:8080")],
  ["loopback by number", ngrok(", baseUrl: http://127.0.0.1:8080")],
  ["loopback by another number", ngrok(", baseUrl: http://127.8.9.10")],
  ["loopback in IPv6", ngrok(', baseUrl: "http://[::1]:8080"')],
])("trust is not asked for %s", (_title, gateway) => {
  expect(() => trust(config(gateway), false)).not.toThrow();
});

it.each([
  ["another host", ngrok(", baseUrl: https://evil.test"), "evil.test"],
  ["another vendor's host", ngrok(", baseUrl: https://api.respan.ai"), "api.respan.ai"],
  ["a host that ends like the vendor's", ngrok(", baseUrl: https://evilapi.ngrok.ai"), "evilapi.ngrok.ai"],
  [
    "a host that begins like the vendor's",
    ngrok(", baseUrl: https://api.ngrok.ai.evil.test"),
    "api.ngrok.ai.evil.test",
  ],
  ["a host that ends like a wildcard", barndoor("https://evilplatform.barndoor.ai"), "evilplatform.barndoor.ai"],
  [
    "a host behind a wildcard",
    barndoor("https://a.platform.barndoor.ai.evil.test"),
    "a.platform.barndoor.ai.evil.test",
  ],
  ["a host that begins like loopback", ngrok(", baseUrl: http://127.0.0.1.evil.test"), "127.0.0.1.evil.test"],
  ["a host called like localhost", ngrok(", baseUrl: http://localhost.evil.test"), "localhost.evil.test"],
  ["a private address", ngrok(", baseUrl: http://10.0.0.1"), "10.0.0.1"],
])("trust is asked for %s", async (_title, gateway, host) => {
  expect(await untrusted(gateway)).toEqual([expect.stringMatching(`^3 gateways.one.baseUrl: ${host} is none of`)]);
  expect(() => trust(config(gateway), true)).not.toThrow();
});

it("trust is asked for every command, and none of them is run before", async () => {
  const trap = `exec:"${process.execPath}" ${directory.write("trap.js", "require('fs').writeFileSync('ran', '')")}`;
  const found = await untrusted(ngrok("", JSON.stringify(trap)), JSON.stringify(trap));
  expect(found).toEqual([
    expect.stringMatching(/^3 gateways.one.token: runs a command: that needs --trust-config/),
    expect.stringMatching(/^6 providers.p.credential.apiKey: runs a command: that needs --trust-config/),
  ]);
  expect(existsSync(join(directory.path, "ran"))).toBe(false);
});

it("trust is asked for every file outside the folder of the config, and for none in it", async () => {
  symlinkSync("/etc", join(directory.path, "link"));
  directory.write("key", "sk-in-the-folder");
  const problemsFor = (reference: string) => {
    const text = `version: 1
fingerprintKey: ${reference}
gateways: { one: { adapter: ngrok, token: ${reference} } }
providers:
  p:
    credential: { scheme: api_key, apiKey: ${reference} }
    gateways: { one: { id: x } }
`;
    return configErrorOf(() => trust(checked(text, "gatefold.yaml", directory.path), false));
  };
  for (const outside of ["file:../key", "file:/proc/self/environ", "file:link/passwd", "file:key/../../other"]) {
    const { kind, problems } = await problemsFor(outside);
    const message = "reads a file outside the folder of the config: that needs --trust-config";
    expect({ kind, problems: problems.map(({ path }) => path) }).toEqual({
      kind: "untrusted",
      problems: ["fingerprintKey", "gateways.one.token", "providers.p.credential.apiKey"],
    });
    expect(new Set(problems.map((problem) => problem.message))).toEqual(new Set([message]));
  }
  await expect(problemsFor("file:key")).rejects.toThrow("nothing was thrown");
  await expect(problemsFor("file:folder/../key")).rejects.toThrow("nothing was thrown");
});

it("each file's references may read in its own folder, and a folder may be reached over a link", async () => {
  for (const folder of ["a", "b"]) {
    mkdirSync(join(directory.path, folder));
    directory.write(`${folder}/key`, "sk-in-the-folder");
  }
  symlinkSync(join(directory.path, "b"), join(directory.path, "link"));
  symlinkSync(join(directory.path, "a", "key"), join(directory.path, "b", "away"));
  const head = "version: 1\nfingerprintKey: file:key\ngateways: { g: { adapter: ngrok, token: file:key } }\n";
  directory.write("a/gatefold.yaml", head);
  const problemsFor = async (file: string, reference: string) => {
    const bindings = "gateways: { g: { id: x } }";
    const text = `version: 1\nproviders: { p: { credential: { scheme: api_key, apiKey: "${reference}" }, ${bindings} } }\n`;
    directory.write("b/gatefold.yaml", text);
    const whole = checkConfig(await loadConfig(["a/gatefold.yaml", file], directory.path), adapters);
    try {
      requireTrust(whole, whole.bindings, false);
      return [];
    } catch {
      return (await configErrorOf(() => requireTrust(whole, whole.bindings, false))).problems.map(describeProblem);
    }
  };
  for (const file of ["b/gatefold.yaml", "b", "link/gatefold.yaml", "link"]) {
    const shown = file.endsWith("yaml") ? file : `${file}/gatefold.yaml`;
    const refusal =
      `${shown}:2:58: providers.p.credential.apiKey: ` +
      "reads a file outside the folder of the config: that needs --trust-config";
    expect(await problemsFor(file, "file:key")).toEqual([]);
    expect(await problemsFor(file, `file:${join(directory.path, "b", "key")}`)).toEqual([]);
    expect(await problemsFor(file, "file:../a/key")).toEqual([refusal]);
    expect(await problemsFor(file, "file:away")).toEqual([refusal]);
  }
});

it("trust is asked for once where one command stands for several gateways", async () => {
  const text = `version: 1
gateways: { a: { adapter: ngrok, token: env:A }, b: { adapter: ngrok, token: env:B } }
providers:
  p: { credential: { scheme: api_key, apiKey: "exec:print key" }, gateways: { a: { id: x }, b: { id: y } } }
`;
  const error = await configErrorOf(() => trust(checked(text), false));
  expect(error.problems).toHaveLength(1);
});

it("trust is asked for a command in a native field", async () => {
  const text = `version: 1
gateways: { a: { adapter: respan, token: env:A } }
providers:
  p: { baseUrl: https://a.test, native: { organization: "exec:print org" }, gateways: { a: { id: 1 } } }
`;
  const error = await configErrorOf(() => trust(checked(text), false));
  expect(error.problems.map(({ path }) => path)).toEqual(["providers.p.native.organization"]);
});

it("trust is not asked for a documented host that no provider is bound to", () => {
  const text = `version: 1
gateways:
  used: { adapter: ngrok, token: env:A }
  spare: { adapter: barndoor, baseUrl: https://platform.barndoor.ai, token: env:B }
providers: { p: { name: P, gateways: { used: { id: x } } } }
`;
  expect(() => trust(checked(text), false)).not.toThrow();
});

it("trust is asked for a documented host without encryption: the token would be readable on the way", async () => {
  expect(await untrusted(ngrok(", baseUrl: http://api.ngrok.ai"))).toHaveLength(1);
});

describe("the journal", () => {
  const journal = (line: string) =>
    parseConfig(
      join(directory.path, "gatefold.yaml"),
      `version: 1\n${line}\ngateways: { one: { adapter: ngrok, token: env:T } }\n`,
      directory.path,
    );
  const asks = async (line: string) => {
    const whole = { config: journal(line), bindings: [] };
    expect(() => requireTrust(whole, [], true)).not.toThrow();
    try {
      requireTrust(whole, [], false);
      return [];
    } catch {
      const error = await configErrorOf(() => requireTrust(whole, [], false));
      expect(error.kind).toBe("untrusted");
      return error.problems.map(({ line: at, column, path, message }) => `${at}:${column} ${path}: ${message}`);
    }
  };
  const refusal = "journal: leads outside the folder of the config: writing there needs --trust-config";

  it.each([
    "",
    "journal: log.jsonl",
    "journal: a/b/../log.jsonl",
    "journal: ..log.jsonl",
    'journal: "gatefold.yaml/x"',
  ])("may be in the config's folder: %j", async (line) => {
    expect(await asks(line)).toEqual([]);
  });

  it("may be in the config's folder by an absolute path", async () => {
    expect(await asks(`journal: ${join(directory.path, "log.jsonl")}`)).toEqual([]);
  });

  it.each(["journal: ../log.jsonl", "journal: a/../../log.jsonl", "journal: /etc/cron.d/job", "journal: .."])(
    "needs trust outside of it: %j",
    async (line) => {
      expect(await asks(line)).toEqual([`2:10 ${refusal}`]);
    },
  );

  it("needs none where the run does not use it", () => {
    const whole = { config: journal("journal: ../log.jsonl"), bindings: [] };
    expect(() => requireTrust(whole, [], false, { usesJournal: false })).not.toThrow();
    expect(() => requireTrust(whole, [], false, { usesJournal: true })).toThrow(/leads outside/);
  });

  it("needs trust where a link leads outside, or to nothing yet", async () => {
    mkdirSync(join(directory.path, "inside"));
    symlinkSync("/etc", join(directory.path, "out"));
    symlinkSync("/etc/hostname", join(directory.path, "file"));
    symlinkSync("/nowhere/at/all", join(directory.path, "dangling"));
    symlinkSync(join(directory.path, "inside"), join(directory.path, "in"));
    expect(await asks("journal: out/cron.d/job")).toEqual([`2:10 ${refusal}`]);
    expect(await asks("journal: file")).toEqual([`2:10 ${refusal}`]);
    expect(await asks("journal: dangling")).toEqual([`2:10 ${refusal}`]);
    expect(await asks("journal: in/log.jsonl")).toEqual([]);
  });

  it("needs trust by its default path too, where that is a link", async () => {
    symlinkSync("/etc", join(directory.path, ".gatefold"));
    expect(await asks("")).toEqual([expect.stringContaining(refusal)]);
  });
});

it("a stranger's files are refused with every place that asks for trust, whatever the scope", async () => {
  directory.write(
    "a.yaml",
    `version: 1
fingerprintKey: exec:curl https://evil.test
gateways:
  one: { adapter: ngrok, token: "exec:print token" }
  two: { adapter: ngrok, baseUrl: https://evil.test, token: env:T }
`,
  );
  directory.write(
    "b.yaml",
    `version: 1
journal: ../../home/.profile
providers:
  p: { credential: { scheme: api_key, apiKey: "exec:print key" }, gateways: { one: { id: a }, two: { id: b } } }
`,
  );
  const whole = checkConfig(await loadConfig(["a.yaml", "b.yaml"], directory.path), adapters);
  const placesOf = async (bindings: typeof whole.bindings) => {
    const error = await configErrorOf(() => requireTrust(whole, bindings, false));
    expect(error.kind).toBe("untrusted");
    return error.problems.map(describeProblem);
  };
  const everywhere = [
    "a.yaml:2:17: fingerprintKey: runs a command: that needs --trust-config",
    "b.yaml:2:10: journal: leads outside the folder of the config: writing there needs --trust-config",
  ];
  const command = "b.yaml:4:47: providers.p.credential.apiKey: runs a command: that needs --trust-config";
  expect(await placesOf([])).toEqual(everywhere);
  expect(await placesOf(whole.bindings)).toEqual([
    ...everywhere,
    "a.yaml:4:33: gateways.one.token: runs a command: that needs --trust-config",
    "a.yaml:5:35: gateways.two.baseUrl: evil.test is none of the vendor's documented hosts: " +
      "sending the token there needs --trust-config",
    command,
  ]);
  expect(() => requireTrust(whole, whole.bindings, true)).not.toThrow();
});
