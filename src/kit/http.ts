import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosAdapter, AxiosResponse } from "axios";
import type { Secret } from "../contract/secret.ts";
import { type Authentication, authenticationHeader, authenticationHeaderName } from "./authentication.ts";
import { renderBody, renderForm, type WireBody, type WireForm } from "./body.ts";
import {
  ACCEPTED_ENCODINGS,
  createExchange,
  type Exchange,
  REPLY_LIMIT_BYTES,
  type Reply,
  type WireRequest,
} from "./exchange.ts";
import { type NoReply, networkFailure } from "./http-failure.ts";
import { isProxyNamed } from "./named-proxy.ts";
import type { Path } from "./path.ts";

// The only file that imports axios. An AxiosError holds the key and the Authorization header: it never leaves this file.

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

/** What came of one attempt. */
export type HttpResult = Reply | NoReply;

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

type AxiosModule = typeof import("axios");

let axios: AxiosModule | undefined;

/** A client for one gateway: keep-alive connections, no redirects, bounded time and size. */
export function createHttp(settings: HttpSettings): Http {
  const base = new URL(settings.baseUrl);
  let direct: Exchange | undefined;
  let proxied: Exchange | undefined;
  return async (request, token, signal) => {
    // Loaded for the first request, as much that a gateway is opened for sends none. It counts for no attempt's time.
    axios ??= await import("axios");
    if (signal?.aborted) return { kind: "aborted", sent: false };
    const wire = wireRequest(settings, request, token, signal);
    if (settings.proxy === "environment" && isProxyNamed(base)) {
      proxied ??= createProxied(axios, settings);
      return proxied(wire);
    }
    direct ??= createDirect(axios, createExchange(base, settings.timeoutMs));
    return direct(wire);
  };
}

function wireRequest(
  settings: HttpSettings,
  request: HttpRequest,
  token: Secret | undefined,
  signal: AbortSignal | undefined,
): WireRequest {
  const content = contentOf(request);
  return {
    method: request.method,
    // Whatever the path holds, it stays below the base URL.
    url: `${settings.baseUrl}/${targetOf(request).replace(/^\/+/, "")}`,
    headers: {
      ...commonHeaders(settings),
      ...request.headers,
      ...(token === undefined ? {} : authenticationHeader(settings.authentication, token)),
      ...(content === undefined ? {} : { "Content-Type": contentTypeOf(request) }),
      "Accept-Encoding": ACCEPTED_ENCODINGS,
    },
    content,
    signal,
  };
}

/** Through axios with an adapter of our own: its own one is most of what a request costs. */
function createDirect({ Axios }: AxiosModule, exchange: Exchange): Exchange {
  const client = new Axios({});
  return async (wire) => {
    const { method, url } = wire;
    // The rest is known to the adapter alone: of headers and a body axios makes copies, and keeps them in its errors.
    const adapter: AxiosAdapter = async (config) => {
      return { config, data: await exchange(wire), status: 0, statusText: "", headers: {} };
    };
    return (await client.request<HttpResult>({ method, url, adapter })).data;
  };
}

/** Through axios' own adapter, which knows how a proxy is named, talked to and passed by. */
function createProxied({ default: axios, isAxiosError }: AxiosModule, { timeoutMs }: HttpSettings): Exchange {
  const client = axios.create({
    adapter: "http",
    maxRedirects: 0,
    maxContentLength: REPLY_LIMIT_BYTES,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    responseType: "text",
    // Bodies are rendered already; replies are parsed against a schema, whatever their content type says.
    transformRequest: [(text: unknown) => text],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
  });
  return async ({ method, url, headers, content, signal }) => {
    // axios' own timeout restarts with every byte of a slow reply; this one bounds the whole attempt.
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, timeoutMs);
    signal?.addEventListener("abort", end);
    try {
      return replyOf(await client.request<string>({ method, url, headers, data: content, signal: ending.signal }));
    } catch (error) {
      if (signal?.aborted) return { kind: "aborted", sent: true };
      if (ending.signal.aborted) return { kind: "timeout", sent: true };
      if (!isAxiosError(error)) return networkFailure(undefined);
      if (error.message.startsWith("maxContentLength")) return { kind: "too-large", sent: true };
      return networkFailure(error.cause ?? error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  };
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
  return { kind: "reply", status, text: data, ...(typeof retryAfter === "string" ? { retryAfter } : {}) };
}
