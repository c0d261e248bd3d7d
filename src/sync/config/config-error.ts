/** A place in a file. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** One problem of a config: where it stands and what is wrong. Never holds a secret. */
export interface ConfigProblem extends Place {
  /** The names that lead there, joined by dots. */
  readonly path: string;
  readonly message: string;
  /** Why that is refused, where the message does not say it. */
  readonly why?: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Why a config is refused: it is wrong, it asks for trust that was not given, or a secret that it refers to is not there. */
export type ConfigErrorKind = "invalid" | "untrusted" | "credentials";

/** A config that cannot be used; nothing was sent. All problems at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly kind: ConfigErrorKind;
  /** All of them at once, each with its place. */
  readonly problems: readonly ConfigProblem[];

  constructor(kind: ConfigErrorKind, problems: readonly ConfigProblem[]) {
    // A field that several bindings share is wrong once.
    const distinct = [...new Map(problems.map((problem) => [describeProblem(problem), problem])).values()];
    super(distinct.map(withAdvice).join("\n"));
    this.kind = kind;
    this.problems = distinct;
  }

  /** The error as plain data. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, kind: this.kind, problems: this.problems };
  }
}

// Whoever prints no more than the message is told what to do, too.
const withAdvice = (problem: ConfigProblem) =>
  problem.advice === undefined ? describeProblem(problem) : `${describeProblem(problem)}; ${problem.advice}`;

/** `file:line:column: path: message`, as editors and terminals understand it. */
export function describeProblem({ path, message, ...place }: Omit<ConfigProblem, "why" | "advice">): string {
  return `${describePlace(place)}: ${path === "" ? "" : `${path}: `}${message}`;
}

/** `file:line:column`. */
export function describePlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** A problem with a file as a whole, or with what was given in place of one. */
export function fileProblem(file: string, message: string): ConfigProblem {
  return { file, line: 1, column: 1, path: "", message };
}
