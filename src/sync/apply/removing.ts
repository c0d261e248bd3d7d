import { isGatewayError } from "../../contract/errors.ts";
import type { Call, Gateway, ProviderId } from "../../contract/gateway.ts";
import type { CheckedBinding } from "../config/check.ts";
import { objectOf, requestTimeoutOf } from "../plan/object.ts";
import type { PlanRow } from "../plan/plan.ts";
import { closingReason, defectOf, type Ending, failureOf } from "./ending.ts";
import type { GatewayRunParts } from "./gateway-run.ts";

/** How a removal ended, and why nothing more is sent. */
export interface Removing {
  readonly ending: Ending;
  readonly closes?: string | undefined;
}

/** Removes an object: noted before and after. What is gone already is done. */
export async function removeObject(
  { provider, gateway: name, seen }: PlanRow,
  binding: CheckedBinding,
  { gateway, notes }: GatewayRunParts,
  call: Call,
): Promise<Removing> {
  const intent = await notes.append({
    type: "removal",
    object: objectOf(binding),
    provider,
    before: seen,
    timeoutMs: requestTimeoutOf(binding),
  });
  if (intent === undefined) return { ending: { status: "blocked", notes: [], reason: `not sent: ${notes.problem}` } };
  const end = (status: "done" | "failed" | "unknown", error?: ReturnType<typeof failureOf>) =>
    notes.append({ type: "removed", removal: intent.seq, status, ...(error === undefined ? {} : { error }) });
  try {
    const isThere = await removed(gateway, binding.providerId, call);
    await end(isThere ? "failed" : "done");
    if (!isThere) return { ending: { status: "done", notes: [] } };
    return { ending: { status: "blocked", notes: [], reason: "it is there again, and this gateway removes nothing" } };
  } catch (error) {
    if (!isGatewayError(error)) {
      const { ending, failure, closes } = defectOf(error);
      await end("unknown", failure);
      return { ending, closes };
    }
    error.gateway = name;
    if (error.name === "NotFoundError") {
      await end("done");
      return { ending: { status: "done", notes: [{ code: "gone-already", message: "it was gone already" }] } };
    }
    const status = error.outcome === "not-sent" || error.outcome === "not-applied" ? "failed" : "unknown";
    await end(status, failureOf(error));
    // Something still uses it: the vendor says what, and whoever uses it decides.
    if (error.name === "ConflictError") return { ending: { status: "blocked", notes: [], reason: error.message } };
    return { ending: { status, notes: [], error }, closes: closingReason(error) };
  }
}

/** Whether it is still there. Where a gateway removes nothing, the plan has seen that it was gone; else it looks again. */
async function removed(gateway: Gateway<ProviderId>, id: ProviderId, call: Call): Promise<boolean> {
  if (gateway.remove !== undefined) {
    await gateway.remove(id, call);
    return false;
  }
  await gateway.get(id, call);
  return true;
}
