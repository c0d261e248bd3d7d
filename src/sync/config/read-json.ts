import { DEFINED_TWICE, INEXACT, MOST_PROBLEMS, type ParseBudget } from "./config-bounds.ts";
import type { ConfigPath } from "./config-document.ts";
import { type JsonPlaces, type JsonScan, jsonPlaces, scanJson } from "./json-scan.ts";
import { type BrokenPart, BrokenText, type Found, type ReadText, type TextPlaces } from "./read-text.ts";

/**
 * Reads a text that is JSON.
 * @throws NotJson where it is none, or too large
 * @throws BrokenText for names that are there twice, and for numbers that are not kept exactly
 */
export function readJson(text: string, budget: ParseBudget): ReadText {
  const scan = scanJson(text, budget.jsonValues);
  budget.jsonCharacters -= text.length;
  budget.jsonValues -= scan.values;
  const value: object = JSON.parse(text);
  const places = new JsonText(text, scan);
  const { hasPlainNumbers } = scan;
  // Of a name that is there twice, only one is in the value.
  if (!hasPlainNumbers || membersIn(value) < scan.members) {
    const broken = places.brokenParts();
    if (broken.length > 0) throw new BrokenText(broken.slice(0, MOST_PROBLEMS));
  }
  return { value, hasPlainNumbers, places };
}

function membersIn(value: object): number {
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) members += membersIn(item);
    return members;
  }
  // No list of them: there may be a million mappings.
  for (const name in value) {
    members += 1;
    const member: unknown = Reflect.get(value, name);
    if (isObject(member)) members += membersIn(member);
  }
  return members;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

// From here on a mapping's names are looked up in an index.
const MANY_MEMBERS = 32;

/** Finds where everything stands when that is asked for first: of a sound config it hardly ever is. */
class JsonText implements TextPlaces {
  readonly #text: string;
  readonly #scan: JsonScan;
  readonly #indexes = new Map<number, ReadonlyMap<string, number>>();
  #known: JsonPlaces | undefined;

  constructor(text: string, scan: JsonScan) {
    this.#text = text;
    this.#scan = scan;
  }

  get #places(): JsonPlaces {
    this.#known ??= jsonPlaces(this.#text, this.#scan);
    return this.#known;
  }

  brokenParts(): readonly BrokenPart[] {
    const broken: BrokenPart[] = [];
    this.#judge(0, broken);
    return broken;
  }

  find(path: ConfigPath): Found | undefined {
    const value = this.#find(path);
    if (value === undefined) return undefined;
    const key = this.#places.nameAt(value);
    return { value: this.#places.valueAt(value), key: key < 0 ? undefined : key };
  }

  source(path: ConfigPath): string | undefined {
    const value = this.#find(path);
    return value === undefined ? undefined : this.#scalar(value);
  }

  #find(path: ConfigPath): number | undefined {
    let found: number | undefined = 0;
    for (const name of path) {
      if (found === undefined) return undefined;
      found = this.#isMapping(found) ? this.#member(found, name) : this.#item(found, name);
    }
    return found;
  }

  /** A number as it was written, and what a text says. */
  #scalar(value: number): string | undefined {
    const places = this.#places;
    const start = places.valueAt(value);
    if (this.#isMapping(value) || this.#text[start] === "[") return undefined;
    const next = value + 1;
    const name = next < places.count ? places.nameAt(next) : this.#text.length;
    const end = name < 0 ? places.valueAt(next) : name;
    if (this.#text[start] === '"') return this.#textBetween(start, end);
    return /^[^\s,\]}]*/.exec(this.#text.slice(start, end))?.[0];
  }

  #judge(value: number, broken: BrokenPart[]): void {
    const places = this.#places;
    const end = places.after(value);
    const isMapping = this.#isMapping(value);
    const names = new Set<string>();
    for (let member = value + 1; isMapping && member < end; member = places.after(member)) {
      const name = this.#nameOf(member);
      if (names.has(name)) broken.push({ offset: places.nameAt(member), message: DEFINED_TWICE });
      names.add(name);
    }
    for (let member = value + 1; member < end; member = places.after(member)) {
      // An id is taken as it is written, so that it loses nothing.
      if (isMapping && this.#nameOf(member) === "id") continue;
      if (isMapping && this.#isInexact(member)) broken.push({ offset: places.valueAt(member), message: INEXACT });
      if (places.after(member) > member + 1) this.#judge(member, broken);
    }
  }

  #isInexact(value: number): boolean {
    if (!/[-\d]/.test(this.#text.charAt(this.#places.valueAt(value)))) return false;
    const number = Number(this.#scalar(value));
    return Number.isInteger(number) && !Number.isSafeInteger(number);
  }

  #member(mapping: number, name: string): number | undefined {
    const known = this.#indexes.get(mapping);
    if (known !== undefined) return known.get(name);
    const places = this.#places;
    const end = places.after(mapping);
    let passed = 0;
    for (let member = mapping + 1; member < end; member = places.after(member)) {
      if (this.#nameOf(member) === name) return member;
      passed += 1;
      if (passed > MANY_MEMBERS) return this.#indexed(mapping).get(name);
    }
    return undefined;
  }

  #indexed(mapping: number): ReadonlyMap<string, number> {
    const places = this.#places;
    const end = places.after(mapping);
    const index = new Map<string, number>();
    for (let member = mapping + 1; member < end; member = places.after(member)) index.set(this.#nameOf(member), member);
    this.#indexes.set(mapping, index);
    return index;
  }

  #item(list: number, name: string): number | undefined {
    if (this.#text[this.#places.valueAt(list)] !== "[" || !/^\d+$/.test(name)) return undefined;
    const end = this.#places.after(list);
    let item = list + 1;
    for (let passed = 0; passed < Number(name) && item < end; passed++) item = this.#places.after(item);
    return item < end ? item : undefined;
  }

  #isMapping(value: number): boolean {
    return this.#text[this.#places.valueAt(value)] === "{";
  }

  #nameOf(member: number): string {
    return this.#textBetween(this.#places.nameAt(member), this.#places.valueAt(member));
  }

  /** The text whose opening quote is the first character, and whose closing one is the last quote before the end. */
  #textBetween(start: number, end: number): string {
    const written = this.#text.slice(start + 1, this.#text.lastIndexOf('"', end - 1));
    return written.includes("\\") ? String(JSON.parse(`"${written}"`)) : written;
  }
}
