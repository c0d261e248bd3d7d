import { join } from "node:path";
import { NEW, OLD, type RotationScene, useRotation } from "../rotate/scene.ts";
import { allowLoopback } from "../support/loopback.ts";
import { runtimeLater, useCli } from "../support/process.ts";
import { differentPoints, momentsOf, type Point, tornHalf, type Watched, watched } from "./points.ts";
import { ofMany, timeoutOf } from "./soak.ts";

allowLoopback();
const open = useRotation();
const startCli = useCli();
const ROTATE = ["rotate", "openai", "--to", "env:NEW_KEY", "--from", "env:OLD_KEY", "--json"];
const HOUR_MS = 3_600_000;

function watchedIn({ directory, environment }: RotationScene): Watched {
  const journalFolder = join(directory, ".gatefold");
  return { folder: directory, journalFolder, environment, process: { directory, environment } };
}

const rotateAt = (scene: RotationScene, point?: Point) => startCli(ROTATE, watched(watchedIn(scene), point)).ended;

it(
  "a rotation whose process is killed at any touch of its journal or of the network is finished by --resume",
  async () => {
    const undisturbed = await open();
    expect(await rotateAt(undisturbed)).toMatchObject({ exit: 0 });
    const points = differentPoints(momentsOf(watchedIn(undisturbed)), tornHalf);
    // Around the first line it has not begun, at the last one it has ended.
    const chosen = [...points.slice(0, 1), ...ofMany(points.slice(1, -1), 3), ...points.slice(-1)];
    for (const point of chosen) {
      const scene = await open();
      const { signal } = await rotateAt(scene, point);
      expect({ point, signal }).toEqual({ point, signal: "SIGKILL" });
      const resumed = await scene.run(["rotate", "--resume", "--json"], { runtime: runtimeLater(HOUR_MS) });
      // What a torn line would have said was never begun; it stays until a run writes there again.
      await scene.run(["apply", "--write-unverified", "--allow", "key=99"], { runtime: runtimeLater(2 * HOUR_MS) });
      const hasBegun = scene.events().some(({ type }) => type === "rotation");
      expect({ point, stored: scene.stored() }).toEqual({
        point,
        stored: hasBegun ? [NEW, NEW, NEW] : [OLD, OLD, OLD],
      });
      const isFinished = resumed.exit === 0 || resumed.stdout.includes("tells of no rotation");
      expect({ point, isFinished, exit: (await scene.run(["journal", "verify"])).exit }).toEqual({
        point,
        isFinished: true,
        exit: 0,
      });
    }
  },
  timeoutOf(30),
);
