import type { Command } from "commander";
import { createProgram } from "../../src/cli/program.ts";

/** The command lines of `gatefold` in a text for a shell, taken apart as a shell does it. */
export function commandLinesIn(shell: string): string[][] {
  const commands: string[][] = [[]];
  // Words, quoted or not; what ends a command; a comment; and what goes to a file or comes from one.
  const token =
    /\\\n|[ \t]+|#[^\n]*|\d?[<>]+&?\d*[ \t]*[^\s;|&<>()]*|(?:\|\||&&|[\n;|&()])|((?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s;|&<>()"'\\])+)/g;
  for (const [whole, word] of shell.matchAll(token)) {
    if (word !== undefined) commands.at(-1)?.push(unquoted(word));
    else if (/^(\|\||&&|[\n;|&()])$/.test(whole)) commands.push([]);
  }
  return commands.flatMap((words) => {
    const start = words.indexOf("gatefold");
    // Before it stand at most a keyword, a negation or a variable of the shell.
    const isCommand = start !== -1 && words.slice(0, start).every((each) => /^(if|then|else|!|[A-Z_]+=.*)$/.test(each));
    return isCommand ? [words.slice(start + 1)] : [];
  });
}

const unquoted = (word: string) =>
  word.replace(/"((?:\\.|[^"])*)"|'([^']*)'|\\(.)/g, (_all, double?: string, single?: string, escaped?: string) => {
    return double ?? single ?? escaped ?? "";
  });

/** What the real parser says against a command line, or nothing; no command does its work. */
export async function usageProblem(argv: readonly string[]): Promise<string | undefined> {
  const said: string[] = [];
  const program = parserOf(
    (text) => said.push(text),
    async () => {},
  );
  try {
    await program.parseAsync([...argv], { from: "user" });
    return undefined;
  } catch (error) {
    const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
    return `${argv.join(" ")}: ${message} ${said.join("")}`.trim();
  }
}

/** Every command of the program, groups too, with the words that name it. */
export function commands(): { readonly path: string; readonly command: Command }[] {
  const below = (command: Command, path: readonly string[]): { path: string; command: Command }[] =>
    command.commands.flatMap((each) => {
      const own = [...path, each.name()];
      return each.name() === "help" ? [] : [{ path: own.join(" "), command: each }, ...below(each, own)];
    });
  return below(
    parserOf(
      () => {},
      async () => {},
    ),
    [],
  );
}

/** The program as `--help` shows it. */
export function parserOf(write: (text: string) => void, perform: Parameters<typeof createProgram>[1]) {
  const unused = () => {
    throw new Error("no command does its work here");
  };
  const signal = new AbortController().signal;
  const host = {
    stdout: write,
    stderr: write,
    isTerminal: false,
    environment: {},
    workingDirectory: "/",
    runtime: { now: unused, sleep: unused, pid: 1, hostName: "host", actor: "nobody", isAlive: unused },
    signal,
    force: signal,
  };
  return createProgram({ host, quieten: () => {} }, perform);
}
