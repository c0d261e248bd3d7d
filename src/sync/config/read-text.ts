import type { ConfigPath } from "./config-document.ts";

/** A text that was read. */
export interface ReadText {
  /** What it says, as plain data. */
  readonly value: unknown;
  /** Whether each number is written as it is printed. */
  readonly hasPlainNumbers: boolean;
  /** Keeps nothing of the value. */
  readonly places: TextPlaces;
}

/** Where everything stands in a text, by offsets. */
export interface TextPlaces {
  /** Where a value begins, and its name where it has one; undefined where nothing is. */
  find(path: ConfigPath): Found | undefined;
  /** A scalar as it was written. */
  source(path: ConfigPath): string | undefined;
}

/** Where something begins. */
export interface Found {
  readonly value: number | undefined;
  readonly key?: number | undefined;
}

/** A part of a text that cannot be used. */
export interface BrokenPart {
  readonly offset: number;
  readonly message: string;
}

/** Why a text cannot be used. */
export class BrokenText extends Error {
  readonly parts: readonly BrokenPart[];

  constructor(parts: readonly BrokenPart[]) {
    super("a text is broken");
    this.parts = parts;
  }
}
