import { applyExit, applyPlan, makePlan, resolveSecrets, secretsToWrite } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { renderApply } from "../render.ts";
import { openSession } from "../session.ts";
import type { PlanOptions } from "./plan.ts";

/** Plans and carries the plan out. Every secret that may be written is resolved before the first request. */
export async function apply(host: Host, options: PlanOptions): Promise<Report> {
  const { checked, bindings, connections } = await openSession(host, options);
  const { writeUnverified = false } = options;
  const wanted = secretsToWrite(bindings, writeUnverified);
  const secretOf = await resolveSecrets(checked, wanted, host.environment);
  const { signal } = host;
  const plan = await makePlan(bindings, connections, { writeUnverified, signal });
  const result = await applyPlan(plan, bindings, connections, secretOf, { signal });
  return { data: result, text: renderApply(result), exit: applyExit(result) };
}
