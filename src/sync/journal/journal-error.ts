/**
 * Why a journal cannot be used: it is not as it was written, another run has it, it cannot be read,
 * or it cannot be written (any more).
 */
export type JournalErrorKind = "damaged" | "locked" | "unreadable" | "unwritable";

/** What a {@link JournalError} is about. */
export interface JournalErrorDetails {
  readonly kind: JournalErrorKind;
  readonly file: string;
  /** From 1, where the error is about one line. */
  readonly line?: number;
  readonly message: string;
  /** What to do about it, where the message does not say it. */
  readonly advice?: string;
}

/** A journal that cannot be used: nothing may be sent without it. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly kind: JournalErrorKind;
  readonly file: string;
  declare readonly line?: number;
  /** What to do about it. */
  declare readonly advice?: string;

  constructor({ kind, file, line, message, advice }: JournalErrorDetails) {
    // Names of files and of lock holders are anybody's text.
    super(printable(`${file}${line === undefined ? "" : `:${line}`}: ${message}`));
    this.kind = kind;
    this.file = file;
    if (line !== undefined) this.line = line;
    if (advice !== undefined) this.advice = printable(advice);
  }

  /** The error as plain data. */
  toJSON(): Record<string, unknown> {
    const place = this.line === undefined ? {} : { line: this.line };
    const advice = this.advice === undefined ? {} : { advice: this.advice };
    return { name: this.name, kind: this.kind, file: this.file, ...place, message: this.message, ...advice };
  }
}

// Without what could move the cursor, or hide or reorder what is there.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}

/** What the system said, as a journal's error; a journal's error stays as it is. */
export function asJournalError(error: unknown, kind: JournalErrorKind, file: string, message: string): JournalError {
  return error instanceof JournalError
    ? error
    : new JournalError({ kind, file, message: `${message} (${codeOf(error) ?? String(error)})` });
}

/** The system's code of an error, such as ENOSPC. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
}
