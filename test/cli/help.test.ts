import { adapters } from "../../adapters/index.ts";
import { commandLinesIn, commands, usageProblem } from "../support/command-lines.ts";
import { gatefold } from "../support/sync.ts";

const paths = commands().map(({ path }) => path);

const helpOf = async (path: string) => (await gatefold([...path.split(" "), "--help"])).stdout;

const examplesIn = (help: string) => /\nExamples:\n((?: {2}\S.*\n)+)$/.exec(help)?.[1] ?? "";

it("knows the commands", () => {
  expect(paths).toEqual(expect.arrayContaining(["plan", "apply", "rotate", "journal", "journal verify", "explain"]));
});

describe.each(paths)("the help of %s", (path) => {
  it("says what it needs, and ends with one to three examples of it that the parser takes", async () => {
    const help = await helpOf(path);
    expect(help).toMatch(/\nNeeds: \S.*\.\n/);
    const examples = examplesIn(help);
    const lines = commandLinesIn(examples);
    expect(lines).toHaveLength(examples.trimEnd().split("\n").length);
    expect([1, 2, 3]).toContain(lines.length);
    for (const line of lines) {
      expect(line.join(" ")).toMatch(new RegExp(`^${path}( |$)`));
      expect(await usageProblem(line)).toBeUndefined();
    }
  });

  it("fits into 100 columns below the options, and names no vendor", async () => {
    const help = await helpOf(path);
    const end = help.slice(help.indexOf("\nNeeds: "));
    expect(end.split("\n").filter((line) => line.length > 120)).toEqual([]);
    expect(
      examplesIn(help)
        .split("\n")
        .filter((line) => line.length > 100),
    ).toEqual([]);
    for (const { name } of adapters) expect(help.toLowerCase()).not.toContain(name);
  });
});

describe("the help of the program", () => {
  it("says where to begin, with commands that there are", async () => {
    const { stdout } = await gatefold(["--help"]);
    const start = /\nGetting started:\n((?: {2}\S.*\n)+)/.exec(stdout)?.[1] ?? "";
    const commands = start
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/ {2,}/)[0] ?? "");
    expect(commands).toHaveLength(5);
    for (const command of commands) expect(await usageProblem(command.split(" ").slice(1))).toBeUndefined();
    expect(stdout).toContain("\nExit codes: 0 clean or done, 1 error, 2 changes");
    expect(start.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});

describe("the check of command lines itself", () => {
  it("finds them where they stand, with what belongs to them", () => {
    const shell = `
      export TOKEN # gatefold drift
      gatefold plan --out plan.json \\
        --out plan.md > plan.txt 2>&1 || code=$?   # and so on
      if gatefold drift; then echo gatefold sandbox; fi
      gatefold validate && gatefold journal verify --head "$(cat 'a b')"
      gatefold explain x 1 '{name: "New one"}'; X=1 gatefold apply --reason "a \\"b\\""`;
    expect(commandLinesIn(shell)).toEqual([
      ["plan", "--out", "plan.json", "--out", "plan.md"],
      ["drift"],
      ["validate"],
      ["journal", "verify", "--head", "$(cat 'a b')"],
      ["explain", "x", "1", '{name: "New one"}'],
      ["apply", "--reason", 'a \\"b\\"'],
    ]);
  });

  it.each([
    ["an option that there is not", ["plan", "--no-such"]],
    ["a command that there is not", ["plann"]],
    ["a form that there is not", ["plan", "--format", "pdf"]],
    ["a word too many", ["drift", "now"]],
  ])("refuses %s", async (_title, argv) => {
    expect(await usageProblem(argv)).toEqual(expect.any(String));
  });
});
