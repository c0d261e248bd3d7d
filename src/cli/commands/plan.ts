import { makePlan, planExit } from "../../sync/index.ts";
import type { Host } from "../host.ts";
import type { Report } from "../output.ts";
import { renderPlan } from "../render.ts";
import { openSession, type SessionOptions } from "../session.ts";

/** Options of `plan`. */
export interface PlanOptions extends SessionOptions {
  readonly writeUnverified?: boolean;
}

/** Shows what an apply would write. Reads only. */
export async function plan(host: Host, options: PlanOptions): Promise<Report> {
  const { bindings, connections } = await openSession(host, options);
  const { writeUnverified = false } = options;
  const made = await makePlan(bindings, connections, { writeUnverified, signal: host.signal });
  return { data: made, text: renderPlan(made), exit: planExit(made) };
}
