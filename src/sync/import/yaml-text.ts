import { Document, isMap, isScalar, type Node, type Pair, Scalar, visit, type YAMLMap } from "yaml";
import { canonicalJson } from "../../contract/json.ts";
import { parseConfigDocument } from "../config/config-document.ts";
import { ConfigError } from "../config/config-error.ts";
import { escapeUnusual, isUnusual, visible } from "./comment.ts";

/** A value as a file gives it back; undefined where a file cannot hold it. */
export function readBack(value: unknown): unknown {
  const text = canonicalJson({ value });
  if (text === undefined) return undefined;
  try {
    const read = parseConfigDocument("", yamlText(yamlDocument({ value }))).value;
    return canonicalJson(read) === text ? asObject(read).value : undefined;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** A document of a plain value; maps keep the order of their entries. */
export function yamlDocument(value: unknown): Document<Node> {
  const document = new Document(value, { version: "1.2", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && isUnusual(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document;
}

/** The text of a document: each value on one line, as far as YAML allows, with nothing in it that is not plainly visible. */
export function yamlText(document: Document<Node>): string {
  return escapeUnusual(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }));
}

/** A comment as the library takes it. */
export const commentOf = (lines: readonly string[]) => lines.map((line) => ` ${visible(line)}`).join("\n");

/** Puts comment lines above a member of a mapping. */
export function commentAbove(map: unknown, name: string, lines: readonly string[]): void {
  const { key } = pairOf(map, name);
  if (lines.length > 0 && isScalar(key)) key.commentBefore = commentOf(lines);
}

/** The mapping that is a member of a mapping. */
export function memberOf(map: unknown, name: string): YAMLMap {
  return asMap(pairOf(map, name).value);
}

/** The mappings in a mapping, set apart by empty lines. */
export function mapsIn(map: YAMLMap): readonly YAMLMap[] {
  return map.items.map(({ key, value }, index) => {
    if (isScalar(key) && index > 0) key.spaceBefore = true;
    return asMap(value);
  });
}

function pairOf(map: unknown, name: string): Pair {
  const pair = asMap(map).items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair === undefined) throw new Error(`the mapping has no ${name}`);
  return pair;
}

function asMap(node: unknown): YAMLMap {
  if (isMap(node)) return node;
  throw new Error("expected a mapping");
}

function asObject(value: unknown): { readonly value?: unknown } {
  return typeof value === "object" && value !== null ? value : {};
}
