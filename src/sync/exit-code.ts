import type { GatewayError } from "../contract/errors.ts";
import type { AdoptResult } from "./apply/adopt.ts";
import type { ApplyResult } from "./apply/apply.ts";
import type { ConfigError } from "./config/config-error.ts";
import type { Plan } from "./plan/plan.ts";
import type { RotationResult } from "./rotate/rotation.ts";

/** The exit codes, the same in every command and every form of output. */
export const EXIT = {
  done: 0,
  error: 1,
  changes: 2,
  refused: 3,
  partlyApplied: 4,
  credentials: 5,
  stalePlan: 6,
  cancelled: 8,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

// When several hold, the first of these counts.
const PRECEDENCE: readonly ExitCode[] = [8, 6, 3, 4, 5, 1, 2, 0];

/** The exit code of a config that cannot be used. */
export function configExit({ kind }: ConfigError): ExitCode {
  if (kind === "untrusted") return EXIT.refused;
  return kind === "credentials" ? EXIT.credentials : EXIT.error;
}

/** The exit code of a plan: rows of which nothing better is known than that they are unverifiable are clean. */
export function planExit({ rows, exceeded, strict }: Pick<Plan, "rows" | "exceeded" | "strict">): ExitCode {
  const codes = rows.map((row): ExitCode => {
    if (row.error !== undefined) return errorExit(row.error);
    if (row.status === "blocked") return EXIT.error;
    const isOff = row.status === "changed" || row.status === "drift" || (row.status === "suspected" && strict);
    const isOne = row.status === "create" || row.status === "remove";
    return row.writes.length > 0 || isOff || isOne ? EXIT.changes : EXIT.done;
  });
  return worstExit(exceeded.length > 0 ? [...codes, EXIT.refused] : codes);
}

/** The exit code of an apply. */
export function applyExit({ rows, cancelled, journalError }: ApplyOutcome): ExitCode {
  const codes = rows.map((row): ExitCode => {
    if (row.status === "done") return EXIT.done;
    return row.error === undefined ? EXIT.error : errorExit(row.error);
  });
  const mixed = rows.some(({ status }) => status === "done") && rows.some(({ status }) => status !== "done");
  return worstExit([
    ...codes,
    ...(mixed ? [EXIT.partlyApplied] : []),
    ...(cancelled ? [EXIT.cancelled] : []),
    ...(journalError === undefined ? [] : [EXIT.error]),
  ]);
}

type ApplyOutcome = Pick<ApplyResult, "rows" | "cancelled" | "journalError">;

/** The exit code of an adoption. */
export function adoptExit({ rows }: Pick<AdoptResult, "rows">): ExitCode {
  const codes = rows.map((row): ExitCode => {
    if (row.status === "adopted") return EXIT.done;
    return row.error === undefined ? EXIT.error : errorExit(row.error);
  });
  const mixed = rows.some(({ status }) => status === "adopted") && rows.some(({ status }) => status !== "adopted");
  return worstExit(mixed ? [...codes, EXIT.partlyApplied] : codes);
}

/** The exit code of a rotation: one that was undone is an error, though nothing is broken. */
export function rotationExit({ status, rows, cancelled, journalError }: RotationOutcome): ExitCode {
  const codes = rows.flatMap(({ error }) => (error === undefined ? [] : [errorExit(error)]));
  const byStatus = { "all-new": EXIT.done, "all-old": EXIT.error, "needs-operator": EXIT.partlyApplied } as const;
  const isUnfinished = cancelled && status !== "all-new";
  return worstExit([
    byStatus[status],
    ...(status === "all-new" ? [] : codes),
    ...(isUnfinished ? [EXIT.cancelled] : []),
    ...(journalError === undefined ? [] : [EXIT.error]),
  ]);
}

type RotationOutcome = Pick<RotationResult, "status" | "rows" | "cancelled" | "journalError">;

/** The exit code of one error. */
export function errorExit(error: GatewayError): ExitCode {
  if (error.name === "AbortedError") return EXIT.cancelled;
  if (error.name === "StalePlanError") return EXIT.stalePlan;
  if (error.name === "UnsafePlanError") return EXIT.refused;
  if (error.name === "PartialUpdateError") return EXIT.partlyApplied;
  const isCredentials = error.name === "AuthenticationError" || error.name === "PermissionDeniedError";
  return isCredentials ? EXIT.credentials : EXIT.error;
}

/** The one of several exit codes that counts. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.done;
}
