import { MAX_DEPTH, TOO_DEEP, TOO_LARGE_FOR_YAML, TOO_MANY } from "./config-bounds.ts";
import { BrokenText } from "./read-text.ts";

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
 * Finds all values of a JSON text, in one pass.
 * @throws NotJson where the text is no JSON, is nested too deep or has more than `mostValues`
 */
export function scanJson(text: string, mostValues: number): JsonPlaces {
  return new JsonScanner(text, mostValues).scan();
}

const [TAB, LINE_FEED, RETURN, BLANK, QUOTE, COMMA, COLON] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_MAPPING, CLOSE_MAPPING] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];
const NAMELESS = -1;
// Of each value: its offset, its name's, and what comes after it.
const WIDTH = 3;

class JsonScanner {
  readonly #text: string;
  readonly #mostValues: number;
  // Of their own, as a test from another scan must not move them.
  readonly #scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  readonly #escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
  #at = 0;
  #count = 0;
  #places = new Int32Array(WIDTH * 1024);

  constructor(text: string, mostValues: number) {
    this.#text = text;
    this.#mostValues = mostValues;
  }

  scan(): JsonPlaces {
    this.#passBlanks();
    this.#passValue(NAMELESS, 1);
    this.#passBlanks();
    if (this.#at < this.#text.length) this.#refuse();
    const places = this.#places;
    const at = (index: number) => places[index] ?? NAMELESS;
    return {
      count: this.#count,
      valueAt: (value) => at(WIDTH * value),
      nameAt: (value) => at(WIDTH * value + 1),
      after: (value) => at(WIDTH * value + 2),
    };
  }

  // A mapping counts as two levels, as its pairs do in YAML.
  #passValue(name: number, level: number): void {
    if (level > 2 * MAX_DEPTH) throw new NotJson(name === NAMELESS ? this.#at : name, TOO_DEEP);
    const value = this.#add(name);
    const code = this.#text.charCodeAt(this.#at);
    if (code === OPEN_MAPPING) this.#passAll(CLOSE_MAPPING, () => this.#passPair(level + 2));
    else if (code === OPEN_LIST) this.#passAll(CLOSE_LIST, () => this.#passValue(NAMELESS, level + 1));
    else if (code === QUOTE) this.#passString();
    else this.#passMatch(this.#scalar);
    this.#places[WIDTH * value + 2] = this.#count;
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

  #passMatch(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) this.#refuse();
    this.#at = pattern.lastIndex;
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

  #add(name: number): number {
    if (this.#count >= this.#mostValues) throw new NotJson(0, TOO_MANY);
    const value = this.#count++;
    if (WIDTH * this.#count > this.#places.length) {
      const larger = new Int32Array(2 * this.#places.length);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[WIDTH * value] = this.#at;
    this.#places[WIDTH * value + 1] = name;
    return value;
  }

  #refuse(): never {
    throw new NotJson(this.#at, TOO_LARGE_FOR_YAML);
  }
}
