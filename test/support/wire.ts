import nock from "./nock.ts";

/** One request as it went over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Host, path and query. */
  readonly url: string;
  /** Those that an adapter is answerable for. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed, or the text if it is no JSON; absent when nothing was sent. */
  readonly body?: unknown;
}

/** What the gateway does with the next request to that method and path (query included). */
export interface Step {
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  readonly reply?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection fails with this code instead, e.g. ECONNREFUSED or ECONNRESET. */
  readonly fault?: string;
  /** Called when the request arrives. */
  readonly onRequest?: () => void;
}

const HEADERS = ["authorization", "accept", "content-type", "user-agent"];

/** Scripts a gateway at an origin and records every request that is made there, expected or not. */
export function scriptWire(origin: string, steps: readonly Step[]): readonly WireRequest[] {
  const requests: WireRequest[] = [];
  for (const step of steps) {
    const interceptor = nock(origin).intercept(step.path, step.method);
    if (step.fault !== undefined) {
      const { fault } = step;
      const scope = interceptor.replyWithError(Object.assign(new Error(fault), { code: fault }));
      scope.on("request", (request, _interceptor, body) => requests.push(record(request, body)));
      continue;
    }
    interceptor
      .reply(function replyWith(_uri, _body) {
        step.onRequest?.();
        const text = typeof step.reply === "string" ? step.reply : JSON.stringify(step.reply ?? {});
        return [step.status ?? 200, text, { "content-type": "application/json", ...step.headers }];
      })
      .on("request", (request, _interceptor, body) => requests.push(record(request, body)));
  }
  nock.emitter.on("no match", noMatch);
  function noMatch(_request: unknown, options: { method?: string; path?: string; host?: string } = {}) {
    requests.push({ method: `unexpected ${options.method}`, url: `${options.host}${options.path}`, headers: {} });
  }
  cleanUps.push(() => nock.emitter.removeListener("no match", noMatch));
  return requests;
}

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  nock.cleanAll();
});

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly options: { readonly hostname?: string; readonly host?: string };
  getHeader(name: string): unknown;
}

function record(request: SentRequest, body: string): WireRequest {
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = request.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return {
    method: request.method,
    url: `${String(request.getHeader("host"))}${request.path}`,
    headers,
    ...(body === "" ? {} : { body: parsed(body) }),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
