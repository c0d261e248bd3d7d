import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapters } from "../../adapters/index.ts";
import { ConfigError, checkConfig, loadConfig, parseConfig } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import fc, { codePoint } from "../support/property.ts";
import { runs } from "../support/runs.ts";
import { gatefold, useTemporaryDirectory } from "../support/sync.ts";

allowLoopback();
const directory = useTemporaryDirectory();

const CANARY = "sk-C4naryOfTheConfig";

const sound = `version: 1
fingerprintKey: env:F
limits: { update: { percent: 50 }, total: { key: { percent: 5 } } }
gateways:
  a: { adapter: respan, token: env:A, retry: { attempts: 0 } }
  b: { adapter: barndoor, baseUrl: https://acme.platform.barndoor.ai, token: file:token }
  c: { adapter: ngrok, token: env:C, timeoutMs: 1000, rateLimit: false }
providers:
  one:
    tags: [prod]
    name: One
    credential: &key { scheme: api_key, apiKey: env:KEY }
    requestTimeout: 90
    gateways:
      a: { id: 123, baseUrl: https://api.openai.com/v1 }
      b: { id: 4f8b2a3c-12ee-4d92-9c7b-e7d2f8b0a111, streamIdleTimeout: 60, native: { settings: { x: [1, { y: z }] } } }
      c: { id: aigpk_2, omit: [requestTimeout], metadata: { team: ml }, credential: *key }
`;

/** A checked config, or the problems that it is refused with; anything else fails. */
function judge(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { file, line, column } of error.problems) {
      expect([file, line >= 1, column >= 1]).toEqual(["gatefold.yaml", true, true]);
    }
    expect(error.problems.length).toBeGreaterThan(0);
    return error.problems.map(({ message, path }) => `${path}: ${message}`);
  }
}

const check = (text: string) => judge(() => checkConfig(parseConfig("gatefold.yaml", text, "/nowhere"), adapters));

const scrap = fc.constantFrom(
  ...["&a ", "*a ", "<<: *a", "? ", ": ", "- ", "[", "]", "{", "}", "|\n", ">-\n", "%YAML 1.1\n", "---\n", "...\n"],
  ...[
    "!!binary ",
    "!!set ",
    "!!js/function ",
    "'",
    '"',
    "\t",
    "\u0000",
    "\ufeff",
    "\u2028",
    "\ud800",
    "__proto__: 1\n",
  ],
  ...[".inf", ".nan", "-0", "0x10", "0o17", "1e400", "9".repeat(400), "null", "~", "2026-11-22", "version: 1\n"],
  ...["env:", "file:../../x", "exec:rm -rf /", "constructor", "toString", "\n", "\r", "  ", "#"],
);
/** A sound config, cut, doubled, with scraps in it or without a part. */
const damaged = fc
  .array(
    fc.tuple(
      fc.nat(sound.length),
      fc.nat(30),
      fc.oneof({ weight: 3, arbitrary: scrap }, fc.string({ unit: codePoint })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((edits) => edits.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), sound));
const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each).toString("utf8"));

it("any text is a checked config, or a ConfigError with a place for every problem", () => {
  expect(check(sound)).toEqual([]);
  const text = fc.oneof(
    { weight: 4, arbitrary: damaged },
    bytes,
    fc.array(scrap, { maxLength: 30 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (given) => void check(given)),
    runs(120),
  );
});

// Values of every kind where the config has one; members that hold themselves come as aliases.
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(1e21, -1, 0.5, "__proto__", "env:X", "exec:x", "file:x", "", "x".repeat(2000)),
);
const names = [
  ...["version", "journal", "fingerprintKey", "limits", "gateways", "providers", "adapter", "token", "concurrency"],
  ...["tags", "name", "credential", "scheme", "apiKey", "native", "metadata", "omit", "id", "a", "b", "c", "one"],
  ...["baseUrl", "requestTimeout", "writeUnverified", "retry", "rateLimit", "authTypes", "timeoutCeilings", "proxy"],
  ...["__proto__", "constructor"],
];
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 5 }, value, fc.array(tie("tree"), { maxLength: 3 }), tie("map")),
  map: fc.dictionary(fc.constantFrom(...names), tie("tree"), { maxKeys: 6 }),
}));
const gatewaysPart = { g: { adapter: "respan", token: "env:T" }, h: { adapter: "ngrok", token: "env:T" } };
const config = fc.oneof(
  fc.dictionary(fc.constantFrom(...names), tree),
  tree.map((one) => ({ version: 1, gateways: gatewaysPart, providers: { one } })),
  fc.tuple(tree, tree, tree).map(([credential, metadata, native]) => ({
    version: 1,
    gateways: gatewaysPart,
    providers: { one: { credential, metadata, native, gateways: { g: { id: 1 }, h: { id: "x", name: metadata } } } },
  })),
  tree.map((settings) => ({ version: 1, gateways: { g: { ...gatewaysPart.g, ...Object(settings) } }, providers: {} })),
);

it("any values in a config's places are taken, or refused with a place", () => {
  fc.assert(
    fc.property(config, (given) => void check(JSON.stringify(given))),
    runs(100),
  );
});

it.each([
  ["itself", "&m { a: *m }"],
  ["itself many times", "&m { a: *m, b: *m, c: [*m, *m] }"],
  ["what holds itself", "{ x: &m [*m, *m, *m], y: *m }"],
])("metadata, native fields and settings that hold %s are refused", (_what, written) => {
  for (const field of ["metadata", "native", "credential", "tags", "name"]) {
    expect(check(sound.replace("name: One", `name: One\n    ${field}: ${written}`))).not.toEqual([]);
  }
  expect(check(sound.replace("timeoutMs: 1000", `authTypes: ${written}`))).not.toEqual([]);
});

it("a key that stands in the file itself is in no problem", () => {
  const place = fc.constantFrom(
    ["env:KEY", CANARY],
    ["env:A", CANARY],
    ["env:F", CANARY],
    ["{ scheme: api_key, apiKey: env:KEY }", CANARY],
    ["api_key", CANARY],
    ["percent: 50", `percent: ${CANARY}`],
    ["90", CANARY],
    ["{ percent: 50 }", CANARY],
    ["https://acme", `https://user:${CANARY}@acme`],
  );
  const broken = fc.tuple(place, fc.nat(sound.length), fc.oneof(fc.constant(""), scrap));
  fc.assert(
    fc.property(broken, ([[from = "", to = ""], at, put]) => {
      const text = sound.replace(from, () => to);
      // A name of the user's own is shown: only what stands where values do is looked for.
      const start = text.indexOf(CANARY);
      const safe = at > start - 12 && at < start + CANARY.length + 12 ? start + CANARY.length + 12 : at;
      for (const problem of check(text.slice(0, safe) + put + text.slice(safe))) expect(problem).not.toContain(CANARY);
    }),
    runs(80),
  );
});

/** Every file of a folder with its size and time of change. */
function snapshot(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

it("no file is touched by reading, checking and planning, wherever the config leads", async () => {
  const folder = join(directory.path, "parent", "config");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(directory.path, "parent", "secret"), `${CANARY}\n`);
  const lead = fc.constantFrom(
    "../secret",
    "../new/journal.jsonl",
    "/proc/self/environ",
    "../../x",
    "sub/j.jsonl",
    ".",
    "..",
  );
  const written = fc.record({ journal: lead, token: fc.constantFrom("file", "exec"), target: lead, more: scrap });
  await fc.assert(
    fc.asyncProperty(written, async ({ journal, token, target, more }) => {
      const gateway = `adapter: respan, baseUrl: "http://127.0.0.1:9", token: "${token}:${target}", retry: { attempts: 0 }`;
      const text = `version: 1\njournal: ${journal}\ngateways: { g: { ${gateway} } }\nproviders: { p: { name: N, gateways: { g: { id: 1 } } } }\n#${more}`;
      writeFileSync(join(folder, "gatefold.yaml"), text);
      const before = snapshot(directory.path);
      await loadConfig(["gatefold.yaml"], folder).catch((error: unknown) => expect(error).toBeInstanceOf(ConfigError));
      for (const command of ["validate", "plan", "drift"]) {
        const { stdout, stderr } = await gatefold([command, "--json"], { directory: folder });
        expect(stdout + stderr).not.toContain(CANARY);
      }
      expect(snapshot(directory.path)).toEqual(before);
    }),
    runs(6),
  );
});
