import type { AdoptResult, AppliedRow, ApplyResult, SettledCreation, Settlement } from "../../sync/index.ts";
import { plainStyle, type Style, type StyleKind } from "../style.ts";
import { padded } from "./columns.ts";
import { errorLines } from "./gateway-trouble.ts";
import { printable, shownMessage } from "./shown.ts";
import { aroundTable, countedBy, summaryTable } from "./summary-table.ts";
import type { View } from "./view.ts";
import { shownId } from "./words.ts";

type RowStatus = AppliedRow["status"] | AdoptResult["rows"][number]["status"];

const KINDS: Readonly<Record<RowStatus, StyleKind>> = {
  done: "added",
  adopted: "added",
  failed: "error",
  blocked: "warning",
  unknown: "warning",
};

const STATUS_WIDTH = 7;
const APPLY_STATUSES = ["done", "failed", "blocked", "unknown"] as const;

/**
 * The result of an apply for people: earlier writes that were settled, a block for each row, what ended it, how much was done
 * at each gateway, counts.
 */
export function renderApply(result: ApplyResult, style: Style = plainStyle, view: View = {}): string {
  const { settled, settledCreations = [], rows, cancelled, journalError } = result;
  const isBrief = view.isBrief === true;
  const shown = isBrief ? rows.filter(({ status }) => status !== "done") : rows;
  const explained = new Set<string>();
  const lines = [
    ...settledCreations.map((each) => `settled by the list: ${printable(describeSettledCreation(each))}`),
    ...settled.map((each) => `settled by reading: ${printable(describeSettlement(each))}`),
    ...shown.flatMap((row) => blockOf(row, thingsOf(row), explained, style, view)),
    ...(cancelled ? [`${style("warning", "cancelled")} before everything was done`] : []),
    ...(journalError === undefined ? [] : [`${style("error", "journal")}: ${shownMessage(journalError)}`]),
  ];
  const table = isBrief
    ? []
    : summaryTable(
        rows,
        countedBy(APPLY_STATUSES, ({ status }) => status),
        style,
      );
  return aroundTable(lines, table, [style("strong", `${countsOfApply(result)}.`), ...unknownAdvice(rows)]).join("\n");
}

function unknownAdvice(rows: ApplyResult["rows"]): string[] {
  const unknown = rows.filter(({ status }) => status === "unknown");
  if (unknown.length === 0) return [];
  const byList = unknown.some(({ id }) => id === null) ? ", and what was made by the list" : "";
  return [`unknown: the gateway gave no usable answer; the next apply settles it by reading back${byList}.`];
}

/** The result of an adoption for people. */
export function renderAdopt({ rows }: AdoptResult, style: Style = plainStyle, view: View = {}): string {
  if (rows.length === 0) return "Nothing to adopt: no binding in scope has a secret.";
  const count = (status: AdoptResult["rows"][number]["status"]) => rows.filter((row) => row.status === status).length;
  const counts = `${count("adopted")} adopted, ${count("failed")} failed, ${count("blocked")} blocked.`;
  const things = (row: AdoptResult["rows"][number]) => [...(row.owned ? ["the object"] : []), ...row.fields];
  const shown = view.isBrief === true ? rows.filter(({ status }) => status !== "adopted") : rows;
  const explained = new Set<string>();
  return [...shown.flatMap((row) => blockOf(row, things(row), explained, style, view)), style("strong", counts)].join(
    "\n",
  );
}

/** What a row of an apply is about: the object that is made or removed, and fields. */
export function thingsOf({ change, writes }: AppliedRow): string[] {
  return [...(change === undefined ? [] : [`${change} the object`]), ...writes];
}

/** How many rows of an apply ended how. */
export function countsOfApply({ rows }: ApplyResult): string {
  const count = (status: AppliedRow["status"]) => rows.filter((row) => row.status === status).length;
  return `${count("done")} done, ${count("failed")} failed, ${count("blocked")} blocked, ${count("unknown")} unknown`;
}

/** What a look says of an earlier write. */
export function describeSettlement({ provider, gateway, id, happening }: Settlement): string {
  const { applied, undecided } = happening;
  const parts = [
    ...(applied.length > 0 ? [`${applied.join(", ")} took effect`] : []),
    ...(undecided.length > 0 ? [`${undecided.join(", ")} still not known`] : []),
  ];
  return `${provider} @ ${gateway} (${id}): ${parts.length > 0 ? parts.join("; ") : "nothing took effect"}`;
}

/** What a look says of an earlier creation. */
export function describeSettledCreation({ provider, gateway, id }: SettledCreation): string {
  return `${provider} @ ${gateway}: ${id === null ? "nothing was made" : `was made, as ${id}`}`;
}

/** What there is to say of a row besides its fields. */
export function remarksOf({ reason, error, notes = [] }: Remarked): string[] {
  return [
    ...(reason === undefined ? [] : [reason]),
    ...(error === undefined ? [] : [`${error.name}: ${error.message}`]),
    ...notes.map(({ message }) => `note: ${message}`),
  ];
}

type Remarked = Pick<AppliedRow, "reason" | "error"> & Partial<Pick<AppliedRow, "notes">>;
type Row = Remarked & Pick<AppliedRow, "provider" | "gateway" | "adapter" | "id"> & { readonly status: RowStatus };

function blockOf(
  row: Row,
  fields: readonly string[],
  explained: Set<string>,
  style: Style,
  { places }: View,
): string[] {
  const { status, provider, gateway, adapter, id } = row;
  const begin = padded(style(KINDS[status], status), STATUS_WIDTH);
  const name = style("strong", printable(`${provider} @ ${gateway}`));
  const title = `${begin} ${name} (${printable(`${adapter} ${shownId(id)}`)})`;
  const { error: _error, ...rest } = row;
  const remarks = [...remarksOf(rest).map(shownMessage), ...errorLines(row, explained, style, places)];
  const below = remarks.map((remark) => `${" ".repeat(STATUS_WIDTH + 1)}${remark}`);
  return [fields.length > 0 ? `${title}: ${fields.join(", ")}` : title, ...below];
}
