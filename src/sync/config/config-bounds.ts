/** What the texts of one config may hold together: a reader's time and memory grow with each word, bracket and line end. */
export interface ParseBudget {
  /** Of YAML. */
  characters: number;
  /** Of YAML. */
  tokens: number;
  /** Of JSON. */
  jsonCharacters: number;
  /** Of JSON. */
  jsonValues: number;
}

/** The budget of one config: 4 MiB of YAML of 300,000 tokens, and 64 MiB of JSON of 2,000,000 values. */
export function parseBudget(): ParseBudget {
  return { characters: 4 * MEBI, tokens: 300_000, jsonCharacters: MOST_CONFIG_BYTES, jsonValues: 2_000_000 };
}

const MEBI = 1024 * 1024;
/** No file of a config is longer. */
export const MOST_CONFIG_BYTES = 64 * MEBI;

/** How deep a config may be nested, in mappings. */
export const MAX_DEPTH = 64;

export const TOO_LARGE =
  "is too large: a config has at most 4 MiB of YAML and 64 MiB of JSON in all; give each group of providers its own";
export const TOO_MANY =
  "holds too much: a config has at most 300,000 YAML tokens (names, values, brackets, line ends), or 2,000,000 values of JSON, in all";
export const TOO_LARGE_FOR_YAML =
  "is not valid JSON here, and too large to be read as YAML: that has at most 4 MiB and 300,000 tokens in all";

export const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`;
export const DEFINED_TWICE = "is defined twice";
export const INEXACT = "is too large to be kept exactly; quote it to make it a text";

/** A file with more problems than this is no config with mistakes. */
export const MOST_PROBLEMS = 1000;
/** No list of a config, of tags or of fields, is longer. */
export const MOST_ITEMS = 1000;
