import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Gateway, ProviderId } from "../../contract/gateway.ts";
import type { Note, ProviderState } from "../../contract/state.ts";
import { type Field, type ProviderUpdate, updateFields } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import { withSecrets } from "../config/desired.ts";
import type { ResolvedSecrets } from "../connect.ts";
import type { FieldFingerprints, Happening } from "../journal/event.ts";
import type { Fingerprints } from "../journal/fingerprint.ts";
import type { JournalState } from "../journal/state.ts";
import { comparable, compareField } from "../plan/compare.ts";
import { desiredFingerprint, isSecretField, objectOf, requestTimeoutOf } from "../plan/object.ts";
import type { PlanRow } from "../plan/plan.ts";
import { evidenceOf } from "../plan/row.ts";
import type { AppliedRow, ApplyCall } from "./apply.ts";
import type { RunJournal } from "./run-journal.ts";

/** What the rows of one gateway are applied with. */
export interface GatewayRunParts {
  readonly gateway: Gateway<ProviderId>;
  readonly secretOf: ResolvedSecrets;
  readonly fingerprints: Fingerprints;
  /** What the journal said when the run began. */
  readonly known: JournalState;
  readonly notes: RunJournal;
}

type Outcome = Omit<Extract<Happening, { type: "outcome" }>, "type" | "intent">;
type Ending = Pick<AppliedRow, "status" | "notes" | "reason" | "error">;

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

  /** Ends a row that has something to write: by one update, or blocked with the reason. */
  async apply(row: PlanRow, binding: CheckedBinding | undefined): Promise<AppliedRow> {
    const { provider, gateway, adapter, id, writes } = row;
    const about = { provider, gateway, adapter, id, writes, notes: [] };
    if (binding === undefined) throw new Error("the plan was made from another config");
    const obstacle = this.#obstacle(row, binding);
    if (obstacle !== undefined) return { ...about, status: "blocked", reason: obstacle };
    return { ...about, ...(await this.#write(row, binding)) };
  }

  #obstacle(row: PlanRow, binding: CheckedBinding): string | undefined {
    if (this.#call.stopping?.aborted || this.#call.signal?.aborted) return "cancelled before it was sent";
    if (this.#parts.notes.problem !== undefined) return `not sent: ${this.#parts.notes.problem}`;
    if (this.#closed !== undefined) return this.#closed;
    if ((this.#parts.known.record(objectOf(binding))?.open.length ?? 0) > 0) {
      return "the outcome of an earlier write is not known, and nothing is written over it before it is settled";
    }
    const secrets = row.writes.filter(
      (field) => isSecretField(binding, field) && row.fingerprints[field] !== undefined,
    );
    const differs = secrets.some((field) => this.#fingerprintOf(binding, field) !== row.fingerprints[field]);
    return differs ? "secret differs from the plan" : undefined;
  }

  #fingerprintOf(binding: CheckedBinding, field: Field): string | undefined {
    return desiredFingerprint(binding, field, this.#parts.fingerprints, this.#parts.secretOf);
  }

  async #write(row: PlanRow, binding: CheckedBinding): Promise<Ending> {
    const { notes } = this.#parts;
    const intent = await notes.append({
      type: "intent",
      object: objectOf(binding),
      provider: row.provider,
      fields: [...row.writes],
      ...this.#requestsOf(row, binding),
      fingerprints: present(row.writes, (field) => this.#fingerprintOf(binding, field)),
      before: row.seen,
      timeoutMs: requestTimeoutOf(binding),
    });
    if (intent === undefined) return { status: "blocked", notes: [], reason: `not sent: ${notes.problem}` };
    const { ending, outcome } = await this.#send(row, binding);
    const isNoted = (await notes.append({ type: "outcome", intent: intent.seq, ...outcome })) !== undefined;
    return isNoted ? ending : { ...ending, reason: `the outcome is not in the journal: ${notes.problem}` };
  }

  /** Which fields go together, where an update takes several requests: a crash between two leaves them apart. */
  #requestsOf({ id, writes }: PlanRow, binding: CheckedBinding): { readonly requests?: Field[][] } {
    const { gateway, secretOf } = this.#parts;
    try {
      const previews = gateway.explain(id, withSecrets(binding, writes, secretOf) as ProviderUpdate);
      const groups = new Map(previews.flatMap(({ fields }) => (fields ? [[fields.join(), [...fields]]] : [])));
      return groups.size > 1 ? { requests: [...groups.values()] } : {};
    } catch {
      // The update says itself what is wrong.
      return {};
    }
  }

  async #send(row: PlanRow, binding: CheckedBinding): Promise<{ ending: Ending; outcome: Outcome }> {
    const { gateway, secretOf } = this.#parts;
    const { id, writes } = row;
    const { signal } = this.#call;
    const { all: secrets = [] } = this.#parts.secretOf;
    try {
      // The gateway judges the update: what a config holds is not typed.
      const update = withSecrets(binding, writes, secretOf) as ProviderUpdate;
      const { provider, notes } = await gateway.update(id, update, {
        secrets,
        ...(signal === undefined ? {} : { signal }),
      });
      const unechoed = this.#unechoed(binding, writes, provider);
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

  // A defect of one adapter is no reason to leave the other gateways half done. Its message may hold a secret.
  #unexpected(error: unknown): { ending: Ending; outcome: Outcome } {
    const name = error instanceof Error ? error.name : "Error";
    const reason = `the adapter failed in a way that no error of it may: ${name}`;
    this.#closed ??= `not sent: before, ${reason}`;
    return {
      ending: { status: "unknown", notes: [], reason },
      outcome: { status: "unknown", applied: [], error: { name, code: "UNEXPECTED" } },
    };
  }

  /** What the gateway took, and shows otherwise. */
  #unechoed(binding: CheckedBinding, writes: readonly Field[], state: ProviderState<ProviderId>): FieldFingerprints {
    return present(writes, (field) => {
      const { kind, before } = compareField(field, binding.fields[field], state);
      if (kind !== "different" || field === "credential") return undefined;
      return this.#parts.fingerprints.of(objectOf(binding), field, comparable(field, before));
    });
  }
}

// What one row met, every other would meet: the account is refused, held back, or cannot be reached.
function closingReason(error: GatewayError): string | undefined {
  if (error.name === "AuthenticationError") return "not sent: the gateway refused the token before";
  if (error.name === "RateLimitError") return "not sent: the gateway refused more requests before";
  const isUnreachable = error.name === "NetworkError" && error.outcome === "not-sent";
  return isUnreachable ? "not sent: the gateway could not be reached before" : undefined;
}

function outcomeOf(error: GatewayError): Outcome {
  const { name, code, outcome, status } = error;
  const failure = { name, code, ...(status === undefined ? {} : { status }) };
  const isOpen = outcome === "unknown" || outcome === "partial";
  const applied = error.name === "PartialUpdateError" ? error.applied : [];
  const fields = updateFields.filter((field) => applied.includes(field));
  return { status: isOpen ? "unknown" : "failed", applied: fields, error: failure };
}

function notesOn(unechoed: FieldFingerprints): Note[] {
  return Object.keys(unechoed).map((field) => ({
    code: "not-echoed",
    message: `${field} was accepted, and the gateway shows another value for it; it is not written again until it changes`,
  }));
}

function present(fields: readonly Field[], of: (field: Field) => string | undefined): FieldFingerprints {
  const entries = fields.map((field) => [field, of(field)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
