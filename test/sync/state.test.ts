import type { Field } from "../../src/index.ts";
import type { Evidence, FieldFingerprints, Happening, JournalEvent, ObjectKey } from "../../src/sync/journal/event.ts";
import { JournalState } from "../../src/sync/journal/state.ts";
import fc from "../support/property.ts";

const object: ObjectKey = { gateway: "one", adapter: "acme", baseUrl: null, id: "x" };
const T0 = "2026-11-22T07:00:00.000Z";
/** The time so many seconds after the first event. */
const second = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 8, 0, seconds)).toISOString();

const eventsOf = (happenings: readonly Happening[]): JournalEvent[] =>
  happenings.map((happening, index) => ({ ...happening, seq: index + 1, at: second(index), run: "r" }));

const intent = (fields: Field[], fingerprints: FieldFingerprints, before: Evidence = {}, of = object): Happening => {
  return { type: "intent", object: of, provider: "p", fields, fingerprints, before, timeoutMs: 30_000 };
};
const done = (of: number, applied: Field[], after: Evidence, unechoed: FieldFingerprints = {}): Happening => {
  return { type: "outcome", intent: of, status: "done", applied, after, unechoed };
};
const ended = (of: number, status: "failed" | "unknown", applied: Field[] = []): Happening => {
  return { type: "outcome", intent: of, status, applied };
};
const settled = (of: number, applied: Field[], undecided: Field[], after: Evidence): Happening => {
  return { type: "settled", intent: of, applied, undecided, after };
};
const recordOf = (happenings: readonly Happening[]) => new JournalState(eventsOf(happenings)).record(object);

describe("a field that was written", () => {
  it("is known by the fingerprint of what was written and by what the gateway showed right after", () => {
    const after = { hint: "a", updatedAt: second(1), slug: "openai" };
    const happenings = [
      intent(["name", "credential"], { name: "n", credential: "c" }),
      done(1, ["name", "credential"], after),
    ];
    expect(recordOf(happenings)).toEqual({
      slug: "openai",
      fields: {
        name: { fingerprint: "n", updatedAt: second(1) },
        credential: { fingerprint: "c", hint: "a", updatedAt: second(1) },
      },
      open: [],
    });
  });

  it("is known without a fingerprint where there was no key for one, and by nothing where nothing is shown", () => {
    expect(recordOf([intent(["credential"], {}), done(1, ["credential"], {})])?.fields).toEqual({ credential: {} });
  });

  it("is known with what was shown instead of it", () => {
    const happenings: Happening[] = [
      intent(["native"], { native: "wanted" }),
      done(1, ["native"], {}, { native: "shown" }),
    ];
    expect(recordOf(happenings)?.fields.native).toEqual({ fingerprint: "wanted", shown: "shown" });
  });

  it("is known as it was before when the write failed", () => {
    const happenings = [
      intent(["credential"], { credential: "c1" }),
      done(1, ["credential"], { hint: "a", updatedAt: second(1) }),
      intent(["credential"], { credential: "c2" }),
      ended(3, "failed"),
    ];
    expect(recordOf(happenings)).toEqual({
      fields: { credential: { fingerprint: "c1", hint: "a", updatedAt: second(1) } },
      open: [],
    });
  });

  it("is known by the last write of it", () => {
    const happenings = [
      intent(["credential"], { credential: "c1" }),
      done(1, ["credential"], { hint: "a", updatedAt: second(1) }),
      intent(["credential"], { credential: "c2" }, { hint: "a", updatedAt: second(1) }),
      done(3, ["credential"], { updatedAt: second(3) }),
    ];
    expect(recordOf(happenings)?.fields).toEqual({ credential: { fingerprint: "c2", updatedAt: second(3) } });
  });
});

describe("a field that was not written", () => {
  const key = [
    intent(["credential"], { credential: "c" }),
    done(1, ["credential"], { hint: "a", updatedAt: second(1) }),
  ];
  const timeOfKey = (happenings: readonly Happening[]) =>
    recordOf([...key, ...happenings])?.fields.credential?.updatedAt;

  it("keeps its evidence when our own write of another moves the time", () => {
    expect(
      timeOfKey([intent(["name"], {}, { updatedAt: second(1) }), done(3, ["name"], { updatedAt: second(3) })]),
    ).toBe(second(3));
  });

  it.each<[string, Evidence, Evidence]>([
    ["somebody else had moved it before", { updatedAt: T0 }, { updatedAt: second(3) }],
    ["the time before was not shown", {}, { updatedAt: second(3) }],
    ["the time after was not shown", { updatedAt: second(1) }, {}],
  ])("keeps the time it had when %s", (_title, before, after) => {
    expect(timeOfKey([intent(["name"], {}, before), done(3, ["name"], after)])).toBe(second(1));
  });

  it("gets no time where it had none", () => {
    const timeless = [intent(["credential"], { credential: "c" }), done(1, ["credential"], { hint: "a" })];
    const another = [intent(["name"], {}), done(3, ["name"], { updatedAt: second(3) })];
    expect(recordOf([...timeless, ...another])?.fields.credential).toEqual({ fingerprint: "c", hint: "a" });
  });

  it("keeps its evidence when a write of another turns out to have taken effect, but not when somebody wrote later", () => {
    const lost = [intent(["name"], {}, { updatedAt: second(1) }), ended(3, "unknown")];
    const found = (updatedAt: string) => [...lost, settled(3, ["name"], [], { updatedAt })];
    expect(timeOfKey(found(second(3)))).toBe(second(3));
    expect(timeOfKey(found(second(4)))).toBe(second(1));
    expect(timeOfKey([...lost, settled(3, [], [], { updatedAt: second(3) })])).toBe(second(1));
  });
});

describe("a write without an outcome", () => {
  const lost = intent(["name", "credential"], { name: "n", credential: "c" });

  it("is open, and tells nothing of its fields", () => {
    const events = eventsOf([lost]);
    expect(new JournalState(events).record(object)).toEqual({
      fields: {},
      open: [{ intent: events[0], applied: [] }],
    });
  });

  it("is open with what certainly took effect, and with the time when its call ended", () => {
    const events = eventsOf([lost, ended(1, "unknown", ["credential"])]);
    expect(new JournalState(events).record(object)).toEqual({
      fields: {},
      open: [{ intent: events[0], applied: ["credential"], endedAt: second(1) }],
    });
  });

  it("is closed by a look, field by field", () => {
    const after = { hint: "b", updatedAt: second(1) };
    expect(recordOf([lost, settled(1, ["name"], ["credential"], after)])).toEqual({
      fields: { name: { fingerprint: "n", updatedAt: second(1) }, credential: { undecided: true } },
      open: [],
    });
    expect(recordOf([lost, settled(1, [], [], after)])).toEqual({ fields: {}, open: [] });
  });

  it("leaves a field undecided until it is written or adopted", () => {
    const undecided = [lost, settled(1, [], ["credential"], {})];
    expect(recordOf(undecided)?.fields.credential).toEqual({ undecided: true });
    const rewritten = [
      ...undecided,
      intent(["credential"], { credential: "c" }),
      done(3, ["credential"], { hint: "b" }),
    ];
    expect(recordOf(rewritten)?.fields.credential).toEqual({ fingerprint: "c", hint: "b" });
  });
});

describe("an object", () => {
  const adopted: Happening = {
    type: "adopted",
    object,
    provider: "p",
    fields: ["credential"],
    fingerprints: { credential: "c" },
    after: { hint: "a", updatedAt: T0, slug: "openai" },
  };

  it("that was adopted is known as if it had been written", () => {
    expect(recordOf([adopted])).toEqual({
      slug: "openai",
      fields: { credential: { fingerprint: "c", hint: "a", updatedAt: T0 } },
      open: [],
    });
  });

  it("that was only seen is known by its readable id, and that is no evidence", () => {
    const state = new JournalState(eventsOf([{ type: "observed", object, slug: "openai" }]));
    expect(state.record(object)).toEqual({ slug: "openai", fields: {}, open: [] });
    expect(state.hasEvidence).toBe(false);
    expect(new JournalState(eventsOf([adopted])).hasEvidence).toBe(true);
  });

  it.each<[string, Partial<ObjectKey>]>([
    ["gateway", { gateway: "two" }],
    ["adapter", { adapter: "other" }],
    ["address", { baseUrl: "https://other.test/" }],
    ["id", { id: "y" }],
  ])("of another %s is another one", (_title, different) => {
    const state = new JournalState(eventsOf([adopted]));
    expect(state.record({ ...object, ...different })).toBeUndefined();
  });

  it("with the number 1 for its id is not the one with the text", () => {
    const state = new JournalState(eventsOf([{ type: "observed", object: { ...object, id: 1 }, slug: "one" }]));
    expect(state.record({ ...object, id: "1" })).toBeUndefined();
  });

  it("is not touched by an outcome of an intent that is not there", () => {
    expect(recordOf([done(7, ["name"], {}), settled(7, ["name"], [], {})])).toBeUndefined();
  });
});

it("what is known of an object depends on its own events alone, however those of others come between", () => {
  interface Write {
    readonly id: string;
    readonly fields: Field[];
    readonly before: Evidence;
    readonly after: Evidence;
    readonly ending: "done" | "failed" | "unknown" | "settled" | "none";
  }
  const ids = ["x", "y", "z"];
  const evidence: fc.Arbitrary<Evidence> = fc.record(
    { hint: fc.constantFrom("a", "b"), updatedAt: fc.nat({ max: 9 }).map(second) },
    { requiredKeys: [] },
  );
  const write: fc.Arbitrary<Write> = fc.record({
    id: fc.constantFrom(...ids),
    fields: fc.subarray<Field>(["name", "baseUrl", "credential"], { minLength: 1 }),
    before: evidence,
    after: evidence,
    ending: fc.constantFrom<Write["ending"][]>("done", "failed", "unknown", "settled", "none"),
  });
  const happeningsOf = ({ id, fields, before, after, ending }: Write, seq: number): Happening[] => {
    const fingerprints = Object.fromEntries(fields.map((field) => [field, `${field} ${seq}`]));
    const begun = intent(fields, fingerprints, before, { ...object, id });
    if (ending === "none") return [begun];
    if (ending === "done") return [begun, done(seq, fields, after)];
    if (ending !== "settled") return [begun, ended(seq, ending)];
    return [begun, ended(seq, "unknown"), settled(seq, fields.slice(0, 1), fields.slice(1), after)];
  };
  fc.assert(
    fc.property(fc.array(write, { maxLength: 10 }), (writes) => {
      const events: { readonly id: string; readonly event: JournalEvent }[] = [];
      for (const each of writes) {
        for (const happening of happeningsOf(each, events.length + 1)) {
          const seq = events.length + 1;
          events.push({ id: each.id, event: { ...happening, seq, at: second(seq), run: "r" } });
        }
      }
      const of = (id: string) => events.filter((each) => each.id === id).map(({ event }) => event);
      const whole = new JournalState(events.map(({ event }) => event));
      const sorted = new JournalState(ids.flatMap(of));
      for (const id of ids) {
        const alone = new JournalState(of(id)).record({ ...object, id });
        expect(whole.record({ ...object, id })).toEqual(alone);
        expect(sorted.record({ ...object, id })).toEqual(alone);
      }
    }),
  );
});
