import { randomUUID } from "node:crypto";
import type { Capabilities } from "../../contract/capabilities.ts";
import type { ProviderCreation } from "../../contract/creation.ts";
import { isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { Note, ProviderState } from "../../contract/state.ts";
import { type Field, givenFields } from "../../contract/update.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import { fieldsOfCreation } from "../config/check-creation.ts";
import { withSecrets } from "../config/desired.ts";
import type { Evidence, Happening } from "../journal/event.ts";
import { compareField } from "../plan/compare.ts";
import { withMarker } from "../plan/marker.ts";
import { accountKeyOf, desiredFingerprints, requestTimeoutOf } from "../plan/object.ts";
import { evidenceOf, widened } from "../plan/row.ts";
import { closingReason, defectOf, type Ending, failureOf, notesOn } from "./ending.ts";
import type { GatewayRunParts } from "./gateway-run.ts";
import { unechoedOf } from "./unechoed.ts";

/** What became of a creation: the object and what is still to be written to it, or how the row ended. */
export type Making =
  | {
      readonly made: CheckedBinding;
      readonly rest: readonly Field[];
      readonly seen: Evidence;
      readonly notes: readonly Note[];
    }
  | { readonly ending: Ending; readonly closes?: string | undefined };

/** Makes the object of a binding: noted before, sent once, noted after. */
export async function makeObject(binding: UnmadeBinding, parts: GatewayRunParts, call: Call): Promise<Making> {
  const { gateway, notes, fingerprints, secretOf } = parts;
  const { create, capabilities } = gateway;
  const { provider, creation, fields } = binding;
  // The plan has listed the gateway since it was checked, so it has both.
  if (create === undefined) throw new Error("the plan was made from another config");
  const chosen = fieldsOfCreation(binding, capabilities);
  const marker = randomUUID();
  const marked = withMarker(fields.metadata, marker, capabilities);
  const intent = await notes.append({
    type: "creation",
    account: accountKeyOf(binding),
    provider,
    name: String(fields.name),
    ...creation,
    ...(marked === undefined ? {} : { marker }),
    fields: [...chosen],
    fingerprints: desiredFingerprints(binding, chosen, parts),
    timeoutMs: requestTimeoutOf(binding),
  });
  if (intent === undefined) return { ending: { status: "blocked", notes: [], reason: `not sent: ${notes.problem}` } };
  const given = { ...withSecrets(binding, chosen, secretOf), ...creation };
  const sent = marked === undefined ? given : { ...given, metadata: marked };
  const note = (happening: Happening) => notes.append(happening);
  try {
    // The gateway judges it: what a config holds is not typed.
    const result = await create.call(gateway, sent as ProviderCreation, call);
    const made = { ...binding, providerId: result.provider.id };
    const { held, rest } = divided(made, chosen, result.provider, capabilities);
    const unechoed = unechoedOf(made, held, result.provider, fingerprints);
    const after = evidenceOf(result.provider);
    await note({
      type: "made",
      creation: intent.seq,
      object: { ...accountKeyOf(binding), id: made.providerId },
      fields: held,
      fingerprints: desiredFingerprints(made, held, parts),
      after,
      ...(Object.keys(unechoed).length === 0 ? {} : { unechoed }),
    });
    return { made, rest, seen: after, notes: [...result.notes, ...notesOn(unechoed)] };
  } catch (error) {
    if (!isGatewayError(error)) {
      const { ending, failure, closes } = defectOf(error);
      await note({ type: "not-made", creation: intent.seq, status: "unknown", error: failure });
      return { ending, closes };
    }
    error.gateway = binding.gateway;
    // Only a certain no is a no: a partial one may have left an object.
    const isCertain = error.outcome === "not-sent" || error.outcome === "not-applied";
    const status = isCertain ? "failed" : "unknown";
    await note({ type: "not-made", creation: intent.seq, status, error: failureOf(error) });
    return { ending: { status, notes: [], error }, closes: closingReason(error) };
  }
}

/** The desired fields that the new object has, and those that an update has to write. */
function divided(
  binding: CheckedBinding,
  chosen: readonly Field[],
  state: ProviderState<ProviderId>,
  capabilities: Capabilities,
): { readonly held: Field[]; readonly rest: readonly Field[] } {
  const wanted = givenFields(binding.fields);
  // What is null and was left out is at the gateway's default, unless it shows another value.
  const isHeld = (field: Field) => {
    if (chosen.includes(field)) return true;
    return binding.fields[field] === null && compareField(field, null, state).kind !== "different";
  };
  const rest = widened(
    new Set(wanted.filter((field) => !isHeld(field))),
    wanted,
    binding.fields.connectionId,
    capabilities,
  );
  return { held: wanted.filter(isHeld), rest };
}
