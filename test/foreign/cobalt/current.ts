import { type Issue, isSecret, type ProviderUpdate, type Secret } from "gatefold";
import { present, type WireBody } from "gatefold/kit";
import { type CobaltConnection, connectionSchema } from "./schema.ts";

/** What a write must know of the connection that it replaces. */
export interface CobaltCurrent {
  /** The members that it sends back as they are. */
  readonly kept: WireBody;
  readonly headerNames: readonly string[];
  readonly displaySecret: string | undefined;
  /** Members that were not documented when this was written. */
  readonly unknownMembers: readonly string[];
  readonly revision: string;
}

/** Stands in where nothing is read. */
export const unread: CobaltCurrent = {
  kept: { "‹members that are not given›": "‹as they are›" },
  headerNames: [],
  displaySecret: undefined,
  unknownMembers: [],
  revision: "‹current revision›",
};

export function currentOf(reply: CobaltConnection): CobaltCurrent {
  const { label, note, timeoutMs, idleTimeoutMs, active, headerNames = [], displaySecret, revision } = reply;
  return {
    kept: present({ label, note, timeoutMs, idleTimeoutMs, active }),
    headerNames,
    displaySecret,
    unknownMembers: Object.keys(reply).filter((name) => !Object.hasOwn(connectionSchema.shape, name)),
    revision: String(revision),
  };
}

/** A write erases what it leaves out: what cannot be sent back must be given, or nothing is written. */
export function currentConditions({ native, credential }: ProviderUpdate, current: CobaltCurrent): Issue[] {
  const { headerNames, displaySecret, unknownMembers } = current;
  const issues: Issue[] = [];
  const headers = native?.headers;
  if (headers === undefined && headerNames.length > 0) {
    const message =
      `the connection has the headers ${headerNames.join(", ")}, whose values no reply shows: a write without them would ` +
      "erase them; give all of them, or null to remove them";
    issues.push({ path: "native.headers", message });
  }
  if (isSecret(headers) && !isHeaderMap(headers)) {
    issues.push({ path: "native.headers", message: "expected the JSON text of a map of header names and values" });
  }
  if (credential?.scheme === "api_key" && credential.apiKey.reveal() === displaySecret) {
    const message = "is the masked form that replies show: it would be stored in the place of the key itself";
    issues.push({ path: "credential.apiKey", message });
  }
  if (unknownMembers.length > 0) {
    const message = `the connection has members that this adapter does not know, and a write may reset them: ${unknownMembers.join(", ")}`;
    issues.push({ path: "", message });
  }
  return issues;
}

function isHeaderMap(text: Secret): boolean {
  try {
    const value: unknown = JSON.parse(text.reveal());
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const values = Object.values(value);
    return values.length > 0 && values.every((each) => typeof each === "string");
  } catch {
    return false;
  }
}
