import { isGatewayError } from "../../contract/errors.ts";
import type { Call } from "../../contract/gateway.ts";
import { RunJournal } from "../apply/run-journal.ts";
import { ConfigError, fileProblem } from "../config/config-error.ts";
import { referenceText } from "../config/reference.ts";
import type { Happening, JournalEvent, RotationEvent, RotationTarget } from "../journal/event.ts";
import { areComparable } from "../journal/fingerprint.ts";
import type { Journal } from "../journal/journal.ts";
import { lastRotation, type RotationRecord, unfinishedRotation } from "../journal/rotation.ts";
import { JournalState, keyOf } from "../journal/state.ts";
import { objectOf } from "../plan/object.ts";
import { readBindings, readersOf } from "../plan/read.ts";
import { evidenceOf } from "../plan/row.ts";
import { report } from "./report.ts";
import {
  allSecrets,
  type RotationCall,
  type RotationInput,
  type RotationResult,
  stoppable,
  type Target,
} from "./rotation.ts";
import { RotationRun } from "./rotation-run.ts";
import { fingerprintWith, requireTwoKeys, stage, targetOf } from "./stage.ts";

/**
 * Changes a key at every gateway that holds it, or at none: stage, write, verify, and commit or restore. Every step is in the
 * journal before it is taken.
 * @throws ConfigError, UnsafePlanError: refused before any write, and the journal says nothing of it
 */
export async function rotateKey(input: RotationInput, call: RotationCall = {}): Promise<RotationResult> {
  const targets = await stage(input, stoppable(call));
  const notes = new RunJournal(input.journal);
  await notes.append(runOf(input));
  const rotation = await notes.append(rotationOf(input, targets));
  if (rotation?.type !== "rotation") return report(input, call, { targets, notes, failure: "nothing was written" });
  return carryOut(input, call, { targets, notes, record: { rotation, isRestoring: false } });
}

/**
 * Goes on with a rotation that was interrupted, or that needed an operator: on to the new key, or back to the old one if that
 * had begun.
 * @param input with the selection and the policy of the rotation that {@link interruptedRotation} gives
 * @throws ConfigError where there is none, or where it cannot be gone on with: nothing is written then
 */
export async function resumeRotation(input: RotationInput, call: RotationCall = {}): Promise<RotationResult> {
  const record = interruptedRotation(input.journal);
  requireTwoKeys(input);
  requireSameKeys(input, record.rotation);
  const targets = await readAgain(input, stoppable(call));
  const notes = new RunJournal(input.journal);
  await notes.append(runOf(input));
  return carryOut(input, call, { targets, notes, record });
}

/**
 * The rotation that can be gone on with.
 * @throws ConfigError where there is none
 */
export function interruptedRotation({ events, file }: Pick<Journal, "events" | "file">): RotationRecord {
  const unfinished = unfinishedRotation(events);
  if (unfinished !== undefined) return unfinished;
  const last = lastRotation(events);
  const message =
    last === undefined ? "tells of no rotation" : `tells of no rotation to go on with: the last ended ${last.status}`;
  throw new ConfigError("invalid", [fileProblem(file, message)]);
}

interface UnderWay {
  readonly targets: readonly Target[];
  readonly notes: RunJournal;
  readonly record: RotationRecord;
}

async function carryOut(input: RotationInput, call: RotationCall, { targets, notes, record }: UnderWay) {
  const { rotation } = record;
  const run = new RotationRun(input, call, { rotation, targets, notes });
  let failure = turnedBecause(input.journal.events, rotation);
  if (!record.isRestoring) {
    await run.settle();
    const given = await run.goForward();
    failure = given?.text;
    if (given !== undefined && input.onFailure === "restore") {
      await notes.append({ type: "turned", rotation: rotation.seq, because: given.because });
    }
  }
  if (failure !== undefined) await (input.onFailure === "restore" ? run.restore() : run.settle());
  return report(input, call, { targets, notes, run, rotation, ...(failure === undefined ? {} : { failure }) });
}

function turnedBecause(events: readonly JournalEvent[], { seq }: RotationEvent): string | undefined {
  const turned = events.findLast((event) => event.type === "turned" && event.rotation === seq);
  return turned?.type === "turned" ? turned.because : undefined;
}

function runOf({ runtime: { actor, hostName: host, pid }, reason, allow = [] }: RotationInput): Happening {
  return {
    type: "run",
    command: "rotate",
    actor,
    host,
    pid,
    ...(reason === undefined ? {} : { reason }),
    ...(allow.length === 0 ? {} : { allow: [...allow] }),
  };
}

function rotationOf(input: RotationInput, targets: readonly Target[]): Happening {
  const { to, from, onFailure, verify } = input;
  const known = new JournalState(input.journal.events);
  return {
    type: "rotation",
    targets: targets.map((target) => rotationTarget(target, input, known)),
    to: { ...to.reference },
    ...(from === undefined ? {} : { from: { ...from.reference } }),
    onFailure,
    verifies: verify !== undefined,
  };
}

function rotationTarget(
  { binding, keyFields, before }: Target,
  input: RotationInput,
  known: JournalState,
): RotationTarget {
  const [field = "credential"] = keyFields;
  const object = objectOf(binding);
  const newer = fingerprintWith(binding, field, input, "new");
  const older = fingerprintWith(binding, field, input, "old") ?? known.record(object)?.fields[field]?.fingerprint;
  const { health } = before;
  const checkedAt = health?.checkedAt === undefined ? {} : { checkedAt: health.checkedAt };
  return {
    object,
    provider: binding.provider,
    fields: [...keyFields],
    before: evidenceOf(before),
    ...(health === undefined ? {} : { health: { status: health.status, ...checkedAt } }),
    fingerprints: {
      ...(newer === undefined ? {} : { new: newer }),
      ...(older === undefined ? {} : { old: older }),
    },
  };
}

/** What is resolved now must be what the rotation began with, as far as fingerprints can tell. */
function requireSameKeys(input: RotationInput, { targets, verifies }: RotationEvent): void {
  const { sources } = input.checked.config;
  if (verifies && input.verify === undefined) {
    const message = "the rotation began with a verify check: give it again, with --verify";
    throw new ConfigError("invalid", [sources.problem([], message)]);
  }
  const bindings = input.selection.bindings;
  const problems = targets.flatMap(({ object, fingerprints, fields: [field = "credential"] }, index) => {
    const binding = bindings[index];
    if (binding === undefined || keyOf(objectOf(binding)) !== keyOf(object)) {
      // Another run ended that rotation, and began one, since the journal was read.
      throw new ConfigError("invalid", [
        sources.problem([], "the journal tells of another rotation by now: try again"),
      ]);
    }
    return (["new", "old"] as const).flatMap((which) => {
      const given = fingerprintWith(binding, field, input, which);
      if (!areComparable(fingerprints[which], given) || fingerprints[which] === given) return [];
      const reference = which === "new" ? input.to.reference : (input.from ?? input.to).reference;
      const message = `${referenceText(reference)} gives another key than the ${which} one that the rotation began with`;
      return [sources.problem(binding.path, message)];
    });
  });
  if (problems.length > 0) throw new ConfigError("credentials", problems);
}

async function readAgain(input: RotationInput, call: Call): Promise<readonly Target[]> {
  const { selection, connections, checked, journal } = input;
  const { bindings } = selection;
  const reading = { ...call, secrets: allSecrets(input) };
  const readings = await readBindings(bindings, readersOf(connections), new JournalState(journal.events), reading);
  const problems = bindings.flatMap((binding) => {
    const each = readings.get(binding);
    if (each === undefined || "state" in each || !isGatewayError(each.error)) return [];
    const message = `cannot be read, so the rotation cannot go on yet: ${each.error.name}: ${each.error.message}`;
    return [checked.config.sources.problem(binding.path, message)];
  });
  if (problems.length > 0) throw new ConfigError("invalid", problems);
  return bindings.flatMap((binding) => {
    const each = readings.get(binding);
    return each !== undefined && "state" in each ? [targetOf(binding, each.state, { selection, connections })] : [];
  });
}
