import { isGatewayError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { Field, ProviderUpdate } from "../../contract/update.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import { withSecrets } from "../config/desired.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { FieldFingerprints, IntentEvent } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { JournalState } from "../journal/state.ts";
import { desiredFingerprints, isSecretField, objectOf, requestTimeoutOf } from "../plan/object.ts";
import type { PlanRow } from "../plan/plan.ts";
import { evidenceOf } from "../plan/row.ts";
import type { AppliedRow, ApplyCall } from "./apply.ts";
import { makeObject } from "./creating.ts";
import { closingReason, defectOf, type Ending, notesOn, type Outcome, outcomeOf } from "./ending.ts";
import { removeObject } from "./removing.ts";
import type { RunJournal } from "./run-journal.ts";
import { unechoedOf } from "./unechoed.ts";

/** What the rows of one gateway are applied with. */
export interface GatewayRunParts {
  readonly gateway: Gateway<ProviderId>;
  readonly secretOf: ResolvedSecrets;
  readonly fingerprints: Fingerprints;
  /** What the journal said when the run began. */
  readonly known: JournalState;
  readonly notes: RunJournal;
  /** The rotation that the writes are part of. */
  readonly rotation?: NonNullable<IntentEvent["rotation"]>;
}

/** The rows of one gateway. */
export class GatewayRun {
  readonly #parts: GatewayRunParts;
  readonly #call: ApplyCall;
  /** Why nothing more is sent to this gateway. */
  #closed: string | undefined;

  constructor(parts: GatewayRunParts, call: ApplyCall) {
    this.#parts = parts;
    this.#call = call;
  }

  /** Ends a row that has something to do: by one update, a creation, a removal, or blocked with the reason. */
  async apply(row: PlanRow, binding: CheckedBinding | UnmadeBinding | undefined): Promise<AppliedRow> {
    const { provider, gateway, adapter, id, writes, status } = row;
    const change = status === "create" || status === "remove" ? { change: status } : {};
    const about = { provider, gateway, adapter, id, ...change, writes, notes: [] };
    if (binding === undefined) throw new Error("the plan was made from another config");
    const obstacle = this.#obstacle(binding);
    if (obstacle !== undefined) return { ...about, status: "blocked", reason: obstacle };
    const fingerprints = desiredFingerprints(binding, writes, this.#parts);
    if (differs(row, binding, fingerprints)) {
      return { ...about, status: "blocked", reason: "secret differs from the plan" };
    }
    if (!("providerId" in binding)) return { ...about, ...(await this.#make(row, binding)) };
    if (status !== "remove") return { ...about, ...(await this.#write(row, binding, fingerprints)) };
    const { ending, closes } = await removeObject(row, binding, this.#parts, this.#outgoing());
    this.#closed ??= closes;
    return { ...about, ...ending };
  }

  /** Makes an object, and writes what its creation did not take. */
  async #make(row: PlanRow, binding: UnmadeBinding): Promise<Ending & Pick<AppliedRow, "id">> {
    const making = await makeObject(binding, this.#parts, this.#outgoing());
    if ("ending" in making) {
      this.#closed ??= making.closes;
      return { id: null, ...making.ending };
    }
    const { made, rest, seen, notes } = making;
    const id = made.providerId;
    const { problem } = this.#parts.notes;
    if (problem !== undefined) return { id, status: "done", notes, reason: `it is not in the journal: ${problem}` };
    if (rest.length === 0) return { id, status: "done", notes };
    const fingerprints = desiredFingerprints(made, rest, this.#parts);
    const ending = await this.#write({ ...row, id, writes: rest, seen }, made, fingerprints);
    const reason = `was made, as ${id}; what its creation does not take was not written yet: ${rest.join(", ")}`;
    return { id, ...(ending.status === "done" ? {} : { reason }), ...ending, notes: [...notes, ...ending.notes] };
  }

  #outgoing(): Call {
    const { signal } = this.#call;
    return { secrets: this.#parts.secretOf.all ?? [], ...(signal === undefined ? {} : { signal }) };
  }

  #obstacle(binding: CheckedBinding | UnmadeBinding): string | undefined {
    if (this.#call.stopping?.aborted || this.#call.signal?.aborted) return "cancelled before it was sent";
    if (this.#parts.notes.problem !== undefined) return `not sent: ${this.#parts.notes.problem}`;
    if (this.#closed !== undefined) return this.#closed;
    if ("providerId" in binding && (this.#parts.known.record(objectOf(binding))?.open.length ?? 0) > 0) {
      return "the outcome of an earlier write is not known, and nothing is written over it before it is settled";
    }
    return undefined;
  }

  async #write(row: PlanRow, binding: CheckedBinding, fingerprints: FieldFingerprints): Promise<Ending> {
    const { notes, rotation } = this.#parts;
    const intent = await notes.append({
      type: "intent",
      object: objectOf(binding),
      provider: row.provider,
      fields: [...row.writes],
      ...this.#requestsOf(row, binding),
      fingerprints,
      before: row.seen,
      timeoutMs: requestTimeoutOf(binding),
      ...(rotation === undefined ? {} : { rotation }),
    });
    if (intent === undefined) return { status: "blocked", notes: [], reason: `not sent: ${notes.problem}` };
    const { ending, outcome } = await this.#send(row, binding);
    const isNoted = (await notes.append({ type: "outcome", intent: intent.seq, ...outcome })) !== undefined;
    return isNoted ? ending : { ...ending, reason: `the outcome is not in the journal: ${notes.problem}` };
  }

  /** Which fields go together, where an update takes several requests: a crash between two leaves them apart. */
  #requestsOf({ writes }: PlanRow, binding: CheckedBinding): { readonly requests?: Field[][] } {
    if (writes.length === 1) return {};
    const { gateway, secretOf } = this.#parts;
    try {
      const previews = gateway.explain(binding.providerId, withSecrets(binding, writes, secretOf) as ProviderUpdate);
      const groups = new Map(previews.flatMap(({ fields }) => (fields ? [[fields.join(), [...fields]]] : [])));
      return groups.size > 1 ? { requests: [...groups.values()] } : {};
    } catch {
      // The update says itself what is wrong.
      return {};
    }
  }

  async #send(row: PlanRow, binding: CheckedBinding): Promise<{ ending: Ending; outcome: Outcome }> {
    const { gateway, secretOf } = this.#parts;
    const { writes } = row;
    try {
      // The gateway judges the update: what a config holds is not typed.
      const update = withSecrets(binding, writes, secretOf) as ProviderUpdate;
      const { provider, notes } = await gateway.update(binding.providerId, update, this.#outgoing());
      const unechoed = unechoedOf(binding, writes, provider, this.#parts.fingerprints);
      const isEchoed = Object.keys(unechoed).length === 0;
      const applied: Outcome = { status: "done", applied: [...writes], after: evidenceOf(provider) };
      return {
        ending: { status: "done", notes: [...notes, ...notesOn(unechoed)] },
        outcome: isEchoed ? applied : { ...applied, unechoed },
      };
    } catch (error) {
      if (!isGatewayError(error)) return this.#unexpected(error);
      error.gateway = row.gateway;
      this.#closed ??= closingReason(error);
      const status = error.outcome === "unknown" ? "unknown" : "failed";
      return { ending: { status, notes: [], error }, outcome: outcomeOf(error) };
    }
  }

  #unexpected(error: unknown): { ending: Ending; outcome: Outcome } {
    const { ending, failure, closes } = defectOf(error);
    this.#closed ??= closes;
    return { ending, outcome: { status: "unknown", applied: [], error: failure } };
  }
}

/** Whether a secret is another than the one that the plan was made with. */
function differs(row: PlanRow, binding: CheckedBinding | UnmadeBinding, fingerprints: FieldFingerprints): boolean {
  return row.writes.some((field) => {
    const planned = row.fingerprints[field];
    return planned !== undefined && isSecretField(binding, field) && fingerprints[field] !== planned;
  });
}
