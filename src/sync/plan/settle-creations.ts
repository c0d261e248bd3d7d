import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call } from "../../contract/gateway.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import type { UnmadeBinding } from "../config/check.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { Evidence, FieldFingerprints } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { OpenCreation } from "../journal/ownership.ts";
import type { JournalState, OpenCall } from "../journal/state.ts";
import { type Entry, idsOf, type Lists, madeBy } from "./look-alikes.ts";
import { accountKeyOf, desiredFingerprint, isSecretField } from "./object.ts";
import { type Readers, readerFor } from "./read.ts";
import { evidenceOf } from "./row.ts";
import type { SettledCreation } from "./settle.ts";

/** Why nothing can be made for a binding now. */
export type Obstacle = { readonly reason: string; readonly isPassing: boolean } | { readonly error: GatewayError };

/** What is known for the look at open creations. */
export interface CreationKnowledge {
  readonly readers: Readers;
  readonly lists: Lists;
  readonly journal: JournalState | undefined;
  readonly fingerprints: Fingerprints;
  readonly secretOf: ResolvedSecrets | undefined;
  isOver(open: OpenCall): boolean;
  readonly call: Call;
}

/** What a look says of the open creations of bindings, and what stands in the way of the others. The journal's fold takes it in. */
export async function settleCreations(
  bindings: readonly UnmadeBinding[],
  knowledge: CreationKnowledge,
): Promise<{
  readonly settled: readonly SettledCreation[];
  readonly obstacles: ReadonlyMap<UnmadeBinding, Obstacle>;
}> {
  const settled: SettledCreation[] = [];
  const obstacles = new Map<UnmadeBinding, Obstacle>();
  const { journal } = knowledge;
  if (journal === undefined) return { settled, obstacles };
  for (const binding of bindings) {
    for (const open of journal.ownership.openCreations(accountKeyOf(binding), binding.provider)) {
      const decision = await decide(binding, open, knowledge);
      if ("happening" in decision) {
        settled.push(decision);
        journal.settleCreation(decision.happening);
      } else obstacles.set(binding, decision);
    }
  }
  return { settled, obstacles };
}

async function decide(
  binding: UnmadeBinding,
  open: OpenCreation,
  knowledge: CreationKnowledge,
): Promise<SettledCreation | Obstacle> {
  const { creation, endedAt } = open;
  if (!knowledge.isOver({ intent: creation, ...(endedAt === undefined ? {} : { endedAt }) })) {
    const reason = "the outcome of an earlier creation is not known; the next apply settles it by looking at the list";
    return { reason, isPassing: true };
  }
  const listing = await knowledge.lists.of(binding.gateway);
  if (isGatewayError(listing)) return { error: listing };
  const reader = readerFor(knowledge.readers, binding);
  const found = await madeBy(creation, listing, reader, knowledge.call);
  const [entry, ...others] = found;
  const { provider, gateway } = binding;
  if (entry === undefined) {
    return { provider, gateway, id: null, happening: { type: "not-made", creation: creation.seq, status: "failed" } };
  }
  if (others.length > 0 || entry.id === undefined) {
    const reason =
      `an earlier creation was never answered, and each of these may be what it made: ${idsOf(found)}; ` +
      "give the id of the right one";
    return { reason, isPassing: false };
  }
  const after = evidenceOf({ ...entry, id: entry.id });
  return {
    provider,
    gateway,
    id: entry.id,
    happening: {
      type: "made",
      creation: creation.seq,
      object: { ...accountKeyOf(binding), id: entry.id },
      ...heldSince(binding, open, { ...entry, id: entry.id }, after, knowledge),
      after,
    },
  };
}

/** The fields that the object surely has since, and the fingerprints of their values. */
function heldSince(
  binding: UnmadeBinding,
  { creation, endedAt }: OpenCreation,
  entry: Entry & { readonly id: string | number },
  { updatedAt }: Evidence,
  { fingerprints, secretOf }: CreationKnowledge,
): { readonly fields: Field[]; readonly fingerprints: FieldFingerprints } {
  const latest = endedAt === undefined ? Date.parse(creation.at) + creation.timeoutMs : Date.parse(endedAt);
  // Somebody may have replaced the key since, and nobody could see that.
  const isMovedLater = updatedAt !== undefined && Date.parse(updatedAt) > latest;
  const fields = creation.fields.filter((field) => !isMovedLater || !isSecretField(binding, field));
  const made = { ...binding, providerId: entry.id };
  const prints = updateFields.flatMap((field): (readonly [Field, string])[] => {
    const sent = creation.fingerprints[field];
    if (!fields.includes(field) || sent === undefined) return [];
    // Of another value than is desired now no fingerprint for this object can be made: the one that was sent never matches.
    const isSame = desiredFingerprint(binding, field, fingerprints, secretOf) === sent;
    const own = isSame ? desiredFingerprint(made, field, fingerprints, secretOf) : sent;
    return own === undefined ? [] : [[field, own]];
  });
  return { fields, fingerprints: Object.fromEntries(prints) };
}
