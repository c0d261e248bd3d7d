import type { Refusal, Route, VendorGateway, WireReply } from "./vendor.ts";

/** A request as it came off the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path with query, exactly as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent when it was larger than the server reads. */
  readonly body?: Uint8Array;
}

interface Match {
  readonly route: Route;
  readonly id: string;
}

/** Runs the checks every gateway makes, in order, and hands what is left to the route. */
export function dispatch(gateway: VendorGateway, request: WireRequest): WireReply {
  const [path = "", ...queryParts] = request.target.split("?");
  const matches = gateway.routes.flatMap((route) => matchRoute(route, path));
  if (matches.length === 0) return gateway.refuse(refusal("unknown-route", 404, "There is nothing at this path."));

  if (!matches.every(({ route }) => route.isOpen === true)) {
    const stranger = checkToken(gateway, request.headers);
    if (stranger !== undefined) return gateway.refuse(stranger);
    const turnedAway = gateway.admit?.();
    if (turnedAway !== undefined) return turnedAway;
  }

  const match = matches.find(({ route }) => route.method === request.method);
  if (match === undefined) return wrongMethod(gateway, request.method, matches);

  const query = new URLSearchParams(queryParts.join("?"));
  const unexpected = checkQuery(query, match.route.query ?? []);
  if (unexpected !== undefined) return gateway.refuse(unexpected);
  const body = match.route.body === "form" ? readForm(request) : readJson(request);
  if ("refusal" in body) return gateway.refuse(body.refusal);
  return match.route.handle({ id: match.id, query: new Map(query), body: body.value, headers: request.headers });
}

function refusal(kind: Refusal["kind"], status: number, message: string): Refusal {
  return { kind, status, message };
}

/** Works on the path as sent: `URL` would resolve `..` and hide a client that forgot to encode an id. */
function matchRoute(route: Route, path: string): Match[] {
  const wanted = route.path.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return [];
  let id = "";
  for (const [index, pattern] of wanted.entries()) {
    const segment = decoded(given[index] ?? "");
    if (segment === undefined) return [];
    if (pattern === "{id}") id = segment;
    else if (segment !== pattern) return [];
  }
  return route.path.includes("{id}") && id === "" ? [] : [{ route, id }];
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function checkToken(gateway: VendorGateway, headers: WireRequest["headers"]) {
  const { token, authentication = "bearer" } = gateway;
  const presented = presentedToken(authentication, headers);
  const what = authentication === "bearer" ? "bearer token" : "token";
  if (presented === undefined) return refusal("missing-token", 401, `No ${what} was sent.`);
  const isKnown = presented === token || gateway.accepts?.(presented) === true;
  return isKnown ? undefined : { ...refusal("wrong-token", 401, `The ${what} is not valid.`), presented };
}

function presentedToken(
  authentication: NonNullable<VendorGateway["authentication"]>,
  headers: WireRequest["headers"],
): string | undefined {
  if (typeof authentication === "object") return headers[authentication.header.toLowerCase()] || undefined;
  const [, scheme, presented] = headers.authorization?.match(/^(Bearer|Basic) (\S.*)$/) ?? [];
  if (scheme?.toLowerCase() !== authentication || presented === undefined) return undefined;
  return authentication === "basic" ? Buffer.from(presented, "base64").toString("utf8") : presented;
}

function wrongMethod(gateway: VendorGateway, method: string, matches: readonly Match[]): WireReply {
  const reply = gateway.refuse(refusal("wrong-method", 405, `The method ${method} is not allowed here.`));
  if (reply.status !== 405) return reply;
  return { ...reply, headers: { ...reply.headers, allow: matches.map(({ route }) => route.method).join(", ") } };
}

function checkQuery(query: URLSearchParams, known: readonly string[]): Refusal | undefined {
  const names = [...query.keys()];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) return refusal("unknown-query", 400, `The query parameter ${unknown} is not known.`);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return repeated === undefined
    ? undefined
    : refusal("unknown-query", 400, `The query parameter ${repeated} was sent twice.`);
}

function readJson(request: WireRequest): { value: unknown } | { refusal: Refusal } {
  if (request.body === undefined) return { refusal: refusal("oversized-body", 413, "The body is too large.") };
  if (request.method === "GET" || request.method === "DELETE") {
    if (request.body.length === 0) return { value: undefined };
    return { refusal: refusal("unexpected-body", 400, `${request.method} takes no body.`) };
  }
  if (!/^application\/json *(;|$)/i.test(request.headers["content-type"] ?? "")) {
    return { refusal: refusal("content-type", 415, "The body must be sent as application/json.") };
  }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(request.body)) };
  } catch {
    return { refusal: refusal("malformed-body", 400, "The body is not valid JSON.") };
  }
}

/** A repeated member is refused, as RFC 6749 (section 3.2) asks for. */
function readForm(request: WireRequest): { value: unknown } | { refusal: Refusal } {
  if (request.body === undefined) return { refusal: refusal("oversized-body", 413, "The body is too large.") };
  if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(request.headers["content-type"] ?? "")) {
    const message = "The body must be sent as application/x-www-form-urlencoded.";
    return { refusal: refusal("content-type", 415, message) };
  }
  const members = [...new URLSearchParams(new TextDecoder().decode(request.body))];
  if (new Set(members.map(([name]) => name)).size < members.length) {
    return { refusal: refusal("malformed-body", 400, "The body has a parameter twice.") };
  }
  return { value: Object.fromEntries(members) };
}
