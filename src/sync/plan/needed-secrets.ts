import type { BoundBinding, CheckedBinding } from "../config/check.ts";
import { type SecretUse, secretsOf } from "../config/desired.ts";
import type { JournalState } from "../journal/state.ts";
import { objectOf } from "./object.ts";

/** The secrets that a plan must look at: all in scope where they are told apart by fingerprints, else none. */
export function secretsToCompare(bindings: readonly BoundBinding[], isFingerprinted: boolean): readonly SecretUse[] {
  return isFingerprinted ? bindings.flatMap((binding) => secretsOf(binding).uses) : [];
}

/** The secrets that an apply may write: what is written blindly, or found to have changed by the journal's evidence. */
export function secretsToWrite(
  bindings: readonly CheckedBinding[],
  {
    writeUnverified,
    isFingerprinted,
    journal,
  }: {
    readonly writeUnverified: boolean;
    readonly isFingerprinted: boolean;
    readonly journal: JournalState | undefined;
  },
): readonly SecretUse[] {
  return bindings.flatMap((binding) => {
    const isWrittenBlindly = isFingerprinted || writeUnverified || binding.writeUnverified;
    const record = journal?.record(objectOf(binding));
    const detaches = binding.fields.connectionId === null;
    return secretsOf(binding).uses.filter(({ field }) => {
      const isRecorded = record?.fields[field] !== undefined || (record?.open.length ?? 0) > 0;
      return isWrittenBlindly || field === "native" || detaches || isRecorded;
    });
  });
}
