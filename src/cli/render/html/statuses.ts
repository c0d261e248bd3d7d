import type { AppliedRow, PlanRow } from "../../../sync/index.ts";
import { LOOKS } from "../plan-text.ts";
import { STATUS_WORDS } from "../words.ts";
import type { PageStatus, Tone } from "./page-model.ts";

const TONES: Readonly<Record<PlanRow["status"], Tone>> = {
  "in-sync": "calm",
  changed: "attention",
  drift: "attention",
  suspected: "open",
  unverifiable: "open",
  unreadable: "open",
  create: "good",
  remove: "bad",
  blocked: "bad",
  failed: "bad",
};

/** A status of a plan, with the sign and the words of its text. */
export function planStatus(status: PlanRow["status"]): PageStatus {
  return { key: status, sign: LOOKS[status][0], words: STATUS_WORDS[status], tone: TONES[status] };
}

const OUTCOMES: Readonly<Record<AppliedRow["status"], readonly [sign: string, tone: Tone]>> = {
  done: ["✓", "good"],
  unknown: ["?", "attention"],
  blocked: ["!", "bad"],
  failed: ["x", "bad"],
};

/** What became of a row. */
export function outcomeStatus(status: AppliedRow["status"]): PageStatus {
  const [sign, tone] = OUTCOMES[status];
  return { key: status, sign, words: status, tone };
}

/** What is blocked, failed, or beyond a limit. */
export const REFUSED: PageStatus = { key: "refused", sign: "!", words: "refused", tone: "bad" };

/** The sign of every status that a page can show, in the order in which they are counted. */
export const SIGNS: ReadonlyMap<string, string> = new Map([
  ...(["done", "unknown"] as const).map((key) => [key, OUTCOMES[key][0]] as const),
  ...Object.entries(LOOKS).map(([key, [sign]]) => [key, sign] as const),
  [REFUSED.key, REFUSED.sign],
]);
