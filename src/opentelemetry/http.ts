import type { Attributes } from "@opentelemetry/api";
import type { RequestEvent, ResponseEvent } from "../contract/hooks.ts";

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/

const KNOWN_METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "QUERY",
]);
const OTHER = "_OTHER";

/** The span's name: the method alone, as the path holds ids. */
export function spanNameOf({ method }: RequestEvent): string {
  return KNOWN_METHODS.has(method) ? method : "HTTP";
}

/** What a request's span has from its start. */
export function requestAttributes(event: RequestEvent): Attributes {
  const { method, attempt } = event;
  return {
    ...metricAttributes(event),
    ...(KNOWN_METHODS.has(method) ? {} : { "http.request.method_original": method }),
    "url.full": shownUrl(event),
    ...(attempt === 1 ? {} : { "http.request.resend_count": attempt - 1 }),
  };
}

/** What the duration of a request is told apart by: nothing that grows with the number of objects. */
export function metricAttributes({ method, url }: RequestEvent): Attributes {
  const { protocol, hostname, port } = new URL(url);
  const usual = protocol === "https:" ? 443 : 80;
  return {
    "http.request.method": KNOWN_METHODS.has(method) ? method : OTHER,
    "server.address": hostname.replace(/^\[|\]$/g, ""),
    "server.port": port === "" ? usual : Number(port),
  };
}

/** The status of an error as text, or why there is no reply; undefined for what is no error of HTTP. */
export function errorTypeOf({ status, reason }: ResponseEvent): string | undefined {
  if (status === undefined) return reason ?? OTHER;
  return status >= 400 ? String(status) : undefined;
}

// The conventions' own word for what is left out.
function shownUrl({ url }: RequestEvent): string {
  return url.replace(/(\?|&)([^=&#]*)=[^&#]*/g, "$1$2=REDACTED");
}
