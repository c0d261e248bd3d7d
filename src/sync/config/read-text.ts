import type { ConfigPath } from "./config-document.ts";

/** A text that was read, and where everything stands in it, by offsets. */
export interface ReadText {
  /** What it says, as plain data. */
  readonly value: unknown;
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
