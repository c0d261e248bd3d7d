import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { ConfigError } from "./config-error.ts";

/** A place in the config: the names that lead to it. */
export type ConfigPath = readonly string[];

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed YAML or JSON text that can still say where everything stands. */
export interface ConfigDocument {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands; where its key stands, for `key`. What is not there is placed at what would hold it. */
  position(path: ConfigPath, part?: "key" | "value"): Position;
  /** The text of a scalar as it was written, so that `0123` does not become 83 or 123. */
  source(path: ConfigPath): string | undefined;
}

// Enough for any hand-written file; a chain of aliases that expands beyond it is an attack.
const MAX_ALIASES = 100;
const MAX_CHARACTERS = 10 * 1024 * 1024;

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
  const refuse = (message: string, offset = 0) =>
    new ConfigError("invalid", [{ file, ...at(offset), path: "", message }]);
  if (text.length > MAX_CHARACTERS) throw refuse("is larger than 10 MiB");
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({ file, ...at(pos[0]), path: "", message }));
    throw new ConfigError("invalid", problems);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    throw refuse("its aliases expand too far or refer to nothing");
  }
  const nodeAt = (path: ConfigPath): unknown => document.getIn(path, true);
  return {
    file,
    value,
    position(path, part = "value") {
      for (let length = path.length; length > 0; length--) {
        const parent = nodeAt(path.slice(0, length - 1));
        const pair = isMap(parent)
          ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path[length - 1])
          : undefined;
        const useKey = part === "key" || length < path.length;
        const node: unknown = (useKey ? pair?.key : pair?.value) ?? pair?.key;
        const offset = offsetOf(node);
        if (offset !== undefined) return at(offset);
      }
      return at(offsetOf(document.contents) ?? 0);
    },
    source(path) {
      const node = nodeAt(path);
      return isScalar(node) && typeof node.source === "string" ? node.source : undefined;
    },
  };
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const [start]: unknown[] = node.range;
  return typeof start === "number" ? start : undefined;
}
