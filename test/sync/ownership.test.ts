import type { Happening, JournalEvent } from "../../src/sync/index.ts";
import { JournalState } from "../../src/sync/index.ts";

const account = { gateway: "eu", adapter: "acme", baseUrl: null };
const object = (id: string) => ({ ...account, id });
const AT = "2026-11-22T08:00:00.000Z";

const creation: Happening = {
  type: "creation",
  account,
  provider: "p",
  name: "P",
  marker: "m1",
  fields: ["name"],
  fingerprints: { name: "plain:1" },
  timeoutMs: 1000,
};
const made = (seq: number, id: string): Happening => {
  return {
    type: "made",
    creation: seq,
    object: object(id),
    fields: ["name"],
    fingerprints: { name: "plain:2" },
    after: {},
  };
};
const notMade = (seq: number, status: "failed" | "unknown"): Happening => ({ type: "not-made", creation: seq, status });
const owned = (id: string, provider = "p"): Happening => ({ type: "owned", object: object(id), provider, after: {} });
const removal = (id: string): Happening => {
  return { type: "removal", object: object(id), provider: "p", before: {}, timeoutMs: 1000 };
};
const removed = (seq: number, status: "done" | "failed" | "unknown"): Happening => ({
  type: "removed",
  removal: seq,
  status,
});

function events(happenings: readonly Happening[]): JournalEvent[] {
  return happenings.map((happening, index) => ({ ...happening, seq: index + 1, at: AT, run: "r" }));
}

/** What the journal says of the provider: its object, the open creations and removals, and all that is owned. */
function told(happenings: readonly Happening[]) {
  const { ownership } = new JournalState(events(happenings));
  return [
    ownership.objectOf(account, "p")?.id ?? null,
    ownership.openCreations(account, "p").length,
    ownership.openRemovals(account).length,
    ownership.owned().map(({ object: { id }, provider }) => `${provider} ${id}`),
  ];
}

describe("what a journal says after each line, wherever a crash ended it", () => {
  it.each<[string, readonly Happening[], readonly unknown[]]>([
    [
      "a creation that was made",
      [creation, made(1, "x")],
      [
        [null, 1, 0, []],
        ["x", 0, 0, ["p x"]],
      ],
    ],
    [
      "a creation that was refused, and made after that",
      [creation, notMade(1, "failed"), creation, made(3, "x")],
      [
        [null, 1, 0, []],
        [null, 0, 0, []],
        [null, 1, 0, []],
        ["x", 0, 0, ["p x"]],
      ],
    ],
    [
      "a creation without an answer, which a look found",
      [creation, notMade(1, "unknown"), made(1, "x")],
      [
        [null, 1, 0, []],
        [null, 1, 0, []],
        ["x", 0, 0, ["p x"]],
      ],
    ],
    [
      "a removal that was done",
      [owned("x"), removal("x"), removed(2, "done")],
      [
        ["x", 0, 0, ["p x"]],
        ["x", 0, 1, ["p x"]],
        [null, 0, 0, []],
      ],
    ],
    [
      "a removal that was refused",
      [owned("x"), removal("x"), removed(2, "failed")],
      [
        ["x", 0, 0, ["p x"]],
        ["x", 0, 1, ["p x"]],
        ["x", 0, 0, ["p x"]],
      ],
    ],
    [
      "a removal without an answer, which the next one answers",
      [owned("x"), removal("x"), removed(2, "unknown"), removal("x"), removed(4, "done")],
      [
        ["x", 0, 0, ["p x"]],
        ["x", 0, 1, ["p x"]],
        ["x", 0, 1, ["p x"]],
        ["x", 0, 2, ["p x"]],
        [null, 0, 0, []],
      ],
    ],
    [
      "an object that is made again, because the first is gone",
      [creation, made(1, "x"), creation, made(3, "y")],
      [
        [null, 1, 0, []],
        ["x", 0, 0, ["p x"]],
        ["x", 1, 0, ["p x"]],
        ["y", 0, 0, ["p y"]],
      ],
    ],
    [
      "an object that another provider takes over",
      [owned("x"), owned("x", "q")],
      [
        ["x", 0, 0, ["p x"]],
        [null, 0, 0, ["q x"]],
      ],
    ],
  ])("%s", (_what, happenings, expected) => {
    expect(happenings.map((_each, index) => told(happenings.slice(0, index + 1)))).toEqual(expected);
  });

  it("knows of what was made the fields that it was made with, and nothing of what had its id before", () => {
    const adopted: Happening = {
      type: "adopted",
      object: object("x"),
      provider: "p",
      fields: ["credential"],
      fingerprints: { credential: "keyed:k:1" },
      after: { hint: "...1" },
    };
    const state = new JournalState(
      events([adopted, owned("x"), removal("x"), removed(3, "done"), creation, made(5, "x")]),
    );
    expect(state.record(object("x"))?.fields).toEqual({ name: { fingerprint: "plain:2" } });
  });

  it("tells accounts apart by their address", () => {
    const { ownership } = new JournalState(events([owned("x")]));
    expect(ownership.objectOf({ ...account, baseUrl: "https://other.test/" }, "p")).toBeUndefined();
  });
});
