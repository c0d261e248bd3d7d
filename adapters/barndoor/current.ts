import type { Issue, JsonObject, ProviderUpdate } from "../../src/index.ts";
import { authType, dependsOnFamily, type Kind, schemesOf } from "./auth-types.ts";
import type { BarndoorConnectionSettings } from "./settings.ts";

/** What an update may need to know of a provider or a connection. */
export interface BarndoorCurrent {
  /** `model_provider`; undefined where nothing was read. */
  readonly family: string | undefined;
  /** Undefined where the gateway did not report them. */
  readonly settings: JsonObject | undefined;
}

/** Stands in where nothing is read. */
export const unread: BarndoorCurrent = { family: undefined, settings: { "‹current settings›": "‹kept›" } };

interface Reported {
  readonly model_provider: string;
  readonly settings?: JsonObject | null | undefined;
}

export const currentOf = ({ model_provider, settings }: Reported): BarndoorCurrent => ({
  family: model_provider,
  settings: settings === null ? {} : settings,
});

/** The family tells what schemes are taken and, by setting, their words; `settings` may be replaced as a whole. */
export function needsCurrent(settings: BarndoorConnectionSettings, { credential, native }: ProviderUpdate): boolean {
  if (native !== undefined && Object.hasOwn(native, "settings")) return true;
  if (credential === undefined) return false;
  return credential.scheme !== "api_key" || dependsOnFamily(settings, credential.scheme);
}

/** What only a read can judge: the family takes the scheme, and nothing stored is lost. */
export function currentConditions(
  kind: Kind,
  settings: BarndoorConnectionSettings,
  { credential, native }: ProviderUpdate,
  current: BarndoorCurrent,
): Issue[] {
  const issues: Issue[] = [];
  const family = current.family ?? "";
  const schemes = schemesOf(kind, family);
  if (credential !== undefined && !schemes.includes(credential.scheme)) {
    const message = `a ${kind} of the family ${family} does not take ${credential.scheme}, only ${schemes.join(", ")}`;
    issues.push({ path: "credential", message });
  } else if (credential !== undefined && authType(settings, credential.scheme, family) === undefined) {
    const message = `the setting authTypes.${credential.scheme} has no word for ${family}, and no default`;
    issues.push({ path: "credential", message });
  }
  if (native !== undefined && Object.hasOwn(native, "settings") && current.settings === undefined) {
    const message = "the gateway did not report the current settings, and a write may replace all of them";
    issues.push({ path: "native.settings", message });
  }
  return issues;
}
