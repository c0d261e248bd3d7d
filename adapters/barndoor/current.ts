import type { Issue, JsonObject, ProviderUpdate } from "../../src/index.ts";
import { authType, dependsOnFamily, type Kind, schemesOf } from "./auth-types.ts";
import {
  credentialSettings,
  isFamilyUrl,
  newerRegionConditions,
  newerUrlConditions,
  WITH_SECRET,
} from "./newer-platform.ts";
import type { BarndoorConnectionSettings } from "./settings.ts";

/** What an update may need to know of a provider or a connection. */
export interface BarndoorCurrent {
  /** `model_provider`; undefined where nothing was read. */
  readonly family: string | undefined;
  /** The word of its credential; undefined where it is not known. */
  readonly authType: string | undefined;
  /** Undefined where the gateway did not report them. */
  readonly settings: JsonObject | undefined;
}

/** Stands in where nothing is read. */
export const unread: BarndoorCurrent = {
  family: undefined,
  authType: undefined,
  settings: { "‹current settings›": "‹kept›" },
};

/** What is known of an object that is yet to be made. */
export const unmade = (family: string | undefined): BarndoorCurrent => ({
  family,
  authType: undefined,
  settings: {},
});

interface Reported {
  readonly model_provider: string;
  readonly auth_type?: string | null | undefined;
  readonly settings?: JsonObject | null | undefined;
}

export const currentOf = ({ model_provider, auth_type, settings }: Reported): BarndoorCurrent => ({
  family: model_provider,
  authType: auth_type ?? undefined,
  settings: settings === null ? {} : settings,
});

/** The family tells what schemes are taken and, by setting, their words; `settings` may be replaced as a whole. */
export function needsCurrent(settings: BarndoorConnectionSettings, update: ProviderUpdate): boolean {
  const { baseUrl, credential, native } = update;
  if (native !== undefined && Object.hasOwn(native, "settings")) return true;
  if (isFamilyUrl(settings, baseUrl)) return true;
  if (credential === undefined) return false;
  return credential.scheme !== "api_key" || dependsOnFamily(settings, credential.scheme);
}

/** What only a read can judge: the family takes the scheme and the base URL, and nothing stored is lost. */
export function currentConditions(
  kind: Kind,
  settings: BarndoorConnectionSettings,
  update: ProviderUpdate,
  current: BarndoorCurrent,
): Issue[] {
  const { credential, native } = update;
  const issues: Issue[] = [];
  const family = current.family ?? "";
  const schemes = schemesOf(kind, family);
  if (credential !== undefined && !schemes.includes(credential.scheme)) {
    const isKeyless = kind === "provider" && settings.platform === "newer";
    const taken = [
      ...schemes.filter((each) => !(isKeyless && WITH_SECRET.has(each))),
      ...(isKeyless ? [CONNECTION] : []),
    ];
    const message = `a ${kind} of the family ${family} does not take ${credential.scheme}, only ${taken.join(", ")}`;
    issues.push({ path: "credential", message });
  } else if (credential !== undefined && authType(settings, credential.scheme, family) === undefined) {
    const message = `the setting authTypes.${credential.scheme} has no word for ${family}, and no default`;
    issues.push({ path: "credential", message });
  }
  const writesSettings = (native !== undefined && Object.hasOwn(native, "settings")) || isRole(settings, update);
  if (writesSettings && current.settings === undefined) {
    const message = "the gateway did not report the current settings, and a write may replace all of them";
    issues.push({ path: "native.settings", message });
  }
  if (settings.platform === "newer") {
    issues.push(...newerRegionConditions(update, current), ...newerUrlConditions(settings, update, current));
  }
  return issues;
}

const CONNECTION = "a connection (connectionId)";

const isRole = (settings: BarndoorConnectionSettings, update: ProviderUpdate) =>
  credentialSettings(settings, update) !== undefined;
