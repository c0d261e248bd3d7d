import { readFileSync, writeFileSync } from "node:fs";
import { allowLoopback } from "../support/loopback.ts";
import { useCli } from "../support/process.ts";
import { jsonOf } from "../support/sync.ts";
import { endingOf, wholeEnding } from "./ending.ts";
import { APPLY, type Scene, useScenes } from "./scene.ts";
import { ofMany, timeoutOf } from "./soak.ts";

allowLoopback();
const startCli = useCli();
const openScene = useScenes();

/** A journal's lines, each with its line break. */
function linesOf(scene: Scene): readonly string[] {
  return readFileSync(scene.journal, "utf8").split(/(?<=\n)/);
}

/** The bytes of the last line of a kind, and of everything before it. */
function lastOf(lines: readonly string[], type: string): { readonly before: Buffer; readonly line: Buffer } {
  const index = lines.findLastIndex((line) => jsonOf(line).type === type);
  return { before: Buffer.from(lines.slice(0, index).join("")), line: Buffer.from(lines[index] ?? "") };
}

/** So many bytes of a line: from its first one to all but its line break. */
const everyCut = (line: Buffer) => Array.from({ length: line.length - 1 }, (_, index) => index + 1);

describe("a journal whose last line was cut off at any byte", () => {
  it.each(["end", "outcome"])(
    "of its %s, is repaired, and what is lost is found out by reading",
    async (type) => {
      const scene = await openScene({ timeoutMs: 30_000 });
      expect(await scene.apply()).toMatchObject({ exit: 0 });
      const { before, line } = lastOf(linesOf(scene), type);
      const { writes } = scene;
      const stored = scene.stored();
      for (const kept of ofMany(everyCut(line), 10)) {
        writeFileSync(scene.journal, Buffer.concat([before, line.subarray(0, kept)]));
        const { exit } = await scene.apply();
        const repairs = scene.events().filter((event) => event.type === "repaired");
        // A line that lacks nothing but its line break is taken as it is.
        const expected = kept === line.length - 1 ? [] : [expect.objectContaining({ droppedBytes: kept })];
        const whole = { kept, exit: 0, repairs: expected, ...wholeEnding(stored) };
        expect({ kept, exit, repairs, ...(await endingOf(scene)) }).toEqual(whole);
        expect(scene.writes).toEqual(writes);
      }
    },
    timeoutOf(100),
  );

  it("is repaired by the built command as well", async () => {
    const scene = await openScene({ timeoutMs: 30_000 });
    expect(await scene.apply()).toMatchObject({ exit: 0 });
    const { before, line } = lastOf(linesOf(scene), "end");
    writeFileSync(scene.journal, Buffer.concat([before, line.subarray(0, 100)]));
    expect(await startCli(APPLY, scene.process).ended).toMatchObject({ exit: 0, signal: null, stderr: "" });
    expect(
      scene
        .events()
        .map(({ type }) => type)
        .at(-1),
    ).toBe("repaired");
    expect(await endingOf(scene)).toEqual(wholeEnding(scene.stored()));
  });
});
