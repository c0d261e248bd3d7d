import type { RotatedRow, RotationResult, SecretReference } from "../../sync/index.ts";
import { aboutOf, gatewayCounts, remark } from "./markdown.ts";
import { type MarkdownRow, markdownOf, sentence } from "./markdown-text.ts";
import { rotationAdvice, rotationRemarks, rotationVerdict } from "./rotation-text.ts";

const HEAD = ["Provider", "Gateway", "Holds", "Shown by", "Remarks"];

/**
 * The outcome of a rotation as Markdown: what each gateway holds, by what evidence, and what is left to do.
 * @param rotated the reference that the config has for the key, and the one that gave the new key
 */
export function rotationMarkdown(
  result: RotationResult,
  rotated: { readonly reference: SecretReference; readonly to: SecretReference },
): string {
  const { status, rows, failure, cancelled, journalError } = result;
  // Where all is well, nothing stands apart.
  const isApart = (row: RotatedRow) => status === "needs-operator" && row.holds !== "new";
  return markdownOf({
    marker: "rotate",
    heading: `gatefold rotate: ${rotationVerdict(result)}`,
    leading: [
      ...(failure === undefined ? [] : [`**What failed**: ${remark(failure)}`]),
      ...(cancelled ? ["**Cancelled** before everything was done"] : []),
      ...(journalError === undefined ? [] : [`**Journal**: ${remark(journalError)}`]),
    ],
    counts: gatewayCounts(
      rows.map(({ gateway, holds }) => ({ gateway, status: holds })),
      ["unknown", "old", "new"],
    ),
    sections: [
      { title: "Without the new key, or not known to have it", head: HEAD, rows: rows.filter(isApart).map(rowOf) },
      { title: "Objects", head: HEAD, rows: rows.filter((row) => !isApart(row)).map(rowOf) },
    ],
    trailing: rotationAdvice(result, rotated).map(sentence),
  });
}

function rowOf(row: RotatedRow): MarkdownRow {
  const { gateway, holds, evidence } = row;
  const remarks = rotationRemarks(row).map(remark).join("<br>");
  return { gateway, lines: [[...aboutOf(row), holds, evidence.join(", "), remarks]] };
}
