import { randomBytes } from "node:crypto";
import { readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import type { ProviderId } from "../../contract/gateway.ts";
import { canonicalJson } from "../../contract/json.ts";
import type { Config } from "./config.ts";
import { type ConfigPath, parseConfigDocument } from "./config-document.ts";
import { ConfigError } from "./config-error.ts";
import { insertIds } from "./insert-id.ts";

/** An id that a binding of the config has from now on. */
export interface NewId {
  /** Of the binding. */
  readonly path: ConfigPath;
  readonly id: ProviderId;
}

/** A file that got its ids, or why it did not: then it is as it was. */
export interface WrittenIds {
  readonly file: string;
  /** Those that belong into it. */
  readonly ids: readonly NewId[];
  /** Why it was left as it was. */
  readonly problem?: string;
}

/**
 * Writes ids into the config's files, beside each binding's `create: true`, and leaves everything else as it stands: comments,
 * order, line ends. Each file is replaced as a whole, and only if it is as it was when it was read.
 */
export async function writeIds({ sources }: Config, ids: readonly NewId[]): Promise<readonly WrittenIds[]> {
  const byFile = new Map<string, { readonly text: string; readonly file: string; readonly ids: NewId[] }>();
  for (const id of ids) {
    const { file, path, text } = sources.textOf(id.path);
    const known = byFile.get(path);
    if (known === undefined) byFile.set(path, { file, text, ids: [id] });
    else known.ids.push(id);
  }
  const written: WrittenIds[] = [];
  for (const [path, { file, text, ids: own }] of byFile) {
    const problem = await writeInto(path, text, own);
    written.push({ file, ids: own, ...(problem === undefined ? {} : { problem }) });
  }
  return written;
}

async function writeInto(path: string, text: string, ids: readonly NewId[]): Promise<string | undefined> {
  const next = withIds(path, text, ids);
  if ("problem" in next) return next.problem;
  try {
    // Through a link, the file that it leads to is the one that is replaced.
    const target = await realpath(path);
    if ((await readFile(target, "utf8")) !== text) return "was changed since it was read";
    const { mode } = await stat(target);
    const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      await writeFile(temporary, next.text, { flag: "wx", mode: mode & 0o777 });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return undefined;
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
    return `cannot be written (${code})`;
  }
}

/** The text with the ids in it, or why they cannot be put in without changing anything else. */
function withIds(
  file: string,
  text: string,
  ids: readonly NewId[],
): { readonly text: string } | { readonly problem: string } {
  try {
    const document = parseConfigDocument(file, text);
    const next = insertIds(
      text,
      ids.map(({ path, id }) => ({ id, ...document.place([...path, "create"], "key") })),
    );
    const expected = withMembers(
      document.value,
      ids.map(({ path, id }) => ({ path: [...path, "id"], id })),
    );
    const isAsExpected = canonicalJson(parseConfigDocument(file, next).value) === canonicalJson(expected);
    return isAsExpected
      ? { text: next }
      : { problem: "does not take the ids without other changes: write them by hand" };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problem: "does not take the ids without other changes: write them by hand" };
  }
}

/** A copy of what leads to the ids: what an alias shares with another place stays as it is there. */
function withMembers(value: unknown, ids: readonly NewId[]): unknown {
  const below = new Map<string, NewId[]>();
  for (const { path, id } of ids) {
    const [name, ...rest] = path;
    if (name === undefined) return id;
    const known = below.get(name);
    if (known === undefined) below.set(name, [{ path: rest, id }]);
    else known.push({ path: rest, id });
  }
  const members = typeof value === "object" && value !== null ? value : {};
  const changed = [...below].map(([name, own]) => [name, withMembers(Reflect.get(members, name), own)]);
  return { ...members, ...Object.fromEntries(changed) };
}
