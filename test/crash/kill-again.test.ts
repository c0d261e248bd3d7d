import type { Fault } from "../../src/testing/index.ts";
import { allowLoopback } from "../support/loopback.ts";
import { Slots, useCli } from "../support/process.ts";
import fc from "../support/property.ts";
import { endingOf, wholeEnding } from "./ending.ts";
import { differentPoints, momentsOf, type Point, tornHalf, watched } from "./points.ts";
import { APPLY, inScene, type Scene, type SceneOptions } from "./scene.ts";
import { ofMany, roundsOf, timeoutOf } from "./soak.ts";
import { GATEWAYS, thingsOf } from "./things.ts";

allowLoopback();
const startCli = useCli();

const processes = new Slots(2);
const scenes = new Slots(6);

/** Runs, later than every run before, up to a point. */
async function runAt(scene: Scene, point?: Point) {
  const ended = await processes.run(() => startCli(APPLY, watched(scene, point, scene.later())).ended);
  await scene.quiet();
  return ended;
}

/** What the gateways hold after a run that nothing disturbed. */
function wanted(options: SceneOptions) {
  return inScene(options, async (scene) => {
    expect(await scene.apply()).toMatchObject({ exit: 0 });
    return scene.stored();
  });
}

/** Applies until there is nothing more to do, and tells the last exit code: each fault may cost a run. */
async function finish(scene: Scene, faults = 0): Promise<number> {
  for (let left = faults; ; left--) {
    const { exit } = await scene.apply();
    if (exit === 0 || left === 0) return exit;
  }
}

const pointIn = (min: number, max: number) => {
  const when = fc.constantFrom("before", "after", "torn 0.1", "torn 0.9");
  return fc.tuple(fc.integer({ min, max }), when).map(([touch, when]): Point => `${touch} ${when}`);
};

describe("a run that resumes what was killed, and is killed itself", () => {
  const options = { timeoutMs: 30_000 };
  // From about where the first line is written to about where the last is.
  const firsts = fc.sample(pointIn(13, 40), roundsOf(1 / 20));

  it.each(firsts)(
    "at any touch, after one that was killed at %s, leaves what the next one makes whole",
    async (first) => {
      const stored = await wanted(options);
      const points = await inScene(options, async (scene) => {
        await runAt(scene, first);
        expect(await runAt(scene)).toMatchObject({ exit: 0 });
        return differentPoints(momentsOf(scene), tornHalf);
      });
      const endings = await Promise.all(
        ofMany(points, 2).map((second) =>
          scenes.run(() =>
            inScene(options, async (scene) => {
              await runAt(scene, first);
              await runAt(scene, second);
              return { second, exit: await finish(scene), ...(await endingOf(scene)) };
            }),
          ),
        ),
      );
      const whole = { exit: 0, ...wholeEnding(stored) };
      for (const { second, ...ending } of endings) expect({ second, ...ending }).toEqual({ second, ...whole });
    },
    timeoutOf(80),
  );
});

const kindOfFault = fc.constantFrom<Fault>(
  { kind: "lost-reply" },
  { kind: "truncated" },
  { kind: "status", status: 429 },
  { kind: "status", status: 503 },
);
const fault = fc.tuple(kindOfFault, fc.constantFrom("PATCH", "POST")).map(([kind, method]) => ({ ...kind, method }));

const STORIES = roundsOf(2);

/** What happens to a series of runs. */
const story = fc.record({
  counts: fc.record({
    ngrok: fc.integer({ min: 1, max: 4 }),
    barndoor: fc.integer({ min: 0, max: 3 }),
    respan: fc.integer({ min: 0, max: 3 }),
  }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  faults: fc.array(fc.record({ gateway: fc.constantFrom(...GATEWAYS), fault }), { maxLength: 3 }),
  kills: fc.array(pointIn(1, 70), { minLength: 1, maxLength: 3 }),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

async function comparedEnd({ counts, concurrency, faults, kills }: Story) {
  const options = { things: thingsOf(counts), timeoutMs: 30_000, concurrency };
  const stored = await wanted(options);
  const ending = await inScene(options, async (scene) => {
    for (const { gateway, fault } of faults) scene.sandbox.inject(gateway, fault);
    for (const point of kills) await runAt(scene, point);
    return { exit: await finish(scene, faults.length), ...(await endingOf(scene)) };
  });
  return { ending, whole: { exit: 0, ...wholeEnding(stored) } };
}

it(
  "runs that are killed anywhere, with faults on the way, come to the same in the end as one that is not",
  async () => {
    const stories = fc.sample(story, STORIES);
    const ends = await Promise.all(stories.map((each) => scenes.run(() => comparedEnd(each))));
    for (const [index, { ending, whole }] of ends.entries()) {
      expect({ story: stories[index], ...ending }).toEqual({ story: stories[index], ...whole });
    }
  },
  timeoutOf(STORIES),
);
