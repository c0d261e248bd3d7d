import { secret } from "../../src/index.ts";
import { type Happening, type Journal, JournalError, type VerifyKey } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { runtimeLater } from "../support/process.ts";
import { asLibraryCall, GATEWAYS, NEW, OLD, OTHER, useRotation, watchedJournal } from "./scene.ts";

allowLoopback();
const open = useRotation();
const ALL_NEW = [NEW, NEW, NEW];
const ALL_OLD = [OLD, OLD, OLD];
const TO_NEW = "openai --to env:NEW_KEY";
const BOTH = `${TO_NEW} --from env:OLD_KEY`;
const HOUR_MS = 3_600_000;

/** Calls `act` once, right after the first line that is due, and before anything else is done. */
function once(journal: Journal, isDue: (line: Happening) => boolean, act: () => Promise<void> | void): Journal {
  let isDone = false;
  const append = async (line: Happening) => {
    const event = await journal.append(line);
    if (isDone || !isDue(line)) return event;
    isDone = true;
    await act();
    return event;
  };
  return {
    ...watchedJournal(journal, () => undefined),
    append,
    get events() {
      return journal.events;
    },
  };
}

describe("the journal of a rotation", () => {
  it("shows which key was written where, why it was put back, and how it ended", async () => {
    const scene = await open();
    scene.sandbox.inject("ngrok", { kind: "status", status: 400, method: "POST", body: { msg: "words of a gateway" } });
    await scene.rotate(`${BOTH} --reason quarterly`);
    const shown = await scene.run(["journal", "show"]);
    const [, rotated = ""] = shown.stdout.split("\n\n");
    expect(rotated).toContain("reason: quarterly");
    expect(rotated).toContain("rotation of the key of 3 objects");
    expect(rotated).toContain("the old key is put back: openai @ ngrok: failed RejectedError");
    expect(rotated).toContain("the rotation ended all-old");
    expect(rotated).toMatch(/respan .* credential \(the new key\) +done\n/);
    expect(rotated).toMatch(/respan .* credential \(the old key\) +done\n/);
    expect(JSON.stringify(scene.events())).not.toContain("words of a gateway");
    expect((await scene.run(["journal", "verify"])).exit).toBe(0);
  });

  it("that cannot be written any more ends the rotation at once, and says so", async () => {
    const scene = await open();
    let lines = 0;
    const result = await asLibraryCall(scene, (journal) => ({
      journal: watchedJournal(journal, () => {
        lines += 1;
        if (lines > 6)
          throw new JournalError({ kind: "unwritable", file: "journal.jsonl", message: "the disk is full" });
      }),
    }));
    expect({ status: result.status, resumable: result.resumable, stored: scene.stored() }).toEqual({
      status: "needs-operator",
      resumable: true,
      stored: [NEW, OLD, OLD],
    });
    expect(result.journalError).toContain("the disk is full");
    const { exit } = await scene.run(["rotate", "--resume"], { runtime: runtimeLater(HOUR_MS) });
    expect({ exit, stored: scene.stored() }).toEqual({ exit: 0, stored: ALL_NEW });
  });
});

describe("somebody else's change during a rotation", () => {
  it("is not undone: the object is left as it is, and an operator is told", async () => {
    const scene = await open();
    const result = await asLibraryCall(scene, (journal) => ({
      verify: async (_target, key) => key.reveal() === OLD,
      journal: once(
        journal,
        ({ type }) => type === "turned",
        () =>
          scene.bySomebodyElse("ngrok", GATEWAYS.ngrok.id, {
            credential: { scheme: "api_key", apiKey: secret(OTHER) },
          }),
      ),
    }));
    expect({ status: result.status, stored: scene.stored() }).toEqual({
      status: "needs-operator",
      stored: [OLD, OLD, OTHER],
    });
    expect(result.rows[2]?.reason).toBe("was changed by somebody else after this rotation wrote it: left as it is");
  });

  it("is found while the new key is verified, and everything else is put back", async () => {
    const scene = await open();
    let outcomes = 0;
    const isLast = ({ type }: Happening) => type === "outcome" && ++outcomes === 3;
    const result = await asLibraryCall(scene, (journal) => ({
      journal: once(journal, isLast, () =>
        scene.bySomebodyElse("ngrok", GATEWAYS.ngrok.id, { credential: { scheme: "api_key", apiKey: secret(OTHER) } }),
      ),
    }));
    expect({ status: result.status, stored: scene.stored() }).toEqual({
      status: "needs-operator",
      stored: [OLD, OLD, OTHER],
    });
    expect(result.failure).toContain("openai @ ngrok: shows another key than this write left");
  });
});

describe("--on-failure keep", () => {
  it("goes on at every other gateway, and names the one that still holds the old key", async () => {
    const scene = await open();
    scene.sandbox.inject("barndoor", { kind: "status", status: 503, method: "PATCH", times: 99 });
    const { result, exit } = await scene.rotate(`${TO_NEW} --on-failure keep`);
    expect({ exit, status: result.status, stored: scene.stored() }).toEqual({
      exit: 4,
      status: "needs-operator",
      stored: [NEW, OLD, NEW],
    });
    expect(result.rows.map(({ holds }) => holds)).toEqual(["new", "old", "new"]);
  });

  it("is gone on with by --resume once the gateway is back", async () => {
    const scene = await open();
    // Three rounds, and each is settled by a read.
    scene.sandbox.inject("barndoor", { kind: "status", status: 503, method: "PATCH", times: 3 });
    await scene.rotate(`${TO_NEW} --on-failure keep`);
    expect(scene.stored()).toEqual([NEW, OLD, NEW]);
    const { exit } = await scene.run(["rotate", "--resume"], { runtime: runtimeLater(HOUR_MS) });
    expect({ exit, stored: scene.stored() }).toEqual({ exit: 0, stored: ALL_NEW });
  });

  it("tries again where a gateway was down for a moment", async () => {
    const scene = await open();
    scene.sandbox.inject("barndoor", { kind: "status", status: 503, method: "PATCH" });
    const { result } = await scene.rotate(`${TO_NEW} --on-failure keep`);
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-new", stored: ALL_NEW });
  });
});

describe("a signal", () => {
  it("puts back what was written, and ends as cancelled", async () => {
    const scene = await open();
    const ending = new AbortController();
    const result = await asLibraryCall(
      scene,
      (journal) => ({
        journal: once(
          journal,
          ({ type }) => type === "outcome",
          () => ending.abort(),
        ),
      }),
      { stopping: ending.signal },
    );
    expect({ status: result.status, cancelled: result.cancelled, stored: scene.stored() }).toEqual({
      status: "all-old",
      cancelled: true,
      stored: ALL_OLD,
    });
    expect(scene.writes()).toEqual(["respan PATCH", "respan PATCH"]);
  });

  it("ends a check that never answers, and what was written is put back", async () => {
    const scene = await open();
    const ending = new AbortController();
    const endless = () => {
      ending.abort();
      return new Promise<boolean>(() => {});
    };
    const verify: VerifyKey = (_target, key) => (key.reveal() === OLD ? Promise.resolve(true) : endless());
    const result = await asLibraryCall(scene, () => ({ verify }), { stopping: ending.signal });
    expect({ status: result.status, stored: scene.stored() }).toEqual({ status: "all-old", stored: ALL_OLD });
    expect(result.failure).toBe("openai @ respan: the verify check of the new key could not be made (AbortError)");
  });

  it("that comes twice before the first write leaves a rotation to go on with, and says so", async () => {
    const scene = await open();
    const ending = new AbortController();
    const begun = ({ type }: Happening) => type === "rotation";
    const result = await asLibraryCall(scene, (journal) => ({ journal: once(journal, begun, () => ending.abort()) }), {
      stopping: ending.signal,
      signal: ending.signal,
    });
    expect({ status: result.status, resumable: result.resumable, writes: scene.writes() }).toEqual({
      status: "all-old",
      resumable: true,
      writes: [],
    });
    const { exit } = await scene.run(["rotate", "--resume"], { runtime: runtimeLater(HOUR_MS) });
    expect({ exit, stored: scene.stored() }).toEqual({ exit: 1, stored: ALL_OLD });
    expect((await scene.run(["plan"])).exit).toBe(0);
  });

  it("that comes twice ends at once, and --resume goes on", async () => {
    const scene = await open();
    const ending = new AbortController();
    const result = await asLibraryCall(
      scene,
      (journal) => ({
        journal: once(
          journal,
          ({ type }) => type === "outcome",
          () => ending.abort(),
        ),
      }),
      { stopping: ending.signal, signal: ending.signal },
    );
    const { status, cancelled, resumable } = result;
    expect({ status, cancelled, resumable, stored: scene.stored() }).toEqual({
      status: "needs-operator",
      cancelled: true,
      resumable: true,
      stored: [NEW, OLD, OLD],
    });
    const { exit } = await scene.run(["rotate", "--resume"], { runtime: runtimeLater(HOUR_MS) });
    expect({ exit, stored: scene.stored() }).toEqual({ exit: 1, stored: ALL_OLD });
  });
});
