import { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import { MOST_ITEMS, MOST_PROBLEMS } from "./config-bounds.ts";
import type { ConfigDocument, ConfigPath, TextLocator } from "./config-document.ts";
import type { ConfigProblem } from "./config-error.ts";
import { NAME, referenceText } from "./config-fields.ts";
import { parseReference, type SecretReference } from "./reference.ts";

/** What is read: where everything stands in it, its folder, and how its numbers are written. */
interface ReadFile extends Pick<ConfigDocument, "hasPlainNumbers"> {
  readonly document: TextLocator;
  readonly directory: string;
}

/** Reads one file's mappings one by one, and collects every problem with its place instead of ending at the first. */
export class ConfigReader {
  readonly document: TextLocator;
  readonly directory: string;
  readonly #hasPlainNumbers: boolean;
  readonly #problems: ConfigProblem[];

  /** Problems are added to the given list. */
  constructor({ document, directory, hasPlainNumbers }: ReadFile, problems: ConfigProblem[]) {
    this.document = document;
    this.directory = directory;
    this.#hasPlainNumbers = hasPlainNumbers;
    this.#problems = problems;
  }

  /** Notes a problem with a value, or with its key. The last that is noted says that there may be more. */
  report(path: ConfigPath, message: string, part?: "key" | "value"): void {
    if (this.isFull) return;
    const isLast = this.#problems.length === MOST_PROBLEMS - 1;
    const shown = isLast ? `${message}; problems beyond the first ${MOST_PROBLEMS} are not shown` : message;
    this.#problems.push(this.document.problem(path, shown, part));
  }

  /** A mapping of names of the user's own. */
  named(value: unknown, path: ConfigPath): readonly (readonly [name: string, value: unknown])[] {
    return Object.entries(this.#mapping(value, path, "expected a mapping of names") ?? {}).filter(([name]) => {
      if (NAME.test(name)) return true;
      const message = "expected a name of letters, digits, dot, hyphen and underscore, at most 100";
      this.report([...path, name], message, "key");
      return false;
    });
  }

  /** A mapping of these fields only; without `known`, of any. */
  fields(value: unknown, path: ConfigPath, known?: ReadonlySet<string>): Readonly<Record<string, unknown>> | undefined {
    const mapping = this.#mapping(value, path, "expected a mapping");
    if (mapping === undefined || known === undefined) return mapping;
    if (Object.keys(mapping).every((key) => known.has(key))) return mapping;
    for (const key of Object.keys(mapping)) if (!known.has(key)) this.#reportUnknown(path, key, known);
    const names = [...known].filter((name) => Object.hasOwn(mapping, name));
    return Object.fromEntries(names.map((name) => [name, mapping[name]]));
  }

  /** A value that a schema takes; of a path, its `member`. */
  read<Value>(schema: z.ZodType<Value>, value: unknown, path: ConfigPath, member?: string): Value | undefined {
    const isLong = Array.isArray(value) && value.length > MOST_ITEMS;
    // Each item that is wrong would be a problem of its own.
    const result = isLong ? undefined : schema.safeParse(value);
    if (result?.success) return result.data;
    const own = member === undefined ? path : [...path, member];
    if (result === undefined) {
      this.report(own, `is too long: a list has at most ${MOST_ITEMS} items`);
      return undefined;
    }
    for (const issue of result.error.issues) {
      if (this.isFull) break;
      const at = [...own, ...issue.path.map(String)];
      if (issue.code !== "unrecognized_keys") this.report(at, issue.message);
      else for (const key of issue.keys) this.#reportUnknown(at, key, membersAt(schema, issue.path));
    }
    return undefined;
  }

  /** A reference, which starts at this file's folder. */
  reference(value: unknown, path: ConfigPath): SecretReference | undefined {
    const text = this.read(referenceText, value, path);
    return text === undefined ? undefined : parseReference(text, this.directory);
  }

  /** A number that stands in a path's member, as it was written: what YAML makes of 0123 is another. */
  writtenNumber(value: number, path: ConfigPath, member: string): string | number {
    return this.#hasPlainNumbers ? String(value) : (this.document.source([...path, member]) ?? value);
  }

  /** Whether no further problem is noted. */
  get isFull(): boolean {
    return this.#problems.length >= MOST_PROBLEMS;
  }

  #reportUnknown(path: ConfigPath, key: string, known: Iterable<string>): void {
    if (this.isFull) return;
    this.report([...path, key], `unknown field${suggestion(key, known)}`, "key");
  }

  #mapping(value: unknown, path: ConfigPath, expected: string): Readonly<Record<string, unknown>> | undefined {
    if (isMapping(value)) return value;
    this.report(path, expected);
    return undefined;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The names that a schema's object knows at a path, to be offered for a mistyped one. */
function membersAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodExactOptional) return membersAt(schema.unwrap(), path);
  if (!(schema instanceof z.ZodObject)) return [];
  const [name, ...rest] = path;
  if (name === undefined) return Object.keys(schema.shape);
  const member: unknown = Object.entries(schema.shape).find(([key]) => key === name)?.[1];
  return member instanceof z.ZodType ? membersAt(member, rest) : [];
}
