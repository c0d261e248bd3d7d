import { Fingerprints, type RotationInput, resumeRotation } from "../../src/sync/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { runtimeLater } from "../support/process.ts";
import { testRuntime } from "../support/sync.ts";
import { asLibraryCall, NEW, OLD, type RotationScene, useRotation, watchedJournal } from "./scene.ts";

allowLoopback();
const open = useRotation();
const HOUR_MS = 3_600_000;
const ALL_NEW = [NEW, NEW, NEW];
const ALL_OLD = [OLD, OLD, OLD];
const refusesNew: RotationInput["verify"] = async (_target, key) => key.reveal() === OLD;

type Point = readonly [index: number, when: "before" | "after", type: string];

/** The moments before and after each line that a rotation writes. */
async function pointsOf(given: Partial<RotationInput>): Promise<readonly Point[]> {
  const points: Point[] = [];
  const scene = await open();
  await asLibraryCall(scene, (journal) => ({
    ...given,
    journal: watchedJournal(journal, (when, { type }) => {
      points.push([points.length, when, type]);
    }),
  }));
  return points;
}

async function crashAt(scene: RotationScene, index: number, given: Partial<RotationInput>): Promise<void> {
  let seen = -1;
  const crashing = asLibraryCall(scene, (journal) => ({
    ...given,
    journal: watchedJournal(journal, () => {
      seen += 1;
      if (seen === index) throw new Error("crashed");
    }),
  }));
  await expect(crashing).rejects.toThrow("crashed");
}

const resume = (scene: RotationScene, ...more: readonly string[]) =>
  scene.run(["rotate", "--resume", "--json", ...more], { runtime: runtimeLater(HOUR_MS) });

const hasEnd = ([, when, type]: Point) => type === "end" || (type === "rotated" && when === "after");
const namesOf = (points: readonly Point[]) => points.map(([, when, type]) => `${when} ${type}`);
const lines = (...types: readonly string[]) => types.flatMap((type) => [`before ${type}`, `after ${type}`]);
const WRITE = ["intent", "outcome"];

describe("a rotation that crashed", () => {
  it("at any line of its journal never began, or is finished by --resume", async () => {
    const points = await pointsOf({});
    expect(namesOf(points)).toEqual(lines("run", "rotation", ...WRITE, ...WRITE, ...WRITE, "rotated", "end"));
    for (const point of points) {
      const scene = await open();
      await crashAt(scene, point[0], {});
      const { exit, stdout } = await resume(scene);
      const hasBegun = point[0] > points.findIndex(([, , type]) => type === "rotation");
      const isOver = hasEnd(point) || !hasBegun;
      const stored = hasBegun ? ALL_NEW : ALL_OLD;
      expect({ point, exit, stored: scene.stored() }).toEqual({ point, exit: isOver ? 1 : 0, stored });
      expect(stdout).toContain(isOver ? "tells of no rotation" : '"all-new"');
    }
  });

  it("while the old key is put back goes on putting it back", async () => {
    const points = await pointsOf({ verify: refusesNew });
    const turned = points.findIndex(([, when, type]) => when === "after" && type === "turned");
    const later = points.slice(turned);
    expect(namesOf(later)).toEqual(["after turned", ...lines(...WRITE, ...WRITE, ...WRITE, "rotated", "end")]);
    for (const point of later) {
      const scene = await open();
      await crashAt(scene, point[0], { verify: refusesNew });
      const later = { runtime: testRuntime(runtimeLater(HOUR_MS)), verify: refusesNew };
      const ended = await asLibraryCall(scene, () => later, {}, resumeRotation).then(
        ({ status }) => status,
        (error: Error) => error.message,
      );
      expect({ point, stored: scene.stored() }).toEqual({ point, stored: ALL_OLD });
      expect(ended).toMatch(hasEnd(point) ? "tells of no rotation to go on with: the last ended all-old" : "all-old");
    }
  });

  it("is in the way of plan, apply and another rotation until it is finished", async () => {
    const scene = await open();
    const points = await pointsOf({});
    await crashAt(
      scene,
      points.findIndex(([, when, type]) => when === "after" && type === "intent"),
      {},
    );
    const planned = await scene.run(["plan"]);
    expect(planned.stdout).toContain("finish it with gatefold rotate --resume");
    const all = ["--write-unverified", "--allow", "key=99"];
    const applied = await scene.run(["apply", ...all], { runtime: runtimeLater(HOUR_MS) });
    expect({ exit: applied.exit, writes: scene.writes() }).toEqual({ exit: 1, writes: [] });
    const again = await scene.run(["rotate", "openai", "--to", "env:OTHER_KEY", "--from", "env:OLD_KEY"]);
    expect(again.exit).toBe(1);
    expect(again.stderr).toContain("finish it first, with gatefold rotate --resume");
    expect((await resume(scene)).exit).toBe(0);
    expect(scene.stored()).toEqual(ALL_NEW);
  });

  it("is gone on with once its last request can take effect no more, and says that it waits", async () => {
    const scene = await open();
    await crashAt(scene, 5, {});
    const { exit, stderr } = await scene.run(["rotate", "--resume"]);
    expect({ exit, stored: scene.stored() }).toEqual({ exit: 0, stored: ALL_NEW });
    expect(stderr).toMatch(/^\S+ {2}waits for requests of an earlier run until \S+ \(\d+ s\)$/m);
  });

  it("is not gone on with by the old key in place of the new one, without fingerprints either", async () => {
    const scene = await open({ isFingerprinted: false });
    await crashAt(scene, 5, { fingerprints: new Fingerprints() });
    const { exit, stdout } = await resume(scene, "--to", "env:OLD_KEY");
    expect({ exit, writes: scene.writes() }).toEqual({ exit: 1, writes: [] });
    expect(stdout).toContain("give the same key: there is nothing to rotate");
  });

  it.each([
    [
      "another new key",
      "env:OTHER_KEY",
      "env:OTHER_KEY gives another key than the new one that the rotation began with",
    ],
    ["a reference that leads nowhere", "env:NOWHERE", "the environment variable NOWHERE is not set"],
  ])("is not gone on with by %s", async (_what, to, message) => {
    const scene = await open();
    await crashAt(scene, 5, {});
    const { exit, stdout } = await resume(scene, "--to", to);
    expect({ exit, writes: scene.writes().length }).toEqual({ exit: 5, writes: 0 });
    expect(stdout).toContain(message);
  });
});
