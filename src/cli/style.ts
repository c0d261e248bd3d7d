/** What a piece of text is, which decides its colour. */
export type StyleKind = "added" | "removed" | "warning" | "error" | "muted" | "strong";

/** Gives a piece of text the look of its kind. Pieces are not nested: the end of one look is the end of every look. */
export type Style = (kind: StyleKind, text: string) => string;

// The codes of ECMA-48 that begin and end a look. Not `styleText` of Node: its later versions ask the process's own
// standard output whether there may be colours, and the one that counts here is handed in.
const CODES: Readonly<Record<StyleKind, readonly [begin: number, end: number]>> = {
  added: [32, 39],
  removed: [31, 39],
  warning: [33, 39],
  error: [31, 39],
  muted: [2, 22],
  strong: [1, 22],
};

/** Leaves every text as it is. */
export const plainStyle: Style = (_kind, text) => text;

/** Colours for a terminal. */
export const colourStyle: Style = (kind, text) => {
  const [begin, end] = CODES[kind];
  return text === "" ? "" : `\u001b[${begin}m${text}\u001b[${end}m`;
};

/** Where something is printed, as far as colours go. */
export interface StyledPlace {
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Colours or none: `NO_COLOR` and a terminal that cannot show any forbid them, then `FORCE_COLOR` decides, then the terminal. */
export function styleFor({ isTerminal, environment }: StyledPlace): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if ((NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb") return plainStyle;
  const isColoured = FORCE_COLOR === undefined ? isTerminal : FORCE_COLOR !== "0";
  return isColoured ? colourStyle : plainStyle;
}
