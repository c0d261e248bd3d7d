import type { Capabilities } from "../../contract/capabilities.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { JournalState } from "../journal/state.ts";
import { objectOf } from "./object.ts";
import type { PlanRow } from "./plan.ts";
import type { Reading } from "./read.ts";
import { evidenceOf } from "./row.ts";

/**
 * What a plan says of an object that no binding is about any more.
 * @param wanted the provider that would be made under the object's name, if any
 */
export function removalRow(
  binding: CheckedBinding,
  reading: Reading,
  { removes }: Capabilities,
  journal: JournalState | undefined,
  wanted: string | undefined,
): PlanRow {
  const { provider, gateway, entry, providerId: id } = binding;
  const about = {
    provider,
    gateway,
    adapter: entry.adapter,
    id,
    fields: [],
    writes: [],
    writesKey: false,
    fingerprints: {},
  };
  if ("error" in reading) {
    const { error } = reading;
    if (error.name !== "NotFoundError") return { ...about, seen: {}, status: "failed", error };
    return { ...about, seen: {}, status: "remove", reason: "is gone already; an apply takes note of it" };
  }
  const seen = evidenceOf(reading.state);
  const blocked = (reason: string): PlanRow => ({ ...about, seen, status: "blocked", reason });
  const record = journal?.record(objectOf(binding));
  if (record?.isRotating)
    return blocked("a rotation of its key was interrupted: finish it with gatefold rotate --resume");
  if ((record?.open.length ?? 0) > 0) {
    return blocked("the outcome of an earlier write is not known; the next apply settles it by reading back");
  }
  if (wanted !== undefined) {
    return blocked(
      `${wanted} would be made under its name: adopt it for ${wanted}, or take that out of the config first`,
    );
  }
  if (removes !== true) return blocked("this gateway removes nothing: remove it there by hand");
  return { ...about, seen, status: "remove", reason: `${reading.state.name} is removed for good` };
}
