// The page that plan, drift, apply and report write: one self-contained HTML document. Everything here is pure.
import type { ApplyResult, Plan } from "../../../sync/index.ts";
import type { Purpose } from "../words.ts";
import { applyPage } from "./apply-page.ts";
import { renderPage } from "./page.ts";
import { type PageContext, planPage } from "./plan-page.ts";

export type { PageContext } from "./plan-page.ts";

/** A plan as a page: `plan` says what an apply would write, `drift` only what differs. */
export function planHtml(plan: Plan, purpose: Purpose, context: PageContext): string {
  return renderPage(planPage(plan, purpose, context));
}

/** The result of an apply as a page, with the plan that it carried out. */
export function applyHtml(result: ApplyResult, plan: Plan, context: PageContext): string {
  return renderPage(applyPage(result, plan, context));
}
