import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { isSecret, type Secret, secret } from "../../contract/secret.ts";
import { isSameSecret } from "../journal/fingerprint.ts";
import { readBounded } from "./bounded-file.ts";

/** Where a secret is kept. The config holds nothing else of it. */
export interface SecretReference {
  /** `vault` is a store that the program itself knows: see {@link SecretResolver}. */
  readonly kind: "env" | "file" | "exec" | "vault";
  /** The variable's name, the file's path, the command, or what a `vault:` reference says after its colon. */
  readonly target: string;
  /** The folder of the file that holds the reference: a relative path and a command start there. */
  readonly directory?: string;
}

/**
 * Gives the secret of a `vault:` reference, from a store that the program knows. It is asked for whatever a config names, once for
 * each reference, and a config may come from a stranger: give only what this config may have. What it throws is reported
 * without its text, which could hold a secret.
 */
export type SecretResolver = (reference: SecretReference) => Secret | Promise<Secret>;

/** What a reference is resolved with. Passed in, so that a plan cannot reach further than it was given. */
export interface ReferenceSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where a reference starts that has no folder of its own. */
  readonly directory: string;
  /** Without one, no `vault:` reference can be resolved. */
  readonly resolver?: SecretResolver | undefined;
}

const EXEC_TIMEOUT_MS = 30_000;
const MAX_BYTES = 1024 * 1024;

const KINDS = ["env", "file", "exec", "vault"] as const;

/** What a reference looks like. */
export const REFERENCE_PATTERN = /^(env|file|exec|vault):(\S.*)$/;

/** The reference that a text is, or undefined: `env:NAME`, `file:PATH`, `exec:COMMAND`, `vault:WHATEVER`. */
export function parseReference(text: unknown, directory?: string): SecretReference | undefined {
  const [, written, target] = (typeof text === "string" ? REFERENCE_PATTERN.exec(text) : null) ?? [];
  const kind = KINDS.find((each) => each === written);
  if (target === undefined || kind === undefined) return undefined;
  return { kind, target, ...(directory === undefined ? {} : { directory }) };
}

/** A reference as it is written. */
export const referenceText = ({ kind, target }: SecretReference): string => `${kind}:${target}`;

/** One text for what a reference leads to: two files may mean different things by one relative path. */
export function referenceKey({ kind, target, directory = "" }: SecretReference): string {
  if (kind === "env" || kind === "vault") return `${kind}:${target}`;
  return kind === "file" ? `file:${resolve(directory, target)}` : `exec:${resolve(directory)}:${target}`;
}

/**
 * The secret, or what is wrong, in words that hold nothing of it. The value stays text, whatever it looks like;
 * one trailing line break of a file or a command's output is dropped. A command runs without a shell.
 */
export async function resolveReference(
  reference: SecretReference,
  sources: ReferenceSources,
): Promise<{ readonly secret: Secret } | { readonly problem: string }> {
  const { kind, target, directory = sources.directory } = reference;
  if (kind === "env") {
    const { environment } = sources;
    const value = Object.hasOwn(environment, target) ? environment[target] : undefined;
    return given(value, `the environment variable ${target}`);
  }
  if (kind === "vault") return askResolver(reference, sources.resolver);
  try {
    if (kind === "file") {
      const text = await readBounded(resolve(directory, target), MAX_BYTES);
      if (text === undefined) return { problem: `the file ${target} is larger than 1 MiB: expected a secret's file` };
      return given(trimmed(text), `the file ${target}`);
    }
    const [command = "", ...parameters] = splitCommand(target);
    const options = {
      cwd: directory,
      timeout: EXEC_TIMEOUT_MS,
      maxBuffer: MAX_BYTES,
      env: environmentOf(sources),
    };
    const { stdout } = await promisify(execFile)(command, parameters, options);
    return given(trimmed(stdout), `the output of ${command}`);
  } catch (error) {
    // The error's own text may hold output of the command: only its kind is shown.
    const what = kind === "file" ? `the file ${target} cannot be read` : "the command failed";
    return { problem: `${what} (${failureKind(error)})` };
  }
}

async function askResolver(
  reference: SecretReference,
  resolver: SecretResolver | undefined,
): Promise<{ readonly secret: Secret } | { readonly problem: string }> {
  const what = referenceText(reference);
  if (resolver === undefined) {
    const problem = `${what} is kept where only a program knows: the command line reads env:, file: and exec:`;
    return { problem: `${problem}; a program gives connect and resolveSecrets a resolver` };
  }
  try {
    const found: unknown = await resolver(reference);
    if (!isSecret(found)) return { problem: `the resolver gave no Secret for ${what}` };
    const isEmpty = isSameSecret(found, secret(""));
    return isEmpty ? { problem: `the resolver gave an empty secret for ${what}` } : { secret: found };
  } catch {
    // A store's error may quote what it holds.
    return { problem: `the resolver failed for ${what}` };
  }
}

function failureKind(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  if ("killed" in error && error.killed === true) return `ended after ${EXEC_TIMEOUT_MS / 1000} s, or wrote over 1 MiB`;
  return "code" in error && error.code !== null ? String(error.code) : "ended by a signal";
}

function given(text: string | undefined, what: string): { readonly secret: Secret } | { readonly problem: string } {
  if (text === undefined) return { problem: `${what} is not set` };
  return text === "" ? { problem: `${what} is empty` } : { secret: secret(text) };
}

const trimmed = (text: string) => text.replace(/\r?\n$/, "");

function environmentOf({ environment }: ReferenceSources): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Words separated by blanks; single or double quotes keep blanks. Nothing else is special: there is no shell. */
export function splitCommand(command: string): string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_quoted, double?: string, single?: string) => double ?? single ?? ""),
  );
}
