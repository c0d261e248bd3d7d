import {
  ConfigError,
  type Happening,
  type RotationInput,
  type RotationResult,
  resumeRotation,
} from "../../src/sync/index.ts";
import type { Fault } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { runtimeLater } from "../support/process.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";
import { testRuntime } from "../support/sync.ts";
import { asLibraryCall, GATEWAYS, NAMES, NEW, OLD, type RotationScene, useRotation, watchedJournal } from "./scene.ts";

allowLoopback();
const open = useRotation();
const HOUR_MS = 3_600_000;
/** More than the longest rotation has: what is due later never comes. */
const MOMENTS = 34;

const kinds: readonly Fault[] = [
  { kind: "status", status: 400, body: { error: "no" } },
  { kind: "status", status: 503 },
  { kind: "reset" },
  { kind: "lost-reply" },
  { kind: "truncated" },
];

/** A fault of a gateway's reads or writes, from a moment of the journal on. */
const trouble = fc.record({
  name: fc.constantFrom(...NAMES),
  fault: fc.constantFrom(...kinds),
  strikes: fc.constantFrom("reads", "writes"),
  times: fc.integer({ min: 1, max: 4 }),
  at: fc.nat(MOMENTS),
});

const checks: Readonly<Record<string, Partial<RotationInput>>> = {
  none: {},
  yes: { verify: async () => true },
  no: { verify: async (_target, key) => key.reveal() === OLD },
};

const rotation = fc.record({
  troubles: fc.array(trouble, { maxLength: 4 }),
  onFailure: fc.constantFrom("restore" as const, "keep" as const),
  check: fc.constantFrom(...Object.keys(checks)),
  crashAt: fc.option(fc.nat(MOMENTS)),
});

type Example = typeof rotation extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs the rotation, into its crash if there is one; undefined where it was refused or crashed. */
async function rotated(scene: RotationScene, example: Example): Promise<RotationResult | undefined> {
  const { troubles, onFailure, check, crashAt } = example;
  let moment = -1;
  const inject = () => {
    for (const { name, fault, strikes, times } of troubles.filter(({ at }) => at === moment)) {
      const method = strikes === "reads" ? "GET" : GATEWAYS[name].write;
      scene.sandbox.inject(name, { ...fault, method, times });
    }
  };
  const watch = (_when: string, _line: Happening) => {
    moment += 1;
    inject();
    if (moment === crashAt) throw new Error("crashed");
  };
  return asLibraryCall(scene, (journal) => ({
    ...checks[check],
    onFailure,
    journal: watchedJournal(journal, watch),
  })).catch((error: unknown) => {
    if (error instanceof ConfigError || (error instanceof Error && error.message === "crashed")) return undefined;
    throw error;
  });
}

/** Goes on until the gateways are well again; undefined where there is nothing to go on with. */
async function finished(scene: RotationScene, { onFailure, check }: Example): Promise<RotationResult | undefined> {
  for (let tries = 1; tries <= 10; tries++) {
    const runtime = testRuntime(runtimeLater(tries * HOUR_MS));
    const given = { ...checks[check], onFailure, runtime };
    const result = await asLibraryCall(scene, () => given, {}, resumeRotation).catch((error: unknown) => {
      if (error instanceof ConfigError && error.message.includes("tells of no rotation")) return undefined;
      if (error instanceof ConfigError) return error;
      throw error;
    });
    if (!(result instanceof ConfigError)) return result;
  }
  throw new Error("the gateways never got well");
}

/** What an ending says of the objects, where it is not what they hold. */
function disagreements(ending: object, stored: readonly unknown[]): readonly string[] {
  const { status, holds, rows } = ending as Partial<RotationResult> & { readonly holds?: readonly string[] };
  const keys: Readonly<Record<string, unknown>> = { new: NEW, old: OLD, "all-new": NEW, "all-old": OLD };
  const said = holds ?? rows?.map((row) => row.holds) ?? [];
  const wrong = said.flatMap((which, index) => {
    return which === "unknown" || keys[which] === stored[index]
      ? []
      : [`${NAMES[index]} does not hold the ${which} key`];
  });
  const isMixed = status !== "needs-operator" && stored.some((key) => key !== keys[status ?? ""]);
  return [
    ...(said.length === NAMES.length ? wrong : ["does not name each object"]),
    ...(isMixed ? ["a silent mix"] : []),
  ];
}

it("a rotation ends as what its objects hold, whatever fails and wherever it crashes", async () => {
  const statuses = new Set<string | undefined>();
  await fc.assert(
    fc.asyncProperty(rotation, async (example) => {
      const scene = await open();
      const first = await rotated(scene, example);
      statuses.add(first?.status);
      if (first !== undefined) expect(disagreements(first, scene.stored())).toEqual([]);
      const last = await finished(scene, example);
      statuses.add(last?.status);
      // It may have ended, and crashed before it could tell.
      const inJournal = scene.events().findLast(({ type }) => type === "rotated");
      if (inJournal !== undefined) expect(disagreements(inJournal, scene.stored())).toEqual([]);
      else expect(scene.stored()).toEqual([OLD, OLD, OLD]);
    }),
    runs(25),
  );
  expect([...statuses].sort()).toEqual(["all-new", "all-old", "needs-operator", undefined]);
});
