import { isGatewayError } from "../../contract/errors.ts";
import type { Call } from "../../contract/gateway.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { PlanRow } from "./plan.ts";
import { type Readers, readerFor } from "./read.ts";

const READS_AT_ONCE = 4;

/** Rows with the providers that their writes reach, where an object is shared. What cannot be read is told, and stops nothing. */
export async function withReach(rows: readonly PlanRow[], readers: Readers, call: Call): Promise<readonly PlanRow[]> {
  return forEachAtMost(READS_AT_ONCE, rows, async (row) => {
    const { id, gateway, status, writes } = row;
    const isWritten = writes.length > 0 || status === "remove";
    if (id === null || !isWritten) return row;
    const { capabilities, usedBy } = readerFor(readers, { gateway });
    if (capabilities.shared !== true || usedBy === undefined) return row;
    try {
      const users = await usedBy(id, call);
      return { ...row, affects: users.map((user) => ({ id: user.id, name: user.name })) };
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      const unknown = `which providers use it could not be read: ${error.name}: ${error.message}`;
      return { ...row, reason: row.reason === undefined ? unknown : `${row.reason}; ${unknown}` };
    }
  });
}
