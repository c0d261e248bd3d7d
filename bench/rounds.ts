/** Figures of things that took turns: whatever slows the machine down for a while strikes all of them. */
export interface Rounds<Name extends string> {
  /** The median of one of them. */
  median(name: Name): number;
  /** The median of the first over that of the second. */
  ratio(name: Name, base: Name): number;
  /** The lowest and the highest of this ratio in five parts of the run: differences within it mean nothing. */
  spread(name: Name, base: Name): string;
}

const PARTS = 5;

/** Lets everything have its turn in every round, each time in another order: whoever comes after a costly one may pay for it. */
export async function takeTurns<Name extends string>(
  rounds: number,
  things: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Rounds<Name>> {
  const order = Object.keys(things).filter((name): name is Name => name in things);
  const figures = new Map(order.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    const first = round % order.length;
    for (const name of [...order.slice(first), ...order.slice(0, first)]) figures.get(name)?.push(await things[name]());
  }
  const of = (name: Name, from = 0, to = rounds) => medianOf((figures.get(name) ?? []).slice(from, to));
  return {
    median: (name) => of(name),
    ratio: (name, base) => of(name) / of(base),
    spread(name, base) {
      const size = Math.ceil(rounds / PARTS);
      const starts = Array.from({ length: Math.ceil(rounds / size) }, (_, part) => part * size);
      const ratios = starts.map((start) => of(name, start, start + size) / of(base, start, start + size));
      return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    },
  };
}

/** The middle one. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Microseconds of processor time of this process for one of so many, each of which is awaited. */
export async function processorTime(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
