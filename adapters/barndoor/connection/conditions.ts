import type { Issue, ProviderUpdate } from "../../../src/index.ts";
import { newerRoleConditions } from "../newer-platform.ts";
import type { BarndoorConnectionSettings } from "../settings.ts";

/** The conditions of an update, or of a creation, that need no read. */
export function connectionConditions({ platform }: BarndoorConnectionSettings, update: ProviderUpdate): Issue[] {
  return platform === "newer" ? newerRoleConditions(update) : [];
}
