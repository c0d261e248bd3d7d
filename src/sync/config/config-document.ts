import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
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
  readonly value: unknown;
  /** Whether the path leads to something, be it null. */
  holds(path: ConfigPath): boolean;
}

// Enough for any hand-written file; a chain of aliases that expands beyond it is an attack.
const MAX_ALIASES = 100;
const MAX_CHARACTERS = 10 * 1024 * 1024;

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
 * Parses YAML 1.2 (JSON is a part of it).
 * @throws ConfigError with the place of every syntax error
 */
export function parseConfigDocument(file: string, text: string): ConfigDocument {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (message: string, offset = 0): ConfigProblem => ({ file, ...at(offset), path: "", message });
  if (text.length > MAX_CHARACTERS) throw new ConfigError("invalid", [problem("is larger than 10 MiB")]);
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
    ...brokenNodes(document).map(({ offset, message }) => problem(message, offset)),
  ];
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  const place: Locator["place"] = (path, part = "value") => ({ file, ...at(offsetAt(document, path, part)) });
  return {
    file,
    value: plainValue(document, problem),
    place,
    problem: (path, message, part) => ({ ...place(path, part), path: path.join("."), message }),
    holds: (path) => nodeAt(document, path) !== undefined,
    source(path) {
      const node = resolved(document, nodeAt(document, path)?.value);
      return isScalar(node) && typeof node.source === "string" ? node.source : undefined;
    },
  };
}

function syntaxMessage({ code }: YAMLError): string {
  return SYNTAX_MESSAGES[code] ?? `is not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
}

interface BrokenNode {
  readonly offset: number;
  readonly message: string;
}

function brokenNodes(document: Document): BrokenNode[] {
  const broken: BrokenNode[] = [];
  visit(document, {
    Map(_key, { items }) {
      broken.push(...brokenNames(document, items));
    },
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return;
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

function brokenNames(document: Document, items: readonly { readonly key: unknown }[]): BrokenNode[] {
  const names = new Set<string>();
  return items.flatMap(({ key }) => {
    const name = resolved(document, key);
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
    const parent = resolved(document, found.value);
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

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start]: unknown[] = node.range;
  return typeof start === "number" ? start : undefined;
}
