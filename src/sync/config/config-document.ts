import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { apartFromSuggestion } from "../../contract/nearest.ts";
import { ConfigError, type ConfigProblem, type Place } from "./config-error.ts";

/** A place in the config: the names that lead to it; items of a list by their index. */
export type ConfigPath = readonly string[];

type Position = Pick<Place, "line" | "column">;

/** Says where everything stands in what was written. */
export interface Locator {
  /** Where a value stands; where its key stands, for `key`. What is not there is placed at what would hold it. */
  place(path: ConfigPath, part?: "key" | "value"): Place;
  /** A problem with what stands there. */
  problem(path: ConfigPath, message: string, part?: "key" | "value"): ConfigProblem;
  /** The text of a scalar as it was written: what YAML makes of 0123 is another number. */
  source(path: ConfigPath): string | undefined;
}

/** A parsed YAML or JSON text that can still say where everything stands. */
export interface ConfigDocument extends Locator {
  readonly file: string;
  /** What the text says, as plain data. */
  readonly value: unknown;
  /** Whether the path leads to something, be it null. */
  holds(path: ConfigPath): boolean;
}

// Enough for any hand-written file; a chain of aliases that expands beyond it is an attack.
const MAX_ALIASES = 100;
// Finding what an alias means takes a look at every anchor before it.
const MAX_ANCHORS = 1000;
const MAX_CHARACTERS = 4 * 1024 * 1024;
const MAX_TOKENS = 300_000;
// The lexer puts a control character before each scalar.
const MARK_OR_BLANK = /^(?:[ \t]*|(?!\s)\p{Cc})$/u;
const MAX_DEPTH = 64;
/** A file with more problems than this is no config with mistakes. */
export const MOST_PROBLEMS = 1000;

/** What the texts of one config may hold together: the parser's time and memory grow with each word, bracket and line end. */
export interface ParseBudget {
  characters: number;
  tokens: number;
}

/** The budget of one config: 4 MiB of text, of 300,000 YAML tokens. */
export function parseBudget(): ParseBudget {
  return { characters: MAX_CHARACTERS, tokens: MAX_TOKENS };
}

// The parser's own messages quote the text around the error, which may be a pasted key: these say the same without it.
const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  BAD_INDENT: "is indented unlike what surrounds it",
  BAD_SCALAR_START: "begins with a character that YAML reserves; quote the text",
  BLOCK_AS_IMPLICIT_KEY: "is a nested mapping on one line; quote the text if it holds a colon",
  MISSING_CHAR: "lacks a closing quote, bracket, brace or a separating character",
  MULTILINE_IMPLICIT_KEY: "is a name that goes over several lines",
  TAB_AS_INDENT: "is indented with a tab; use blanks",
  UNEXPECTED_TOKEN: "is not expected here; quote the text if it holds special characters",
};

/**
 * Parses YAML 1.2 (JSON is a part of it). Texts of one config share a budget.
 * @throws ConfigError with the place of every syntax error
 */
export function parseConfigDocument(file: string, text: string, budget: ParseBudget = parseBudget()): ConfigDocument {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (message: string, offset = 0): ConfigProblem => ({ file, ...at(offset), path: "", message });
  const excess = spend(budget, text);
  if (excess !== undefined) throw new ConfigError("invalid", [problem(excess)]);
  const document = parseDocument(text, {
    lineCounter: lines,
    version: "1.2",
    // Judged by names below: 7 and "7" are one.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const problems = [
    // One syntax error makes the parser stumble over what follows.
    ...document.errors.slice(0, 1).map((error) => problem(syntaxMessage(error), error.pos[0])),
    ...brokenNodes(document)
      .slice(0, MOST_PROBLEMS)
      .map(({ offset, message }) => problem(message, offset)),
  ];
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  const place: Locator["place"] = (path, part = "value") => ({ file, ...at(offsetAt(document, path, part)) });
  return {
    file,
    value: plainValue(document, problem),
    place,
    problem: (path, message, part) => ({ ...place(path, part), path: path.join("."), ...apartFromSuggestion(message) }),
    holds: (path) => nodeAt(document, path) !== undefined,
    source(path) {
      const node = resolved(nodeAt(document, path)?.value);
      return isScalar(node) && typeof node.source === "string" ? node.source : undefined;
    },
  };
}

/** Takes a text out of a budget, and says what it has too much of. */
function spend(budget: ParseBudget, text: string): string | undefined {
  budget.characters -= text.length;
  if (budget.characters < 0)
    return "is too large: a config has at most 4 MiB in all; give each group of providers its own";
  // The parser keeps an object for each token; the lexer keeps none, and ends with the budget.
  for (const token of new Lexer().lex(text)) {
    if (!MARK_OR_BLANK.test(token)) budget.tokens -= 1;
    if (budget.tokens < 0)
      return "holds too much: a config has at most 300,000 YAML tokens (names, values, brackets, line ends) in all";
  }
  return undefined;
}

function syntaxMessage({ code }: YAMLError): string {
  return SYNTAX_MESSAGES[code] ?? `is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
}

interface BrokenNode {
  readonly offset: number;
  readonly message: string;
}

function brokenNodes(document: Document): BrokenNode[] {
  const excess = boundedAnchors(document);
  if (excess !== undefined) return [excess];
  const broken: BrokenNode[] = [];
  visit(document, {
    Map(_key, { items }) {
      for (const each of brokenNames(items)) broken.push(each);
    },
    Alias(_key, node) {
      if (anchored.has(node)) return;
      broken.push({ offset: offsetOf(node) ?? 0, message: "is an alias to nothing" });
    },
    Pair(_key, { key, value }) {
      // An id is taken as it is written, so that it loses nothing.
      if (isScalar(key) && key.value === "id") return visit.SKIP;
      if (!isScalar(value) || typeof value.value !== "number") return undefined;
      if (!Number.isInteger(value.value) || Number.isSafeInteger(value.value)) return undefined;
      const message = "is too large to be kept exactly; quote it to make it a text";
      broken.push({ offset: offsetOf(value) ?? 0, message });
      return undefined;
    },
  });
  return broken;
}

// What each alias means: asking the document itself goes through all of it, each time.
const anchored = new WeakMap<Alias, Node>();

/** Learns what every alias means, or says what there is too much of. */
function boundedAnchors(document: Document): BrokenNode | undefined {
  const anchors = new Map<string, Node>();
  let count = 0;
  let excess: BrokenNode | undefined;
  const refuse = (node: unknown, message: string) => {
    excess = { offset: offsetOf(node) ?? 0, message };
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node, ancestors) {
      // Pairs count as levels, too.
      if (ancestors.length > 2 * MAX_DEPTH) return refuse(node, `is nested more than ${MAX_DEPTH} levels deep`);
      const isAnchor = !isAlias(node) && isNode(node) && node.anchor !== undefined;
      if (!isAlias(node) && !isAnchor) return undefined;
      count += 1;
      if (count > MAX_ANCHORS)
        return refuse(node, `is one anchor or alias too many: a file has at most ${MAX_ANCHORS}`);
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) anchored.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return undefined;
    },
  });
  return excess;
}

function brokenNames(items: readonly { readonly key: unknown }[]): BrokenNode[] {
  const names = new Set<string>();
  return items.flatMap(({ key }) => {
    const name = resolved(key);
    const offset = offsetOf(key) ?? 0;
    if (!isScalar(name)) return name === undefined ? [] : [{ offset, message: "is no name: expected a text" }];
    const isSecond = names.has(String(name.value));
    names.add(String(name.value));
    return isSecond ? [{ offset, message: "is defined twice" }] : [];
  });
}

function plainValue(document: Document, problem: (message: string) => ConfigProblem): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw new ConfigError("invalid", [problem("its aliases expand too far")]);
  }
}

/** What stands at a path: the value's node, and its key's where it has one. */
function nodeAt(document: Document, path: ConfigPath): { readonly key?: unknown; readonly value: unknown } | undefined {
  let found: { key?: unknown; value: unknown } = { value: document.contents };
  for (const name of path) {
    const parent = resolved(found.value);
    if (isSeq(parent)) {
      if (!/^\d+$/.test(name) || Number(name) >= parent.items.length) return undefined;
      found = { value: parent.items[Number(name)] };
      continue;
    }
    const pair = isMap(parent) ? pairsOf(parent).get(name) : undefined;
    if (pair === undefined) return undefined;
    found = { key: pair.key, value: pair.value };
  }
  return found;
}

// A mapping keeps its pairs in a list; a large config asks for the place of each of its names.
const knownPairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(mapping: YAMLMap): ReadonlyMap<string, Pair> {
  const known = knownPairs.get(mapping);
  if (known !== undefined) return known;
  const named = mapping.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : []));
  // Of a name that is there twice, the first.
  const pairs = new Map(named.reverse());
  knownPairs.set(mapping, pairs);
  return pairs;
}

function offsetAt(document: Document, path: ConfigPath, part: "key" | "value"): number {
  for (let length = path.length; length > 0; length--) {
    const { key, value } = nodeAt(document, path.slice(0, length)) ?? {};
    const offset = offsetOf((part === "key" || length < path.length ? key : value) ?? key ?? value);
    if (offset !== undefined) return offset;
  }
  return offsetOf(document.contents) ?? 0;
}

function resolved(node: unknown): unknown {
  return isAlias(node) ? anchored.get(node) : node;
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start]: unknown[] = node.range;
  return typeof start === "number" ? start : undefined;
}
