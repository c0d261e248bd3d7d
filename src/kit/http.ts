import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosError, AxiosInstance, AxiosResponse, AxiosStatic } from "axios";
import type { Secret } from "../contract/secret.ts";
import { type Authentication, authenticationHeader, authenticationHeaderName } from "./authentication.ts";
import { renderBody, renderForm, type WireBody, type WireForm } from "./body.ts";
import type { Path } from "./path.ts";

// The only file that imports axios. An AxiosError holds the key and the Authorization header: it never leaves this file.

const REPLY_LIMIT_BYTES = 10 * 1024 * 1024;

/** How one gateway is reached. */
export interface HttpSettings {
  /** Absolute, without a trailing slash. */
  readonly baseUrl: string;
  /** Milliseconds for one attempt, from the start of the connection to the last byte of the reply. */
  readonly timeoutMs: number;
  readonly proxy: "environment" | false;
  readonly userAgent: string;
  readonly authentication: Authentication;
}

/** One request, its secrets still wrapped. */
export interface HttpRequest {
  readonly method: string;
  readonly path: Path;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: WireBody;
  /** Sent instead of a body, as a form. */
  readonly form?: WireForm;
}

/** What came of one attempt. `sent: false` only where nothing can have reached the gateway. */
export type HttpResult =
  | { readonly kind: "reply"; readonly status: number; readonly text: string; readonly retryAfter?: string }
  | { readonly kind: "timeout" | "too-large"; readonly sent: true }
  | { readonly kind: "aborted"; readonly sent: boolean }
  | { readonly kind: "network"; readonly sent: boolean; readonly code: string };

/** Sends one request once; a login has no token yet. Never throws. */
export type Http = (request: HttpRequest, token: Secret | undefined, signal?: AbortSignal) => Promise<HttpResult>;

/** A request as it may be seen by whoever knows the secrets that its texts could echo: those it carries are redacted. */
export interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Secrets in it are still wrapped. */
  readonly body?: WireBody | WireForm;
}

/** What a request would be sent as. */
export function showRequest(settings: HttpSettings, request: HttpRequest, hasToken: boolean): ShownRequest {
  const { method, body = request.form } = request;
  return {
    method,
    url: settings.baseUrl + targetOf(request),
    headers: {
      ...commonHeaders(settings),
      ...request.headers,
      ...(hasToken ? { [authenticationHeaderName(settings.authentication)]: "[redacted]" } : {}),
      ...(body === undefined ? {} : { "Content-Type": contentTypeOf(request) }),
    },
    ...(body === undefined ? {} : { body }),
  };
}

// Failures of connecting, of finding the host and of trusting it: the request itself was never written.
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ERR_INVALID_CHAR",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** A client for one gateway: keep-alive connections, no redirects, bounded time and size. */
export function createHttp(settings: HttpSettings): Http {
  let client: AxiosInstance | undefined;
  return async (request, token, signal) => {
    // Loaded for the first request, as much that a gateway is opened for sends none. It counts for no attempt's time.
    axios ??= (await import("axios")).default;
    client ??= createClient(axios, settings);
    return attempt(axios, client, settings, request, token, signal);
  };
}

let axios: AxiosStatic | undefined;

function createClient({ create }: AxiosStatic, settings: HttpSettings): AxiosInstance {
  return create({
    baseURL: settings.baseUrl,
    adapter: "http",
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    maxContentLength: REPLY_LIMIT_BYTES,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    ...(settings.proxy === false ? { proxy: false as const } : {}),
    responseType: "text",
    // Bodies are rendered already; replies are parsed against a schema, whatever their content type says.
    transformRequest: [(text: unknown) => text],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
    headers: { common: commonHeaders(settings) },
  });
}

async function attempt(
  { isAxiosError }: AxiosStatic,
  client: AxiosInstance,
  { timeoutMs, authentication }: HttpSettings,
  request: HttpRequest,
  token: Secret | undefined,
  signal: AbortSignal | undefined,
): Promise<HttpResult> {
  if (signal?.aborted) return { kind: "aborted", sent: false };
  // axios' own timeout restarts with every byte of a slow reply; this one bounds the whole attempt.
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener("abort", end);
  try {
    const content = contentOf(request);
    const reply = await client.request<string>({
      method: request.method,
      url: targetOf(request),
      headers: {
        ...request.headers,
        ...(token === undefined ? {} : authenticationHeader(authentication, token)),
        ...(content === undefined ? {} : { "Content-Type": contentTypeOf(request) }),
      },
      ...(content === undefined ? {} : { data: content }),
      signal: ending.signal,
    });
    return replyOf(reply);
  } catch (error) {
    if (signal?.aborted) return { kind: "aborted", sent: true };
    if (ending.signal.aborted) return { kind: "timeout", sent: true };
    return isAxiosError(error) ? failureOf(error) : { kind: "network", sent: true, code: "UNKNOWN" };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

const commonHeaders = ({ userAgent }: HttpSettings) => ({ Accept: "application/json", "User-Agent": userAgent });

const targetOf = ({ path, query }: HttpRequest) => (query === undefined ? path.text : `${path.text}?${query}`);

const contentTypeOf = ({ form }: HttpRequest) =>
  form === undefined ? "application/json" : "application/x-www-form-urlencoded";

function contentOf({ body, form }: HttpRequest): string | undefined {
  if (form !== undefined) return renderForm(form);
  return body === undefined ? undefined : renderBody(body);
}

function replyOf({ status, data, headers }: AxiosResponse<string>): HttpResult {
  const retryAfter: unknown = headers["retry-after"];
  const text = typeof data === "string" ? data : "";
  return typeof retryAfter === "string" ? { kind: "reply", status, text, retryAfter } : { kind: "reply", status, text };
}

function failureOf(error: AxiosError): HttpResult {
  if (error.message.startsWith("maxContentLength")) return { kind: "too-large", sent: true };
  const code = error.code ?? "UNKNOWN";
  const connecting = error.cause !== undefined && "syscall" in error.cause && error.cause.syscall === "connect";
  return { kind: "network", sent: !(connecting || NEVER_SENT.has(code)), code };
}
