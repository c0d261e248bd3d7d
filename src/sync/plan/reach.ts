import { isGatewayError } from "../../contract/errors.ts";
import type { Call } from "../../contract/gateway.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { PlanRow } from "./plan.ts";
import { type GatewayReader, type Readers, readerFor } from "./read.ts";

const READS_AT_ONCE = 4;

/** Rows with the providers that their writes reach, where an object is shared. What cannot be read is told, and stops nothing. */
export async function withReach(rows: readonly PlanRow[], readers: Readers, call: Call): Promise<readonly PlanRow[]> {
  const shared = rows.filter((row) => {
    const isWritten = row.writes.length > 0 || row.status === "remove";
    return isWritten && readerFor(readers, row).capabilities.shared === true;
  });
  if (shared.length === 0) return rows;
  const reached = await forEachAtMost(READS_AT_ONCE, shared, async (row) => {
    return [row, await withUsers(row, readerFor(readers, row), call)] as const;
  });
  const told = new Map(reached);
  return rows.map((row) => told.get(row) ?? row);
}

async function withUsers(row: PlanRow, { usedBy }: GatewayReader, call: Call): Promise<PlanRow> {
  if (row.id === null || usedBy === undefined) return row;
  try {
    const users = await usedBy(row.id, call);
    return { ...row, affects: users.map((user) => ({ id: user.id, name: user.name })) };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    const unknown = `which providers use it could not be read: ${error.name}: ${error.message}`;
    return { ...row, reason: row.reason === undefined ? unknown : `${row.reason}; ${unknown}` };
  }
}
