import { inspect, isDeepStrictEqual } from "node:util";

/** The levels of the kit, in the order in which an adapter is built. */
export const LEVELS = [
  "1. declares what it can do",
  "2. reads",
  "3. writes",
  "4. fails as documented",
  "5. keeps secrets",
  "6. can be planned",
] as const;
/** One of the levels of the kit. */
export type Level = (typeof LEVELS)[number];

/** One thing that must hold of an adapter. */
export interface ConformanceCase {
  readonly level: Level;
  /** The same for every adapter, but for the names of fields, schemes, errors and ids. */
  readonly title: string;
  /** Why it does not apply, by what the adapter declares; it is not run then. */
  readonly skipped?: string;
  /** @throws ConformanceError when it does not hold */
  run(): Promise<void>;
}

/** What was expected, and what was found instead. */
export interface Discrepancy {
  /** What is wrong, in words. */
  readonly problem: string;
  /** What the fixture or the contract says; absent where the problem says it all. */
  readonly expected?: unknown;
  /** What the adapter does instead. */
  readonly found?: unknown;
  /** Where the fixture, or the contract, says so. */
  readonly source: string;
}

/** An adapter does not do what its contract, or its vendor's fixture, says. The message is a guide to what to look at. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
  readonly discrepancy: Discrepancy;

  constructor(discrepancy: Discrepancy) {
    super(describe(discrepancy));
    this.discrepancy = discrepancy;
  }
}

function describe(discrepancy: Discrepancy): string {
  const part = (title: string, name: "expected" | "found") =>
    Object.hasOwn(discrepancy, name) ? [`${title}: ${print(discrepancy[name])}`] : [];
  return [
    discrepancy.problem,
    ...part("  expected", "expected"),
    ...part("  found   ", "found"),
    `  said by : ${discrepancy.source}`,
  ].join("\n");
}

const print = (value: unknown) =>
  typeof value === "string" ? value : inspect(value, { depth: 8, breakLength: 120, maxStringLength: 300 });

/** Fails unless something holds. */
export function requireThat(holds: boolean, discrepancy: Discrepancy): asserts holds {
  if (!holds) throw new ConformanceError(discrepancy);
}

/** Fails unless two values are deeply equal: a member that is `undefined` is not one that is absent. */
export function requireEqual(found: unknown, expected: unknown, problem: string, source: string): void {
  if (!isDeepStrictEqual(found, expected)) throw new ConformanceError({ problem, expected, found, source });
}
