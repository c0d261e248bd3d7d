import {
  type RotatedRow,
  type RotationInput,
  type RotationResult,
  referenceKey,
  referenceText,
  type SecretReference,
} from "../../sync/index.ts";
import { plainStyle, type Style, type StyleKind } from "../style.ts";
import { padded } from "./columns.ts";
import { errorLines } from "./gateway-trouble.ts";
import { remarksOf } from "./result-text.ts";
import { printable, shownMessage } from "./shown.ts";
import { aroundTable, summaryTable } from "./summary-table.ts";
import type { View } from "./view.ts";

const KINDS: Readonly<Record<RotatedRow["holds"], StyleKind>> = { new: "added", old: "warning", unknown: "error" };
const WIDTH = 7;
const HELD = [
  { title: "new key", holds: "new" },
  { title: "old key", holds: "old" },
  { title: "not known", holds: "unknown" },
] as const;
const HELD_KEYS = HELD.map(({ title, holds }) => ({ title, counts: (row: RotatedRow) => row.holds === holds }));

/** The outcome of a rotation for people: what each gateway holds, by what evidence, and what is left to do. */
export function renderRotation(
  result: RotationResult,
  { selection: { reference }, to }: Pick<RotationInput, "selection"> & { readonly to: SecretReference },
  style: Style = plainStyle,
  view: View = {},
): string {
  const { rows, failure, cancelled, journalError } = result;
  const isBrief = view.isBrief === true;
  const explained = new Set<string>();
  const lines = [
    ...rows.flatMap((row) => blockOf(row, explained, style, view)),
    ...(failure === undefined ? [] : [`What failed: ${shownMessage(failure)}`]),
    ...(cancelled ? [`${style("warning", "cancelled")} before everything was done`] : []),
    ...(journalError === undefined ? [] : [`${style("error", "journal")}: ${shownMessage(journalError)}`]),
  ];
  const table = isBrief ? [] : summaryTable(rows, HELD_KEYS, style);
  const verdict = style("strong", `${rotationVerdict(result)}.`);
  return aroundTable(lines, table, [verdict, ...rotationAdvice(result, { reference, to })]).join("\n");
}

function blockOf(row: RotatedRow, explained: Set<string>, style: Style, { places }: View): string[] {
  const { holds, provider, gateway, adapter, id, evidence } = row;
  const name = style("strong", printable(`${provider} @ ${gateway}`));
  const title = `${padded(style(KINDS[holds], holds), WIDTH)} ${name} (${printable(`${adapter} ${id}`)})`;
  const proof = evidence.length === 0 ? "" : `: shown by ${evidence.join(", ")}`;
  const { error: _error, ...rest } = row;
  const remarks = [...rotationRemarks(rest).map(shownMessage), ...errorLines(row, explained, style, places)];
  return [`${title}${proof}`, ...remarks.map((remark) => `${" ".repeat(WIDTH + 1)}${remark}`)];
}

/** What there is to say of an object besides the key that it holds. */
export function rotationRemarks(row: RotatedRow): string[] {
  const { inUse, affects = [] } = row;
  return [
    ...(affects.length === 0 ? [] : [`reaches ${affects.map((each) => `${each.name} (${each.id})`).join(", ")}`]),
    ...(inUse === undefined ? [] : [inUse ? "in use since it was written" : "not used yet since it was written"]),
    ...remarksOf(row),
  ];
}

/** How a rotation ended, in one line. */
export function rotationVerdict({ status, rows }: RotationResult): string {
  const all = rows.length === 1 ? "The object holds" : `All ${rows.length} hold`;
  if (status === "all-new") return `${all} the new key`;
  if (status === "all-old") return `${all} the old key: nothing was changed, or it was put back`;
  const count = (wanted: RotatedRow["holds"]) => rows.filter(({ holds }) => holds === wanted).length;
  return `Needs an operator: ${count("new")} hold the new key, ${count("old")} the old one, of ${count("unknown")} it is not known`;
}

/**
 * What is left to do after a rotation; each is one line.
 * @param rotated the reference that the config has for the key, and the one that gave the new key
 */
export function rotationAdvice(
  { status, oldKeyElsewhere, resumable }: RotationResult,
  rotated: { readonly reference: SecretReference; readonly to: SecretReference },
): string[] {
  const isOutdated = referenceKey(rotated.reference) !== referenceKey(rotated.to);
  const outdated = isOutdated ? rotated.reference : undefined;
  if (resumable) return ["Repair what is named above, if anything is, then go on with: gatefold rotate --resume"];
  if (status !== "all-new") return [];
  return [
    ...(outdated === undefined
      ? []
      : [`Put the new key where ${printable(referenceText(outdated))} leads to, before the next apply.`]),
    ...heldElsewhere(oldKeyElsewhere),
    "Whether the old key is still used anywhere else, nothing here can tell.",
  ];
}

function heldElsewhere(places: RotationResult["oldKeyElsewhere"]): string[] {
  if (places === undefined) return [];
  if (places.length === 0) return ["No object of this config holds the old key any more, by what the journal knows."];
  const names = places.map(({ provider, gateway }) => printable(`${provider} @ ${gateway}`));
  return [`The old key is still held by ${names.join(", ")}, by what the journal knows.`];
}
