import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import {
  DEFINED_TWICE,
  INEXACT,
  MAX_DEPTH,
  MOST_PROBLEMS,
  type ParseBudget,
  TOO_DEEP,
  TOO_LARGE,
  TOO_MANY,
} from "./config-bounds.ts";
import type { ConfigPath } from "./config-document.ts";
import { type BrokenPart, BrokenText, type ReadText } from "./read-text.ts";

// Enough for any hand-written file; a chain of aliases that expands beyond it is an attack.
const MAX_ALIASES = 100;
// Finding what an alias means takes a look at every anchor before it.
const MAX_ANCHORS = 1000;
// The lexer puts a control character before each scalar.
const MARK_OR_BLANK = /^(?:[ \t]*|(?!\s)\p{Cc})$/u;

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
 * Reads YAML 1.2. `notJson` is why the text is no JSON, where it looks like it: that is said of one that is too large for YAML.
 * @throws BrokenText
 */
export function readYaml(text: string, budget: ParseBudget, notJson?: BrokenText): ReadText {
  const excess = spend(budget, text);
  if (excess !== undefined) throw notJson ?? new BrokenText([{ offset: 0, message: excess }]);
  const document = parseDocument(text, {
    version: "1.2",
    // Judged by names below: 7 and "7" are one.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const broken = [
    // One syntax error makes the parser stumble over what follows.
    ...document.errors.slice(0, 1).map((error) => ({ offset: error.pos[0], message: syntaxMessage(error) })),
    ...brokenNodes(document).slice(0, MOST_PROBLEMS),
  ];
  if (broken.length > 0) throw new BrokenText(broken);
  return {
    value: plainValue(document),
    // What is 0123 here is printed as 123.
    hasPlainNumbers: false,
    places: {
      find(path) {
        const found = nodeAt(document, path);
        return found === undefined ? undefined : { value: offsetOf(found.value), key: offsetOf(found.key) };
      },
      source(path) {
        const node = resolved(nodeAt(document, path)?.value);
        return isScalar(node) && typeof node.source === "string" ? node.source : undefined;
      },
    },
  };
}

/** Takes a text out of a budget, and says what it has too much of. */
function spend(budget: ParseBudget, text: string): string | undefined {
  budget.characters -= text.length;
  if (budget.characters < 0) return TOO_LARGE;
  // The parser keeps an object for each token; the lexer keeps none, and ends with the budget.
  for (const token of new Lexer().lex(text)) {
    if (!MARK_OR_BLANK.test(token)) budget.tokens -= 1;
    if (budget.tokens < 0) return TOO_MANY;
  }
  return undefined;
}

function syntaxMessage({ code }: YAMLError): string {
  return SYNTAX_MESSAGES[code] ?? `is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
}

function brokenNodes(document: Document): BrokenPart[] {
  const excess = boundedAnchors(document);
  if (excess !== undefined) return [excess];
  const broken: BrokenPart[] = [];
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
      broken.push({ offset: offsetOf(value) ?? 0, message: INEXACT });
      return undefined;
    },
  });
  return broken;
}

// What each alias means: asking the document itself goes through all of it, each time.
const anchored = new WeakMap<Alias, Node>();

/** Learns what every alias means, or says what there is too much of. */
function boundedAnchors(document: Document): BrokenPart | undefined {
  const anchors = new Map<string, Node>();
  let count = 0;
  let excess: BrokenPart | undefined;
  const refuse = (node: unknown, message: string) => {
    excess = { offset: offsetOf(node) ?? 0, message };
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node, ancestors) {
      // Pairs count as levels, too.
      if (ancestors.length > 2 * MAX_DEPTH) return refuse(node, TOO_DEEP);
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

function brokenNames(items: readonly { readonly key: unknown }[]): BrokenPart[] {
  const names = new Set<string>();
  return items.flatMap(({ key }) => {
    const name = resolved(key);
    const offset = offsetOf(key) ?? 0;
    if (!isScalar(name)) return name === undefined ? [] : [{ offset, message: "is no name: expected a text" }];
    const isSecond = names.has(String(name.value));
    names.add(String(name.value));
    return isSecond ? [{ offset, message: DEFINED_TWICE }] : [];
  });
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw new BrokenText([{ offset: 0, message: "its aliases expand too far" }]);
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

function resolved(node: unknown): unknown {
  return isAlias(node) ? anchored.get(node) : node;
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start]: unknown[] = node.range;
  return typeof start === "number" ? start : undefined;
}
