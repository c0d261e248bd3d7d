import type { z } from "zod";
import { suggestion } from "../../contract/nearest.ts";
import type { ConfigDocument, ConfigPath } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;

/** Reads a config's mappings one by one, and collects every problem with its place instead of ending at the first. */
export class ConfigReader {
  readonly #document: ConfigDocument;
  readonly #problems: ConfigProblem[] = [];

  constructor(document: ConfigDocument) {
    this.#document = document;
  }

  /** Notes a problem with a value, or with its key. */
  report(path: ConfigPath, message: string, part?: "key" | "value"): void {
    const { file } = this.#document;
    this.#problems.push({ file, ...this.#document.position(path, part), path: path.join("."), message });
  }

  /** @throws ConfigError when there was any problem */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError("invalid", this.#problems);
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
  fields(value: unknown, path: ConfigPath, known?: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const mapping = this.#mapping(value, path, "expected a mapping");
    if (mapping === undefined || known === undefined) return mapping;
    const entries = Object.entries(mapping).filter(([key]) => {
      if (known.includes(key)) return true;
      this.report([...path, key], `unknown field${suggestion(key, known)}`, "key");
      return false;
    });
    return Object.fromEntries(entries);
  }

  /** A value that a schema takes. */
  read<Value>(schema: z.ZodType<Value>, value: unknown, path: ConfigPath): Value | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.report([...path, ...issue.path.map(String)], issue.message);
    return undefined;
  }

  #mapping(value: unknown, path: ConfigPath, expected: string): Record<string, unknown> | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    this.report(path, expected);
    return undefined;
  }
}
