import childProcess from "node:child_process";
import { inspect } from "node:util";
import { isSecret } from "../../src/index.ts";
import { type ResolvedSecrets, resolveSecrets, secretsOf } from "../../src/sync/index.ts";
import fc, { codePoint } from "../support/property.ts";
import { checked, configErrorOf, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

const MARKER = "sk-never-to-be-shown";

async function resolved(reference: string, environment: Readonly<Record<string, string | undefined>> = {}) {
  const text = `version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers:
  p:
    credential: { scheme: api_key, apiKey: ${JSON.stringify(reference)} }
    gateways: { one: { id: x } }
`;
  const config = checked(text, "gatefold.yaml", directory.path);
  const wanted = config.bindings.flatMap((binding) => secretsOf(binding).uses);
  const secretOf: ResolvedSecrets = await resolveSecrets(config, wanted, environment);
  return wanted.map((use) => secretOf(use.reference).reveal());
}

const problemOf = async (reference: string, environment: Readonly<Record<string, string | undefined>> = {}) => {
  const error = await configErrorOf(() => resolved(reference, environment));
  expect(error.kind).toBe("credentials");
  expect(JSON.stringify(error)).not.toContain(MARKER);
  const [problem] = error.problems;
  expect(problem).toMatchObject({ line: 5, column: 44, path: "providers.p.credential.apiKey" });
  return problem?.message ?? "";
};

/** A command that runs a script in this very runtime. */
const script = (name: string, text: string, ...parameters: string[]) =>
  [`exec:"${process.execPath}"`, directory.write(name, text), ...parameters].join(" ");

describe("an environment reference", () => {
  it.each(["with\nline breaks\n", "ключ"])("gives the text %j as it is", async (text) => {
    expect(await resolved("env:KEY", { KEY: text })).toEqual([text]);
  });

  const lookalikes = [
    "007123",
    "1e3",
    "true",
    "null",
    "~",
    " x ",
    "0x1F",
    "-0",
    ".inf",
    "2026-01-01",
    "[a]",
    "{}",
    "#",
  ];
  const texts = fc.oneof(
    fc.constantFrom(...lookalikes),
    fc.string({ unit: codePoint, minLength: 1 }),
    fc.double().map(String),
  );

  it("gives any text as it is, whatever it looks like", async () => {
    const check = async (text: string) => expect(await resolved("env:KEY", { KEY: text })).toEqual([text]);
    await fc.assert(fc.asyncProperty(texts, check));
    for (const text of lookalikes) await check(text);
  });

  it("that is not set is an error that names the place and the variable", async () => {
    expect(await problemOf("env:KEY", { OTHER: MARKER })).toBe("the environment variable KEY is not set");
    expect(await problemOf("env:KEY", { KEY: undefined })).toBe("the environment variable KEY is not set");
  });

  it("that is empty is an error", async () => {
    expect(await problemOf("env:KEY", { KEY: "" })).toBe("the environment variable KEY is empty");
  });

  it("is not looked up in what every object has", async () => {
    expect(await problemOf("env:constructor", {})).toBe("the environment variable constructor is not set");
    expect(await problemOf("env:toString", {})).toBe("the environment variable toString is not set");
  });
});

describe("a file reference", () => {
  it.each([
    ["007123", "007123"],
    ["key\n", "key"],
    ["key\r\n", "key"],
    ["key\n\n", "key\n"],
    ["two\nlines\n", "two\nlines"],
    ["  padded  \n", "  padded  "],
  ])("to a file with %j gives %j: one line break at the end is dropped", async (text, expected) => {
    directory.write("key", text);
    expect(await resolved("file:key")).toEqual([expected]);
  });

  it("starts at the folder of the config, or is absolute", async () => {
    const path = directory.write("key", "absolute");
    expect(await resolved(`file:${path}`)).toEqual(["absolute"]);
    expect(await resolved("file:./key")).toEqual(["absolute"]);
  });

  it("to what is not there, is empty, or is a folder, is an error that names the place", async () => {
    directory.write("empty", "\n");
    expect(await problemOf("file:missing")).toBe("the file missing cannot be read (ENOENT)");
    expect(await problemOf("file:empty")).toBe("the file empty is empty");
    expect(await problemOf("file:.")).toBe("the file . cannot be read (EISDIR)");
  });
});

describe("a command reference", () => {
  it("gives its output as text, without one line break at the end", async () => {
    expect(await resolved(script("print.js", "console.log('007123')"))).toEqual(["007123"]);
    expect(await resolved(script("two.js", "console.log('a\\n')"))).toEqual(["a\n"]);
  });

  it("runs without a shell: nothing in it is special but quotes", async () => {
    const command = script(
      "parameters.js",
      "console.log(JSON.stringify(process.argv.slice(2)))",
      "'two words'",
      "\"say 'hi'\"",
      "$HOME",
      "*",
      ";",
      "&&",
      "|",
      "`id`",
      "a'b c'd",
    );
    const [printed] = await resolved(command);
    const expected = ["two words", "say 'hi'", "$HOME", "*", ";", "&&", "|", "`id`", "ab cd"];
    expect(JSON.parse(printed ?? "")).toEqual(expected);
  });

  it("runs in the folder of the config, with the variables that were passed in and no others", async () => {
    const text =
      "console.log(JSON.stringify([process.cwd(), process.env.GIVEN, Object.keys(process.env).includes('JEST_WORKER_ID')]))";
    const [printed] = await resolved(script("where.js", text), { GIVEN: "yes" });
    expect(JSON.parse(printed ?? "")).toEqual([expect.stringContaining(directory.path), "yes", false]);
  });

  it("runs once, however often the same command stands there", async () => {
    const command = script("count.js", "require('fs').appendFileSync('count', 'x'); console.log('key')");
    const use = JSON.stringify(command);
    const config = checked(
      `version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers:
  p: { credential: { scheme: api_key, apiKey: ${use} }, gateways: { one: { id: x } } }
  q: { credential: { scheme: api_key, apiKey: ${use} }, gateways: { one: { id: y } } }
`,
      "gatefold.yaml",
      directory.path,
    );
    const wanted = config.bindings.flatMap((binding) => secretsOf(binding).uses);
    const again = script("read.js", "console.log(require('fs').readFileSync('count', 'utf8'))");
    await resolveSecrets(config, wanted, {});
    expect(await resolved(again)).toEqual(["x"]);
  });

  it("that fails is an error without anything it printed", async () => {
    const noisy = `console.log('${MARKER}'); console.error('${MARKER}'); process.exit(3)`;
    expect(await problemOf(script("fail.js", noisy))).toMatch(/^the command failed/);
  });

  it("that does not end is ended after 30 seconds, and is an error without anything it printed", async () => {
    const real = childProcess.execFile;
    const timeouts: unknown[] = [];
    const spy = jest.spyOn(childProcess, "execFile").mockImplementation(((
      file: string,
      parameters: string[],
      options: { timeout: number },
      done: () => void,
    ) => {
      timeouts.push(options.timeout);
      return real(file, parameters, { ...options, timeout: 500 }, done);
    }) as typeof real);
    try {
      const endless = `process.stdout.write('${MARKER}'); process.stderr.write('${MARKER}'); setInterval(() => {}, 1000)`;
      const problem = await problemOf(script("endless.js", endless));
      expect(problem).toBe("the command failed (ended after 30 s, or wrote over 1 MiB)");
      expect(timeouts).toEqual([30_000]);
    } finally {
      spy.mockRestore();
    }
  });

  it("gives a Secret, which prints nothing of the output", async () => {
    const config = checked(
      `version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers:
  p:
    credential: { scheme: api_key, apiKey: ${JSON.stringify(script("key.js", `console.log('${MARKER}')`))} }
    gateways: { one: { id: x } }
`,
      "gatefold.yaml",
      directory.path,
    );
    const [use] = config.bindings.flatMap((binding) => secretsOf(binding).uses);
    if (use === undefined) throw new Error("the config has no reference");
    const found = (await resolveSecrets(config, [use], {}))(use.reference);
    expect(isSecret(found)).toBe(true);
    expect(found.reveal()).toBe(MARKER);
    expect([`${found}`, JSON.stringify(found), inspect(found)]).toEqual(["[redacted]", '"[redacted]"', "[redacted]"]);
  });

  it("that prints nothing is an error", async () => {
    expect(await problemOf(script("silent.js", `console.error('${MARKER}')`))).toMatch(/^the output of .* is empty$/);
  });

  it("that does not exist is an error", async () => {
    expect(await problemOf("exec:gatefold-no-such-command")).toBe("the command failed (ENOENT)");
  });

  it("that prints without end is an error", async () => {
    const flood = `process.stdout.write('${MARKER}'.repeat(100000))`;
    expect(await problemOf(script("flood.js", flood))).toMatch(/^the command failed/);
  });
});

describe("several references", () => {
  it("are all reported when they are not there", async () => {
    const config = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers:
  p: { credential: { scheme: api_key, apiKey: env:FIRST }, gateways: { one: { id: x } } }
  q: { credential: { scheme: api_key, apiKey: file:second }, gateways: { one: { id: y } } }
`);
    const wanted = config.bindings.flatMap((binding) => secretsOf(binding).uses);
    const error = await configErrorOf(() => resolveSecrets(config, wanted, {}));
    expect(error.problems.map(({ path }) => path)).toEqual([
      "providers.p.credential.apiKey",
      "providers.q.credential.apiKey",
    ]);
  });
});
