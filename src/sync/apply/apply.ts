import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, ProviderId } from "../../contract/gateway.ts";
import type { Note } from "../../contract/state.ts";
import type { Field, ProviderUpdate } from "../../contract/update.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { SecretUse } from "../config/desired.ts";
import { secretsOf, withSecrets } from "../config/desired.ts";
import type { Connections, ResolvedSecrets } from "../connect.ts";
import type { Plan, PlanRow } from "../plan/plan.ts";

/** What became of one row of a plan. `unknown`: the gateway gave no usable answer, read it before trying again. */
export interface AppliedRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: ProviderId;
  readonly status: "done" | "failed" | "blocked" | "unknown";
  /** The fields of the update. */
  readonly writes: readonly Field[];
  readonly notes: readonly Note[];
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The outcome of an apply: one row for each row of the plan that had something to write, or could not be planned. */
export interface ApplyResult {
  readonly version: 1;
  readonly rows: readonly AppliedRow[];
}

/** The secrets that an apply may need: with `writeUnverified` all, else those that a detach writes. */
export function secretsToWrite(bindings: readonly CheckedBinding[], writeUnverified: boolean): readonly SecretUse[] {
  return bindings.flatMap((binding) => {
    const { uses } = secretsOf(binding);
    const detaches = binding.fields.connectionId === null;
    return uses.filter(({ field }) => writeUnverified || field === "native" || detaches);
  });
}

/**
 * Carries out a plan: gateways in parallel, the rows of one gateway one after the other.
 * One row's failure, or one gateway's, never stops another.
 */
export async function applyPlan(
  plan: Plan,
  bindings: readonly CheckedBinding[],
  connections: Connections,
  secretOf: ResolvedSecrets,
  call: Call = {},
): Promise<ApplyResult> {
  const perGateway = [...connections.keys()].map(async (name) => {
    const rows: AppliedRow[] = [];
    for (const row of plan.rows.filter(({ gateway }) => gateway === name)) {
      const applied = await applyRow(row, bindings, connections, secretOf, call);
      if (applied !== undefined) rows.push(applied);
    }
    return rows;
  });
  const applied = (await Promise.all(perGateway)).flat();
  // In the plan's order, whatever was quickest.
  const placeOf = ({ gateway, id }: Pick<AppliedRow, "gateway" | "id">) =>
    plan.rows.findIndex((row) => row.gateway === gateway && row.id === id);
  return { version: 1, rows: applied.sort((left, right) => placeOf(left) - placeOf(right)) };
}

async function applyRow(
  row: PlanRow,
  bindings: readonly CheckedBinding[],
  connections: Connections,
  secretOf: ResolvedSecrets,
  call: Call,
): Promise<AppliedRow | undefined> {
  const { provider, gateway: name, adapter, id, writes } = row;
  const about = { provider, gateway: name, adapter, id, writes, notes: [] };
  if (row.status === "failed") return { ...about, status: "failed", ...(row.error ? { error: row.error } : {}) };
  if (row.status === "blocked") return { ...about, status: "blocked", ...(row.reason ? { reason: row.reason } : {}) };
  if (writes.length === 0) return undefined;
  const binding = bindings.find((candidate) => candidate.gateway === name && candidate.providerId === id);
  const gateway = connections.get(name);
  if (binding === undefined || gateway === undefined) throw new Error("the plan was made from another config");
  try {
    // The gateway judges the update: what a config holds is not typed.
    const update = withSecrets(binding, writes, secretOf) as ProviderUpdate;
    const { notes } = await gateway.update(id, update, call);
    return { ...about, status: "done", notes };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    error.gateway = name;
    return { ...about, status: error.outcome === "unknown" ? "unknown" : "failed", error };
  }
}
