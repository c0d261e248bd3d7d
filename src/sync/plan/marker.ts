import type { Capabilities } from "../../contract/capabilities.ts";
import { copyJsonObject, metadataText } from "../../contract/json.ts";

/** The one member of an object's metadata by which a creation whose reply was lost is found again. */
const MARKER_MEMBER = "gatefold";

/** The marker that metadata carries, if any. */
export function markerIn(metadata: unknown): unknown {
  return isObject(metadata) ? metadata[MARKER_MEMBER] : undefined;
}

/**
 * Metadata with a marker; undefined where it cannot carry one: it is a text, has such a member of its own, is too long with
 * it, or could never be read back.
 */
export function withMarker(
  metadata: unknown,
  marker: string,
  { creation, fields }: Capabilities,
): Readonly<Record<string, unknown>> | undefined {
  const isText = metadata !== undefined && metadata !== null && !isObject(metadata);
  if (isText || !creation?.takes.includes("metadata") || fields.metadata.read === "no") return undefined;
  const given = isObject(metadata) ? metadata : {};
  if (Object.hasOwn(given, MARKER_MEMBER)) return undefined;
  const marked = { ...given, [MARKER_MEMBER]: marker };
  const json = copyJsonObject(marked);
  const { maxLength = Number.POSITIVE_INFINITY } = fields.metadata.limits ?? {};
  return json !== undefined && [...metadataText(json)].length <= maxLength ? marked : undefined;
}

/** Reported metadata as it is compared with the desired: a marker that nobody desires is not there. */
export function withoutMarker(reported: unknown, desired: unknown): unknown {
  if (markerIn(reported) === undefined || markerIn(desired) !== undefined || !isObject(reported)) return reported;
  const { [MARKER_MEMBER]: _marker, ...rest } = reported;
  return Object.keys(rest).length === 0 && !isObject(desired) ? null : rest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
