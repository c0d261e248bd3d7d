import { plainStyle, type Style } from "../style.ts";
import { printable } from "./shown.ts";

/** Something that went wrong, for people. */
export interface Trouble {
  /** The place of what is wrong, such as `gatefold.yaml:12:7`. */
  readonly place?: string | undefined;
  readonly what: string;
  /** Why that stands in the way, where `what` does not say it. */
  readonly why?: string | undefined;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/**
 * A trouble in at most three lines: what, with its place, as editors and terminals understand it; why; what to do. What
 * strangers wrote into a file or an answer can neither move the cursor nor begin a line.
 */
export function troubleLines({ place, what, why, advice }: Trouble, style: Style = plainStyle): string[] {
  const further = (label: string, text: string | undefined) =>
    text === undefined ? [] : [`  ${style("muted", `${label}:`)} ${printable(text)}`];
  const begin = place === undefined ? "" : `${style("strong", printable(place))}: `;
  return [`${begin}${printable(what)}`, ...further("why", why), ...further("fix", advice)];
}
