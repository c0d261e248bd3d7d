import type { AnyAdapter } from "../../contract/gateway.ts";
import type { Hooks, Logger } from "../../contract/hooks.ts";

const nothing = () => {};
const EITHER: Hooks & Logger = { onStart: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * Whether a setting is of the contract's kind that only code can give: hooks, or a logger. An adapter of its own making may have
 * settings of these names that a file can give.
 */
export function takesFunctions({ settings }: Pick<AnyAdapter, "settings">, name: string): boolean {
  if (name !== "hooks" && name !== "logger") return false;
  const issuesOf = (value: unknown) =>
    settings
      .safeParse({ [name]: value })
      .error?.issues.filter(({ path, code }) => path[0] === name || code === "unrecognized_keys") ?? [];
  return issuesOf(EITHER).length === 0 && issuesOf("a text").length > 0;
}
