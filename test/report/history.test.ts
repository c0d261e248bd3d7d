import { ago, keyAge } from "../../src/cli/render/html/age.ts";
import { History } from "../../src/cli/render/html/history.ts";
import type { JournalEvent } from "../../src/sync/index.ts";
import { DAY, eventOf, NOW, objectAt, writeOf } from "../support/pages.ts";
import { keyOf } from "../support/plans.ts";

const object = objectAt("eu", "key_1");

const intent = (seq: number, daysAgo: number, fields: readonly ["credential"] | readonly ["name"] = ["credential"]) =>
  eventOf(
    {
      type: "intent",
      object,
      provider: "p",
      fields: [...fields],
      fingerprints: {},
      before: {},
      timeoutMs: 1000,
    },
    seq,
    daysAgo,
  );
const outcome = (of: number, status: "done" | "failed" | "unknown", applied: "credential"[], daysAgo = 1) =>
  eventOf({ type: "outcome", intent: of, status, applied }, of + 1, daysAgo);
const adopted = (daysAgo: number) =>
  eventOf({ type: "adopted", object, provider: "p", fields: ["credential"], fingerprints: {}, after: {} }, 9, daysAgo);
const inSync = keyOf("in-sync", "fingerprint", "hint");
const ageOf = (comparison: Parameters<typeof keyAge>[0], ...events: JournalEvent[]) =>
  keyAge(comparison, new History(events).of(object), NOW).sentence;

describe("what a journal tells of writes", () => {
  it("is by whom, when and why, from the moment of sending", () => {
    const history = new History(writeOf(object, ["credential"], 12));
    expect(history.of(object)).toEqual({
      last: { kind: "written", at: "2026-11-10T14:50:00.000Z", run: "run-1", fields: ["credential"] },
      fields: { credential: { kind: "written", at: "2026-11-10T14:50:00.000Z", run: "run-1", fields: ["credential"] } },
      undecided: {},
    });
    expect(history.run("run-1")).toMatchObject({ actor: "alice", host: "build-7", reason: "quarterly rotation" });
    expect(history.of(objectAt("us", "key_1"))).toBeUndefined();
  });

  it("keeps what certainly took effect of a write that failed", () => {
    const history = new History([intent(1, 3), outcome(1, "failed", [])]);
    expect(history.of(object)).toEqual({ last: undefined, fields: {}, undecided: {} });
    const partly = new History([intent(1, 3), outcome(1, "failed", ["credential"])]);
    expect(partly.of(object)?.fields.credential?.kind).toBe("written");
  });

  it("is void once the object is removed or made again", () => {
    const removal = eventOf({ type: "removal", object, provider: "p", before: {}, timeoutMs: 1 }, 20, 2);
    const removed = eventOf({ type: "removed", removal: 20, status: "done" }, 21, 2);
    expect(new History([...writeOf(object, ["name"], 5), removal, removed]).of(object)).toBeUndefined();
    const creation = eventOf(
      {
        type: "creation",
        account: { gateway: "eu", adapter: "ngrok", baseUrl: null },
        provider: "p",
        name: "N",
        fields: ["credential"],
        fingerprints: {},
        timeoutMs: 1,
      },
      30,
      1,
    );
    const made = eventOf(
      { type: "made", creation: 30, object, fields: ["credential"], fingerprints: {}, after: {} },
      31,
      1,
    );
    const again = new History([...writeOf(object, ["name"], 5), creation, made]).of(object);
    expect({ last: again?.last?.kind, fields: Object.keys(again?.fields ?? {}) }).toEqual({
      last: "created",
      fields: ["credential"],
    });
  });
});

describe("the age of a key", () => {
  it.each([
    ["written by us", inSync, [intent(1, 12), outcome(1, "done", ["credential"])], "Written by gatefold 12 days ago."],
    ["adopted", inSync, [adopted(3)], "At least as old as its adoption 3 days ago; when it was written is not known."],
    ["never seen", keyOf("unverifiable"), [], "Not known: gatefold never wrote or adopted this key."],
    [
      "of which only another field was written",
      keyOf("unverifiable"),
      writeOf(object, ["name"], 1),
      "Not known: gatefold never wrote or adopted this key.",
    ],
    [
      "replaced elsewhere",
      keyOf("drift", "hint"),
      [intent(1, 12), outcome(1, "done", ["credential"])],
      "Not known: somebody else replaced it since gatefold wrote it last 12 days ago.",
    ],
    [
      "replaced elsewhere, and to be another",
      keyOf("changed", "fingerprint", "hint"),
      [adopted(2)],
      "Not known: somebody else replaced it since gatefold saw it adopted 2 days ago.",
    ],
    [
      "to be another",
      keyOf("changed", "fingerprint"),
      [intent(1, 12), outcome(1, "done", ["credential"])],
      "Written by gatefold 12 days ago.",
    ],
    [
      "that may have been replaced",
      keyOf("suspected", "updatedAt"),
      [adopted(2)],
      "Not known: somebody else may have replaced it since gatefold saw it adopted 2 days ago.",
    ],
    [
      "without evidence",
      keyOf("unverifiable", "fingerprint"),
      [intent(1, 12), outcome(1, "done", ["credential"])],
      "Not known: gatefold wrote it last 12 days ago, and nothing tells whether that key is still there.",
    ],
    [
      "of a write without an answer",
      inSync,
      [adopted(9), intent(1, 3)],
      "Not known: a write was sent 3 days ago, and nothing tells whether it took effect.",
    ],
    [
      "of a write of unknown outcome",
      inSync,
      [adopted(9), intent(1, 3), outcome(1, "unknown", [])],
      "Not known: a write was sent 3 days ago, and nothing tells whether it took effect.",
    ],
    [
      "of a write that was settled",
      inSync,
      [
        intent(1, 3),
        outcome(1, "unknown", []),
        eventOf({ type: "settled", intent: 1, applied: ["credential"], undecided: [], after: {} }, 3, 1),
      ],
      "Written by gatefold 3 days ago.",
    ],
    [
      "of a write that a look could not settle",
      inSync,
      [intent(1, 3), eventOf({ type: "settled", intent: 1, applied: [], undecided: ["credential"], after: {} }, 3, 1)],
      "Not known: a write was sent 3 days ago, and nothing tells whether it took effect.",
    ],
  ] as const)("%s is never better than the evidence", (_title, comparison, events, sentence) => {
    expect(ageOf(comparison, ...events)).toBe(sentence);
  });

  it.each([
    ["what was written", [intent(1, 12), outcome(1, "done", ["credential"], 12)], "12 days"],
    ["what was written just now", [intent(1, 0), outcome(1, "done", ["credential"], 0)], "just written"],
    ["what was adopted, which is older", [adopted(3)], "3+ days"],
    ["what was adopted a day ago", [adopted(1)], "1+ days"],
    ["what was adopted just now", [adopted(0)], "just adopted"],
  ])("is short for a cell: %s", (_what, events, short) => {
    expect(keyAge(inSync, new History(events).of(object), NOW).short).toBe(short);
  });

  it.each([
    [0, "less than a minute ago"],
    [60_000, "1 minute ago"],
    [2 * 3_600_000, "2 hours ago"],
    [DAY, "1 day ago"],
    [400 * DAY, "400 days ago"],
    [-60_000, "in the future, by this machine's clock"],
  ])("%d milliseconds are %s", (passed, words) => {
    expect(ago(new Date(NOW - passed).toISOString(), NOW)).toBe(words);
  });
});
