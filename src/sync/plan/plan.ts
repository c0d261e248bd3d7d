import { type GatewayError, isGatewayError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { ProviderState } from "../../contract/state.ts";
import { type Field, updateFields } from "../../contract/update.ts";
import { forEachAtMost } from "../concurrency.ts";
import type { CheckedBinding } from "../config/check.ts";
import type { Connections } from "../connect.ts";
import { compareField, type FieldComparison } from "./compare.ts";

/** What a plan says of one binding. */
export interface PlanRow {
  readonly provider: string;
  readonly gateway: string;
  readonly adapter: string;
  readonly id: ProviderId;
  /**
   * `change`: something differs. `unverifiable`: all that can be compared is equal, and something cannot be compared.
   * `blocked`: the desired state contradicts what is there. `failed`: the gateway could not be read.
   */
  readonly status: "in-sync" | "change" | "unverifiable" | "blocked" | "failed";
  readonly fields: readonly FieldComparison[];
  /** What an apply of this plan writes, in one update. */
  readonly writes: readonly Field[];
  /** Why the row is blocked, or what a writer should know. */
  readonly reason?: string;
  readonly error?: GatewayError;
}

/** The computed differences of a config. Making it writes nothing. */
export interface Plan {
  readonly version: 1;
  /** Whether fields that cannot be verified are written too. */
  readonly writeUnverified: boolean;
  readonly rows: readonly PlanRow[];
}

/** What a plan may do with a gateway: it has no method that writes. */
export type GatewayReader = Pick<Gateway<ProviderId>, "adapter" | "capabilities" | "get">;

const READS_AT_ONCE = 8;

/** Reads every binding and compares. A gateway that cannot be read fails its own rows only. */
export async function makePlan(
  bindings: readonly CheckedBinding[],
  connections: Connections,
  options: { readonly writeUnverified?: boolean } & Call = {},
): Promise<Plan> {
  const { writeUnverified = false, ...call } = options;
  const rows = await forEachAtMost(READS_AT_ONCE, bindings, (binding) => {
    return planRow(binding, readerOf(connections, binding.gateway), writeUnverified, call);
  });
  return { version: 1, writeUnverified, rows };
}

/** A gateway without its writing method, at run time too. */
export function readerOf(connections: Connections, name: string): GatewayReader {
  const gateway = connections.get(name);
  if (gateway === undefined) throw new Error(`the gateway ${name} was not opened`);
  const { adapter, capabilities } = gateway;
  return { adapter, capabilities, get: (id, call) => gateway.get(id, call) };
}

async function planRow(
  binding: CheckedBinding,
  gateway: GatewayReader,
  writeUnverified: boolean,
  call: Call,
): Promise<PlanRow> {
  const { provider, providerId: id } = binding;
  const about = { provider, gateway: binding.gateway, adapter: gateway.adapter, id };
  try {
    const state = await gateway.get(id, call);
    return { ...about, ...judge(binding, state, gateway, writeUnverified) };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    error.gateway = binding.gateway;
    return { ...about, status: "failed", fields: [], writes: [], error };
  }
}

function judge(
  binding: CheckedBinding,
  state: ProviderState<ProviderId>,
  { capabilities }: GatewayReader,
  writeUnverified: boolean,
): Pick<PlanRow, "status" | "fields" | "writes" | "reason"> {
  const desired = binding.fields;
  const wanted = updateFields.filter((field) => Object.hasOwn(desired, field));
  const fields = wanted.map((field) => compareField(field, desired[field], state));
  if (isBoundElsewhere(wanted, state)) {
    const reason =
      `uses the shared connection ${state.connectionId}: to detach it, add connectionId: null; ` +
      "to keep it, omit the credential and manage the connection";
    return { status: "blocked", fields, writes: [], reason };
  }
  const changed = fields.filter(({ verdict }) => verdict === "change").map(({ field }) => field);
  const unverified = fields.filter(({ verdict }) => verdict === "unverifiable").map(({ field }) => field);
  const chosen = new Set([...changed, ...(writeUnverified ? unverified : [])]);
  const writes = widened(chosen, wanted, desired.connectionId, capabilities);
  const status = changed.length > 0 ? "change" : unverified.length > 0 ? "unverifiable" : "in-sync";
  const attaches = changed.includes("connectionId") && desired.connectionId !== null;
  const reason = "attaching gives up the provider's own key for good: no gateway gives a key back";
  return { status, fields, writes, ...(attaches ? { reason } : {}) };
}

function isBoundElsewhere(wanted: readonly Field[], state: ProviderState<ProviderId>): boolean {
  const usesConnection = state.credential.kind === "connection";
  return usesConnection && wanted.includes("credential") && !wanted.includes("connectionId");
}

// What is written with a field, because it would be reset or refused otherwise, comes from the desired state.
function widened(
  chosen: ReadonlySet<Field>,
  wanted: readonly Field[],
  connectionId: unknown,
  { fields }: GatewayReader["capabilities"],
): Field[] {
  const writes = new Set(chosen);
  for (const field of writes) {
    const along = [...(fields[field].writtenWith ?? [])];
    if (field === "connectionId" && connectionId === null) along.push("credential");
    for (const other of along.filter((name) => wanted.includes(name))) writes.add(other);
  }
  return updateFields.filter((field) => writes.has(field));
}
