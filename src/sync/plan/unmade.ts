import type { ProviderId } from "../../contract/gateway.ts";
import type { CheckedBinding, CheckedConfig, UnmadeBinding } from "../config/check.ts";
import type { JournalState } from "../journal/state.ts";
import { accountKeyOf, objectOf } from "./object.ts";

/** Bindings without an id, told apart by whether the journal knows their object. */
export interface KnownAndUnmade {
  /** Those whose objects the journal knows. */
  readonly known: readonly CheckedBinding[];
  /** Those whose objects are still to be made. */
  readonly unmade: readonly UnmadeBinding[];
}

/** Gives bindings without an id the one that the journal has for them. An object that another binding is about is not theirs. */
export function withKnownObjects(
  unmade: readonly UnmadeBinding[],
  { bindings }: Pick<CheckedConfig, "bindings">,
  journal: JournalState | undefined,
): KnownAndUnmade {
  if (journal === undefined || unmade.length === 0) return { known: [], unmade };
  const taken = new Set(bindings.map(objectOf).map(nameOf));
  const known: CheckedBinding[] = [];
  const left: UnmadeBinding[] = [];
  for (const binding of unmade) {
    const object = journal.ownership.objectOf(accountKeyOf(binding), binding.provider);
    if (object === undefined || taken.has(nameOf(object))) left.push(binding);
    else known.push({ ...binding, providerId: object.id });
  }
  return { known, unmade: left };
}

/** A config whose bindings without an id have the one that the journal knows. */
export function withJournal(checked: CheckedConfig, journal: JournalState | undefined): CheckedConfig {
  const { known, unmade } = withKnownObjects(checked.unmade, checked, journal);
  return { ...checked, bindings: [...checked.bindings, ...known], unmade };
}

const nameOf = ({ gateway, id }: { readonly gateway: string; readonly id: ProviderId }) =>
  `${gateway} ${typeof id} ${id}`;
