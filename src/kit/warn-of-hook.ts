import { emitWarning } from "node:process";
import type { Hooks } from "../contract/hooks.ts";

const told = new WeakSet<Hooks>();

/** Tells, once for each hook, that it failed. Its error's text stays out: nobody knows what is in it. */
export function warnOfHook(hook: Hooks, member: string, error: unknown): void {
  if (told.has(hook)) return;
  told.add(hook);
  const message = `a gateway's hook failed in ${member} (${kindOf(error)}); calls go on, and it is not told again`;
  emitWarning(message, { type: "GatefoldWarning", code: "GATEFOLD_HOOK" });
}

const KINDS = ["TypeError", "RangeError", "ReferenceError", "SyntaxError", "Error"];

// A name can be set to anything, too: only the language's own are shown.
function kindOf(error: unknown): string {
  try {
    const name: unknown = typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
    return KINDS.find((kind) => kind === name) ?? "an error of its own";
  } catch {
    return "an error of its own";
  }
}
