// What plan, drift, apply and adopt print: as text for people, and as Markdown for comments. Everything here is pure.
export { applyMarkdown, driftMarkdown, planMarkdown } from "./render/markdown.ts";
export { renderDrift, renderPlan } from "./render/plan-text.ts";
export { renderAdopt, renderApply } from "./render/result-text.ts";
