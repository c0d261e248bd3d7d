import type { Call } from "../../contract/gateway.ts";
import type { AppliedRow } from "../apply/apply.ts";
import { GatewayRun } from "../apply/gateway-run.ts";
import type { RunJournal } from "../apply/run-journal.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { IntentEvent, RotationEvent } from "../journal/event.ts";
import { type Holding, holdingsOf } from "../journal/rotation.ts";
import { JournalState, keyOf } from "../journal/state.ts";
import { objectOf } from "../plan/object.ts";
import { type Reading, readBindings, readersOf } from "../plan/read.ts";
import { evidenceOf } from "../plan/row.ts";
import { settleOpenIntents, settlesAt, settleTimes } from "../plan/settle.ts";
import { startWork, tellWaits, type WorkEvent } from "../progress.ts";
import { type Proof, prove, type Written } from "./prove.ts";
import {
  allSecrets,
  type RotationCall,
  type RotationInput,
  stoppable,
  type Target,
  type WhichKey,
  withKey,
} from "./rotation.ts";

/** What is known of a target besides what the journal holds. */
export interface Remarks {
  /** Of the last write. */
  readonly proof?: Proof;
  /** How the last write ended. */
  readonly row?: AppliedRow;
}

/** What first stood against the new key. */
export interface Failure {
  /** For people: it may hold a gateway's words. */
  readonly text: string;
  /** For the journal: it holds none. */
  readonly because: string;
}

const PROOFS_AT_ONCE = 8;
/** A gateway that cannot be read while a write of unknown outcome is settled is asked again so often, with this pause. */
const READS = 5;
const READ_AGAIN_MS = 5_000;
const ROUNDS = 3;

/** A rotation under way: what was done is in the journal alone, so that another run can go on with it. */
export class RotationRun {
  readonly #input: RotationInput;
  readonly #call: RotationCall;
  readonly #rotation: RotationEvent;
  readonly #targets: readonly Target[];
  readonly #notes: RunJournal;
  readonly #startedAt: number;
  readonly #remarks = new Map<Target, Remarks>();
  /** The probe that was seen right before the old key was put back: what it found of the new one says nothing of that. */
  readonly #lastProbe = new Map<Target, string>();

  constructor(
    input: RotationInput,
    call: RotationCall,
    about: { readonly rotation: RotationEvent; readonly targets: readonly Target[]; readonly notes: RunJournal },
  ) {
    this.#input = input;
    this.#call = call;
    this.#rotation = about.rotation;
    this.#targets = about.targets;
    this.#notes = about.notes;
    this.#startedAt = input.runtime.now();
  }

  /** What each target holds, by the journal. */
  get holdings(): readonly { readonly target: Target; readonly holding: Holding }[] {
    const holdings = holdingsOf(this.#input.journal.events, this.#rotation);
    return this.#targets.map((target, index) => ({ target, holding: holdings[index] ?? { key: "unknown" } }));
  }

  remarksOn(target: Target): Remarks {
    return this.#remarks.get(target) ?? {};
  }

  /** Writes the new key wherever it is not, and verifies it. Gives the first reason why it failed, or undefined. */
  async goForward(): Promise<Failure | undefined> {
    const goesOn = this.#input.onFailure === "keep";
    for (let round = 1; ; round++) {
      const failure = await this.#writeNew(goesOn);
      if (failure === undefined) break;
      if (!goesOn || round === ROUNDS || this.#isEnding) return failure;
      await this.settle();
    }
    return this.#proveAll("new");
  }

  /** Puts the old key back wherever the new one is or may be, unless somebody else has changed the object since. */
  async restore(): Promise<void> {
    for (let round = 1; round <= ROUNDS; round++) {
      await this.settle();
      const touched = this.holdings.filter(({ holding }) => holding.key !== "old");
      if (touched.length === 0 || this.#isAborted) break;
      const readings = await this.#read(touched.map(({ target }) => target.binding));
      const ours = touched.filter((each) => this.#isAsWeLeftIt(each, readings.get(each.target.binding)));
      if (ours.length === 0) break;
      const known = new JournalState(this.#input.journal.events);
      const onWritten = this.#startWork("write", ours);
      for (const { target, holding } of ours) {
        await this.#write(target, "old", holding, known);
        onWritten(target.binding.gateway);
      }
    }
    await this.settle();
    await this.#proveAll("old");
  }

  /** Settles writes of unknown outcome by reading back, once their requests are surely over. */
  async settle(): Promise<void> {
    const { runtime, fingerprints, journal } = this.#input;
    for (let tries = 1; tries <= READS && !this.#isAborted; tries++) {
      const known = new JournalState(journal.events);
      const bindings = this.#targets
        .map(({ binding }) => binding)
        .filter((binding) => (known.record(objectOf(binding))?.open.length ?? 0) > 0);
      if (bindings.length === 0) return;
      if (tries > 1 && !(await this.#sleep(READ_AGAIN_MS))) return;
      await this.#sleep(this.#tellWaits(bindings, known) - runtime.now());
      const readings = await this.#read(bindings);
      const isOver = (each: Parameters<typeof settlesAt>[0]) => settlesAt(each, this.#startedAt) <= runtime.now();
      const settled = settleOpenIntents(bindings, readings, known, fingerprints, isOver);
      for (const { happening } of settled) await this.#notes.append(happening);
    }
  }

  /** When everything that was under way for these is surely over; tells of it, gateway by gateway. */
  #tellWaits(bindings: readonly CheckedBinding[], known: JournalState): number {
    const ends = settleTimes({ bindings, journal: known, startedAt: this.#startedAt });
    tellWaits(this.#input.onProgress, ends, this.#input.runtime.now());
    return Math.max(0, ...ends.values());
  }

  /** Nothing new is begun. */
  get #isEnding(): boolean {
    return this.#call.stopping?.aborted === true || this.#isAborted;
  }

  get #isAborted(): boolean {
    return this.#call.signal?.aborted === true || this.#notes.problem !== undefined;
  }

  async #writeNew(goesOn: boolean): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    const known = new JournalState(this.#input.journal.events);
    const without = this.holdings.filter(({ holding }) => holding.key !== "new");
    const onWritten = this.#startWork("write", without);
    for (const { target, holding } of without) {
      const row = await this.#write(target, "new", holding, known);
      onWritten(target.binding.gateway);
      if (row.status === "done") continue;
      failure ??= failureOf(target, describeEnding(row), `${row.status} ${row.error?.name ?? ""}`.trimEnd());
      if (!goesOn) return failure;
    }
    return failure;
  }

  async #write(target: Target, which: WhichKey, { left }: Holding, known: JournalState): Promise<AppliedRow> {
    const { binding, gateway, writes, before } = target;
    const { fingerprints } = this.#input;
    const rotation = { of: this.#rotation.seq, key: which };
    const parts = { gateway, secretOf: withKey(this.#input, which), fingerprints, known, notes: this.#notes, rotation };
    // A restore is what ends a rotation in order: only the second signal ends it, too.
    const run = new GatewayRun(parts, which === "old" ? this.#forced : this.#call);
    const { provider, gateway: name, providerId: id, entry } = binding;
    const seen = left ?? evidenceOf(before);
    const about = { provider, gateway: name, adapter: entry.adapter, id, status: "changed", fields: [] } as const;
    const row = await run.apply({ ...about, writes, writesKey: true, fingerprints: {}, seen }, binding);
    this.#remarks.set(target, { row });
    return row;
  }

  /** Verifies every target that a write of the rotation left with this key. Gives the first reason against one. */
  async #proveAll(which: WhichKey): Promise<Failure | undefined> {
    const written = this.holdings.filter(({ holding }) => holding.key === which && holding.left !== undefined);
    const onProven = this.#startWork("verify", written);
    const proofs = await forEachAtMost(PROOFS_AT_ONCE, written, async ({ target }) => {
      const lastWrite = this.#lastWriteOf(target);
      if (lastWrite === undefined) return undefined;
      const call: Call = which === "old" ? this.#forced : stoppable(this.#call);
      const proof = await prove(target, lastWrite, which, this.#input, call);
      onProven(target.binding.gateway);
      this.#remarks.set(target, { ...this.#remarks.get(target), proof });
      return proof.problem === undefined ? undefined : failureOf(target, proof.problem, "not verified");
    });
    return proofs.find((problem) => problem !== undefined);
  }

  #startWork(work: WorkEvent["work"], about: readonly { readonly target: Target }[]): (gateway: string) => void {
    return startWork(
      this.#input.onProgress,
      work,
      about.map(({ target }) => target.binding),
    );
  }

  #lastWriteOf(target: Target): Written | undefined {
    const object = keyOf(objectOf(target.binding));
    const { events } = this.#input.journal;
    const intent = events.findLast((event): event is IntentEvent & typeof event => {
      return event.type === "intent" && event.rotation?.of === this.#rotation.seq && keyOf(event.object) === object;
    });
    const left = this.holdings.find((each) => each.target === target)?.holding.left;
    if (intent === undefined || left === undefined) return undefined;
    const { health } = this.#rotation.targets.find((each) => keyOf(each.object) === object) ?? {};
    const lastProbe = this.#lastProbe.get(target) ?? health?.checkedAt;
    return { before: intent.before, left, health, lastProbe, at: Date.parse(intent.at) };
  }

  async #read(bindings: readonly CheckedBinding[]): Promise<ReadonlyMap<CheckedBinding, Reading>> {
    const { connections, journal } = this.#input;
    const call = { ...this.#forced, secrets: allSecrets(this.#input) };
    return readBindings(bindings, readersOf(connections), new JournalState(journal.events), call);
  }

  /** Somebody else's repair is not undone. */
  #isAsWeLeftIt({ target, holding }: { target: Target; holding: Holding }, reading: Reading | undefined): boolean {
    if (reading === undefined || "error" in reading) {
      const why = reading === undefined ? "" : `: ${reading.error.name}: ${reading.error.message}`;
      this.#remark(target, `could not be read, so nothing was put back${why}`);
      return false;
    }
    const now = evidenceOf(reading.state);
    const { checkedAt } = reading.state.health ?? {};
    if (checkedAt !== undefined) this.#lastProbe.set(target, checkedAt);
    const { left } = holding;
    const isMoved = (["hint", "updatedAt"] as const).some((each) => {
      return left?.[each] !== undefined && now[each] !== undefined && left[each] !== now[each];
    });
    if (isMoved) this.#remark(target, "was changed by somebody else after this rotation wrote it: left as it is");
    return !isMoved;
  }

  #remark(target: Target, problem: string): void {
    this.#remarks.set(target, { ...this.#remarks.get(target), proof: { evidence: [], problem } });
  }

  /** A call that only the second signal ends. */
  get #forced(): Call {
    const { signal } = this.#call;
    return signal === undefined ? {} : { signal };
  }

  async #sleep(milliseconds: number): Promise<boolean> {
    return milliseconds <= 0 || this.#input.runtime.sleep(milliseconds, this.#call.signal);
  }
}

function failureOf({ binding: { provider, gateway } }: Target, text: string, because: string): Failure {
  const name = `${provider} @ ${gateway}`;
  return { text: `${name}: ${text}`, because: `${name}: ${because}` };
}

function describeEnding({ status, reason, error }: AppliedRow): string {
  const why = error === undefined ? reason : `${error.name}: ${error.message}`;
  return why === undefined ? status : `${status}: ${why}`;
}
