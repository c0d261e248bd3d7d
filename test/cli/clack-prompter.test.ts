import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { clackPrompter as ClackPrompter } from "../../src/cli/clack-prompter.ts";
import type { Prompter } from "../../src/cli/prompter.ts";
import { root } from "../support/built.ts";
import { until, useTemporaryDirectory } from "../support/sync.ts";

const directory = useTemporaryDirectory();

/** The prompter with the package that draws: that one is an ES module, which nothing here can load as it is. */
function load(): typeof ClackPrompter {
  const bundle = join(directory.path, "prompter.cjs");
  const source = join(root, "src", "cli", "clack-prompter.ts");
  const esbuild = join(root, "node_modules", "esbuild", "bin", "esbuild");
  execFileSync(esbuild, [source, "--bundle", "--platform=node", "--format=cjs", `--outfile=${bundle}`], {
    stdio: "pipe",
  });
  return require(bundle).clackPrompter;
}

/** A terminal on which somebody presses keys, each batch once the screen shows some words. */
async function on<Answer>(
  ask: (prompter: Prompter) => Promise<Answer>,
  ...batches: readonly (readonly [seen: string, keys: string])[]
): Promise<{ answer: Answer; screen: string }> {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 100, rows: 30 });
  let screen = "";
  output.on("data", (data) => {
    screen += stripVTControlCharacters(String(data));
  });
  const answer = ask(load()({ input, output, signal: new AbortController().signal }));
  for (const [seen, keys] of batches) {
    await until(() => screen.includes(seen));
    input.write(keys);
  }
  return { answer: await answer, screen };
}

const DOWN = "\u001b[B";
const ENTER = "\r";
const CTRL_C = "\u0003";
const choices = [
  { value: "one", label: "The first", hint: "a hint" },
  { value: "two", label: "The second" },
];

it("asks for several", async () => {
  const { answer, screen } = await on(
    (prompter) => prompter.chooseSeveral("Which?", choices),
    ["Which?", ` ${DOWN} ${ENTER}`],
  );
  expect(answer).toEqual(["one", "two"]);
  expect(screen).toContain("The first (a hint)");
});

it("asks for one", async () => {
  const { answer } = await on((prompter) => prompter.choose("Which?", choices), ["Which?", `${DOWN}${ENTER}`]);
  expect(answer).toBe("two");
});

it("asks for a text, says what is wrong with one, and keeps the lines of a question together", async () => {
  const problem = (text: string) => (text === "mainly" ? undefined : "that is no name");
  const { answer, screen } = await on(
    (prompter) => prompter.askText("What name?\nAny will do.", { initially: "main", problem }),
    ["Any will do.", ENTER],
    ["that is no name", `ly${ENTER}`],
  );
  expect(answer).toBe("mainly");
  expect(screen).toMatch(/│ {2}Any will do\./);
});

it("asks for yes or no, from what is likely", async () => {
  const { answer } = await on((prompter) => prompter.confirm("Go on?", false), ["Go on?", ENTER]);
  expect(answer).toBe(false);
});

it("says something", async () => {
  expect((await on((prompter) => prompter.say("It works."))).screen).toContain("It works.");
});

it.each<[string, (prompter: Prompter) => Promise<unknown>]>([
  ["several", (prompter) => prompter.chooseSeveral("Ask", choices)],
  ["one", (prompter) => prompter.choose("Ask", choices)],
  ["a text", (prompter) => prompter.askText("Ask")],
  ["yes or no", (prompter) => prompter.confirm("Ask", true)],
])("gives nothing where the user gives up: %s", async (_what, ask) => {
  expect((await on(ask, ["Ask", CTRL_C])).answer).toBeUndefined();
});

it("ends a question when the command is to end", async () => {
  const ending = new AbortController();
  const output = Object.assign(new PassThrough(), { columns: 100, rows: 30 });
  const asked = load()({ input: new PassThrough(), output, signal: ending.signal }).askText("Ask");
  ending.abort();
  expect(await asked).toBeUndefined();
});
