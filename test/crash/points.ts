import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CliOptions } from "../support/process.ts";
import type { Scene } from "./scene.ts";

/** Where a process ends itself: `12 before` or `12 after` a touch, or in the middle of a write, `12 torn 0.4`. */
export type Point = string;

/** What a process is watched in. */
export type Watched = Pick<Scene, "process" | "environment" | "folder" | "journalFolder">;

/** How a process is started that counts its touches, and ends at a point where one is given; so much later than it is. */
export function watched(scene: Watched, point?: Point, laterMs = 0): CliOptions {
  return {
    ...scene.process,
    environment: {
      ...scene.environment,
      GATEFOLD_TOUCHES_FOLDER: scene.journalFolder,
      GATEFOLD_TOUCHES_LOG: logOf(scene),
      GATEFOLD_TOUCHES_LATER: String(laterMs),
      ...(point === undefined ? {} : { GATEFOLD_TOUCHES_KILL: point }),
    },
    preload: [join(__dirname, "touches.cjs")],
  };
}

const logOf = (scene: Pick<Watched, "folder">) => join(scene.folder, "touches.log");

/** One moment of a watched process. */
export interface Moment {
  readonly when: "begin" | "end";
  readonly touch: number;
  readonly what: string;
}

/** What a watched process did. */
export function momentsOf(scene: Pick<Watched, "folder">): readonly Moment[] {
  const lines = readFileSync(logOf(scene), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [when, touch, what = ""] = line.split(" ");
    return { when: when === "begin" ? "begin" : "end", touch: Number(touch), what };
  });
}

/**
 * Every point of a process that differs for whoever comes later: where one touch ends with nothing else under way, nothing
 * happens up to the beginning of the next one. `torn` is the share of a write that gets through, by the number of the touch.
 */
export function differentPoints(moments: readonly Moment[], torn: (touch: number) => number): readonly Point[] {
  let underWay = 0;
  let wasQuiet = false;
  return moments.flatMap((moment) => {
    const isRepetition = wasQuiet && moment.when === "begin";
    underWay += stepOf(moment);
    wasQuiet = underWay === 0 && moment.when === "end";
    // That a program is told of a response changes nothing for anybody else.
    const isInward = moment.what === "response" && moment.when === "end";
    return [...(isRepetition || isInward ? [] : [pointOf(moment)]), ...tornPoints(moment, torn)];
  });
}

/** Half of each torn write gets through. */
export const tornHalf = () => 0.5;

const pointOf = ({ when, touch }: Moment): Point => `${touch} ${when === "begin" ? "before" : "after"}`;

function tornPoints({ when, touch, what }: Moment, torn: (touch: number) => number): readonly Point[] {
  return when === "begin" && what === "write" ? [`${touch} torn ${torn(touch)}`] : [];
}

// What a request does at the gateway is under way until its response has ended.
function stepOf({ when, what }: Moment): number {
  if (what === "request") return when === "begin" ? 1 : 0;
  if (what === "response") return when === "begin" ? 0 : -1;
  return when === "begin" ? 1 : -1;
}
