import { allowLoopback } from "../support/loopback.ts";
import { Slots, useCli } from "../support/process.ts";
import fc from "../support/property.ts";
import { type Ending, effectiveWrites, endingOf, repeatedIn, wholeEnding } from "./ending.ts";
import { differentPoints, type Moment, momentsOf, type Point, watched } from "./points.ts";
import { APPLY, inScene, type Scene, type SceneOptions, useScenes } from "./scene.ts";
import { ofMany, timeoutOf } from "./soak.ts";

allowLoopback();
const startCli = useCli();
const openScene = useScenes();

const PATIENT = { timeoutMs: 30_000 };
// A run in a process of its own waits that long for requests of a killed one.
const WAITING = { timeoutMs: 5_000 };
const processes = new Slots(2);
const scenes = new Slots(6);

const runAt = (scene: Scene, point?: Point) => processes.run(() => startCli(APPLY, watched(scene, point)).ended);

/** What a run does that nobody kills, and what the gateways hold after it. */
function undisturbed(options: SceneOptions) {
  return inScene(options, async (scene) => {
    expect(await runAt(scene)).toMatchObject({ exit: 0 });
    const stored = scene.stored();
    expect(await endingOf(scene)).toEqual(wholeEnding(stored));
    expect(repeatedIn(effectiveWrites(scene))).toEqual([]);
    return { moments: momentsOf(scene), stored };
  });
}

interface Attempt extends Ending {
  readonly point: Point;
  readonly signal: NodeJS.Signals | null;
  readonly exit: number | null;
  readonly printed?: string;
}

/** Kills a run at a point, and lets the next one finish: in a process of its own, or in this one. */
function killedAt(options: SceneOptions, point: Point, isResumedByProcess: boolean): Promise<Attempt> {
  return inScene({ ...options, ...(isResumedByProcess ? WAITING : PATIENT) }, async (scene) => {
    const { signal } = await runAt(scene, point);
    await scene.quiet();
    scene.setPace(PATIENT);
    const next = isResumedByProcess
      ? await processes.run(() => startCli(APPLY, scene.process).ended)
      : await scene.apply();
    const printed = next.exit === 0 ? {} : { printed: next.stdout + next.stderr };
    return { point, signal, exit: next.exit, ...printed, ...(await endingOf(scene)) };
  });
}

/** Kills a run at every point, lets the next one finish each time, and tells how many points were reached. */
async function killedAtEach(
  options: SceneOptions,
  points: readonly Point[],
  stored: Ending["stored"],
): Promise<number> {
  const attempts = await Promise.all(
    points.map((point, index) => scenes.run(() => killedAt(options, point, index % 8 === 0))),
  );
  const whole = { exit: 0, ...wholeEnding(stored) };
  for (const { point, signal: _signal, ...ending } of attempts) {
    expect({ point, ...ending }).toEqual({ point, ...whole });
  }
  return attempts.filter(({ signal }) => signal === "SIGKILL").length;
}

/** What share of a torn write gets through. */
function torn(touch: number): number {
  const [share = 0] = fc.sample(fc.integer({ min: 1, max: 99 }), { seed: touch, numRuns: 1 });
  return share / 100;
}

function beforeFirstRequest(moments: readonly Moment[]): readonly Moment[] {
  const first = moments.findIndex(({ what }) => what === "request");
  return moments.slice(0, first);
}

/** The first and the last point, and one before, after and in the middle of each kind of touch; all of them in a soak. */
function chosenOf(points: readonly Point[], moments: readonly Moment[]): readonly Point[] {
  const touched = new Map(moments.map(({ touch, what }) => [String(touch), what]));
  const byKind = new Map<string, Point[]>();
  for (const point of points) {
    const [touch = "", when = ""] = point.split(" ");
    const kind = `${when} ${touched.get(touch)}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), point]);
  }
  const chosen = new Set([...byKind.values()].flatMap((alike) => ofMany(alike, 1)));
  return points.filter((point, index) => index === 0 || index === points.length - 1 || chosen.has(point));
}

/** The first and the last point and one in between, whose kinds are tried elsewhere; all of them in a soak. */
function endsOf(points: readonly Point[]): readonly Point[] {
  return [...points.slice(0, 1), ...ofMany(points.slice(1, -1), 1), ...points.slice(-1)];
}

describe("a run that is killed", () => {
  it(
    "at any touch of its files or of the network, leaves what the next run makes whole, writing nothing twice",
    async () => {
      const { moments, stored } = await undisturbed(PATIENT);
      const touched = new Set(moments.map(({ what }) => what));
      // What a run touched in a way that is not watched would be no point.
      for (const what of ["open", "rename", "rm", "request", "response"]) expect(touched).toContain(what);
      // A process that is killed does not lose what it wrote; a machine does, unless the disk was waited for each time.
      const written = moments.filter(({ when, what }) => when === "end" && (what === "write" || what === "datasync"));
      expect(written.map(({ what }) => what)).toEqual(
        written.map((_moment, index) => (index % 2 === 0 ? "write" : "datasync")),
      );
      expect(written.at(-1)).toMatchObject({ what: "datasync" });
      const points = chosenOf(differentPoints(moments, torn), moments);
      const reached = await killedAtEach(PATIENT, points, stored);
      // Lines that are written together in one run are not in another: some of the last points come after its end.
      expect(reached).toBeGreaterThan(points.length / 2);
    },
    timeoutOf(80),
  );

  it(
    "while it makes its journal, leaves nothing in the way of the next one",
    async () => {
      const fresh = { ...PATIENT, isFresh: true };
      const { moments, stored } = await undisturbed(fresh);
      const points = endsOf(differentPoints(beforeFirstRequest(moments), torn));
      expect(await killedAtEach(fresh, points, stored)).toBe(points.length);
    },
    timeoutOf(10),
  );
});

it("a rotate that took effect is not sent again because the PATCH after it was not sent", async () => {
  const scene = await openScene(PATIENT);
  scene.sandbox.inject("ngrok", { kind: "lost-reply", method: "POST" });
  await scene.apply();
  expect(await scene.apply()).toMatchObject({ exit: 0 });
  expect(repeatedIn(effectiveWrites(scene))).toEqual([]);
});
