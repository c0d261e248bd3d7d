import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import { type Field, givenFields } from "../../contract/update.ts";
import type { UnmadeBinding } from "../config/check.ts";
import { type Entry, idsOf, type Listing } from "./look-alikes.ts";
import { desiredFingerprints, isSecretField } from "./object.ts";
import type { PlanRow } from "./plan.ts";
import type { RowKnowledge } from "./row.ts";
import type { Obstacle } from "./settle-creations.ts";

/** What a plan says of a binding whose object is to be made. */
export function creationRow(
  binding: UnmadeBinding,
  listing: Listing | GatewayError,
  obstacle: Obstacle | undefined,
  knowledge: RowKnowledge,
): PlanRow {
  const { provider, gateway, entry, fields, creation } = binding;
  const about = { provider, gateway, adapter: entry.adapter, id: null };
  const shown = givenFields(fields).map((field) => {
    return { field, verdict: "changed" as const, evidence: [], after: fields[field] };
  });
  const nothing = { ...about, creation, fields: shown, writes: [], writesKey: false, fingerprints: {}, seen: {} };
  if (obstacle !== undefined && "error" in obstacle)
    return { ...nothing, fields: [], status: "failed", error: obstacle.error };
  if (isGatewayError(listing)) return { ...nothing, fields: [], status: "failed", error: listing };
  if (obstacle !== undefined) {
    return { ...nothing, status: obstacle.isPassing ? "create" : "blocked", reason: obstacle.reason };
  }
  const alike = listing.alike({ ...creation, name: fields.name });
  if (alike.length > 0) return { ...nothing, status: "blocked", reason: takenReason(alike) };
  const writes = writtenAtBirth(binding);
  return {
    ...nothing,
    status: "create",
    writes,
    writesKey: writes.some((field) => isSecretField(binding, field)),
    fingerprints: desiredFingerprints(binding, writes, knowledge),
  };
}

/** The fields that have a value: what is new has nothing to clear. */
export function writtenAtBirth({ fields }: UnmadeBinding): Field[] {
  return givenFields(fields).filter((field) => fields[field] !== null);
}

function takenReason(alike: readonly Entry[]): string {
  const [first] = alike;
  const one = "adopt it (gatefold adopt), or give its id";
  return alike.length === 1
    ? `an object of that name is there already, ${idsOf(alike)} (${first?.name}): ${one}`
    : `objects of that name are there already, ${idsOf(alike)}: give the id of the one that is meant`;
}
