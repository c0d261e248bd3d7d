import { type Field, type ProviderId, type ProviderState, secret } from "../../src/index.ts";
import { Fingerprints } from "../../src/sync/index.ts";
import type { Evidence, Happening, JournalEvent } from "../../src/sync/journal/event.ts";
import { JournalState, type OpenIntent } from "../../src/sync/journal/state.ts";
import { desiredFingerprint, objectOf } from "../../src/sync/plan/object.ts";
import { settleOpenIntents, settlesAt, settleTimes } from "../../src/sync/plan/settle.ts";
import { checked } from "../support/sync.ts";

const START = Date.UTC(2026, 10, 22, 8);
/** The time so many seconds after the first event. */
const second = (seconds: number) => new Date(START + 1000 * seconds).toISOString();
const fingerprints = new Fingerprints(secret("a-random-text-that-nobody-guesses"));
const secretOf = () => secret("sk-the-desired-key-0001");

const bindingWith = (fields: string) => {
  const [binding] = checked(`version: 1
gateways: { one: { adapter: ngrok, token: env:T } }
providers: { p: { gateways: { one: { id: x, ${fields} } } } }
`).bindings;
  if (binding === undefined) throw new Error("the config has no binding");
  return binding;
};
const binding = bindingWith("name: New, description: New too, credential: { scheme: api_key, apiKey: env:KEY }");
const object = objectOf(binding);
const fingerprintsOf = (fields: readonly Field[]) => {
  return Object.fromEntries(
    fields.map((field) => [field, desiredFingerprint(binding, field, fingerprints, secretOf) ?? ""]),
  );
};

const eventsOf = (happenings: readonly Happening[]): JournalEvent[] =>
  happenings.map((happening, index) => ({ ...happening, seq: index + 1, at: second(index), run: "r" }));

/** An intent at second 0, and its end without an answer at second 1. */
const intentOf = (fields: Field[], before: Evidence): Extract<Happening, { type: "intent" }> => {
  return {
    type: "intent",
    object,
    provider: "p",
    fields,
    fingerprints: fingerprintsOf(fields),
    before,
    timeoutMs: 30_000,
  };
};
const unknown = (applied: Field[] = [], intent = 1): Happening => ({
  type: "outcome",
  intent,
  status: "unknown",
  applied,
});

function settle(journal: JournalState, state: Partial<ProviderState<ProviderId>>, isOver = true) {
  const shown: ProviderState<ProviderId> = { id: "x", name: "Old", credential: { kind: "inline" }, ...state };
  const readings = new Map([[binding, { state: shown }]]);
  return settleOpenIntents([binding], readings, journal, fingerprints, () => isOver);
}

const hinted = (hint: string | undefined) => ({ kind: "inline" as const, ...(hint === undefined ? {} : { hint }) });

describe("a field that the gateway shows", () => {
  it.each<[string, string, readonly Field[]]>([
    ["was written when it is as desired", "New", ["name"]],
    ["was not written when it is not", "Old", []],
    ["was not written when it is another one still", "By a stranger", []],
  ])("%s", (_title, name, applied) => {
    const journal = new JournalState(eventsOf([intentOf(["name"], {}), unknown()]));
    expect(settle(journal, { name })).toEqual([
      {
        provider: "p",
        gateway: "one",
        id: "x",
        happening: { type: "settled", intent: 1, applied, undecided: [], after: {} },
      },
    ]);
    expect(journal.record(object)?.open).toEqual([]);
  });
});

describe("a key alone", () => {
  type Row = readonly [
    title: string,
    before: Evidence,
    after: Evidence,
    decision: "applied" | "not-applied" | "undecided",
  ];
  const T0 = second(-100);

  it.each<Row>([
    ["is not told when the hint moved and no time is shown", { hint: "a" }, { hint: "b" }, "undecided"],
    [
      "was written when hint and time moved",
      { hint: "a", updatedAt: T0 },
      { hint: "b", updatedAt: second(1) },
      "applied",
    ],
    [
      "is not told when the hint moved and the time is too late for us",
      { hint: "a", updatedAt: T0 },
      { hint: "b", updatedAt: second(2) },
      "undecided",
    ],
    [
      "was not written when hint and time stand",
      { hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: T0 },
      "not-applied",
    ],
    ["was not written when the time stands and no hint is shown", { updatedAt: T0 }, { updatedAt: T0 }, "not-applied"],
    [
      "is not told when the hint stands and the time moved",
      { hint: "a", updatedAt: T0 },
      { hint: "a", updatedAt: second(1) },
      "undecided",
    ],
    [
      "was written when the time moved while we wrote and no hint is shown",
      { updatedAt: T0 },
      { updatedAt: second(1) },
      "applied",
    ],
    [
      "is not told when the time moved after we wrote",
      { updatedAt: T0 },
      { updatedAt: new Date(START + 1001).toISOString() },
      "undecided",
    ],
    ["is not told when nothing is shown", {}, {}, "undecided"],
    ["is not told when no time was shown before", {}, { updatedAt: second(1) }, "undecided"],
    ["is not told when no time is shown any more", { updatedAt: T0 }, {}, "undecided"],
    ["is not told when a hint is shown now and was not before", {}, { hint: "a" }, "undecided"],
  ])("%s", (_title, before, { hint, updatedAt }, decision) => {
    const journal = new JournalState(eventsOf([intentOf(["credential"], before), unknown()]));
    const state = { credential: hinted(hint), ...(updatedAt === undefined ? {} : { updatedAt }) };
    const [settlement] = settle(journal, state);
    expect(settlement?.happening).toMatchObject({
      applied: decision === "applied" ? ["credential"] : [],
      undecided: decision === "undecided" ? ["credential"] : [],
    });
    const known = {
      applied: { ...fingerprintsEvidence(), ...given({ hint, updatedAt }) },
      undecided: { undecided: true },
    };
    expect(journal.record(object)?.fields.credential).toEqual(decision === "not-applied" ? undefined : known[decision]);
  });

  const fingerprintsEvidence = () => ({ fingerprint: fingerprintsOf(["credential"]).credential });
  const given = (evidence: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined));

  it("that a run without an end wrote is believed by the time as long as a request may have taken", () => {
    const event = eventsOf([intentOf(["credential"], { updatedAt: T0 })]);
    const [intime] = settle(new JournalState(event), { updatedAt: second(30) });
    expect(intime?.happening).toMatchObject({ applied: ["credential"], undecided: [] });
    const [late] = settle(new JournalState(event), { updatedAt: second(31) });
    expect(late?.happening).toMatchObject({ applied: [], undecided: ["credential"] });
  });

  describe("that was written before", () => {
    const writtenWith = (hint: string): Happening[] => [
      intentOf(["credential"], {}),
      { type: "outcome", intent: 1, status: "done", applied: ["credential"], after: { hint, updatedAt: second(1) } },
    ];
    const again = (before: Evidence) => [intentOf(["credential"], before), unknown([], 3)];

    it.each<[string, string, string, readonly Field[]]>([
      ["stands, whatever the time says, when its hint does", "a", second(9), ["credential"]],
      ["is not there when another hint is shown", "b", second(3), []],
    ])("%s", (_title, hint, updatedAt, applied) => {
      const before = { hint: "b", updatedAt: second(2) };
      const journal = new JournalState(eventsOf([...writtenWith("a"), ...again(before)]));
      const [settlement] = settle(journal, { credential: hinted(hint), updatedAt });
      expect(settlement?.happening).toMatchObject({ intent: 3, applied, undecided: [] });
      expect(journal.record(object)?.fields.credential).toMatchObject({ hint: "a" });
    });
  });
});

describe("a key together with what is shown", () => {
  const before: Evidence = { hint: "a", updatedAt: second(-100) };
  const fields: Field[] = ["name", "credential"];

  it("was written with it", () => {
    const journal = new JournalState(eventsOf([intentOf(fields, before), unknown()]));
    const [settlement] = settle(journal, { name: "New", credential: hinted("b"), updatedAt: second(1) });
    expect(settlement?.happening).toMatchObject({ applied: ["name", "credential"], undecided: [] });
  });

  it("is not told when that was not written: then somebody else moved the rest", () => {
    const journal = new JournalState(eventsOf([intentOf(fields, before), unknown()]));
    const [settlement] = settle(journal, { name: "Old", credential: hinted("b"), updatedAt: second(1) });
    expect(settlement?.happening).toMatchObject({ applied: [], undecided: ["credential"] });
  });

  it("was written though what another request was to write was not: a crash may have come between the two", () => {
    const whole = intentOf(["name", "description", "credential"], before);
    const events = eventsOf([{ ...whole, requests: [["name", "credential"], ["description"]] }]);
    const [settlement] = settle(new JournalState(events), {
      name: "New",
      description: null,
      credential: hinted("b"),
      updatedAt: second(1),
    });
    expect(settlement?.happening).toMatchObject({ applied: ["name", "credential"], undecided: [] });
  });

  it("was written for certain when the call said so, unless somebody else wrote since", () => {
    const events = eventsOf([intentOf(["description", "credential"], before), unknown(["credential"])]);
    const [soon] = settle(new JournalState(events), {
      description: null,
      credential: hinted("b"),
      updatedAt: second(1),
    });
    expect(soon?.happening).toMatchObject({ applied: ["credential"], undecided: [] });
    const [late] = settle(new JournalState(events), {
      description: null,
      credential: hinted("c"),
      updatedAt: second(2),
    });
    expect(late?.happening).toMatchObject({ applied: [], undecided: ["credential"] });
  });
});

describe("an intent stays open", () => {
  const events = eventsOf([intentOf(["name"], {}), unknown()]);

  it("while its requests may still be under way", () => {
    const journal = new JournalState(events);
    expect(settle(journal, { name: "New" }, false)).toEqual([]);
    expect(journal.record(object)?.open).toHaveLength(1);
  });

  it("while the object cannot be read", () => {
    const journal = new JournalState(events);
    expect(settleOpenIntents([binding], new Map(), journal, fingerprints, () => true)).toEqual([]);
    expect(journal.record(object)?.open).toHaveLength(1);
  });
});

describe("the requests of an intent are over", () => {
  const openOf = (endedAt?: string): OpenIntent => {
    const [event] = eventsOf([intentOf(["name"], {})]);
    if (event?.type !== "intent") throw new Error("expected an intent");
    return { intent: event, applied: [], ...(endedAt === undefined ? {} : { endedAt }) };
  };
  const MINUTE = 60_000;

  it.each([
    ["one timeout after its call ended", second(7), START, START + 37_000],
    ["one timeout after a run began that found it without an end", undefined, START + MINUTE, START + MINUTE + 30_000],
    [
      "a quarter of an hour and a timeout after it was written, at the latest",
      undefined,
      START + 99 * MINUTE,
      START + 15 * MINUTE + 30_000,
    ],
  ])("%s", (_title, endedAt, startedAt, expected) => {
    expect(settlesAt(openOf(endedAt), startedAt)).toBe(expected);
  });

  it("gateway by gateway when the last of each is, and there is nothing to wait for where there is none", () => {
    const journal = new JournalState(eventsOf([intentOf(["name"], {}), unknown(), intentOf(["name"], {})]));
    const startedAt = START + 5000;
    const times = (bindings: readonly (typeof binding)[], known = journal) => [
      ...settleTimes({ bindings, journal: known, startedAt }),
    ];
    expect(times([binding])).toEqual([[binding.gateway, START + 35_000]]);
    expect(times([])).toEqual([]);
    expect(times([binding], new JournalState([]))).toEqual([]);
  });
});
