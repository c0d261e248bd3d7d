import { MAX_DEPTH, TOO_DEEP, TOO_LARGE_FOR_YAML, TOO_MANY } from "./config-bounds.ts";
import { BrokenText } from "./read-text.ts";

/** What one pass over a JSON text tells of it. */
export interface JsonScan {
  /** So many values, the whole included. */
  readonly values: number;
  /** So many of them have a name. */
  readonly members: number;
  /** Whether each number is written as it is printed, and kept exactly: up to 15 digits, without point, exponent and -0. */
  readonly hasPlainNumbers: boolean;
}

/** Where each value of a JSON text stands. Values are numbered in the order of the text; the first is the whole. */
export interface JsonPlaces {
  /** So many values. */
  readonly count: number;
  /** The offset of a value. */
  valueAt(value: number): number;
  /** The offset of its name, or -1 for one without. */
  nameAt(value: number): number;
  /** The first value after it that is not a part of it. */
  after(value: number): number;
}

/** A text that is not read as JSON, and from where on. */
export class NotJson extends BrokenText {
  constructor(offset: number, message: string) {
    super([{ offset, message }]);
  }
}

/**
 * Goes over a JSON text once, and keeps nothing of it.
 * @throws NotJson where the text is no JSON, is nested too deep or has more than `mostValues`
 */
export function scanJson(text: string, mostValues: number): JsonScan {
  return new JsonScanner(text, mostValues).scan();
}

/** Finds all values of a text that was scanned: 12 bytes for each. */
export function jsonPlaces(text: string, { values: count }: JsonScan): JsonPlaces {
  const places = new Int32Array(WIDTH * count);
  new JsonScanner(text, count, places).scan();
  const at = (index: number) => places[index] ?? NAMELESS;
  return {
    count,
    valueAt: (value) => at(WIDTH * value),
    nameAt: (value) => at(WIDTH * value + 1),
    after: (value) => at(WIDTH * value + 2),
  };
}

const [TAB, LINE_FEED, RETURN, BLANK, QUOTE, COMMA, COLON] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_MAPPING, CLOSE_MAPPING] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];
const NAMELESS = -1;
// Of each value: its offset, its name's, and what comes after it.
const WIDTH = 3;

class JsonScanner {
  readonly #text: string;
  readonly #mostValues: number;
  readonly #places: Int32Array | undefined;
  // Of their own, as a test from another scan must not move them.
  readonly #plain = /(?:0|-?[1-9]\d{0,14})(?![\d.eE])|true|false|null/y;
  readonly #number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  readonly #escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
  #at = 0;
  #values = 0;
  #members = 0;
  #hasPlainNumbers = true;

  constructor(text: string, mostValues: number, places?: Int32Array) {
    this.#text = text;
    this.#mostValues = mostValues;
    this.#places = places;
  }

  scan(): JsonScan {
    this.#passBlanks();
    this.#passValue(NAMELESS, 1);
    this.#passBlanks();
    if (this.#at < this.#text.length) this.#refuse();
    return { values: this.#values, members: this.#members, hasPlainNumbers: this.#hasPlainNumbers };
  }

  // A mapping counts as two levels, as its pairs do in YAML.
  #passValue(name: number, level: number): void {
    if (level > 2 * MAX_DEPTH) throw new NotJson(name === NAMELESS ? this.#at : name, TOO_DEEP);
    if (this.#values >= this.#mostValues) throw new NotJson(0, TOO_MANY);
    const value = this.#values++;
    const start = this.#at;
    const code = this.#text.charCodeAt(this.#at);
    if (code === OPEN_MAPPING) this.#passAll(CLOSE_MAPPING, () => this.#passPair(level + 2));
    else if (code === OPEN_LIST) this.#passAll(CLOSE_LIST, () => this.#passValue(NAMELESS, level + 1));
    else if (code === QUOTE) this.#passString();
    else this.#passScalar();
    this.#places?.set([start, name, this.#values], WIDTH * value);
  }

  #passAll(close: number, passOne: () => void): void {
    this.#at += 1;
    this.#passBlanks();
    if (this.#text.charCodeAt(this.#at) !== close) {
      passOne();
      this.#passBlanks();
      while (this.#text.charCodeAt(this.#at) === COMMA) {
        this.#at += 1;
        this.#passBlanks();
        passOne();
        this.#passBlanks();
      }
    }
    this.#pass(close);
  }

  #passPair(level: number): void {
    const name = this.#at;
    this.#members += 1;
    this.#passString();
    this.#passBlanks();
    this.#pass(COLON);
    this.#passBlanks();
    this.#passValue(name, level);
  }

  #passString(): void {
    this.#pass(QUOTE);
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === BACKSLASH) this.#passMatch(this.#escape);
      // Beyond the end there is no number, which is not more either.
      else if (code >= BLANK) this.#at += 1;
      else this.#refuse();
      if (code === QUOTE) return;
    }
  }

  #passScalar(): void {
    if (this.#isMatch(this.#plain)) return;
    this.#passMatch(this.#number);
    this.#hasPlainNumbers = false;
  }

  #passMatch(pattern: RegExp): void {
    if (!this.#isMatch(pattern)) this.#refuse();
  }

  #isMatch(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const isFound = pattern.test(this.#text);
    if (isFound) this.#at = pattern.lastIndex;
    return isFound;
  }

  #passBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      // A return ends a line with its line feed only, as in YAML.
      const isReturn = code === RETURN && this.#text.charCodeAt(this.#at + 1) === LINE_FEED;
      if (code !== BLANK && code !== LINE_FEED && code !== TAB && !isReturn) return;
      this.#at += 1;
    }
  }

  #pass(code: number): void {
    if (this.#text.charCodeAt(this.#at) !== code) this.#refuse();
    this.#at += 1;
  }

  #refuse(): never {
    throw new NotJson(this.#at, TOO_LARGE_FOR_YAML);
  }
}
