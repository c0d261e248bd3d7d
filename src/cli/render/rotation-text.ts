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
import { remarksOf } from "./result-text.ts";
import { printable, shownMessage } from "./shown.ts";

const KINDS: Readonly<Record<RotatedRow["holds"], StyleKind>> = { new: "added", old: "warning", unknown: "error" };
const WIDTH = 7;

/** The outcome of a rotation for people: what each gateway holds, by what evidence, and what is left to do. */
export function renderRotation(
  result: RotationResult,
  { selection: { reference }, to }: Pick<RotationInput, "selection"> & { readonly to: SecretReference },
  style: Style = plainStyle,
): string {
  const { rows, failure, cancelled, journalError } = result;
  return [
    ...rows.flatMap((row) => blockOf(row, style)),
    ...(failure === undefined ? [] : [`What failed: ${shownMessage(failure)}`]),
    ...(cancelled ? [`${style("warning", "cancelled")} before everything was done`] : []),
    ...(journalError === undefined ? [] : [`${style("error", "journal")}: ${shownMessage(journalError)}`]),
    style("strong", `${verdictOf(result)}.`),
    ...adviceOf(result, referenceKey(reference) === referenceKey(to) ? undefined : reference),
  ].join("\n");
}

function blockOf(row: RotatedRow, style: Style): string[] {
  const { holds, provider, gateway, adapter, id, evidence, inUse, affects = [] } = row;
  const name = style("strong", printable(`${provider} @ ${gateway}`));
  const title = `${padded(style(KINDS[holds], holds), WIDTH)} ${name} (${printable(`${adapter} ${id}`)})`;
  const remarks = [
    ...(affects.length === 0 ? [] : [`reaches ${affects.map((each) => `${each.name} (${each.id})`).join(", ")}`]),
    ...(inUse === undefined ? [] : [inUse ? "in use since it was written" : "not used yet since it was written"]),
    ...remarksOf(row),
  ];
  const proof = evidence.length === 0 ? "" : `: shown by ${evidence.join(", ")}`;
  return [`${title}${proof}`, ...remarks.map((remark) => `${" ".repeat(WIDTH + 1)}${shownMessage(remark)}`)];
}

function verdictOf({ status, rows }: RotationResult): string {
  const all = rows.length === 1 ? "The object holds" : `All ${rows.length} hold`;
  if (status === "all-new") return `${all} the new key`;
  if (status === "all-old") return `${all} the old key: nothing was changed, or it was put back`;
  const count = (wanted: RotatedRow["holds"]) => rows.filter(({ holds }) => holds === wanted).length;
  return `Needs an operator: ${count("new")} hold the new key, ${count("old")} the old one, of ${count("unknown")} it is not known`;
}

/** `outdated`: the config's own reference, where it may still give the old key. */
function adviceOf(
  { status, oldKeyElsewhere, resumable }: RotationResult,
  outdated: SecretReference | undefined,
): string[] {
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
