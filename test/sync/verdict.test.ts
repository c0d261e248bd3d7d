import { type Field, type ProviderId, type ProviderState, secret } from "../../src/index.ts";
import { type CheckedBinding, Fingerprints } from "../../src/sync/index.ts";
import type { Happening, JournalEvent } from "../../src/sync/journal/event.ts";
import { type FieldRecord, JournalState } from "../../src/sync/journal/state.ts";
import { objectOf } from "../../src/sync/plan/object.ts";
import { judgeRow } from "../../src/sync/plan/row.ts";
import { settleOpenIntents } from "../../src/sync/plan/settle.ts";
import { judgeField } from "../../src/sync/plan/verdict.ts";
import fc from "../support/property.ts";
import { runs } from "../support/runs.ts";
import { checked } from "../support/sync.ts";

const credential = { scheme: "api_key", apiKey: "env:KEY" };
const T0 = "2026-11-22T08:00:00.000Z";
const T1 = "2026-11-22T09:00:00.000Z";
const SAME = "keyed:k1:same";
const OTHER = "keyed:k1:other";

describe("the verdict on a key", () => {
  type Shown = { readonly hint?: string; readonly updatedAt?: string | null };
  type Row = readonly [
    title: string,
    record: FieldRecord | undefined,
    shown: Shown,
    expected: readonly string[],
    withoutFingerprint: readonly string[],
  ];
  const unverifiable = ["unverifiable"];

  // What is desired has the fingerprint SAME, and then none.
  it.each<Row>([
    ["that was never written", undefined, { hint: "a", updatedAt: T0 }, unverifiable, unverifiable],
    [
      "with hint and time as they were",
      { fingerprint: SAME, hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: T0 },
      ["in-sync", "fingerprint", "hint"],
      unverifiable,
    ],
    [
      "with the hint as it was and another time",
      { fingerprint: SAME, hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: T1 },
      ["in-sync", "fingerprint", "hint"],
      unverifiable,
    ],
    [
      "with another hint",
      { fingerprint: SAME, hint: "a", updatedAt: T0 },
      { hint: "b", updatedAt: T1 },
      ["drift", "hint"],
      ["drift", "hint"],
    ],
    [
      "with another hint and the same time",
      { fingerprint: SAME, hint: "a", updatedAt: T0 },
      { hint: "b", updatedAt: T0 },
      ["drift", "hint"],
      ["drift", "hint"],
    ],
    [
      "without a hint, with the time as it was",
      { fingerprint: SAME, updatedAt: T0 },
      { updatedAt: T0 },
      ["in-sync", "fingerprint", "updatedAt"],
      unverifiable,
    ],
    [
      "without a hint, with another time",
      { fingerprint: SAME, updatedAt: T0 },
      { updatedAt: T1 },
      ["suspected", "updatedAt"],
      ["suspected", "updatedAt"],
    ],
    [
      "whose hint is shown only now, with another time",
      { fingerprint: SAME, updatedAt: T0 },
      { hint: "a", updatedAt: T1 },
      ["suspected", "updatedAt"],
      ["suspected", "updatedAt"],
    ],
    [
      "whose hint is not shown any more, with the same time",
      { fingerprint: SAME, hint: "a", updatedAt: T0 },
      { updatedAt: T0 },
      ["in-sync", "fingerprint", "updatedAt"],
      unverifiable,
    ],
    ["with no time", { fingerprint: SAME }, {}, ["unverifiable", "fingerprint"], unverifiable],
    [
      "with a time that was not shown before",
      { fingerprint: SAME },
      { updatedAt: T0 },
      ["unverifiable", "fingerprint"],
      unverifiable,
    ],
    [
      "with a time that is shown as empty now",
      { fingerprint: SAME, updatedAt: T0 },
      { updatedAt: null },
      ["unverifiable", "fingerprint"],
      unverifiable,
    ],
    [
      "that is another one than was written",
      { fingerprint: OTHER, hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: T0 },
      ["changed", "fingerprint"],
      unverifiable,
    ],
    [
      "that is another one, over drift",
      { fingerprint: OTHER, hint: "a" },
      { hint: "b" },
      ["changed", "fingerprint", "hint"],
      ["drift", "hint"],
    ],
    [
      "that is another one, over a suspicion",
      { fingerprint: OTHER, updatedAt: T0 },
      { updatedAt: T1 },
      ["changed", "fingerprint"],
      ["suspected", "updatedAt"],
    ],
    [
      "that was written under another key for fingerprints",
      { fingerprint: "keyed:k2:same", hint: "a" },
      { hint: "a" },
      unverifiable,
      unverifiable,
    ],
    [
      "that was written under another key for fingerprints, over drift",
      { fingerprint: "keyed:k2:same", hint: "a" },
      { hint: "b" },
      ["drift", "hint"],
      ["drift", "hint"],
    ],
    [
      "that was written without a fingerprint",
      { hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: T0 },
      unverifiable,
      unverifiable,
    ],
    [
      "of which nobody knows what became",
      { undecided: true },
      { hint: "a", updatedAt: T0 },
      ["changed", "outcome unknown"],
      ["changed", "outcome unknown"],
    ],
  ])("%s", (_title, record, { hint, updatedAt }, expected, withoutFingerprint) => {
    const state: ProviderState<string> = {
      id: "x",
      name: "Name",
      credential: { kind: "inline", ...(hint === undefined ? {} : { hint }) },
      ...(updatedAt === undefined ? {} : { updatedAt }),
    };
    const judge = (fingerprint: string | undefined) => {
      const known = { fingerprint, fingerprintOf: () => undefined, record, isSecret: true };
      const { verdict, evidence } = judgeField("credential", credential, state, known);
      return [verdict, ...evidence];
    };
    expect(judge(SAME)).toEqual(expected);
    expect(judge(undefined)).toEqual(withoutFingerprint);
  });

  it("where the gateway holds none is that another one is desired", () => {
    const state: ProviderState<string> = { id: "x", name: "Name", credential: { kind: "none" } };
    const known = { fingerprint: SAME, fingerprintOf: () => undefined, record: undefined };
    const judged = judgeField("credential", credential, state, { ...known, isSecret: true });
    expect(judged).toMatchObject({ verdict: "changed", evidence: ["read"], before: "none" });
    const role = { scheme: "aws_role", roleArn: "arn:aws:iam::1:role/x" };
    expect(judgeField("credential", role, state, { ...known, isSecret: true }).verdict).toBe("unverifiable");
  });
});

describe("the verdict on a value that the gateway shows", () => {
  const state: ProviderState<string> = { id: "x", name: "As shown", credential: { kind: "inline" } };
  const judge = (desired: string, record?: FieldRecord) => {
    const known = { fingerprint: `plain:${desired}`, fingerprintOf: (shown: unknown) => `plain:${shown}`, record };
    const { verdict, evidence } = judgeField("name", desired, state, { ...known, isSecret: false });
    return [verdict, ...evidence];
  };
  const taken = (fingerprint: string, shown: string): FieldRecord => {
    return { fingerprint: `plain:${fingerprint}`, shown: `plain:${shown}` };
  };

  it.each<[string, string, FieldRecord | undefined, readonly string[]]>([
    ["as desired", "As shown", undefined, ["in-sync", "read"]],
    ["as desired, whatever was known", "As shown", { undecided: true }, ["in-sync", "read"]],
    ["otherwise", "Desired", undefined, ["changed", "read"]],
    ["otherwise, written before and shown then", "Desired", { fingerprint: "plain:Desired" }, ["changed", "read"]],
    ["otherwise, as it was when it was taken", "Desired", taken("Desired", "As shown"), ["unreadable", "fingerprint"]],
    ["otherwise than when it was taken", "Desired", taken("Desired", "Another"), ["changed", "read"]],
    ["as when another one was taken", "Desired", taken("Another", "As shown"), ["changed", "read"]],
  ])("%s", (_title, desired, record, expected) => expect(judge(desired, record)).toEqual(expected));
});

describe("a verdict is never better than its evidence", () => {
  const [first] = checked(`version: 1
gateways: { one: { adapter: respan, extraKwargs: merge, token: env:T } }
providers: { p: { credential: { scheme: api_key, apiKey: env:KEY }, gateways: { one: { id: 1 } } } }
`).bindings;
  if (first === undefined) throw new Error("the config has no binding");
  const bound: CheckedBinding = first;
  const { capabilities } = bound.adapter.open({ token: secret("t"), extraKwargs: "merge" });
  const fingerprints = new Fingerprints(secret("a-random-text-that-nobody-guesses"));
  // Keys of few values, and hints of fewer: what may collide does.
  const keys = ["k0", "k1", "k2", "k3"] as const;
  const hintOf = (apiKey: string) => (apiKey === "k0" || apiKey === "k1" ? "even" : apiKey);

  type Options = Parameters<typeof judgeRow>[4];
  const plain: Options = { writeUnverified: false, strict: false };
  /** `lost`: it took effect without an answer. `never`: it took none, and that is not known. `partial`: only the key did. */
  type Ending = "done" | "failed" | "lost" | "never" | "partial";

  /** A gateway that shows its name, perhaps a hint and a time, and no base URL; and one who keeps it in line. */
  class World {
    readonly stored = { name: "Old", baseUrl: "https://old.test", key: "k3", updatedAt: T0 };
    readonly desired = { name: "New", baseUrl: "https://a.test", key: "k0" };
    readonly events: JournalEvent[] = [];
    #seconds = 0;

    constructor(readonly shows: { readonly hint: boolean; readonly time: boolean }) {}

    binding(): CheckedBinding {
      const { name, baseUrl } = this.desired;
      return { ...bound, fields: { ...bound.fields, name, baseUrl } };
    }

    state(): ProviderState<ProviderId> {
      const { name, key, updatedAt } = this.stored;
      const hint = this.shows.hint ? { hint: hintOf(key) } : {};
      return { id: 1, name, credential: { kind: "unknown", ...hint }, ...(this.shows.time ? { updatedAt } : {}) };
    }

    /** Time goes on with everything that happens. */
    tick(): string {
      this.#seconds += 1;
      return new Date(Date.parse(T0) + 1000 * this.#seconds).toISOString();
    }

    note(happening: Happening): number {
      const seq = this.events.length + 1;
      this.events.push({ ...happening, seq, at: this.tick(), run: "r" });
      return seq;
    }

    change(changes: Partial<Omit<World["stored"], "updatedAt">>): void {
      Object.assign(this.stored, changes, { updatedAt: this.tick() });
    }

    look(options: Options, isOver = true) {
      const binding = this.binding();
      const reading = { state: this.state() };
      const journal = new JournalState(this.events);
      const settled = settleOpenIntents([binding], new Map([[binding, reading]]), journal, fingerprints, () => isOver);
      const knowledge = { journal, fingerprints, secretOf: () => secret(this.desired.key) };
      return { binding, settled, row: judgeRow(binding, reading.state, capabilities, knowledge, options) };
    }

    write(options: Options, ending: Ending): void {
      const { binding, settled, row } = this.look(options);
      for (const { happening } of settled) this.note(happening);
      if (row.writes.length === 0) return;
      const fields = [...row.writes];
      const object = objectOf(binding);
      const { fingerprints: of, seen: before } = row;
      const intent = this.note({
        type: "intent",
        object,
        provider: "p",
        fields,
        fingerprints: of,
        before,
        timeoutMs: 1,
      });
      const partly: Field[] = ending === "partial" && fields.includes("credential") ? ["credential"] : [];
      const effective = ending === "done" || ending === "lost" ? fields : partly;
      if (effective.length > 0) this.change(this.wanted(effective));
      if (ending === "done") {
        const { credential: shown, updatedAt } = this.state();
        const { hint } = shown;
        const after = { ...(hint === undefined ? {} : { hint }), ...(updatedAt ? { updatedAt } : {}) };
        this.note({ type: "outcome", intent, status: "done", applied: fields, after });
        return;
      }
      const status = ending === "failed" ? "failed" : "unknown";
      this.note({ type: "outcome", intent, status, applied: partly });
    }

    wanted(fields: readonly Field[]): Partial<World["stored"]> {
      const { name, baseUrl, key } = this.desired;
      return {
        ...(fields.includes("name") ? { name } : {}),
        ...(fields.includes("baseUrl") ? { baseUrl } : {}),
        ...(fields.includes("credential") ? { key } : {}),
      };
    }
  }

  type Step =
    | { readonly by: "stranger" | "config"; readonly changes: Partial<World["desired"]> }
    | { readonly by: "us"; readonly options: Options; readonly ending: Ending };

  const changes = fc.oneof(
    fc.record({ key: fc.constantFrom(...keys) }),
    fc.record({ name: fc.constantFrom("Old", "New", "Other") }),
    fc.record({ baseUrl: fc.constantFrom("https://old.test", "https://a.test") }),
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ by: fc.constantFrom("stranger" as const, "config" as const), changes }),
    fc.record({
      by: fc.constant("us" as const),
      options: fc.record({ writeUnverified: fc.boolean(), strict: fc.boolean() }),
      ending: fc.constantFrom<Ending[]>("done", "failed", "lost", "never", "partial"),
    }),
  );

  function take(world: World, given: Step): void {
    if (given.by === "us") world.write(given.options, given.ending);
    else if (given.by === "stranger") world.change(given.changes);
    else Object.assign(world.desired, given.changes);
  }

  function expectHonest({ stored, desired }: World, fields: ReturnType<World["look"]>["row"]["fields"]): void {
    for (const { field, verdict, evidence } of fields) {
      if (verdict !== "in-sync") continue;
      if (field === "name") expect([evidence, stored.name]).toEqual([["read"], desired.name]);
      if (field === "baseUrl")
        expect([evidence, stored.baseUrl]).toEqual([["fingerprint", "updatedAt"], desired.baseUrl]);
      if (field !== "credential") continue;
      // A hint can be the same for two keys; a time is the same only where nobody wrote.
      if (evidence.includes("hint")) expect(hintOf(stored.key)).toBe(hintOf(desired.key));
      else expect([evidence, stored.key]).toEqual([["fingerprint", "updatedAt"], desired.key]);
    }
  }

  it.each([
    { hint: true, time: true },
    { hint: true, time: false },
    { hint: false, time: true },
    { hint: false, time: false },
  ])("whoever writes what, and whatever becomes of it, where the gateway shows %p", (shows) => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 12 }), (isWritten, steps) => {
        const world = new World(shows);
        if (isWritten) world.write({ writeUnverified: true, strict: true }, "done");
        for (const each of steps) {
          take(world, each);
          // A plan settles for itself alone: what it believes now, it may not believe of the same journal later.
          for (const isOver of [false, true]) expectHonest(world, world.look(plain, isOver).row.fields);
        }
        // Whatever happened, one apply that goes through puts everything right, and the next finds nothing to do.
        world.write({ writeUnverified: true, strict: true }, "done");
        const { row } = world.look({ writeUnverified: false, strict: true });
        expect(row.writes).toEqual([]);
        if (shows.time) expect(row.status).toBe("in-sync");
        expect(hintOf(world.stored.key)).toBe(hintOf(world.desired.key));
        if (!shows.hint) expect(world.stored).toMatchObject(world.desired);
      }),
      runs(80),
    );
  });
});
