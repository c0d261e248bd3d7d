import { apartFromSuggestion } from "../../contract/nearest.ts";
import { type ParseBudget, parseBudget } from "./config-bounds.ts";
import { ConfigError, type ConfigProblem, type Place } from "./config-error.ts";
import { NotJson } from "./json-scan.ts";
import { readJson } from "./read-json.ts";
import { BrokenText, type ReadText, type TextPlaces } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";
import { TextLines } from "./text-lines.ts";

/** A place in the config: the names that lead to it; items of a list by their index. */
export type ConfigPath = readonly string[];

/** Says where everything stands in what was written. */
export interface Locator {
  /** Where a value stands; where its key stands, for `key`. What is not there is placed at what would hold it. */
  place(path: ConfigPath, part?: "key" | "value"): Place;
  /** A problem with what stands there. */
  problem(path: ConfigPath, message: string, part?: "key" | "value"): ConfigProblem;
  /** The text of a scalar as it was written: what YAML makes of 0123 is another number. */
  source(path: ConfigPath): string | undefined;
}

/** Says where everything stands in one text. */
export interface TextLocator extends Locator {
  readonly file: string;
  /** Whether the path leads to something, be it null. */
  holds(path: ConfigPath): boolean;
}

/** A parsed YAML or JSON text that can still say where everything stands. */
export interface ConfigDocument extends TextLocator {
  /** What the text says, as plain data. */
  readonly value: unknown;
  /** Whether each number is written as it is printed: then its source need not be looked up. */
  readonly hasPlainNumbers: boolean;
}

/**
 * Parses YAML 1.2. What is JSON, which is a part of it, costs far less. Texts of one config share a budget.
 * @throws ConfigError with the place of every syntax error
 */
export function parseConfigDocument(file: string, text: string, budget: ParseBudget = parseBudget()): ConfigDocument {
  let lines: TextLines | undefined;
  const at = (offset: number): Place => {
    lines ??= new TextLines(text);
    return { file, ...lines.at(offset) };
  };
  try {
    const { value, hasPlainNumbers, places } = readText(text, budget);
    const place: Locator["place"] = (path, part = "value") => at(offsetOf(places, path, part));
    return {
      file,
      value,
      hasPlainNumbers,
      place,
      problem: (path, message, part) => ({
        ...place(path, part),
        path: path.join("."),
        ...apartFromSuggestion(message),
      }),
      holds: (path) => places.find(path) !== undefined,
      source: (path) => places.source(path),
    };
  } catch (error) {
    if (!(error instanceof BrokenText)) throw error;
    const problems = error.parts.map(({ offset, message }) => ({ ...at(offset), path: "", message }));
    throw new ConfigError("invalid", problems);
  }
}

function readText(text: string, budget: ParseBudget): ReadText {
  if (!/^\s*\{/.test(text) || text.length > budget.jsonCharacters) return readYaml(text, budget);
  try {
    return readJson(text, budget);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return readYaml(text, budget, error);
  }
}

function offsetOf(places: TextPlaces, path: ConfigPath, part: "key" | "value"): number {
  for (let length = path.length; length > 0; length--) {
    const { key, value } = places.find(path.slice(0, length)) ?? {};
    const offset = (part === "key" || length < path.length ? key : value) ?? key ?? value;
    if (offset !== undefined) return offset;
  }
  return places.find([])?.value ?? 0;
}
