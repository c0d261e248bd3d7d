import type { Call } from "../../contract/gateway.ts";
import { byGateway } from "../by-gateway.ts";
import type { CheckedBinding, UnmadeBinding } from "../config/check.ts";
import { Fingerprints } from "../journal/fingerprint.ts";
import { Lists } from "./look-alikes.ts";
import type { PlanInput, Planned, PlanOptions } from "./plan.ts";
import { type Reading, readBindings } from "./read.ts";
import { settleOpenIntents } from "./settle.ts";
import { type Obstacle, settleCreations } from "./settle-creations.ts";
import { withKnownObjects } from "./unmade.ts";

/** What was found at the gateways, and which binding is about what is there. */
export interface Look extends Pick<Planned, "settled" | "settledCreations"> {
  readonly input: PlanInput;
  readonly fingerprints: Fingerprints;
  readonly call: Call;
  readonly lists: Lists;
  readonly readings: ReadonlyMap<CheckedBinding, Reading>;
  /** Those whose object is there, or cannot be read. */
  readonly bindings: readonly CheckedBinding[];
  /** Those whose object is to be made. */
  readonly unmade: readonly UnmadeBinding[];
  readonly obstacles: ReadonlyMap<UnmadeBinding, Obstacle>;
}

/** Reads everything in scope, and settles by it what earlier runs left open. */
export async function lookAround(input: PlanInput, { signal, onProgress }: PlanOptions): Promise<Look> {
  const { checked, readers, journal, fingerprints = new Fingerprints(), isOver = () => true, secretOf } = input;
  const call: Call = { secrets: secretOf?.all ?? [], ...(signal === undefined ? {} : { signal }) };
  const lists = new Lists(readers, call);
  const given = withKnownObjects(input.unmade ?? [], checked, journal);
  const creations = { readers, lists, journal, fingerprints, secretOf, isOver, call };
  const { settled: settledCreations, obstacles } = await settleCreations(given.unmade, creations);
  const found = withKnownObjects(given.unmade, checked, journal);
  const described = [...input.bindings, ...given.known, ...found.known];
  const all = [...described, ...(input.removals ?? [])];
  // Where something is to be made the whole list is needed: what is there already is read from the same one.
  const listed = [...byGateway(found.unmade).keys()];
  const sharing = new Map([...readers, ...listed.map((name) => [name, lists.readerOf(name)] as const)]);
  const [readings] = await Promise.all([
    readBindings(all, sharing, journal, call, onProgress),
    ...listed.map((name) => lists.of(name)),
  ]);
  const settled = journal === undefined ? [] : settleOpenIntents(all, readings, journal, fingerprints, isOver);
  // What was made once and is gone is made again, as the config says; what has its id there is missed.
  const isLost = (binding: CheckedBinding) => binding.id === undefined && isGone(readings.get(binding));
  const lost = new Set(described.filter(isLost));
  const unmade = [...found.unmade, ...[...lost].flatMap(unmadeAgain)];
  const bindings = lost.size === 0 ? described : described.filter((binding) => !lost.has(binding));
  return { input, fingerprints, call, lists, readings, bindings, unmade, obstacles, settled, settledCreations };
}

/** What was read of a binding. */
export function readingOf(binding: CheckedBinding, readings: ReadonlyMap<CheckedBinding, Reading>): Reading {
  const reading = readings.get(binding);
  if (reading === undefined) throw new Error("a binding was not read");
  return reading;
}

const isGone = (reading: Reading | undefined) =>
  reading !== undefined && "error" in reading && reading.error.name === "NotFoundError";

function unmadeAgain({ providerId: _id, creation, ...binding }: CheckedBinding): UnmadeBinding[] {
  return creation === undefined ? [] : [{ ...binding, creation }];
}
