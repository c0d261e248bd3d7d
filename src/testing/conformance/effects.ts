import type { Bench } from "./bench.ts";
import { anyRequest, onBench, replay } from "./bench.ts";
import { ConformanceError } from "./case.ts";
import type { AdapterFixture, WriteFixture } from "./fixture.ts";
import { type NamedWrite, type Subject, targetOf } from "./subject.ts";

/** A stored object, leaf by leaf: JSON texts by JSON paths. */
export type Leaves = ReadonlyMap<string, string>;

/** What a write does to a stored object: a leaf that is gone has no text. */
export type Effect = ReadonlyMap<string, string | undefined>;

/** The leaves of what the gateway has stored. */
export function storedLeaves({ server }: Bench, id: string | number): Leaves {
  const leaves = new Map<string, string>();
  collect(server.stored(id), "", leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  const isBranch = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isBranch) {
    // What is absent and what is null are both empty.
    if (value !== undefined && value !== null) leaves.set(path, JSON.stringify(value));
    return;
  }
  for (const [name, member] of Object.entries(value)) collect(member, `${path}/${name}`, leaves);
}

/** How two looks at a stored object differ, but for the members that the gateway keeps by itself. */
export function effectBetween(
  before: Leaves,
  after: Leaves,
  { keptByGateway }: Pick<AdapterFixture, "keptByGateway">,
): Effect {
  const kept = new Set(keptByGateway.map((name) => `/${name}`));
  const paths = new Set([...before.keys(), ...after.keys()]);
  const changed = [...paths].filter((path) => !kept.has(path) && before.get(path) !== after.get(path));
  return new Map(changed.sort().map((path) => [path, after.get(path)]));
}

const known = new WeakMap<Subject, Map<WriteFixture, Promise<Effect>>>();

/**
 * What the documents' own requests do to the stored object: nothing of the adapter is asked for it but how it authenticates.
 * Each pair of writes asks for it anew, and it is always the same.
 */
export function documentedEffect(subject: Subject, named: NamedWrite): Promise<Effect> {
  const effects = known.get(subject) ?? new Map<WriteFixture, Promise<Effect>>();
  const effect = effects.get(named.write) ?? replayedEffect(subject, named);
  known.set(subject, effects.set(named.write, effect));
  return effect;
}

async function replayedEffect(subject: Subject, { write, source }: NamedWrite): Promise<Effect> {
  const id = targetOf(subject, write);
  return onBench(subject.adapter, subject.fixture, async (bench) => {
    const before = storedLeaves(bench, id);
    await replay(bench, write.requests, await anyRequest(bench, id), source);
    return effectBetween(before, storedLeaves(bench, id), subject.fixture);
  });
}

/** The effect of two writes in one: what a write sets stands over what the other one resets beside its own field. */
export function together(effects: readonly Effect[], source: string): Effect {
  const joined = new Map<string, string | undefined>();
  for (const effect of effects) {
    for (const [path, text] of effect) {
      const other = joined.get(path);
      if (text === undefined && joined.has(path)) continue;
      if (other !== undefined && other !== text) {
        const problem = `two samples of the fixture write different values to ${path}: give them the same one`;
        throw new ConformanceError({ problem, expected: other, found: text, source });
      }
      joined.set(path, text);
    }
  }
  return new Map([...joined].sort(([left], [right]) => (left < right ? -1 : 1)));
}
