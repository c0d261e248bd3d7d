import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { wrapped } from "../../src/cli/render/columns.ts";
import { errorData, errorText } from "../../src/cli/render/error-text.ts";
import { explanationOf } from "../../src/cli/render/gateway-trouble.ts";
import { renderApply, renderPlan } from "../../src/cli/render.ts";
import { colourStyle, plainStyle } from "../../src/cli/style.ts";
import { ConfigError, type ConfigProblem, JournalError } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { appliedOf, everyError, hostileText, planOf, resultOf, rowOf } from "../support/plans.ts";
import fc from "../support/property.ts";
import { gatefold, gatewaysOf, jsonOf, seed, useSandbox, useTemporaryDirectory } from "../support/sync.ts";
import { Terminal } from "../support/terminal.ts";

allowLoopback();
const directory = useTemporaryDirectory();
const open = useSandbox();

const problemAt = (line: number, more: Partial<ConfigProblem> = {}): ConfigProblem => {
  return { file: "gatefold.yaml", line, column: 3, path: "providers.p", message: `wrong ${line}`, ...more };
};

describe("an error of a config", () => {
  it("is what, with its place, why, and what to do", () => {
    const error = new ConfigError("invalid", [problemAt(2, { why: "it is not kept", advice: "take it out" })]);
    expect(errorText(error).split("\n")).toEqual([
      "gatefold.yaml:2:3: providers.p: wrong 2",
      "  why: it is not kept",
      "  fix: take it out",
    ]);
    expect(error.message).toBe("gatefold.yaml:2:3: providers.p: wrong 2; take it out");
  });

  it("has its problems in the order of their places, file by file; neighbours share an explanation", () => {
    const advice = "do the same";
    const problems = [
      problemAt(9, { advice: "do another thing" }),
      problemAt(7, { advice }),
      problemAt(2, { advice }),
      problemAt(1, { file: "second.yaml", advice }),
      problemAt(3),
    ];
    expect(errorText(new ConfigError("invalid", problems)).split("\n")).toEqual([
      "gatefold.yaml:2:3: providers.p: wrong 2",
      "  fix: do the same",
      "gatefold.yaml:3:3: providers.p: wrong 3",
      "gatefold.yaml:7:3: providers.p: wrong 7",
      "  fix: do the same",
      "gatefold.yaml:9:3: providers.p: wrong 9",
      "  fix: do another thing",
      "second.yaml:1:3: providers.p: wrong 1",
      "  fix: do the same",
    ]);
    const alike = [2, 3].map((line) => problemAt(line, { advice }));
    expect(errorText(new ConfigError("invalid", alike)).split("\n").slice(1)).toEqual([
      "gatefold.yaml:3:3: providers.p: wrong 3",
      "  fix: do the same",
    ]);
  });

  it("cannot move the cursor or begin a line, whatever is in it", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const problem = problemAt(1, { file: text, path: text, message: text, why: text, advice: text });
        const journal = new JournalError({ kind: "locked", file: text, message: text, advice: text });
        const lines = errorText(new ConfigError("invalid", [problem])).split("\n");
        expect(lines).toHaveLength(3);
        expect(errorText(journal).split("\n")).toHaveLength(2);
        for (const line of lines) expect(line).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u);
      }),
    );
  });
});

describe("an error of a gateway", () => {
  const silent = [
    "UnsupportedFieldError",
    "InvalidInputError",
    "MissingSettingError",
    "AbortedError",
    "UnsafePlanError",
  ];

  it.each(everyError().map((error) => [error.name, error] as const))("%s says what to do, if it can", (name, error) => {
    const { advice } = explanationOf(error);
    expect(advice === undefined).toBe(silent.includes(name));
    const data: unknown = JSON.parse(JSON.stringify(errorData(error)));
    expect(data).toMatchObject({ name, message: error.message, ...(advice === undefined ? {} : { advice }) });
  });

  it("tells a write of unknown outcome to be settled", () => {
    const advice = everyError().map((error) => [error.outcome, explanationOf(error).advice ?? ""] as const);
    const settling = advice.filter(([, text]) => text.includes("the next apply settles by reading"));
    expect(settling.map(([outcome]) => outcome)).toEqual(["unknown", "unknown", "unknown"]);
  });

  const places = () => ({ binding: "gatefold.yaml:9:20", login: "env:TOKEN (gatefold.yaml:3:40)" });
  const errorOf = (name: string) => everyError().find((error) => error.name === name);

  it("stands in a row with its place in the config, and is explained once for a gateway", () => {
    const error = errorOf("AuthenticationError");
    if (error === undefined) throw new Error("there is no such error");
    const rows = ["one", "two"].map((provider) => rowOf({ provider, status: "failed", error }));
    const lines = renderPlan(planOf(rows), plainStyle, { places }).split("\n");
    const what = "    gatefold.yaml:9:20: AuthenticationError: acme: no such provider";
    expect(lines.slice(0, -1)).toEqual([
      "x one @ eu (acme 101): failed",
      what,
      "      why: the gateway does not accept the token: it is wrong, expired or revoked, or of another host",
      "      fix: check env:TOKEN (gatefold.yaml:3:40)",
      "x two @ eu (acme 101): failed",
      what,
    ]);
    const applied = appliedOf({ status: "failed", error });
    expect(renderApply(resultOf([applied]), plainStyle, { places }).split("\n")[1]).toBe(`    ${what}`);
  });
});

describe("a line for a terminal", () => {
  it.each([
    ["fits", 20, "fits"],
    ["one two three four", 10, "one two\n    three\n    four"],
    ["    one two", 9, "    one\n    two"],
    ["aaaaaaaaaabbbbb", 10, "aaaaaaaaaa\nbbbbb"],
  ])("%j is broken at blanks for %d columns", (text, width, expected) => {
    expect(wrapped(text, width)).toBe(expected);
  });

  it("is never wider than it, and loses nothing but blanks", () => {
    const word = fc.string({ minLength: 1, maxLength: 50 }).map((text) => text.replace(/\s/g, "_"));
    const text = fc.array(
      fc.oneof(
        word,
        word.map((each) => colourStyle("error", each)),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.constantFrom(20, 40, 80, 200), fc.nat(30), text, (width, indent, words) => {
        const line = " ".repeat(indent) + words.join(" ");
        const terminal = new Terminal(width);
        const shown = wrapped(line, width);
        for (const each of stripVTControlCharacters(shown).split("\n")) terminal.write(`${each}\n`);
        expect(shown.replace(/\s/g, "")).toBe(line.replace(/\s/g, ""));
      }),
    );
  });
});

describe("a command line", () => {
  const KEY = "a random text that nobody guesses";
  const start = async (different: (yaml: string) => string = (yaml) => yaml) => {
    const sandbox = await open({ seed });
    const { yaml, environment } = gatewaysOf(sandbox, { respan: "identifier: pk" });
    const bindings = "respan-prod: { id: 101 }, ngrok-prod: { id: aigpk_openai }";
    directory.write("gatefold.yaml", different(`${yaml}providers:\n  p: { name: New, gateways: { ${bindings} } }\n`));
    return { sandbox, surroundings: { environment: { ...environment, KEY }, directory: directory.path } };
  };
  const lineOf = (text: string, part: string) => text.split("\n").find((line) => line.includes(part)) ?? "";

  it("names the place of what a gateway does not have, and of a token that it refuses", async () => {
    const { surroundings } = await start((yaml) => yaml.replace("aigpk_openai", "aigpk_none").replace("101", "102"));
    const { stdout } = await gatefold(["plan"], surroundings);
    const text = readFileSync(join(directory.path, "gatefold.yaml"), "utf8");
    const place = `gatefold.yaml:8:${(text.split("\n")[7] ?? "").indexOf("aigpk_none") + 1}`;
    expect(lineOf(stdout, `check the binding's id (${place})`)).toMatch(/, and that env:NGROK_TOKEN /);
    expect(lineOf(stdout, `    ${place}: NotFoundError: `)).not.toBe("");
    const environment = { ...surroundings.environment, NGROK_TOKEN: "wrong" };
    const refused = await gatefold(["plan", "--gateway", "ngrok-prod"], { ...surroundings, environment });
    expect(lineOf(refused.stdout, "fix: ")).toMatch(/^ {6}fix: check env:NGROK_TOKEN \(gatefold\.yaml:6:\d+\)$/);
  });

  it("says where a command stands whose token is refused, and not what is in it", async () => {
    const { surroundings } = await start((yaml) => yaml.replace("env:NGROK_TOKEN", "exec:echo pasted-into-a-command"));
    const trusting = ["plan", "--gateway", "ngrok-prod", "--trust-config"];
    const { stdout, stderr } = await gatefold(trusting, surroundings);
    expect(lineOf(stdout, "fix: ")).toMatch(/^ {6}fix: check the exec: command \(gatefold\.yaml:6:\d+\)$/);
    expect(stdout + stderr).not.toContain("pasted-into-a-command");
  });

  it("says what to do about a secret that is not there, as text and as data", async () => {
    const { surroundings } = await start();
    const without = { ...surroundings, environment: { ...surroundings.environment, NGROK_TOKEN: undefined } };
    const { stdout, stderr } = await gatefold(["plan", "--json"], without);
    const advice =
      "set NGROK_TOKEN where this command runs, or refer to another place: env:NAME, file:PATH or exec:COMMAND";
    expect(stderr.split("\n").slice(1)).toEqual([`  fix: ${advice}`, ""]);
    expect(jsonOf(stdout)).toMatchObject({ error: { problems: [{ line: 6, advice }] } });
  });

  it("colours errors where standard error is a terminal, and breaks their lines there", async () => {
    const { surroundings } = await start();
    const environment = { ...surroundings.environment, NGROK_TOKEN: undefined };
    const errorTerminal = { columns: 40, write: () => undefined };
    const run = (more: Record<string, string>) =>
      gatefold(["plan"], { ...surroundings, environment: { ...environment, ...more }, errorTerminal });
    expect((await run({})).stderr).toContain("\u001b[");
    const { stderr } = await run({ NO_COLOR: "1" });
    expect(stderr).not.toContain("\u001b");
    for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  });

  it("prints the essentials alone where it is told to be quiet", async () => {
    const { surroundings } = await start();
    const plan = await gatefold(["plan", "--quiet"], surroundings);
    expect(plan.stdout.split("\n")).toEqual([
      "~ p @ respan-prod (respan 101)         name  OpenAI -> New  (changed, will be written)",
      "~ p @ ngrok-prod (ngrok aigpk_openai)  name  OpenAI -> New  (changed, will be written)",
      "2 bindings: 2 changed; apply writes 2.",
      "",
    ]);
    const applied = await gatefold(["apply", "-q"], surroundings);
    expect(applied).toMatchObject({ exit: 0, stdout: "2 done, 0 failed, 0 blocked, 0 unknown.\n", stderr: "" });
    const failed = await gatefold(["plan", "-q", "--config", "none.yaml"], surroundings);
    expect(failed.stderr).toContain("none.yaml:1:1: cannot be read");
  });

  it("shows progress on standard error alone, and leaves none of it there", async () => {
    const { sandbox, surroundings } = await start();
    const terminal = new Terminal(60);
    let now = Date.now();
    let draw = () => {};
    const host = {
      every: (_milliseconds: number, work: () => void) => {
        draw = work;
        return () => undefined;
      },
      // A frame before each request, two seconds after the last one.
      hooksFor: () => [
        {
          onRequest: () => {
            now += 2000;
            draw();
          },
        },
      ],
    };
    const { stdout, exit } = await gatefold(["plan", "--json"], {
      ...surroundings,
      errorTerminal: terminal,
      runtime: { now: () => now },
      host,
    });
    expect({ exit, rows: jsonOf(stdout).rows }).toMatchObject({ exit: 2, rows: [{}, {}] });
    expect(terminal.frames.some((frame) => /^respan-prod {2}reading 0\/1/m.test(frame))).toBe(true);
    expect(terminal.screen).toBe("");
    expect(sandbox.requests.length).toBeGreaterThan(1);
  });
});
