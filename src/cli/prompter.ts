/** One of several things to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Asks the user. Every question gives undefined when the user gives up (Ctrl-C, Escape). */
export interface Prompter {
  /** Any number of the choices, one at least. */
  chooseSeveral(question: string, choices: readonly Choice[]): Promise<readonly string[] | undefined>;
  choose(question: string, choices: readonly Choice[]): Promise<string | undefined>;
  /** A line of text; `problem` says what is wrong with it. */
  askText(question: string, options?: TextQuestion): Promise<string | undefined>;
  confirm(question: string, initially: boolean): Promise<boolean | undefined>;
  /** Something to be known between two questions. */
  say(text: string): Promise<void>;
}

/** How a line of text is asked for. */
export interface TextQuestion {
  readonly initially?: string;
  readonly problem?: (text: string) => string | undefined;
}
