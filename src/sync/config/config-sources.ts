import type { ConfigPath, Locator, TextLocator } from "./config-document.ts";

/** One file of a config. */
export interface ConfigFile {
  readonly document: TextLocator;
  /** Its folder: what is relative in the file starts here. */
  readonly directory: string;
  /** As it was read. */
  readonly text: string;
  /** Its absolute path. */
  readonly path: string;
}

/** The files of a config as one: says for everything in the config where it was written. */
export interface ConfigSources extends Locator {
  /** The folder of the file that holds the path: relative `file:` references and `exec:` commands start there. */
  directoryOf(path: ConfigPath): string;
  /** The file that holds the path: as it is shown, where it is, and its text as it was read. */
  textOf(path: ConfigPath): { readonly file: string; readonly path: string; readonly text: string };
}

/** The sources of a config of these files. What stands in none of them is placed in the first. */
export function configSources(first: ConfigFile, others: readonly ConfigFile[] = []): ConfigSources {
  const files = [first, ...others];
  const holderOf = (path: ConfigPath): ConfigFile => {
    if (others.length === 0) return first;
    for (let length = path.length; length > 0; length--) {
      const holder = files.find(({ document }) => document.holds(path.slice(0, length)));
      if (holder !== undefined) return holder;
    }
    return first;
  };
  return {
    place: (path, part) => holderOf(path).document.place(path, part),
    problem: (path, message, part) => holderOf(path).document.problem(path, message, part),
    source: (path) => holderOf(path).document.source(path),
    directoryOf: (path) => holderOf(path).directory,
    textOf: (at) => {
      const { document, path, text } = holderOf(at);
      return { file: document.file, path, text };
    },
  };
}
