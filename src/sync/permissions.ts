/** What a file is used for, where it matters who else may touch it. */
export type GuardedUse = "config" | "journal" | "secret";

const WRITABLE = 0o022;
const READABLE = 0o044;

// Whoever writes a config can have the keys sent elsewhere; a journal tells what was done; a secret is a secret.
const RULES: Readonly<Record<GuardedUse, { readonly bits: number; readonly verb: string }>> = {
  config: { bits: WRITABLE, verb: "written" },
  journal: { bits: WRITABLE | READABLE, verb: "read or written" },
  secret: { bits: READABLE, verb: "read" },
};

/**
 * What is wrong with a file's mode, and the command that mends it; undefined for one that is tight enough. For POSIX modes
 * alone: elsewhere they say nothing.
 * @param file as it is shown
 * @param mode as `stat` gives it
 */
export function modeProblem(use: GuardedUse, file: string, mode: number): string | undefined {
  const { bits, verb } = RULES[use];
  if ((mode & bits) === 0) return undefined;
  const shown = (mode & 0o7777).toString(8).padStart(4, "0");
  const mended = use === "config" ? "go-w" : "go-rwx";
  return `${file} may be ${verb} by others (mode ${shown}): chmod ${mended} ${quoted(file)}`;
}

const quoted = (file: string) => (/^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`);
